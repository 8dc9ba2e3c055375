# SPDX-License-Identifier: MIT
"""What people and the shell tell the core; recorded beside the samples, so that it replays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from upturn.core.alarm_table import AlarmId


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Pause the sound of one occurrence, or of all current ones when `id` is None."""

    id: AlarmId | None = None
    occurrence: int | None = None


@dataclass(frozen=True, slots=True)
class SeenUpright:
    """A person saw the user upright: the inversion ends now."""


@dataclass(frozen=True, slots=True)
class StandDown:
    """Alarms off, NOT READY, until `resume` or 5 s upright."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Ends a stand-down."""


@dataclass(frozen=True, slots=True)
class Distress:
    """A call for help from the dashboard or from the home."""

    source: str = "from the dashboard"


@dataclass(frozen=True, slots=True)
class ImFine:
    """Answers `no_movement`."""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The spotter is here and looks, for `thresholds.CHECK_IN_S`."""


@dataclass(frozen=True, slots=True)
class HealthAnswers:
    """What the user's answers to the documents' questions come to."""

    problem: str
    """Why they do not allow it; empty: they do."""
    note: str = ""
    after_session: str = ""
    """Why the last session says stop; empty: it does not."""


@dataclass(frozen=True, slots=True)
class EquipmentChecked:
    """The table was inspected, and both ankle locks are closed; for `thresholds.EQUIPMENT_S`."""


@dataclass(frozen=True, slots=True)
class ProvedCalibration:
    """What this computer remembers of the node's calibration, which was proved here."""

    problem: str = ""
    """Why the one that the node has is not that one; empty: it is."""
    stop_deg: float | None = None
    """What the table read at its upright stop then."""


@dataclass(frozen=True, slots=True)
class Override:
    """READY all the same: what is wrong now is known and accepted, and nothing more than that."""


@dataclass(frozen=True, slots=True)
class SoundOutput:
    """What plays the alarms' sound, in words, and whether a person has heard its test tone."""

    words: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class KeptAwake:
    """Whether this computer is kept from falling asleep, in words."""

    held: bool
    words: str


@dataclass(frozen=True, slots=True)
class TestAlarm:
    """Raise an alarm that says it is a test, so that every route of alarms can be tried."""

    __test__ = False  # not a test of ours, whatever pytest makes of its name


SYMPTOMS = ("fine", "dizzy", "pain_worse", "other")


@dataclass(frozen=True, slots=True)
class Symptoms:
    """How the person felt after a session: one of `SYMPTOMS`."""

    answer: str

    def __post_init__(self) -> None:
        if self.answer not in SYMPTOMS:
            raise ValueError(f"an answer is one of {', '.join(SYMPTOMS)}")


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The node was switched off in order."""


@dataclass(frozen=True, slots=True)
class NodeFault:
    """The node says why its sensor cannot be believed; empty: it can."""

    words: str


@dataclass(frozen=True, slots=True)
class HostStalled:
    """The host slept or stood still for `gap_s`."""

    gap_s: float


@dataclass(frozen=True, slots=True)
class HostBattery:
    """What is left in this computer's battery."""

    percent: float
    charging: bool


@dataclass(frozen=True, slots=True)
class SinkStatus:
    """A sink (MQTT, store, sound) fails, or works again."""

    sink: str
    working: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LinkNote:
    """How the node is heard from now on, such as by its cable and no longer by radio."""

    words: str


Command = (
    Acknowledge
    | SeenUpright
    | StandDown
    | Resume
    | Distress
    | ImFine
    | CheckIn
    | HealthAnswers
    | EquipmentChecked
    | ProvedCalibration
    | Override
    | SoundOutput
    | KeptAwake
    | TestAlarm
    | Symptoms
    | Goodbye
    | NodeFault
    | HostStalled
    | HostBattery
    | SinkStatus
    | LinkNote
)

COMMANDS: dict[str, type[Command]] = {
    "acknowledge": Acknowledge,
    "seen_upright": SeenUpright,
    "stand_down": StandDown,
    "resume": Resume,
    "distress": Distress,
    "im_fine": ImFine,
    "check_in": CheckIn,
    "health_answers": HealthAnswers,
    "equipment_checked": EquipmentChecked,
    "proved_calibration": ProvedCalibration,
    "override": Override,
    "sound_output": SoundOutput,
    "kept_awake": KeptAwake,
    "test_alarm": TestAlarm,
    "symptoms": Symptoms,
    "goodbye": Goodbye,
    "node_fault": NodeFault,
    "host_stalled": HostStalled,
    "host_battery": HostBattery,
    "sink_status": SinkStatus,
    "link_note": LinkNote,
}
_VERBS = {kind: verb for verb, kind in COMMANDS.items()}


def to_record(command: Command) -> dict[str, object]:
    """A plain mapping for recordings: the verb and the fields that are set."""
    fields = {name: value for name, value in asdict(command).items() if value is not None}
    return {"verb": _VERBS[type(command)], **fields}


def from_record(record: dict[str, object]) -> Command:
    """The command of a mapping made by `to_record`.

    Raises:
        ValueError: an unknown verb, or fields that do not fit it.
    """
    fields = dict(record)
    verb = fields.pop("verb", None)
    kind = COMMANDS.get(verb) if isinstance(verb, str) else None
    if kind is None:
        raise ValueError(f"unknown command {verb!r}; known are {', '.join(COMMANDS)}")
    types = {name: spec.type for name, spec in kind.__dataclass_fields__.items()}
    for name, value in fields.items():
        if name not in types:
            raise ValueError(f"{verb} has no field {name!r}")
        if not _fits(str(types[name]), value):
            raise ValueError(f"{verb}.{name} cannot be {value!r}")
    if "id" in fields:
        fields["id"] = AlarmId(str(fields["id"]))
    build: Callable[..., Command] = kind
    try:
        return build(**fields)
    except TypeError as error:
        raise ValueError(f"{verb}: {error}") from None


def _fits(annotation: str, value: object) -> bool:
    kinds = annotation.split(" | ")
    if isinstance(value, bool):
        return "bool" in kinds
    if isinstance(value, int):
        return "int" in kinds or "float" in kinds
    if isinstance(value, float):
        return "float" in kinds
    return isinstance(value, str) and ("str" in kinds or "AlarmId" in kinds)
