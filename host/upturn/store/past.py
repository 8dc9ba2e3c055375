# SPDX-License-Identifier: MIT
"""How a table stood when its last watch ended, and how long ago that was by the clocks that are.

The law: of two clocks that disagree the longer time counts as exposure, and the shorter as rest.
Where the clock that nobody sets says that the state is fresh, no jump of the other one makes it
stale: who was inverted a moment ago is inverted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from upturn.core.past import FRESH_S, Past
from upturn.store import salvage
from upturn.store.database import Store
from upturn.store.moment import Clocks, HostClocks, Moment
from upturn.store.trouble import StoreError, Trouble

_OLDEST_FRESH_S = FRESH_S - 1.0
"""Taken where nobody knows how long it was: the longest that a state is taken up after."""
_SLACK_S = 1.0
"""Clocks are read one after the other, and the wall clock is set by fractions all the time."""


@dataclass(frozen=True, slots=True)
class Elapsed:
    """The time between two moments: `gap_s` at most, `rested_s` at least."""

    gap_s: float
    rested_s: float
    words: str
    """What is odd about the clocks; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Taken:
    past: Past
    gap_s: float
    rested_s: float
    words: str
    """For people: how long ago it was, and what is odd about the clocks."""


def left_at(path: Path, key: str, clocks: Clocks | None = None) -> tuple[Taken | None, str]:
    """As `last_past`, of a store that may be unwell; and what people have to know of it.

    It is only read, so that no other program that writes is waited for, unless it is damaged.
    """
    try:
        try:
            with Store.open(path, readonly=True) as store:
                return last_past(store, key, clocks), ""
        except StoreError as error:
            if error.kind is Trouble.MISSING:
                return None, ""
            if error.kind is not Trouble.DAMAGED and not salvage.under_way(path):
                raise
        with Store.open(path) as store:
            return last_past(store, key, clocks), store.told
    except StoreError as error:
        return None, str(error)


def last_past(store: Store, key: str, clocks: Clocks | None = None) -> Taken | None:
    """What the last watch of that table wrote down; None: there was none.

    Raises:
        StoreError: it cannot be read.
    """
    rows = store.rows("SELECT wall_s, boot_id, boot_s, past FROM pasts WHERE table_key = ?", [key])
    if not rows:
        return None
    wall_s, boot_id, boot_s, text = rows[0]
    try:
        past = Past.from_record(json.loads(text))
        then = Moment(_number(wall_s), str(boot_id), None if boot_s is None else _number(boot_s))
    except (ValueError, TypeError) as error:
        what = f"how {key} stood when it was last watched cannot be read ({error})"
        raise StoreError(Trouble.OTHER, what, store.path) from error
    elapsed = between(then, (clocks or HostClocks()).now())
    words = f"goes on from {elapsed.gap_s:.0f} s ago"
    words = f"{words}: {elapsed.words}" if elapsed.words else words
    return Taken(past, elapsed.gap_s, elapsed.rested_s, words)


def between(then: Moment, now: Moment) -> Elapsed:
    """How long it was from one to the other; neither clock is believed more than it deserves."""
    wall_s = now.wall_s - then.wall_s
    even = then.boot_s is not None and now.boot_s is not None
    if even and then.boot_id == now.boot_id and now.boot_s >= then.boot_s:  # type: ignore[operator]
        return _same_start(wall_s, now.boot_s - then.boot_s)  # type: ignore[operator]
    # The system was started since: it runs at most as long as the gap. Without an id: who knows.
    again = then.boot_id != now.boot_id
    least_s = now.boot_s if again and now.boot_s is not None else 0.0
    if wall_s < least_s - _SLACK_S:
        return Elapsed(
            max(least_s, _OLDEST_FRESH_S),
            _at_least(min(wall_s, least_s)),
            "the clock was set back, so that nobody knows how long it was",
        )
    gap_s = max(wall_s, least_s)
    if again:
        return Elapsed(gap_s, _at_least(min(wall_s, least_s)), "the computer was started since")
    return Elapsed(gap_s, 0.0 if even else _at_least(wall_s), "")


def _same_start(wall_s: float, even_s: float) -> Elapsed:
    """By both clocks; the even one alone says whether it is fresh."""
    gap_s = max(wall_s, even_s)
    if even_s < FRESH_S <= gap_s:
        gap_s = max(even_s, _OLDEST_FRESH_S)
    odd = abs(wall_s - even_s) > _SLACK_S
    words = f"the clock was set by {wall_s - even_s:+.0f} s meanwhile" if odd else ""
    return Elapsed(gap_s, _at_least(min(wall_s, even_s)), words)


def _at_least(seconds: float) -> float:
    return max(0.0, seconds)


def _number(value: object) -> float:
    number = float(value)  # type: ignore[arg-type]
    if not isfinite(number):
        raise ValueError(f"a time cannot be {value!r}")
    return number
