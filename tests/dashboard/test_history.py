# SPDX-License-Identifier: MIT
"""The ring of angles: bounded, honest about gaps, and the same picture however it was filled."""

from __future__ import annotations

from math import floor, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.dashboard.history import History

Points = list[tuple[float, float]]

_points = st.lists(
    st.tuples(st.integers(0, 4000).map(lambda k: k * 0.01), st.integers(-180, 225).map(float)),
    max_size=60,
).map(sorted)


def _naive(points: Points, history: History, end_s: float, window_s: float, count: int) -> Points:
    """Least and greatest per column, column by column and point by point."""
    width = window_s / count / history.bucket_s
    first = history.column_of(end_s, window_s, count) - count + 1
    columns: Points = []
    for column in range(first, first + count):
        buckets = range(floor(column * width), floor((column + 1) * width))
        seen = [a for t, a in points if floor(t / history.bucket_s) in buckets]
        columns.append((min(seen, default=np.inf), max(seen, default=-np.inf)))
    return columns


@given(_points, st.sampled_from([(40.0, 40), (40.0, 17), (10.0, 23), (3.0, 60)]))
def test_columns_hold_the_least_and_the_greatest_angle(
    points: Points, plot: tuple[float, int]
) -> None:
    window_s, count = plot
    history = History(span_s=100.0)
    history.append_many(points)
    low, high = history.columns(40.0, window_s, count)
    expected = _naive(points, history, 40.0, window_s, count)
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == expected


def test_a_history_without_samples_has_empty_columns() -> None:
    low, high = History().columns(10.0, 10.0, 3)
    assert (low > high).all()


def test_a_gap_stays_empty() -> None:
    history = History()
    history.append_many([(0.5, 1.0), (9.5, 2.0)])
    low, high = history.columns(9.9, 10.0, 10)
    assert (low <= high).tolist() == [True] + [False] * 8 + [True]


def test_only_the_span_is_remembered() -> None:
    history = History(span_s=10.0)
    history.append_many([(0.0, 90.0), (11.0, 5.0)])
    _, high = history.columns(11.0, 20.0, 1)
    assert high.tolist() == [5.0]


def test_a_leap_of_days_forgets_all_before_it() -> None:
    history = History(span_s=10.0)
    history.append_many([(0.0, 90.0), (200_000.0, 5.0)])
    low, high = history.columns(200_000.0, 10.0, 1)
    assert (low.tolist(), high.tolist()) == ([5.0], [5.0])


def test_a_late_sample_finds_its_place_and_one_too_late_does_not() -> None:
    history = History(span_s=10.0)
    history.append_many([(19.0, 1.0), (15.0, 50.0), (1.0, 80.0)])
    _, high = history.columns(19.0, 10.0, 1)
    assert high.tolist() == [50.0]


def test_a_cleared_history_starts_anew_at_an_earlier_time() -> None:
    history = History(span_s=10.0)
    history.append(500.0, 60.0)
    history.clear()
    history.append(1.0, 3.0)
    _, high = history.columns(1.0, 10.0, 1)
    assert high.tolist() == [3.0]


def test_a_column_keeps_its_shape_while_it_scrolls() -> None:
    history = History()
    history.append_many([(k * 0.02, float(k % 97)) for k in range(3000)])
    before = history.columns(50.0, 30.0, 100)[1]
    after = history.columns(50.9, 30.0, 100)[1]
    assert after[:96].tolist() == before[3:99].tolist()


def test_memory_does_not_grow_with_time() -> None:
    history = History()
    size = history._low.nbytes
    history.append_many([(float(t), 0.0) for t in range(0, 20_000, 10)])
    assert history._low.nbytes == size


@pytest.mark.parametrize("count", [0, 1, 500, 5000])
def test_loaded_at_once_it_is_as_if_filled_one_by_one(count: int) -> None:
    points = [(7.0 + 0.13 * i + (40.0 if i > 300 else 0.0), 60.0 * sin(i)) for i in range(count)]
    one_by_one, at_once = History(300.0), History(300.0)
    one_by_one.append_many(points)
    at_once.append(1e6, 3.0)
    at_once.load([t_s for t_s, _ in points], [angle_deg for _, angle_deg in points])
    end_s = points[-1][0] if points else 7.0
    for one, other in zip(
        one_by_one.columns(end_s, 350.0, 200), at_once.columns(end_s, 350.0, 200), strict=True
    ):
        np.testing.assert_array_equal(one, other)
