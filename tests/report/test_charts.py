# SPDX-License-Identifier: MIT
"""The pictures: what is where, in whatever a session holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from tests.report.handmade import EVENING, STANDARD, alarm, curve, eventful, session, year
from upturn.core.alarm_table import AlarmId
from upturn.report.axes import NARROW_PX, WIDE_PX, step_s
from upturn.report.drawing import Box, Dot, Drawing, Ink, Label, Stroke
from upturn.report.session_chart import LEFT_PX, PLOT_PX, RIGHT_PX, session_chart
from upturn.report.week_chart import week_chart
from upturn.store.history import WEEKS, history
from upturn.store.rows import Curve, SessionRow

TODAY = date(2026, 3, 17)


def boxes(drawing: Drawing, ink: Ink) -> list[Box]:
    return [s for s in drawing.shapes if isinstance(s, Box) and s.ink is ink and s.tip]


def labels(drawing: Drawing) -> list[str]:
    return [shape.text for shape in drawing.shapes if isinstance(shape, Label)]


def strokes(drawing: Drawing, ink: Ink) -> list[Stroke]:
    return [s for s in drawing.shapes if isinstance(s, Stroke) and s.ink is ink]


def angle_line(drawing: Drawing) -> list[Stroke]:
    return [stroke for stroke in strokes(drawing, Ink.CURVE) if stroke.width < 2.0]


def inside(drawing: Drawing) -> None:
    """Nothing lies outside the picture."""
    for shape in drawing.shapes:
        spots: list[tuple[float, float]] = []
        match shape:
            case Box():
                spots = [(shape.x, shape.y), (shape.x + shape.width, shape.y + shape.height)]
                assert shape.width >= 0.0
                assert shape.height >= 0.0
            case Stroke():
                spots = list(shape.points)
            case Dot() | Label():
                spots = [(shape.x, shape.y)]
        for x, y in spots:
            assert -0.01 <= x <= drawing.width + 0.01, shape
            assert -0.01 <= y <= drawing.height + 0.01, shape


LONG = session(durations_s=(40.0,) * 30)
STEEP = session(peak_deg=140.0, durations_s=(20.0,))
OPEN = session(durations_s=(30.0, None))
EMPTY = replace(session(), inversions=())
MANY = session(
    alarms=[alarm(AlarmId.FAST_TILT, EVENING + timedelta(seconds=n / 2)) for n in range(60)]
)


@pytest.mark.parametrize("width", [WIDE_PX, NARROW_PX])
@pytest.mark.parametrize("with_curve", [True, False])
@pytest.mark.parametrize("row", [eventful(), LONG, STEEP, OPEN, EMPTY, MANY])
def test_whatever_a_session_holds_stays_within_its_picture(
    row: SessionRow, with_curve: bool, width: float
) -> None:
    drawn = curve(row) if with_curve and row.inversions else None
    drawing = session_chart(row, drawn, width=width)
    inside(drawing)
    assert drawing.width == width
    assert ("no angles are stored of this session" in labels(drawing)) is (drawn is None)


def test_time_inverted_is_parted_at_notice_and_limit_by_the_exposures_own_sum() -> None:
    row = eventful()  # 38 s; 71.5 s; 25 s after a short rest, so on top of 71.5 s
    drawing = session_chart(row, curve(row))
    per_s = boxes(drawing, Ink.TIME)[0].width / 38.0
    seconds = {
        ink: [round(box.width / per_s, 1) for box in boxes(drawing, ink)]
        for ink in (Ink.TIME, Ink.NOTICE, Ink.LIMIT)
    }
    assert seconds == {Ink.TIME: [38.0, 45.0], Ink.NOTICE: [15.0], Ink.LIMIT: [11.5, 25.0]}


@pytest.mark.parametrize(
    ("duration_s", "parts"),
    [(44.9, 1), (45.0, 1), (45.1, 2), (60.0, 2), (60.1, 3)],
)
def test_a_part_begins_where_its_limit_is_passed(duration_s: float, parts: int) -> None:
    drawing = session_chart(session(durations_s=(duration_s,)), None)
    drawn = [box for ink in (Ink.TIME, Ink.NOTICE, Ink.LIMIT) for box in boxes(drawing, ink)]
    assert len(drawn) == parts


def test_alarms_bear_the_numbers_of_their_table_in_lanes_that_do_not_meet() -> None:
    drawing = session_chart(eventful(), curve(eventful()))
    marks = [text for text in labels(drawing) if text.startswith("*")]
    assert marks == ["**1", "**2", "**3", "***4", "**5", "***6"]
    crowded = session_chart(MANY, curve(MANY))
    shown = [s for s in crowded.shapes if isinstance(s, Label) and s.text.startswith("*")]
    lines = [s for s in strokes(crowded, Ink.MEDIUM) if s.points[0][1] != s.points[1][1]]
    assert len(lines) == 60
    assert 3 < len(shown) < 60
    for one in shown:
        beside = [other for other in shown if other.y == one.y and other.x > one.x]
        assert all(other.x >= one.x + len(one.text) * 6.0 for other in beside)


def test_of_many_alarms_the_lines_are_ticks_so_that_the_angle_is_seen() -> None:
    few, many = session_chart(eventful(), None), session_chart(MANY, None)
    assert {s.points[1][1] - s.points[0][1] > PLOT_PX for s in strokes(few, Ink.HIGH)} == {True}
    lines = [s for s in strokes(many, Ink.MEDIUM) if s.points[0][0] == s.points[1][0]]
    assert max(s.points[1][1] - s.points[0][1] for s in lines) < PLOT_PX / 2


def test_how_long_is_written_only_where_there_is_room_before_the_next() -> None:
    three = session(durations_s=(40.0,) * 3)
    assert labels(session_chart(three, curve(three))).count("0:40") == 3
    assert labels(session_chart(LONG, curve(LONG))).count("0:40") == 0


def test_missing_data_parts_the_line_and_is_marked() -> None:
    row = eventful()
    drawn = curve(row, lost=[(100, 160)])
    drawing = session_chart(row, drawn)
    assert len(angle_line(drawing)) == 2
    (gap,) = boxes(drawing, Ink.GAP)
    assert gap.width == pytest.approx(
        60 / len(drawn.angles_deg) * (WIDE_PX - LEFT_PX - RIGHT_PX), rel=0.02
    )
    assert labels(drawing).count("no data") == 2  # there, and in the legend
    assert labels(session_chart(row, curve(row))).count("no data") == 0


def test_a_single_second_between_gaps_is_seen() -> None:
    row = session()
    angles = np.full(60, np.nan, dtype=np.float32)
    angles[30] = 40.0
    drawing = session_chart(row, Curve(row.began_at, 1.0, angles))
    assert [shape.ink for shape in drawing.shapes if isinstance(shape, Dot)] == [Ink.CURVE]


def test_a_curve_that_knows_nothing_says_so() -> None:
    row = session()
    nothing = Curve(row.began_at, 1.0, np.full(60, np.nan, dtype=np.float32))
    assert "no angles are stored of this session" in labels(session_chart(row, nothing))
    none = Curve(row.began_at, 1.0, np.zeros(0, dtype=np.float32))
    assert "no angles are stored of this session" in labels(session_chart(row, none))


@pytest.mark.parametrize("at_s", [0, 1, 1234, 7199])
def test_of_a_long_curve_no_peak_is_lost(at_s: int) -> None:
    row = session(durations_s=(40.0,))
    angles = np.full(7200, -80.0, dtype=np.float32)
    angles[at_s] = 88.0
    drawing = session_chart(row, Curve(row.began_at, 1.0, angles))
    (line,) = angle_line(drawing)
    assert len(line.points) < 2 * WIDE_PX
    highest = min(y for _, y in line.points)
    lowest = max(y for _, y in line.points)
    assert lowest - highest == pytest.approx(PLOT_PX * 168.0 / 190.0, abs=1.0)


def test_past_vertical_has_its_ground_only_where_somebody_was() -> None:
    assert "past vertical" not in labels(session_chart(session(), curve(session())))
    assert "past vertical" in labels(session_chart(STEEP, curve(STEEP)))


def test_the_picture_says_in_words_what_it_shows() -> None:
    drawing = session_chart(eventful(), curve(eventful()))
    assert drawing.description == (
        "3 inversions, 2:14 in all, the longest 1:11, the steepest 66°; 6 alarms. The tables "
        "below hold every value."
    )
    assert session_chart(session(), None).description.endswith("No angles are stored.")


@pytest.mark.parametrize(
    ("span_s", "room", "step"),
    [(30, 10, 10), (100, 10, 10), (101, 10, 15), (3600, 6, 600), (86400 * 30, 5, 86400 * 7)],
)
def test_ticks_are_in_steps_that_people_count_in(span_s: float, room: int, step: int) -> None:
    assert step_s(span_s, room) == step


@pytest.mark.parametrize("width", [WIDE_PX, NARROW_PX])
@pytest.mark.parametrize("weeks", [1, 2, 8, 53, 260])
def test_any_number_of_weeks_fits(weeks: int, width: float) -> None:
    spans = history(year(TODAY), TODAY, weeks=weeks).weeks
    drawing = week_chart(spans, STANDARD, width=width)
    inside(drawing)
    assert len(boxes(drawing, Ink.TIME)) == sum(bool(span.tally.sessions) for span in spans)


def test_an_empty_week_has_its_place_and_no_bar() -> None:
    spans = history(year(TODAY), TODAY).weeks
    drawing = week_chart(spans, STANDARD)
    bars = boxes(drawing, Ink.TIME)
    assert [bar.tip.partition(":")[0] for bar in bars] == [
        "26 Jan-1 Feb",
        "2-8 Feb",
        "23 Feb-1 Mar",
        "2-8 Mar",
        "9-15 Mar",
        "16-22 Mar",
    ]
    slot = bars[1].x - bars[0].x
    assert bars[2].x - bars[1].x == pytest.approx(3 * slot)
    assert {"9 Feb", "16 Feb"} < set(labels(drawing))


def test_weeks_without_anything_are_a_picture_too() -> None:
    drawing = week_chart(history([], TODAY).weeks, STANDARD)
    inside(drawing)
    assert boxes(drawing, Ink.TIME) == []
    assert drawing.description.startswith(f"0 sessions in {WEEKS} weeks, 8 of them without one;")
