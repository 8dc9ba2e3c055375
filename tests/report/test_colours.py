# SPDX-License-Identifier: MIT
"""The colours can be read, on screens and paper."""

from __future__ import annotations

import pytest

from upturn.core.alarm_table import Priority
from upturn.report.colours import COLOURS, PRIORITY_INK
from upturn.report.drawing import Ink
from upturn.report.style import style

GROUNDS = (Ink.PAPER, Ink.UPRIGHT, Ink.LEVEL, Ink.INVERTED, Ink.OVER)
TEXTS = (Ink.TEXT, Ink.DIM, Ink.HIGH, Ink.MEDIUM, Ink.LOW, Ink.SYMPTOM)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255.0 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_has_a_contrast_of_4_5_on_every_ground(text: Ink, theme: str) -> None:
    for ground in GROUNDS:
        pair = (getattr(COLOURS[text], theme), getattr(COLOURS[ground], theme))
        assert contrast(*pair) >= 4.5, (ground, contrast(*pair))
    gap = getattr(COLOURS[Ink.GAP], theme)
    assert text is not Ink.TEXT or contrast(getattr(COLOURS[text], theme), gap) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("line", [Ink.CURVE, Ink.TIME, Ink.NOTICE, Ink.LIMIT, Ink.AXIS])
def test_lines_and_bars_have_a_contrast_of_3_on_paper(line: Ink, theme: str) -> None:
    paper = getattr(COLOURS[Ink.PAPER], theme)
    assert contrast(getattr(COLOURS[line], theme), paper) >= 3.0


def test_every_ink_and_priority_has_a_colour() -> None:
    assert set(COLOURS) == set(Ink)
    assert set(PRIORITY_INK) == set(Priority)


def test_the_sheet_has_every_ink_light_dark_and_on_paper() -> None:
    css = style().css
    for ink, colour in COLOURS.items():
        assert f"--{ink}: {colour.light};" in css
        assert f"--{ink}: {colour.dark};" in css
        assert f".fill-{ink} {{" in css
        assert f".line-{ink} {{" in css
    assert "@media screen and (prefers-color-scheme: dark)" in css
    assert "@page { size: A4;" in css
    assert "url(" not in css
    assert "@import" not in css
