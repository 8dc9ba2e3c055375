# SPDX-License-Identifier: MIT
"""Colours: contrast of every text, and that none of them carries a meaning alone."""

from __future__ import annotations

from itertools import combinations

import pytest

from upturn.core.alarm_table import Priority
from upturn.core.events import Posture
from upturn.dashboard.palette import DARK, MONOCHROME, Palette

_AA = 4.5


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255.0 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


_PALETTES = {"dark": DARK, "monochrome": MONOCHROME}


def _texts(palette: Palette) -> dict[str, tuple[str, str]]:
    """Every pair of text and ground that is ever shown."""
    plain = ("text", "dim", "good")
    return {
        **{name: (getattr(palette, name), palette.ground) for name in plain},
        **{f"{name} raised": (getattr(palette, name), palette.raised) for name in plain},
        "inverse": (palette.ground, palette.text),
        **{str(posture): (palette.postures[posture], palette.ground) for posture in Posture},
        **{f"{p.word} lit": palette.signals[p].lit for p in Priority},
        **{f"{p.word} unlit": palette.signals[p].unlit for p in Priority},
        **{f"{p.word} mark": (palette.signals[p].mark, palette.ground) for p in Priority},
    }


@pytest.mark.parametrize("palette", _PALETTES)
def test_every_text_has_the_contrast_of_wcag_aa(palette: str) -> None:
    contrasts = {name: _contrast(*pair) for name, pair in _texts(_PALETTES[palette]).items()}
    assert {name: value for name, value in contrasts.items() if value < _AA} == {}


@pytest.mark.parametrize("palette", _PALETTES)
@pytest.mark.parametrize("priority", [Priority.HIGH, Priority.MEDIUM])
def test_a_flash_is_seen_without_colour(palette: str, priority: Priority) -> None:
    signal = _PALETTES[palette].signals[priority]
    assert _contrast(signal.lit[1], signal.unlit[1]) >= 2.0


def test_alarm_colours_are_those_of_alarms_alone() -> None:
    alarms = {signal.mark for signal in DARK.signals.values()}
    others = {DARK.postures[p] for p in Posture if p is not Posture.OVER_ROTATED}
    assert not alarms & others


def test_each_priority_and_each_posture_has_its_own_colour() -> None:
    for colors in (
        [signal.mark for signal in DARK.signals.values()],
        [DARK.postures[p] for p in Posture],
    ):
        assert all(one != other for one, other in combinations(colors, 2))


def test_without_colour_the_higher_alarm_is_the_brighter() -> None:
    grounds = [_luminance(MONOCHROME.signals[p].lit[1]) for p in Priority]
    assert grounds == sorted(grounds)
