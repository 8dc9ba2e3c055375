# SPDX-License-Identifier: MIT
"""Large text: every character that can be asked for has a shape, and sizes are as computed."""

from __future__ import annotations

import pytest

from upturn.core.alarm_table import ALARMS
from upturn.dashboard.glyphs import best_scale, big, covers, height_of, width_of


@pytest.mark.parametrize("text", ["0123456789:", "+-°", *(s.title for s in ALARMS.values())])
def test_all_that_is_shown_large_has_a_shape(text: str) -> None:
    assert covers(text)


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"


def unlike(one: str, other: str) -> int:
    """Half blocks that differ; all of them where one is wider."""
    rows = zip(big(one, 2), big(other, 2), strict=True)
    if width_of(one, 1) != width_of(other, 1):
        return 15
    return sum(a != b for pair in rows for a, b in zip(*pair, strict=True)) // 2


@pytest.mark.parametrize("letter", LETTERS)
def test_no_letter_is_taken_for_a_digit_or_for_another_letter(letter: str) -> None:
    """By two pixels of the font at the least; one is two blocks at scale 2."""
    assert all(unlike(letter, digit) >= 2 for digit in DIGITS)
    assert all(unlike(letter, other) >= 2 for other in LETTERS if other != letter)


@pytest.mark.parametrize("scale", [1, 2, 3, 4])
def test_rows_are_as_wide_and_as_many_as_computed(scale: int) -> None:
    rows = big("-1:05 W°", scale)
    assert {len(row) for row in rows} == {width_of("-1:05 W°", scale)}
    assert len(rows) == height_of(scale)


def test_digits_are_equally_wide_so_that_a_clock_does_not_jump() -> None:
    assert len({width_of(digit, 1) for digit in "0123456789"}) == 1


def test_the_largest_scale_that_fits_is_taken() -> None:
    width = width_of("0:42", 3)
    assert best_scale("0:42", width, 8) == 3
    assert best_scale("0:42", width - 1, 8) == 2
    assert best_scale("0:42", width, 7) == 2


@pytest.mark.parametrize("text", ["", "é"])
def test_what_cannot_be_drawn_is_refused(text: str) -> None:
    assert best_scale(text, 200, 50) == 0


def test_a_seven_looks_like_a_seven() -> None:
    assert big("7", 1) == ("▀▀█", "  █", "  ▀")
