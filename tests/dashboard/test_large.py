# SPDX-License-Identifier: MIT
"""Large mode: readable at 4 m, and nothing that matters is small or cut."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dashboard.scenes import CALM, SCENES, alarm, view
from upturn.core.alarm_table import ALARMS, AlarmId
from upturn.dashboard.glyphs import big, height_of
from upturn.dashboard.headline import headline
from upturn.dashboard.large_text import largest, wrapped_large
from upturn.dashboard.painters.large import paint_large
from upturn.dashboard.palette import DARK
from upturn.dashboard.spans import plain, width_of
from upturn.dashboard.view import View

SIZES = [(80, 23), (120, 39), (200, 59)]
READABLE_MM = 18.6
"""16 minutes of arc at 4 m."""


def words(seen: View, width: int = 80, height: int = 23, name: str = "") -> str:
    lines = paint_large(seen, headline(seen), name, width, height)
    assert len(lines) == height
    assert all(width_of(line) <= width for line in lines)
    return plain(lines)


def large(text: str, among: str, scales: range = range(1, 13)) -> bool:
    """The text stands there in large letters of one of the scales."""
    return any(all(row.rstrip() in among for row in big(text, scale)) for scale in scales)


def all_large(text: str, among: str, width: int) -> bool:
    """The same over several lines."""
    return any(
        lines and all(large(line, among, range(scale, scale + 1)) for line in lines)
        for scale in range(1, 5)
        for lines in [wrapped_large(text, width - 2, scale)]
    )


@pytest.mark.parametrize(("rows", "screen_mm"), [(24, 174.0), (40, 299.0)])
def test_the_smallest_large_letter_can_be_read_at_4_m(rows: int, screen_mm: float) -> None:
    """Full screens: of a laptop of 14 inches, and of a monitor of 24."""
    assert 2.5 * screen_mm / rows == pytest.approx(READABLE_MM, abs=0.6)
    assert height_of(1) == 3


@pytest.mark.parametrize("name", ["limit", "no_return", "notice", "over_rotated"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_alarm_posture_and_what_to_do_are_large(name: str, width: int, height: int) -> None:
    text = words(view(SCENES[name]), width, height)
    spec = SCENES[name].alarms[0].spec
    assert all_large(spec.title, text, width - 10)  # its marks stand beside it
    assert all_large(spec.advice, text, width) or all_large(
        spec.advice.partition(". ")[0] + ".", text, width
    )
    assert large("VERTICAL" if name == "over_rotated" else "INVERTED", text)
    assert large(f"{SCENES[name].exposure_s // 60:.0f}:", text)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_digits_of_the_exposure_are_the_largest_where_nothing_has_to_be_done(
    width: int, height: int
) -> None:
    text = words(view(SCENES["inverted"]), width, height)
    assert large("0:24", text, range(3, 13))
    assert large("0:36 left", text)


@pytest.mark.parametrize("id", AlarmId)
@pytest.mark.parametrize(("width", "height"), [(20, 12), (40, 12), *SIZES])
def test_no_word_of_what_to_do_is_lost(id: AlarmId, width: int, height: int) -> None:
    text = words(view(replace(CALM, alarms=(alarm(id),))), width, height)
    advice = ALARMS[id].advice
    first, _, rest = advice.partition(". ")
    small = " ".join(text.split())
    begun = all_large(f"{first}." if rest else first, text, width) and rest in small
    assert all_large(advice, text, width) or begun or advice in small


def test_stale_values_give_way_to_their_age() -> None:
    seen = view(SCENES["lost"])
    lines = paint_large(seen, headline(seen), "", 80, 23)
    assert large("4.3 s", plain(lines))
    struck = [text for line in lines for text, style in line if style.strike]
    assert struck == ["INVERTED +52°"]
    assert "at least" in plain(lines)


def test_what_nobody_counts_is_no_number() -> None:
    text = words(view(SCENES["limit"], silent_s=5.0))
    assert "not counted" in text or large("not counted", text)
    assert not large("1:03", text)


def test_before_the_first_sample_there_is_no_angle() -> None:
    text = words(view(SCENES["no_signal"]))
    assert "no data yet" in text or large("no data yet", text)
    assert "°" not in text


def test_one_of_several_tables_is_named() -> None:
    assert "attic" in words(view(SCENES["limit"]), name="attic")


@given(st.sampled_from(list(SCENES)), st.integers(1, 210), st.integers(1, 70))
def test_no_size_breaks_it(name: str, width: int, height: int) -> None:
    seen = view(SCENES[name])
    assert len(paint_large(seen, headline(seen), "attic", width, height)) == height


def test_letters_are_as_large_as_they_fit_and_lines_stay_apart() -> None:
    lines, scale = largest("Come up", 80, 11, DARK.plain)
    assert (scale, len(lines)) == (2, 5)
    lines, scale = largest("Come up now", 52, 11, DARK.plain)
    assert (scale, len(lines), lines[5]) == (2, 11, ())
    assert largest("Come up now", 12, 40, DARK.plain) == ([], 0)
    assert largest("倒立", 80, 40, DARK.plain) == ([], 0)


def test_calm_is_not_shouted_over_the_digits() -> None:
    text = words(view(CALM))
    assert large("0:00", text, range(3, 13))
    assert large("READY", text, range(1, 3))
