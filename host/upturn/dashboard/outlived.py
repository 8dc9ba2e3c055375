# SPDX-License-Identifier: MIT
"""When what a key was said to have done is not so any more, and what is to be said then.

"Alarms are off" below a table that is watched again would be believed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from upturn.dashboard.feed import Feed


class Ends(NamedTuple):
    come: Callable[[], bool]
    text: str = ""
    """Empty: nothing more is said."""


def of_stand_down(feed: Feed) -> Ends:
    """It may end by itself."""
    return Ends(lambda: not feed.snapshot().stand_down, "Stand down has ended: alarms are on.")


def of_seen_upright(feed: Feed) -> Ends:
    """The sensor may read on what it read, and begin another inversion. Taken before the act."""
    before = feed.snapshot().inversion

    def begun() -> bool:
        snapshot = feed.snapshot()
        return snapshot.inverted and snapshot.inversion > before

    return Ends(begun, "The sensor reads inverted: a new inversion is counted.")


def of_acknowledged(feed: Feed) -> Ends:
    """Another alarm may come, which nobody has acknowledged."""
    return Ends(lambda: any(not alarm.acknowledged for alarm in feed.snapshot().alarms))
