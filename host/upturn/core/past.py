# SPDX-License-Identifier: MIT
"""How a table stood when it was last written down: what a watch that begins anew takes up.

A crash is a gap like any other: who was inverted is inverted until a sample or a person says
otherwise, and the time in between counts. Ages are those at the moment of writing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import inf, isfinite
from types import UnionType
from typing import Any, get_args, get_type_hints

from upturn.core.alarm_table import ALARMS, AlarmId, Clear, Priority
from upturn.core.events import Posture
from upturn.core.mounting import Mounting
from upturn.core.sample import NodeCounters

FRESH_S = 600.0
"""A state older than this is not taken up: nobody knows what became of it (DESIGN.md)."""
_SINCE: Mapping[str, object] = {"equipment_age_s": None}
"""What earlier versions did not write down: an update in mid-inversion loses nobody."""


@dataclass(frozen=True, slots=True)
class TallyPast:
    inversions: int
    inverted_s: float
    longest_s: float
    peak_deg: float | None


@dataclass(frozen=True, slots=True)
class LedgerPast:
    exposure_s: float
    at_least: bool
    inversion_s: float | None
    """Of the open inversion; None when none was open."""
    rest_s: float
    resting: bool
    ended_age_s: float | None
    """Since the last inversion ended; None before the first."""
    session: int
    total: TallyPast
    session_tally: TallyPast


@dataclass(frozen=True, slots=True)
class HeardPast:
    """The node's count and ours when it was last heard."""

    age_s: float
    node: NodeCounters
    exposure_s: float
    inversion_s: float
    wiped_in_s: float
    inverted_s: float
    longest_s: float
    session: int
    session_inverted_s: float
    session_longest_s: float


@dataclass(frozen=True, slots=True)
class AlarmPast:
    """One that had latched: nobody had acknowledged it."""

    id: AlarmId
    occurrence: int
    priority: Priority
    detail: str
    age_s: float


@dataclass(frozen=True, slots=True)
class Past:
    posture: Posture
    angle_deg: float
    """At the newest sample."""
    signal_age_s: float
    node_id: str
    mounting: Mounting | None
    """By which the posture was judged."""
    inversion_peak_deg: float | None
    """Of the open inversion."""
    held: bool
    """No sample was believed to end the inversion."""
    stand_down: bool
    check_in_age_s: float | None
    equipment_age_s: float | None
    """Since the table was inspected."""
    ledger: LedgerPast
    heard: HeardPast | None
    alarms: tuple[AlarmPast, ...]

    @property
    def inverted(self) -> bool:
        return self.ledger.inversion_s is not None

    def to_record(self) -> dict[str, object]:
        """Plain values, as JSON takes them."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: object) -> Past:
        """Raises ValueError: it is none, or not one that could have been written."""
        if isinstance(record, Mapping):
            record = {**_SINCE, **record}
        past: Past = _build(cls, record, "past")
        for alarm in past.alarms:
            if ALARMS[alarm.id].clear is not Clear.AFTER_ACKNOWLEDGE:
                raise ValueError(f"past.alarms: {alarm.id} does not latch")
        return past


def known(value: float) -> float | None:
    """None for what never was."""
    return value if isfinite(value) else None


def or_never(value: float | None) -> float:
    """-inf for what never was."""
    return -inf if value is None else value


def _build(kind: Any, value: object, where: str) -> Any:
    """A value of that type from plain ones."""
    if isinstance(kind, UnionType):
        if value is None:
            return None
        return _build(next(k for k in get_args(kind) if k is not type(None)), value, where)
    if getattr(kind, "__origin__", None) is tuple:
        if not isinstance(value, list | tuple):
            raise ValueError(f"{where} is no list")
        item, *more = get_args(kind)
        if Ellipsis not in more and len(value) != 1 + len(more):
            raise ValueError(f"{where} has not {1 + len(more)} values")
        return tuple(_build(item, one, f"{where}[{n}]") for n, one in enumerate(value))
    if hasattr(kind, "_fields") and isinstance(value, list | tuple):  # a tuple with names
        if len(value) != len(kind._fields):
            raise ValueError(f"{where} has not the fields {', '.join(kind._fields)}")
        return _build_record(kind, dict(zip(kind._fields, value, strict=True)), where)
    if hasattr(kind, "__dataclass_fields__"):
        return _build_record(kind, value, where)
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        if isfinite(value) and (value >= 0.0 or _signed(where)):
            return float(value)
        raise ValueError(f"{where} cannot be {value!r}")
    if kind is int and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if kind in (str, bool) and isinstance(value, kind):
        return value
    if kind in (Posture, AlarmId, Priority) and value in list(kind):
        return kind(value)
    raise ValueError(f"{where} cannot be {value!r}")


def _signed(where: str) -> bool:
    """Angles, and how a sensor sits, may be below 0."""
    return where.endswith("_deg") or ".mounting." in where


def _build_record(kind: Any, value: object, where: str) -> Any:
    hints = get_type_hints(kind)
    names = list(hints)
    if not isinstance(value, Mapping) or set(value) != set(names):
        raise ValueError(f"{where} has not the fields {', '.join(names)}")
    return kind(**{name: _build(hints[name], value[name], f"{where}.{name}") for name in names})
