# SPDX-License-Identifier: MIT
"""The drawn table: where the head is, and that it stays on its canvas at every angle and size."""

from __future__ import annotations

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.dashboard.figure import Geometry, Layer, Row, draw

_WIDTH, _HEIGHT = 30, 13


def _mass(rows: tuple[Row, ...]) -> tuple[float, float]:
    """Mean column and row of the table's dots, the heavy head included."""
    points = [
        (x, y, (ord(character) - 0x2800).bit_count())
        for y, row in enumerate(rows)
        for x, (character, layer) in enumerate(
            (character, layer) for text, layer in row for character in text
        )
        if layer is Layer.TABLE and character != " "
    ]
    total = sum(weight for _, _, weight in points)
    return (
        sum(x * weight for x, _, weight in points) / total,
        sum(y * weight for _, y, weight in points) / total,
    )


@pytest.mark.parametrize(
    ("angle_deg", "right", "down"),
    [(-90.0, 0, -1), (0.0, 1, 0), (90.0, 0, 1), (180.0, -1, 0)],
    ids=["upright", "level", "inverted", "half a turn"],
)
def test_the_head_end_is_where_the_real_one_is(angle_deg: float, right: int, down: int) -> None:
    place = Geometry.of(_WIDTH, _HEIGHT)
    x, y = place.at(angle_deg, place.reach)
    assert round((x - place.hinge[0]) / place.reach) == right
    assert round((y - place.hinge[1]) / place.reach) == down


def test_the_chest_is_up_when_lying_level() -> None:
    place = Geometry.of(_WIDTH, _HEIGHT)
    x, y = place.at(0.0, 0.0, 3.0)
    assert (x, y) == (place.hinge[0], place.hinge[1] - 3.0)


@given(st.integers(-180, 225))
def test_turning_moves_no_point_nearer_or_farther(angle_deg: int) -> None:
    place = Geometry.of(_WIDTH, _HEIGHT)
    x, y = place.at(angle_deg, 4.0, 3.0)
    assert hypot(x - place.hinge[0], y - place.hinge[1]) == pytest.approx(5.0)


def test_the_drawing_is_heavy_at_the_top_when_upright_and_low_when_inverted() -> None:
    upright, inverted = (_mass(draw(a, _WIDTH, _HEIGHT)) for a in (-90, 90))
    assert upright[1] < inverted[1]


@given(st.integers(-180, 225), st.integers(0, 60), st.integers(0, 24))
def test_the_drawing_fills_its_canvas_exactly(angle_deg: int, width: int, height: int) -> None:
    rows = draw(angle_deg, width, height, 60.0)
    assert [sum(len(text) for text, _ in row) for row in rows] == [width] * height


def test_an_unknown_angle_draws_the_stand_alone() -> None:
    layers = {layer for row in draw(None, _WIDTH, _HEIGHT) for _, layer in row}
    assert layers == {Layer.STAND}


def test_every_ten_degrees_look_different() -> None:
    assert len({draw(a, 20, 8) for a in range(-90, 136, 10)}) == len(range(-90, 136, 10))


def test_a_level_table_looks_as_it_should() -> None:
    """A picture to look at in review."""
    drawn = ["".join(text for text, _ in row).rstrip() for row in draw(0, 20, 8)]
    assert drawn == [
        "",
        "",
        "  ⢀⣄⣀⣀⣀⣀⣀⣀⣀⣀⣀⡀⢠⣤⡀",
        "   ⣯⣭⣭⣭⣭⣭⣭⣭⣭⣭⣥⣼⣿⣥",
        "        ⢠⠃⠘⡄",
        "       ⢀⠇  ⠸⡀",
        "       ⡞    ⢳",
        "   ⢀⣀⣀⣸⣀⣀⣀⣀⣀⣀⣇⣀⣀⡀",
    ]
