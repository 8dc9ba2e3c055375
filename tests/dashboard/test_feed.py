# SPDX-License-Identifier: MIT
"""The ring of events that a runner hands to the dashboard."""

from __future__ import annotations

from upturn.core.events import Noted
from upturn.dashboard.feed import EventRing


def _notes(*numbers: int) -> list[Noted]:
    return [Noted(float(n), str(n)) for n in numbers]


def test_events_are_given_once_and_in_order() -> None:
    ring = EventRing()
    ring.extend(_notes(1, 2))
    seen, first = ring.since(0)
    ring.extend(_notes(3))
    assert (seen, list(first)) == (2, _notes(1, 2))
    assert ring.since(seen) == (3, _notes(3))


def test_nothing_new_is_nothing() -> None:
    ring = EventRing()
    ring.extend(_notes(1))
    assert ring.since(1) == (1, ())


def test_old_events_are_forgotten_and_the_count_goes_on() -> None:
    ring = EventRing(kept=2)
    ring.extend(_notes(1, 2, 3))
    assert ring.since(0) == (3, _notes(2, 3))
