# SPDX-License-Identifier: MIT
"""Which recordings go: by age and size, and none with a high alarm without asking."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.store.keep import MEGABYTE, KeepLimits, KeepPlan, Recording, plan

NOW = datetime(2026, 3, 17, 12, tzinfo=UTC)


def recording(
    name: str, days: float, megabytes: float = 1.0, high: bool | None = False
) -> Recording:
    return Recording(name, NOW - timedelta(days=days), int(megabytes * MEGABYTE), high)


def names(found: KeepPlan) -> tuple[str, str, str]:
    """What goes, what is asked about, what stays."""
    remove, ask, keep = (
        " ".join(one.path for one in part) for part in (found.remove, found.ask, found.keep)
    )
    return remove, ask, keep


OLD, OLDER, ALARM = recording("old", 40), recording("older", 50), recording("alarm", 45, high=True)
FRESH, UNKNOWN = recording("fresh", 1), recording("unknown", 60, high=None)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (KeepLimits(), ("", "", "unknown older alarm old fresh")),
        (KeepLimits(days=30), ("older old", "unknown alarm", "fresh")),
        (KeepLimits(days=46), ("older", "unknown", "alarm old fresh")),
        (KeepLimits(megabytes=5), ("", "", "unknown older alarm old fresh")),
        (KeepLimits(megabytes=4), ("older", "unknown", "alarm old fresh")),
        (KeepLimits(megabytes=3), ("older old", "unknown alarm", "fresh")),
        (KeepLimits(megabytes=1), ("older old", "unknown alarm", "fresh")),
        (KeepLimits(days=46, megabytes=3), ("older old", "unknown alarm", "fresh")),
    ],
)
def test_what_goes(limits: KeepLimits, expected: tuple[str, str, str]) -> None:
    assert names(plan([FRESH, ALARM, OLD, UNKNOWN, OLDER], limits, NOW)) == expected


@pytest.mark.parametrize(("days", "goes"), [(29.999, False), (30.0, False), (30.001, True)])
def test_the_age_that_is_too_much(days: float, goes: bool) -> None:
    found = plan([recording("one", days)], KeepLimits(days=30), NOW)
    assert bool(found.remove) is goes


def test_the_newest_stays_however_large_it_is() -> None:
    rows = [recording("a", 2), recording("b", 1, 900.0)]
    assert names(plan(rows, KeepLimits(megabytes=10), NOW)) == ("a", "", "b")


def test_what_a_wrong_clock_dated_in_the_future_stays() -> None:
    assert names(plan([recording("f", -900)], KeepLimits(days=1), NOW)) == ("", "", "f")


def test_of_nothing_nothing_goes() -> None:
    assert plan([], KeepLimits(days=1, megabytes=1), NOW) == KeepPlan((), (), ())


RECORDINGS = st.lists(
    st.builds(
        recording,
        st.text("abc", min_size=1, max_size=4),
        st.floats(-5, 100),
        st.floats(0, 20),
        st.sampled_from([True, False, None]),
    ),
    max_size=12,
)
LIMITS = st.builds(
    KeepLimits,
    st.none() | st.integers(1, 60),
    st.none() | st.integers(1, 60),
)


@given(RECORDINGS, LIMITS)
def test_none_is_lost_or_doubled_and_none_that_is_guarded_goes(
    rows: list[Recording], limits: KeepLimits
) -> None:
    found = plan(rows, limits, NOW)
    parts = (*found.remove, *found.ask, *found.keep)
    assert Counter(parts) == Counter(rows)
    assert not any(one.guarded for one in found.remove)
    assert all(one.guarded for one in found.ask)
    if limits.megabytes is not None and found.kept_bytes > limits.megabytes * MEGABYTE:
        newest = max(rows, key=lambda one: (one.made_at, one.path))
        assert all(one.guarded or one.made_at >= newest.made_at for one in found.keep + found.ask)
