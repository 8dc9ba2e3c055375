# SPDX-License-Identifier: MIT
"""The posture pane: angle, traction, age and battery, each of them of now or struck out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, RESTING, SCENES, inverted, view
from upturn.core.events import Posture
from upturn.core.snapshot import Snapshot
from upturn.dashboard.painters.posture import paint_posture, traction
from upturn.dashboard.spans import Line, plain


def _below(lines: list[Line]) -> list[str]:
    """The lines that are words."""
    texts = [plain([line]).strip() for line in lines]
    return [text for text in texts if text and not set(text) & set("▀▄█")]


def _struck(lines: list[Line]) -> list[str]:
    return [text for line in lines for text, style in line if style.strike]


@pytest.mark.parametrize(
    ("angle_deg", "said"),
    [
        (15.0, "26 % of body weight, no friction"),
        (30.0, "50 % of body weight, no friction"),
        (60.0, "87 % of body weight, no friction"),
        (90.0, "100 % of weight, no friction"),
        (121.0, "86 % of body weight, no friction"),
        (0.0, ""),
        (-170.0, ""),
    ],
)
def test_traction_is_the_sine_of_the_angle_to_level(angle_deg: float, said: str) -> None:
    assert traction(angle_deg, 32) == said


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (46, "traction 79 % of body weight, without friction"),
        (45, "79 % of body weight, no friction"),
        (27, "79 % of weight, no friction"),
        (26, ""),
    ],
)
def test_that_it_leaves_friction_out_is_said_at_any_width(width: int, said: str) -> None:
    assert traction(52.0, width) == said


@pytest.mark.parametrize(
    ("snapshot", "pulls"),
    [
        (inverted(20.0), True),
        (SCENES["over_rotated"], True),
        (replace(RESTING, angle_deg=12.0), False),
        (CALM, False),
        (SCENES["lost"], False),
        (replace(inverted(20.0), signal_age_s=2.1), False),
        (SCENES["no_signal"], False),
    ],
)
def test_traction_is_that_of_now_and_head_down_alone(snapshot: Snapshot, pulls: bool) -> None:
    assert ("friction" in plain(paint_posture(view(snapshot), 32, 11))) is pulls


def test_what_is_fresh_is_all_there() -> None:
    assert _below(paint_posture(view(inverted(20.0)), 32, 11)) == [
        "INVERTED",
        "angle limit 60°",
        "data <1 s old",
        "battery 3.91 V",
        "79 % of body weight, no friction",
    ]


def test_what_is_stale_is_struck_out_and_its_age_is_not() -> None:
    lines = paint_posture(view(SCENES["lost"]), 32, 11)
    assert _below(lines) == ["was INVERTED", "was +52°", "NO DATA for 4.3 s", "battery was 3.91 V"]
    assert _struck(lines) == ["INVERTED", "+52°", "3.91 V"]


def test_before_the_first_data_there_is_nothing_to_strike() -> None:
    lines = paint_posture(view(SCENES["no_signal"]), 32, 11)
    assert _below(lines) == ["POSTURE UNKNOWN", "no data yet"]
    assert _struck(lines) == []


@pytest.mark.parametrize(
    ("volts", "percent", "width", "said"),
    [
        (3.91, 78.0, 32, "battery 3.91 V, 78 %"),
        (3.91, 78.0, 19, "battery 78 %"),
        (3.91, None, 19, "battery 3.91 V"),
        (None, 78.0, 19, "battery 78 %"),
    ],
)
def test_the_battery_as_far_as_it_is_known_and_fits(
    volts: float | None, percent: float | None, width: int, said: str
) -> None:
    snapshot = replace(CALM, battery_v=volts, battery_percent=percent)
    assert _below(paint_posture(view(snapshot), width, 8))[-1] == said


@pytest.mark.parametrize("posture", Posture)
@pytest.mark.parametrize("age_s", [0.0, 4.0])
@pytest.mark.parametrize(("width", "height"), [(18, 5), (19, 8), (32, 11), (48, 14)])
def test_the_pane_keeps_to_its_place(
    posture: Posture, age_s: float, width: int, height: int
) -> None:
    snapshot = replace(inverted(20.0), posture=posture, signal_age_s=age_s, battery_percent=100.0)
    lines = paint_posture(view(snapshot), width, height)
    assert len(lines) <= height
    assert all(len(plain([line])) <= width for line in lines)
