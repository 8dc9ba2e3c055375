# SPDX-License-Identifier: MIT
"""Days of sessions written as a run writes them, without living through them."""

from __future__ import annotations

from pathlib import Path

from tests.store.watching import EPOCH_S
from upturn.core.alarm_table import ALARMS, AlarmId
from upturn.core.events import (
    AlarmChanged,
    AlarmState,
    Event,
    InversionEnded,
    InversionStarted,
    Posture,
    PostureChanged,
)
from upturn.core.limits import STANDARD
from upturn.store.book import Book, Run
from upturn.store.codec import profile_to_json
from upturn.store.database import Store
from upturn.store.inbox import Batch
from upturn.store.told import Ended, Heard

DAY_S = 86_400.0
PROFILE = profile_to_json(STANDARD)


def write_days(path: Path, days: int, *, inversions: int = 3, user: str = "") -> Path:
    """One session a day: inversions of 50 s with 100 s of rest between, and one near the limit."""
    with Store.open(path) as store:
        run = Run("1.2.3", "{}", user, "host", round(EPOCH_S * 1000.0))
        book = Book(store, run, {"den": "The den"}, {})
        for day in range(days):
            began_ms = round((EPOCH_S + day * DAY_S) * 1000.0)
            events = _session(inversions)
            now_s = events[-1].t_s
            heard = Heard(
                began_ms + round(now_s * 1000.0), now_s, 1, PROFILE, False, False, tuple(events)
            )
            angles = [
                (float(t), began_ms + t * 1000, 50.0 if 10 < t % 150 < 60 else -80.0)
                for t in range(round(now_s) + 120)
            ]
            book.write(Batch([(0, "den", heard)], {}, {"den": angles}))
            book.write(Batch([(0, "den", Ended())]))
        book.end(round((EPOCH_S + days * DAY_S) * 1000.0))
    return path


def _session(inversions: int) -> list[Event]:
    events: list[Event] = []
    level, down, up = Posture.LEVEL, Posture.INVERTED, Posture.UPRIGHT
    near = ALARMS[AlarmId.TIME_LIMIT_NEAR]
    for n in range(1, inversions + 1):
        t_s = 10.0 + 150.0 * (n - 1)
        rest_s = None if n == 1 else 100.0
        events += [
            PostureChanged(t_s - 1.0, up, level, -34.0),
            PostureChanged(t_s + 0.5, level, down, 22.0),
            InversionStarted(t_s + 0.5, n, 22.0, t_s, rest_s),
        ]
        if n == inversions:
            said = (near.id, 1, near.priorities[0])
            message = f"{near.title}. {near.advice}"
            events += [
                AlarmChanged(t_s + 45.0, *said, AlarmState.RAISED, message),
                AlarmChanged(t_s + 50.0, *said, AlarmState.CLEARED, message),
            ]
        events += [
            PostureChanged(t_s + 50.0, down, level, 4.0),
            InversionEnded(t_s + 50.0, n, 50.0, 52.5, 50.0),
            PostureChanged(t_s + 52.0, level, up, -46.0),
        ]
    return events
