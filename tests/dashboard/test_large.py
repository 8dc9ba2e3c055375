# SPDX-License-Identifier: MIT
"""Large mode: readable at 4 m, and nothing that matters is small or cut."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dashboard.scenes import CALM, SCENES, alarm, inverted, view
from upturn.core.alarm_table import ALARMS, AlarmId
from upturn.dashboard.feed import SourceState
from upturn.dashboard.glyphs import big, height_of
from upturn.dashboard.headline import Beside, headline
from upturn.dashboard.large_text import largest, wrapped_large
from upturn.dashboard.orders import orders
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


ORDERED = (
    AlarmId.TIME_LIMIT,
    AlarmId.NO_RETURN,
    AlarmId.TIME_LIMIT_NEAR,
    AlarmId.OVER_ROTATION,
    AlarmId.REST_SHORT,
    AlarmId.SIGNAL_LOST,
    AlarmId.FALL,
)


@pytest.mark.parametrize("id", ORDERED)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_posture_time_and_all_that_is_to_be_done_are_large(
    id: AlarmId, width: int, height: int
) -> None:
    text = words(view(inverted(63.2, alarms=(alarm(id),))), width, height)
    asked, why = orders(ALARMS[id].advice)
    assert all_large(" ".join(asked), text, width)
    assert why in " ".join(text.split())
    assert large("INVERTED", text)
    assert large("1:", text)


@pytest.mark.parametrize("id", ORDERED)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_title_is_there_and_large_unless_the_orders_need_its_place(
    id: AlarmId, width: int, height: int
) -> None:
    text = words(view(inverted(63.2, alarms=(alarm(id),))), width, height)
    title = ALARMS[id].title
    if height > 23 or id in {AlarmId.TIME_LIMIT, AlarmId.NO_RETURN, AlarmId.TIME_LIMIT_NEAR}:
        assert all_large(title, text, width - 10)  # its marks stand beside it
    else:
        assert all_large(title, text, width - 10) or f"*** {title.upper()}" in text


@pytest.mark.parametrize("id", [AlarmId.NO_RETURN, AlarmId.SIGNAL_LOST, AlarmId.TIME_LIMIT])
def test_between_the_alarm_and_what_is_known_is_a_row(id: AlarmId) -> None:
    seen = view(inverted(63.2, alarms=(alarm(id),)))
    lines = paint_large(seen, headline(seen), "", 80, 23)
    ground = [{style.bgcolor for _, style in line} for line in lines]
    last = max(y for y, grounds in enumerate(ground) if len(grounds) == 1 and lines[y])
    assert any(line == () for line in lines[: last + 2])


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
    small = " ".join(text.split())
    asked, why = orders(ALARMS[id].advice)
    begun = [
        all_large(" ".join(asked[:n]), text, width) and " ".join(asked[n:]) in small
        for n in range(1, len(asked) + 1)
    ]
    assert any(begun) or " ".join(asked) in small
    assert why in small


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


def test_where_time_stands_still_nothing_is_said_to_be_of_now() -> None:
    ended = SourceState("simulated normal", live=False, note="ended")
    seen = view(inverted(9.0), source=ended)
    lines = paint_large(seen, headline(seen), "", 80, 23)
    assert [text for line in lines for text, style in line if style.strike] == ["INVERTED +52°"]
    assert "<1 s" not in plain(lines)
    assert not large("<1 s old", plain(lines))
    assert large("ended", plain(lines))


def test_before_the_first_sample_there_is_no_angle() -> None:
    text = words(view(SCENES["no_signal"]))
    assert "no data yet" in text or large("no data yet", text)
    assert "°" not in text


def test_of_another_table_its_orders_are_large_and_the_key_to_it_is_not_lost() -> None:
    worst = Beside("attic", "2", view(inverted(63.2, alarms=(alarm(AlarmId.TIME_LIMIT),))))
    text = plain(paint_large(view(), headline(view(), [worst]), "den", 80, 23))
    assert all_large(ALARMS[AlarmId.TIME_LIMIT].advice, text, 80)
    assert "Press 2 to see it." in text
    assert "ATTIC: INVERTED TOO LONG" in text or all_large("attic: Inverted too long", text, 70)


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
