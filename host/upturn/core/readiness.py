# SPDX-License-Identifier: MIT
"""The pre-use check: what has to be so before somebody inverts, and what of it is not.

Watching never waits for it; READY is a word of advice, and every reason against it is told. What
stands against it a person may accept, by an act that is logged; a reason that is new ends that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from upturn.core.alarm_table import AlarmId, Kind, Priority
from upturn.core.commands import HealthAnswers, KeptAwake, SoundOutput
from upturn.core.snapshot import AlarmView, Check
from upturn.core.thresholds import CHECK_IN_S, EQUIPMENT_S

ALARMS, DATA, TABLE, REST = "Alarms", "Data", "Table", "Rest"
SENSOR, CALIBRATION, BATTERY, COMPUTER = "Sensor", "Calibration", "Battery", "Computer"
SOUND, HEALTH, EQUIPMENT, SPOTTER = "Sound", "Health", "Equipment", "Spotter"

PASSED: Mapping[str, str] = {
    ALARMS: "on",
    DATA: "comes",
    TABLE: "upright",
    REST: "passed",
    SENSOR: "to be believed",
    CALIBRATION: "done",
    BATTERY: "not low",
    COMPUTER: "works",
}
"""What each check says where it is passed, in the order of display."""
KEPT_AWAKE = "kept awake"

FAILS: Mapping[AlarmId, str] = {
    AlarmId.SIGNAL_LOST: DATA,
    AlarmId.SENSOR_FAULT: SENSOR,
    AlarmId.SENSOR_MOVED: SENSOR,
    AlarmId.NOT_CALIBRATED: CALIBRATION,
    AlarmId.BATTERY_LOW: BATTERY,
    AlarmId.HOST_STALLED: COMPUTER,
    AlarmId.SINK_FAILED: COMPUTER,
}
"""Which check an alarm about the equipment fails; all others fail that of the alarms."""


class Readiness:
    """What people and the shell have said; all else is known from the alarms."""

    def __init__(self, *, needs_spotter: bool) -> None:
        self._needs_spotter = needs_spotter
        self._checked_in_s: float | None = None
        self._equipment_s: float | None = None
        self._health: HealthAnswers | None = None
        self._sound: SoundOutput | None = None
        self._awake: KeptAwake | None = None
        self._unproved = ""
        self._accepted: frozenset[str] = frozenset()

    def check_in(self, now_s: float) -> None:
        self._checked_in_s = now_s

    def check_in_age_s(self, now_s: float) -> float | None:
        """None: nobody did, or too long ago to count."""
        return _age_s(self._checked_in_s, now_s, CHECK_IN_S)

    def equipment(self, now_s: float) -> None:
        self._equipment_s = now_s

    def equipment_age_s(self, now_s: float) -> float | None:
        """None: nobody looked at it, or too long ago to count."""
        return _age_s(self._equipment_s, now_s, EQUIPMENT_S)

    def health(self, answers: HealthAnswers) -> None:
        self._health = answers

    def sound(self, output: SoundOutput) -> None:
        self._sound = output

    def awake(self, state: KeptAwake) -> None:
        self._awake = state

    def proved(self, problem: str) -> None:
        """Why the calibration in force is not the one that was proved; empty: it is."""
        self._unproved = problem

    def override(self, checks: Sequence[Check]) -> None:
        """What fails now is accepted."""
        self._accepted = frozenset(check.problem for check in checks if not check.passed)

    def overridden(self, checks: Sequence[Check]) -> bool:
        """All that fails was accepted, and something does."""
        problems = {check.problem for check in checks if not check.passed}
        return bool(problems) and problems <= self._accepted

    def checks(
        self,
        now_s: float,
        views: Sequence[AlarmView],
        *,
        stand_down: bool,
        no_data: str,
        upright: bool,
        rest_left_s: float,
    ) -> tuple[Check, ...]:
        """Every check at `now_s`; `no_data` says why nothing is known of the person."""
        problems: dict[str, list[str]] = {name: [] for name in PASSED}
        if stand_down:
            problems[ALARMS].append("stand down: alarms are off")
        if no_data:
            problems[DATA].append(no_data)
        elif not upright:
            problems[TABLE].append("the table is not upright")
        if rest_left_s > 0.0:
            problems[REST].append("a full rest has not passed")
        if self._unproved:
            problems[CALIBRATION].append(self._unproved)
        for view in views:
            if _matters(view):
                problems[FAILS.get(view.spec.id, ALARMS)].append(view.spec.title)
        checks = [
            check
            for name, found in problems.items()
            for check in (
                [Check(name, one) for one in found] or [Check(name, "", self._note(name))]
            )
        ]
        if self._sound is not None:
            checks.append(_sound(self._sound))
        if self._health is not None:
            checks.append(Check(HEALTH, self._health.problem, self._health.note))
            if self._health.after_session:
                checks.append(Check(HEALTH, self._health.after_session))
            checks.append(self._of_equipment(now_s))
        return (*checks, self._spotter(now_s))

    def _note(self, name: str) -> str:
        """What is so where that check is passed. Who may fall asleep is told, and is no reason."""
        if name != COMPUTER or self._awake is None:
            return PASSED[name]
        return f"{PASSED[name]}; {KEPT_AWAKE if self._awake.held else self._awake.words}"

    def _of_equipment(self, now_s: float) -> Check:
        """Asked for where there is somebody to ask: where the answers about health come from."""
        if self.equipment_age_s(now_s) is None:
            return Check(EQUIPMENT, "nobody has said that the table was inspected today")
        return Check(EQUIPMENT, "", "inspected, both ankle locks closed")

    def _spotter(self, now_s: float) -> Check:
        if self.check_in_age_s(now_s) is not None:
            return Check(SPOTTER, "", "is here")
        if not self._needs_spotter:
            return Check(SPOTTER, "", "not asked for by this profile")
        if self._checked_in_s is None:
            return Check(SPOTTER, "the spotter has not checked in")
        return Check(SPOTTER, f"the spotter's check-in is over {CHECK_IN_S / 60:g} min old")


def _age_s(at_s: float | None, now_s: float, counts_s: float) -> float | None:
    """None: never, or too long ago to count."""
    if at_s is None:
        return None
    age_s = max(0.0, now_s - at_s)
    return age_s if age_s < counts_s else None


def _matters(view: AlarmView) -> bool:
    if view.spec.id is AlarmId.NO_SIGNAL_YET:
        return False  # `no_data` says it from the beginning
    return view.spec.kind is Kind.TECHNICAL or view.priority is Priority.HIGH


def _sound(output: SoundOutput) -> Check:
    if output.confirmed:
        return Check(SOUND, "", output.words)
    return Check(SOUND, "nobody has confirmed that the test tone is heard")
