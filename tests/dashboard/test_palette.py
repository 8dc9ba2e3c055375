# SPDX-License-Identifier: MIT
"""Colours: contrast of every text, and that none of them carries a meaning alone."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from math import dist

import pytest

from upturn.config.model import THEMES as THEME_NAMES
from upturn.core.alarm_table import Priority
from upturn.core.events import Posture
from upturn.dashboard.palette import COLOUR_BLIND, DARK, MONOCHROME, THEMES, Palette, ink

_AA = 4.5
_APART = 30.0
"""Distance in CIE L*a*b* at which two fields are told apart at a glance; 2.3 is just seen."""

_SEEN_BY: dict[str, tuple[tuple[float, float, float], ...]] = {
    "all cones": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""Linear RGB as it is seen at full severity: Machado, Oliveira and Fernandes, 2009."""


def _linear(color: str) -> list[float]:
    parts = [int(color[i : i + 2], 16) / 255.0 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def _luminance(color: str) -> float:
    linear = _linear(color)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _lab(color: str, eyes: str) -> tuple[float, float, float]:
    """How a colour looks to those eyes."""
    seen = [sum(m * c for m, c in zip(row, _linear(color), strict=True)) for row in _SEEN_BY[eyes]]
    r, g, b = (min(1.0, max(0.0, c)) for c in seen)
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _apart(colors: Iterable[str], eyes: str) -> float:
    """The least distance between any two."""
    return min(dist(_lab(one, eyes), _lab(other, eyes)) for one, other in combinations(colors, 2))


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _texts(palette: Palette) -> dict[str, tuple[str, str]]:
    """Every pair of text and ground that is ever shown."""
    plain = ("text", "dim", "good")
    return {
        **{name: (getattr(palette, name), palette.ground) for name in plain},
        **{f"{name} raised": (getattr(palette, name), palette.raised) for name in plain},
        "inverse": (palette.ground, palette.text),
        "name raised": (palette.text, palette.raised),
        **{str(posture): (palette.postures[posture], palette.ground) for posture in Posture},
        **{f"{p.word} lit": palette.signals[p].lit for p in Priority},
        **{f"{p.word} unlit": palette.signals[p].unlit for p in Priority},
        **{f"{p.word} mark": (palette.signals[p].mark, palette.ground) for p in Priority},
    }


@pytest.mark.parametrize("palette", THEMES)
def test_every_text_has_the_contrast_of_wcag_aa(palette: str) -> None:
    contrasts = {name: _contrast(*pair) for name, pair in _texts(THEMES[palette]).items()}
    assert {name: value for name, value in contrasts.items() if value < _AA} == {}


@pytest.mark.parametrize("palette", THEMES)
@pytest.mark.parametrize("priority", [Priority.HIGH, Priority.MEDIUM])
def test_a_flash_is_seen_without_colour(palette: str, priority: Priority) -> None:
    signal = THEMES[palette].signals[priority]
    assert _contrast(signal.lit[1], signal.unlit[1]) >= 2.0


_COLOURED = [name for name in THEMES if name != "monochrome"]


@pytest.mark.parametrize("theme", _COLOURED)
def test_alarm_colours_are_those_of_alarms_alone(theme: str) -> None:
    palette = THEMES[theme]
    alarms = {signal.mark for signal in palette.signals.values()}
    others = {palette.postures[p] for p in Posture if p is not Posture.OVER_ROTATED}
    assert not alarms & others


@pytest.mark.parametrize("theme", _COLOURED)
def test_each_priority_and_each_posture_has_its_own_colour(theme: str) -> None:
    palette = THEMES[theme]
    for colors in (
        [signal.mark for signal in palette.signals.values()],
        [palette.postures[p] for p in Posture],
    ):
        assert all(one != other for one, other in combinations(colors, 2))


@pytest.mark.parametrize("eyes", _SEEN_BY)
def test_every_eye_tells_the_priorities_of_the_colour_blind_theme_apart(eyes: str) -> None:
    signals = COLOUR_BLIND.signals.values()
    assert _apart([signal.lit[1] for signal in signals], eyes) >= _APART
    assert _apart([signal.mark for signal in signals], eyes) >= _APART


@pytest.mark.parametrize("eyes", _SEEN_BY)
def test_every_eye_tells_upright_from_inverted_and_past_vertical(eyes: str) -> None:
    told = (Posture.UPRIGHT, Posture.INVERTED, Posture.OVER_ROTATED)
    assert _apart([COLOUR_BLIND.postures[posture] for posture in told], eyes) >= 20.0


def test_the_other_themes_would_not_do_for_all() -> None:
    light = [signal.mark for signal in THEMES["light"].signals.values()]
    assert _apart(light, "deutan") < _APART


def test_the_config_knows_each_theme_by_its_name() -> None:
    assert tuple(THEMES) == THEME_NAMES
    assert all(name == palette.name for name, palette in THEMES.items())


@pytest.mark.parametrize("theme", THEMES)
def test_the_higher_alarm_flashes_between_grounds_that_differ_from_the_plain_one(
    theme: str,
) -> None:
    palette = THEMES[theme]
    grounds = [palette.signals[priority].lit[1] for priority in Priority]
    assert len({*grounds, palette.ground}) == 4


def test_grey_on_a_lighter_grey_is_seen_by_a_terminal_without_colour_too() -> None:
    high, low = MONOCHROME.signals[Priority.HIGH], MONOCHROME.signals[Priority.LOW]
    assert (high.style(True).reverse, high.style(False).reverse) == (True, None)
    assert low.style(True).reverse is None
    assert MONOCHROME.inverse.reverse
    assert DARK.signals[Priority.HIGH].style(True).reverse is None
    assert ink("#000000", "#ffffff").bgcolor == ink("#000000").color


def test_without_colour_the_higher_alarm_is_the_brighter() -> None:
    grounds = [_luminance(MONOCHROME.signals[p].lit[1]) for p in Priority]
    assert grounds == sorted(grounds)
