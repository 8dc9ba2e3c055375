# SPDX-License-Identifier: MIT
"""The alarms: one row each. Adding an alarm is adding a row here and its condition.

Priorities, latching and the words for signals are those of IEC 60601-1-8. Two rules of the table:
an acknowledgement pauses the sound of one occurrence and is needed to clear what latches, and no
row ever hides another.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum, auto

from upturn.core.thresholds import (
    ANGLE_RAISE_S,
    FAST_TILT_S,
    FORCE_MEAN_S,
    MOVED_S,
    NO_RETURN_REPEAT_S,
    NO_RETURN_S,
    NO_SIGNAL_YET_S,
    OVER_ENTER_S,
    OVER_REJOIN_S,
    SIGNAL_LOST_S,
    STILL_MEDIUM_S,
)


class AlarmId(StrEnum):
    TIME_LIMIT_NEAR = "time_limit_near"
    TIME_LIMIT = "time_limit"
    NO_RETURN = "no_return"
    REST_SHORT = "rest_short"
    ANGLE_LIMIT = "angle_limit"
    OVER_ROTATION = "over_rotation"
    FAST_TILT = "fast_tilt"
    IMPACT = "impact"
    FALL = "fall"
    NO_MOVEMENT = "no_movement"
    DISTRESS = "distress"
    SIGNAL_LOST = "signal_lost"
    NO_SIGNAL_YET = "no_signal_yet"
    SENSOR_FAULT = "sensor_fault"
    SENSOR_MOVED = "sensor_moved"
    NOT_CALIBRATED = "not_calibrated"
    BATTERY_LOW = "battery_low"
    HOST_STALLED = "host_stalled"
    LEFT_INVERTED = "left_inverted"
    SINK_FAILED = "sink_failed"
    TEST_ALARM = "test_alarm"


class Priority(IntEnum):
    """Ordered: the higher number is the more urgent."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @property
    def marks(self) -> str:
        """The text mark that goes with colour and flash, so that no single cue carries it."""
        return "*" * self.value


class Clear(Enum):
    """How an alarm ends."""

    WITH_CONDITION = auto()
    AFTER_ACKNOWLEDGE = auto()
    """Latching: the condition is gone and the occurrence was acknowledged."""
    AFTER_HOLD = auto()
    """`thresholds.EVENT_HOLD_S` after the event: it was a moment, not a state."""


class Kind(StrEnum):
    PERSON = "person"
    """About the person on the table (physiological, in the standard's words)."""
    TECHNICAL = "technical"
    """About the equipment or its data."""


class SoundGroup(Enum):
    """Of the alarms of one group only the highest sounds."""

    TIME = auto()
    ANGLE = auto()
    IMPACT = auto()


@dataclass(frozen=True, slots=True)
class AlarmSpec:
    id: AlarmId
    priorities: tuple[Priority, ...]
    """Lowest first; the last is what it can rise to."""
    kind: Kind
    clear: Clear
    title: str
    advice: str
    source: str
    """Where the rule comes from: keys of `sources.DOCUMENTS`, or Upturn."""
    delay_s: float = 0.0
    """Condition delay, declared: from the fact to the alarm."""
    repeat_s: float | None = None
    """Escalates again after this long."""
    rejoin_s: float = 0.0
    """A condition that returns within this time continues its latched occurrence."""
    pausable: bool = True
    group: SoundGroup | None = None


_LOW, _MEDIUM, _HIGH = Priority.LOW, Priority.MEDIUM, Priority.HIGH

ALARMS: dict[AlarmId, AlarmSpec] = {
    spec.id: spec
    for spec in (
        AlarmSpec(
            AlarmId.TIME_LIMIT_NEAR,
            (_MEDIUM,),
            Kind.PERSON,
            Clear.WITH_CONDITION,
            "Time limit is near",
            "Start to come up now, slowly.",
            "MNT-hang, CC",
            group=SoundGroup.TIME,
        ),
        AlarmSpec(
            AlarmId.TIME_LIMIT,
            (_HIGH,),
            Kind.PERSON,
            Clear.AFTER_ACKNOWLEDGE,
            "Inverted too long",
            "Come up now. Spotter: help the person up.",
            "MNT-hang, CC",
            group=SoundGroup.TIME,
        ),
        AlarmSpec(
            AlarmId.NO_RETURN,
            (_HIGH,),
            Kind.PERSON,
            Clear.AFTER_ACKNOWLEDGE,
            "Not coming up",
            "Go there and turn the table up. If you cannot, call emergency services.",
            "Upturn",
            delay_s=NO_RETURN_S,
            repeat_s=NO_RETURN_REPEAT_S,
            pausable=False,
            group=SoundGroup.TIME,
        ),
        AlarmSpec(
            AlarmId.REST_SHORT,
            (_MEDIUM,),
            Kind.PERSON,
            Clear.WITH_CONDITION,
            "Rest was too short",
            "Inversion time adds up until a full rest. Come up and rest.",
            "MNT-hang",
        ),
        AlarmSpec(
            AlarmId.ANGLE_LIMIT,
            (_MEDIUM,),
            Kind.PERSON,
            Clear.WITH_CONDITION,
            "Steeper than the angle limit",
            "Come back to the limit; there is no need to go vertical.",
            "ITB, CC",
            delay_s=ANGLE_RAISE_S,
            group=SoundGroup.ANGLE,
        ),
        AlarmSpec(
            AlarmId.OVER_ROTATION,
            (_HIGH,),
            Kind.PERSON,
            Clear.AFTER_ACKNOWLEDGE,
            "Past vertical: table may lock",
            "Go there now. Turn the table back past vertical by its frame.",
            "Upturn",
            delay_s=OVER_ENTER_S,
            rejoin_s=OVER_REJOIN_S,
            group=SoundGroup.ANGLE,
        ),
        AlarmSpec(
            AlarmId.FAST_TILT,
            (_MEDIUM,),
            Kind.PERSON,
            Clear.AFTER_HOLD,
            "Table is turning too fast",
            "Turn slowly, above all on the way up.",
            "ITB",
            delay_s=FAST_TILT_S,
        ),
        AlarmSpec(
            AlarmId.IMPACT,
            (_MEDIUM,),
            Kind.PERSON,
            Clear.AFTER_HOLD,
            "Hard knock on the table",
            "Check the person, the ankle locks and the sensor.",
            "MNT-hang",
            group=SoundGroup.IMPACT,
        ),
        AlarmSpec(
            AlarmId.FALL,
            (_HIGH,),
            Kind.PERSON,
            Clear.AFTER_ACKNOWLEDGE,
            "Possible fall",
            "Go there now. After a blow to head or neck, call emergency services.",
            "MNT-hang",
            group=SoundGroup.IMPACT,
        ),
        AlarmSpec(
            AlarmId.NO_MOVEMENT,
            (_MEDIUM, _HIGH),
            Kind.PERSON,
            Clear.WITH_CONDITION,
            "No movement while inverted",
            "Move a little. Spotter: speak to the person; no answer, go there.",
            "MNT-hang",
            delay_s=STILL_MEDIUM_S,
        ),
        AlarmSpec(
            AlarmId.DISTRESS,
            (_HIGH,),
            Kind.PERSON,
            Clear.AFTER_ACKNOWLEDGE,
            "Call for help",
            "Go there now. Bring the person up slowly; in doubt call emergency services.",
            "MNT-hang, CC",
        ),
        AlarmSpec(
            AlarmId.SIGNAL_LOST,
            (_LOW, _HIGH),
            Kind.TECHNICAL,
            Clear.WITH_CONDITION,
            "No data from the table",
            "Look at the person now. Then check the node's power and link.",
            "Upturn",
            delay_s=SIGNAL_LOST_S,
        ),
        AlarmSpec(
            AlarmId.NO_SIGNAL_YET,
            (_MEDIUM,),
            Kind.TECHNICAL,
            Clear.WITH_CONDITION,
            "No data yet",
            "Nobody is watched. Switch the node on; check its link.",
            "Upturn",
            delay_s=NO_SIGNAL_YET_S,
        ),
        AlarmSpec(
            AlarmId.SENSOR_FAULT,
            (_MEDIUM, _HIGH),
            Kind.TECHNICAL,
            Clear.WITH_CONDITION,
            "Sensor fault",
            "The angle cannot be trusted. Watch the person yourself.",
            "Upturn",
            delay_s=FORCE_MEAN_S,
        ),
        AlarmSpec(
            AlarmId.SENSOR_MOVED,
            (_MEDIUM, _HIGH),
            Kind.TECHNICAL,
            Clear.WITH_CONDITION,
            "Sensor has moved on the table",
            "The angle cannot be trusted. Watch the person; then clip and calibrate.",
            "Upturn",
            delay_s=MOVED_S,
        ),
        AlarmSpec(
            AlarmId.NOT_CALIBRATED,
            (_MEDIUM,),
            Kind.TECHNICAL,
            Clear.WITH_CONDITION,
            "Not calibrated",
            "Angles assume a default mounting. Calibrate before use.",
            "Upturn",
        ),
        AlarmSpec(
            AlarmId.BATTERY_LOW,
            (_LOW, _MEDIUM),
            Kind.TECHNICAL,
            Clear.WITH_CONDITION,
            "Battery low",
            "Charge it before the next inversion.",
            "Upturn",
        ),
        AlarmSpec(
            AlarmId.HOST_STALLED,
            (_HIGH,),
            Kind.TECHNICAL,
            Clear.AFTER_ACKNOWLEDGE,
            "This computer stood still",
            "Look at the person: nothing was watched. Keep the computer awake.",
            "Upturn",
        ),
        AlarmSpec(
            AlarmId.LEFT_INVERTED,
            (_MEDIUM,),
            Kind.PERSON,
            Clear.AFTER_ACKNOWLEDGE,
            "The last watch ended inverted",
            "Nobody saw how it went on. Look at the person, and ask.",
            "Upturn",
        ),
        AlarmSpec(
            AlarmId.SINK_FAILED,
            (_LOW,),
            Kind.TECHNICAL,
            Clear.WITH_CONDITION,
            "An alarm route is down",
            "Stay where you see and hear this screen; check the route named.",
            "Upturn",
        ),
        AlarmSpec(
            AlarmId.TEST_ALARM,
            (_HIGH,),
            Kind.PERSON,  # it sounds, and travels, as those do that matter most
            Clear.AFTER_HOLD,
            "Test alarm",
            "Nobody needs help. Check that it is seen and heard everywhere.",
            "Upturn",
        ),
    )
}
