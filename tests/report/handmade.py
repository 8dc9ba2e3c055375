# SPDX-License-Identifier: MIT
"""Sessions made by hand, as the store would return them, to test histories and reports on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from upturn.core.alarm_table import ALARMS, AlarmId, Priority
from upturn.core.limits import PROFILES, Profile
from upturn.store.rows import AlarmRow, Curve, EventRow, InversionRow, SessionRow

STANDARD = PROFILES["standard"]
EVENING = datetime(2026, 3, 17, 18, 30, tzinfo=UTC)
"""A Tuesday."""
REST_S = 95.0
LEAD_S = 20
"""How much of the curve comes before the first inversion, and after the last."""


def at(text: str) -> datetime:
    """`2026-03-17 18:30`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def inversion(
    n: int, began_at: datetime, duration_s: float | None, peak_deg: float | None = 48.0
) -> InversionRow:
    if duration_s is None:
        return InversionRow(n, began_at, None, None, None)
    return InversionRow(n, began_at, duration_s, peak_deg, duration_s)


def alarm(
    id: AlarmId,
    raised_at: datetime,
    *,
    detail: str = "",
    priority: Priority | None = None,
    occurrence: int = 1,
    escalated: int = 0,
    acknowledged_s: float | None = None,
    cleared_s: float | None = 20.0,
) -> AlarmRow:
    """One whose message is as the core writes it; what came after it in seconds since."""
    spec = ALARMS[id]
    head = f"{spec.title}: {detail}" if detail else spec.title
    return AlarmRow(
        id,
        occurrence,
        spec.priorities[-1] if priority is None else priority,
        raised_at,
        escalated,
        None if acknowledged_s is None else raised_at + timedelta(seconds=acknowledged_s),
        None if cleared_s is None else raised_at + timedelta(seconds=cleared_s),
        f"{head}. {spec.advice}",
    )


def session(
    began_at: datetime = EVENING,
    durations_s: Sequence[float | None] = (40.0,),
    *,
    id: int = 1,
    user: str = "anna",
    table: str = "den",
    peak_deg: float = 48.0,
    profile: Profile = STANDARD,
    alarms: Sequence[AlarmRow] = (),
    answer: str | None = "fine",
    at_least: bool = False,
) -> SessionRow:
    """Inversions of these durations, each after a full rest."""
    rows: list[InversionRow] = []
    start = began_at
    for n, duration_s in enumerate(durations_s, start=1):
        row = inversion(n, start, duration_s, peak_deg)
        rows.append(replace(row, at_least=at_least))
        start += timedelta(seconds=(duration_s or 0.0) + REST_S)
    open_still = None in durations_s
    ended_at = None if open_still else start - timedelta(seconds=REST_S)
    return SessionRow(
        id, user, table, began_at, ended_at, profile, tuple(rows), tuple(alarms), answer, "0.1.0"
    )


def curve(of: SessionRow, *, lost: Sequence[tuple[int, int]] = ()) -> Curve:
    """Upright, down to each peak and up again; unknown in the seconds that are `lost`."""
    began_at = of.began_at - timedelta(seconds=LEAD_S)
    last = of.inversions[-1]
    end_s = (last.began_at - began_at).total_seconds() + (last.duration_s or 60.0) + LEAD_S
    seconds = np.arange(int(end_s))
    angles = np.full(seconds.size, -80.0, dtype=np.float32)
    for row in of.inversions:
        start_s = (row.began_at - began_at).total_seconds()
        stop_s = start_s + (row.duration_s or 60.0)
        peak = 50.0 if row.peak_deg is None else row.peak_deg
        rise = np.interp(
            seconds,
            [start_s - 6, start_s, start_s + 6, stop_s - 4, stop_s, stop_s + 8],
            [-80.0, 15.0, peak, peak - 3.0, 5.0, -80.0],
        )
        angles = np.maximum(angles, rise.astype(np.float32))
    angles += (1.2 * np.sin(seconds / 3.1)).astype(np.float32)
    for first, last_lost in lost:
        angles[first:last_lost] = np.nan
    return Curve(began_at, 1.0, angles)


def log(of: SessionRow) -> list[EventRow]:
    rows: list[EventRow] = []
    for row in of.inversions:
        rows.append(EventRow(row.began_at, "inversion_started", f"inversion {row.n} began", {}))
        if row.duration_s is not None:
            end = row.began_at + timedelta(seconds=row.duration_s)
            words = f"inversion {row.n} ended after {row.duration_s:.1f} s"
            rows.append(EventRow(end, "inversion_ended", words, {}))
    rows.extend(
        EventRow(one.raised_at, "alarm", f"{one.id} raised: {one.message}", {})
        for one in of.alarms
    )
    return sorted(rows, key=lambda row: row.at)


def eventful() -> SessionRow:
    """One with an alarm of each kind, an exposure that adds up, and a drop-out."""
    quiet = session(EVENING, (38.0, 71.5, 25.0), id=42, peak_deg=57.0)
    first, second, third = quiet.inversions
    second = replace(second, peak_deg=66.4)
    third = replace(
        third,
        began_at=second.began_at + timedelta(seconds=71.5 + 40.0),
        exposure_s=96.5,
        at_least=True,
    )
    second_at = second.began_at
    alarms = (
        alarm(AlarmId.NOT_CALIBRATED, EVENING - timedelta(seconds=15), cleared_s=None),
        alarm(AlarmId.TIME_LIMIT_NEAR, second_at + timedelta(seconds=45), cleared_s=27.0),
        alarm(AlarmId.ANGLE_LIMIT, second_at + timedelta(seconds=22), detail="66°", cleared_s=9.0),
        alarm(
            AlarmId.TIME_LIMIT,
            second_at + timedelta(seconds=60),
            detail="60 s of 60 s",
            acknowledged_s=5.0,
            cleared_s=12.0,
        ),
        alarm(AlarmId.REST_SHORT, third.began_at, detail="40 s of 90 s"),
        alarm(
            AlarmId.SIGNAL_LOST, third.began_at + timedelta(seconds=9), cleared_s=4.0, escalated=1
        ),
    )
    ordered = tuple(sorted(alarms, key=lambda one: one.raised_at))
    return replace(
        quiet,
        inversions=(first, second, third),
        alarms=ordered,
        ended_at=third.began_at + timedelta(seconds=25),
        answer="dizzy",
    )


def year(last: date = date(2026, 3, 17), *, user: str = "anna") -> list[SessionRow]:
    """A session each evening but for a fortnight's holiday, up to a day; the answers vary."""
    rows: list[SessionRow] = []
    for n in range(365):
        day = last - timedelta(days=364 - n)
        if date(2026, 2, 9) <= day < date(2026, 2, 23):
            continue
        began_at = datetime.combine(day, time(18, 30), tzinfo=UTC)
        alarms: list[AlarmRow] = []
        if n % 9 == 0:
            alarms.append(alarm(AlarmId.TIME_LIMIT_NEAR, began_at + timedelta(seconds=45)))
        if n % 50 == 0:
            alarms.append(alarm(AlarmId.TIME_LIMIT, began_at + timedelta(seconds=60)))
        answer = None if n % 7 == 3 else "dizzy" if n % 61 == 5 else "fine"
        rows.append(
            session(
                began_at,
                (30.0 + n % 25, 35.0 + n % 11),
                id=n + 1,
                user=user,
                peak_deg=40.0 + n % 18,
                alarms=alarms,
                answer=answer,
            )
        )
    return rows
