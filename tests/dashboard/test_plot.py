# SPDX-License-Identifier: MIT
"""The strip chart: scale, joining and filling, lines at the limits, and what gaps look like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.dashboard.scenes import CALM, NOW_S, a_history, view
from upturn.core.limits import DEVICES, PROFILES, DeviceKind
from upturn.dashboard.history import History, Values
from upturn.dashboard.painters.chart import WINDOWS_S, paint_chart, window_name
from upturn.dashboard.plot import BOTTOM_DEG, Scale, filled, joined
from upturn.dashboard.spans import plain, width_of

_NONE = (np.inf, -np.inf)


def _columns(*pairs: tuple[float, float]) -> tuple[Values, Values]:
    low, high = zip(*pairs, strict=True)
    return np.array(low, np.float32), np.array(high, np.float32)


def _pairs(columns: tuple[Values, Values]) -> list[tuple[float, float]]:
    low, high = columns
    return list(zip(low.tolist(), high.tolist(), strict=True))


def test_the_scale_runs_from_top_to_bottom() -> None:
    scale = Scale(40, 105.0)
    assert (scale.row(105.0), scale.row(BOTTOM_DEG)) == (0, 39)


@pytest.mark.parametrize(("seen", "top"), [(-80.0, 105.0), (101.0, 190.0), (225.0, 240.0)])
def test_the_scale_holds_what_is_seen(seen: float, top: float) -> None:
    assert Scale.holding(np.array([seen], np.float32), 40).top_deg == top


def test_columns_are_joined_to_the_one_before() -> None:
    columns = joined(*_columns((0.0, 1.0), (10.0, 11.0), (2.0, 3.0)), gap=0)
    assert _pairs(columns) == [(0.0, 1.0), (1.0, 11.0), (2.0, 10.0)]


def test_a_short_empty_stretch_is_filled_and_a_long_one_stays_open() -> None:
    columns = _columns((0.0, 0.0), _NONE, (0.0, 0.0), _NONE, _NONE, (0.0, 0.0))
    known = [low <= high for low, high in _pairs(joined(*columns, gap=1))]
    assert known == [True, True, True, False, False, True]


def test_nothing_is_filled_beyond_the_newest_sample() -> None:
    columns = _columns((0.0, 0.0), _NONE)
    assert _pairs(joined(*columns, gap=5))[1] == _NONE


def test_each_column_is_filled_from_least_to_greatest() -> None:
    scale = Scale(3, 100.0)
    dots = filled(*_columns((0.0, 100.0), (-100.0, -100.0), _NONE), scale)
    assert dots.astype(int).tolist() == [[1, 0, 0], [1, 0, 0], [0, 1, 0]]


def test_the_chart_names_the_lines_of_inversion_and_limit() -> None:
    text = plain(paint_chart(view(), a_history(), 120.0, 75, 12))
    assert "+15" in text
    assert "+60" in text


def test_boots_have_no_line_for_the_angle() -> None:
    boots = replace(CALM, device=DEVICES[DeviceKind.BOOTS], profile=PROFILES["first-time"])
    assert "+30" not in plain(paint_chart(view(boots), History(), 120.0, 75, 12))


@pytest.mark.parametrize("window_s", WINDOWS_S)
@pytest.mark.parametrize(("width", "height"), [(75, 4), (75, 12), (150, 30), (3, 2), (75, 0)])
def test_the_chart_keeps_to_its_place(window_s: float, width: int, height: int) -> None:
    lines = paint_chart(view(), a_history(), window_s, width, height)
    assert len(lines) == height
    assert all(width_of(line) in {0, width} for line in lines)


def test_the_trace_stops_where_the_data_stop() -> None:
    lines = paint_chart(view(), a_history(NOW_S - 30.0), 60.0, 65, 12)
    right_half = "".join(plain([line])[40:] for line in lines[1:])
    assert not set(right_half) - set(" ⠁⠂⠄⡀")  # the dotted lines alone


def test_windows_have_names() -> None:
    names = [window_name(s) for s in WINDOWS_S]
    assert names == ["30 s", "60 s", "2 min", "5 min", "10 min", "30 min", "1 h"]
