# SPDX-License-Identifier: MIT
"""How sessions and inversions are entered: where each begins, goes on and ends.

The law: an inversion whose end nobody saw stands as it was last written down, "at least".
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

from upturn.core.events import InversionEnded, InversionStarted
from upturn.store.entry import Entry
from upturn.store.standing import OpenInversion, OpenSession
from upturn.store.told import Heard


def begin(entry: Entry, heard: Heard, event: InversionStarted) -> None:
    if entry.standing.inversion is not None:
        lose(entry)
    began_ms = heard.wall_ms(event.since_s)
    session = entry.standing.session
    if session is None or not session.goes_on(heard, began_ms):
        session = _begin_session(entry, heard, event, began_ms)
    elif session.ended_ms is not None:
        entry.update("sessions", session.id, ended_ms=None)
    n = session.inversions + 1
    core = heard.session
    if session.core != core:
        entry.update("sessions", session.id, core=core)
    session = replace(session, inversions=n, ended_ms=None, core=core)
    id = entry.insert("inversions", session_id=session.id, n=n, began_ms=began_ms)
    inversion = OpenInversion(id, began_ms)
    entry.standing = replace(entry.standing, session=session, inversion=inversion)


def end(entry: Entry, heard: Heard, event: InversionEnded) -> None:
    if entry.standing.inversion is None:  # its beginning was forgotten, or given up
        since_s = event.t_s - event.duration_s
        begin(entry, heard, InversionStarted(event.t_s, event.n, 0.0, since_s, None))
    _close(
        entry,
        heard.wall_ms(event.t_s),
        event.duration_s,
        event.peak_angle_deg,
        event.exposure_s,
        at_least=heard.at_least,
    )


def lose(entry: Entry) -> None:
    """Nobody saw how it ended; what was last written down of it stands."""
    inversion = entry.standing.inversion
    assert inversion is not None
    seen = inversion.seen
    if seen is None:
        _close(entry, inversion.began_ms, None, None, None, at_least=True)
    else:
        told = (seen.duration_s, seen.peak_deg, seen.exposure_s)
        _close(entry, seen.at_ms, *told, at_least=True)


def end_core(entry: Entry) -> None:
    """The next one counts its sessions anew."""
    session = entry.standing.session
    if session is not None:
        entry.update("sessions", session.id, core=0)
        session = replace(session, core=0, since_s=None)
        entry.standing = replace(entry.standing, session=session, acknowledging=None)


def _begin_session(
    entry: Entry, heard: Heard, event: InversionStarted, began_ms: int
) -> OpenSession:
    standing = entry.standing
    id = entry.insert(
        "sessions",
        run_id=standing.run_id,
        table_id=standing.table_id,
        user_id=standing.user_id,
        core=heard.session,
        began_ms=began_ms,
        profile=heard.profile,
    )
    session = OpenSession(
        id, heard.session, began_ms, None, heard.profile, 0, since_s=event.since_s
    )
    alarms = []
    for alarm in standing.alarms:  # what was wrong when it began belongs to it
        if alarm.session_id is None:
            entry.update("alarms", alarm.row, session_id=id)
            alarm = replace(alarm, session_id=id)  # noqa: PLW2901
        alarms.append(alarm)
    entry.standing = replace(standing, session=session, alarms=tuple(alarms))
    return session


def _close(
    entry: Entry,
    at_ms: int,
    duration_s: float | None,
    peak_deg: float | None,
    exposure_s: float | None,
    *,
    at_least: bool,
) -> None:
    session, inversion = entry.standing.session, entry.standing.inversion
    assert inversion is not None
    entry.update(
        "inversions",
        inversion.id,
        duration_s=duration_s,
        peak_deg=peak_deg if peak_deg is not None and isfinite(peak_deg) else None,
        exposure_s=exposure_s,
        at_least=int(at_least),
    )
    if session is not None:
        entry.update("sessions", session.id, ended_ms=at_ms)
        session = replace(session, ended_ms=at_ms)
    entry.standing = replace(entry.standing, session=session, inversion=None)
