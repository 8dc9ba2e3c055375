# SPDX-License-Identifier: MIT
"""Marks of what happened: which, where, how many, and the gravest where two share a place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.dashboard.scenes import EARLIER, NOW_S, a_history, inverted, view
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.events import (
    AlarmChanged,
    AlarmState,
    Event,
    InversionEnded,
    InversionStarted,
    Noted,
    Posture,
    PostureChanged,
    SignalChanged,
)
from upturn.dashboard.history import History
from upturn.dashboard.marks import Mark, MarkKind, Marks
from upturn.dashboard.painters.chart import GUTTER, paint_chart
from upturn.dashboard.spans import plain, width_of

WINDOW_S = 120.0
WIDTH = GUTTER + 60
"""60 cells of 2 s each."""


def _alarm(t_s: float, priority: Priority, state: AlarmState) -> AlarmChanged:
    return AlarmChanged(t_s, AlarmId.NO_MOVEMENT, 1, priority, state, "Still")


def _read(*events: Event, kept: int = 500) -> Marks:
    marks = Marks(kept)
    for event in events:
        marks.read(event)
    return marks


def _all(marks: Marks) -> list[Mark]:
    return list(marks.since(-1e9))


@pytest.mark.parametrize(
    ("event", "mark"),
    [
        (InversionStarted(5.0, 1, 16.0, 4.4, None), Mark(4.4, MarkKind.BEGAN)),
        (InversionEnded(5.0, 1, 1.0, 50.0, 1.0), Mark(5.0, MarkKind.ENDED)),
        (SignalChanged(5.0, lost=True, gap_s=2.0), Mark(5.0, MarkKind.LOST)),
        (SignalChanged(5.0, lost=False, gap_s=9.0), Mark(5.0, MarkKind.RESTORED)),
        (_alarm(5.0, Priority.HIGH, AlarmState.RAISED), Mark(5.0, MarkKind.HIGH)),
        (_alarm(5.0, Priority.HIGH, AlarmState.ESCALATED), Mark(5.0, MarkKind.HIGH)),
        (_alarm(5.0, Priority.MEDIUM, AlarmState.RAISED), Mark(5.0, MarkKind.MEDIUM)),
        (_alarm(5.0, Priority.LOW, AlarmState.RAISED), Mark(5.0, MarkKind.LOW)),
        (_alarm(5.0, Priority.HIGH, AlarmState.ACKNOWLEDGED), Mark(5.0, MarkKind.ACKNOWLEDGED)),
    ],
)
def test_what_is_marked(event: Event, mark: Mark) -> None:
    assert _all(_read(event)) == [mark]


@pytest.mark.parametrize(
    "event",
    [
        PostureChanged(5.0, Posture.UPRIGHT, Posture.LEVEL, -30.0),
        Noted(5.0, "I am fine"),
        _alarm(5.0, Priority.HIGH, AlarmState.CLEARED),
    ],
)
def test_what_is_not(event: Event) -> None:
    marks = _read(event)
    assert (_all(marks), marks.count) == ([], 0)


def test_memory_does_not_grow() -> None:
    ends = [InversionEnded(float(n), n, 1.0, 50.0, 1.0) for n in range(9)]
    assert [mark.t_s for mark in _all(_read(*ends, kept=3))] == [6.0, 7.0, 8.0]


def test_time_that_falls_takes_back_what_was_after_it() -> None:
    marks = _read(*EARLIER, Noted(240.2, "turned back"))
    assert [mark.t_s for mark in _all(marks)] == [100.1, 129.1, 240.0]
    marks.read(PostureChanged(0.0, Posture.UNKNOWN, Posture.UPRIGHT, -80.0))
    assert _all(marks) == []


def test_the_count_tells_a_chart_that_it_is_out_of_date() -> None:
    marks = Marks()
    counts = [marks.count]
    for event in (InversionEnded(5.0, 1, 1.0, 50.0, 1.0), Noted(6.0, "x"), Noted(1.0, "back")):
        marks.read(event)
        counts.append(marks.count)
    assert counts == [0, 1, 1, 2]


def test_every_shape_is_one_column_and_no_two_are_alike() -> None:
    shapes = [kind.value.shape for kind in MarkKind]
    assert [cell_len(shape) for shape in shapes] == [1] * len(shapes)
    assert len(set(shapes)) == len(shapes)


def _row(*events: Event, now_s: float = 119.9) -> str:
    shown = view(replace(inverted(9.0), now_s=now_s))
    lines = paint_chart(shown, History(), WINDOW_S, WIDTH, 10, marks=_read(*events))
    assert len(lines) == 10
    assert width_of(lines[-1]) == WIDTH
    return plain(lines[-1:])[GUTTER:]


@pytest.mark.parametrize(
    ("t_s", "cell"), [(0.0, 0), (1.9, 0), (2.0, 1), (60.0, 30), (119.9, 59)], ids=str
)
def test_a_mark_stands_where_its_time_is(t_s: float, cell: int) -> None:
    row = _row(InversionEnded(t_s, 1, 1.0, 50.0, 1.0))
    assert (row.index("▲"), row.replace("▲", "").strip()) == (cell, "")


@pytest.mark.parametrize("t_s", [-0.1, 120.0])
def test_what_is_before_or_after_the_plot_is_not_in_it(t_s: float) -> None:
    assert _row(InversionEnded(t_s, 1, 1.0, 50.0, 1.0)).strip() == ""


def test_a_mark_scrolls_with_the_trace() -> None:
    event = InversionEnded(60.0, 1, 1.0, 50.0, 1.0)
    places = [_row(event, now_s=119.9 + step).index("▲") for step in (0.0, 2.0, 4.0)]
    assert places == [30, 29, 28]


def test_of_two_in_one_place_the_gravest_is_seen_in_whichever_order() -> None:
    events: list[Event] = [
        _alarm(60.0, Priority.HIGH, AlarmState.RAISED),
        _alarm(60.5, Priority.HIGH, AlarmState.ACKNOWLEDGED),
    ]
    assert _row(*events).strip() == "H"
    assert _row(replace(events[1], t_s=60.0), replace(events[0], t_s=60.5)).strip() == "H"


ALL: tuple[Event, ...] = (
    InversionStarted(505.0, 2, 16.0, 504.0, 174.9),
    _alarm(511.0, Priority.LOW, AlarmState.RAISED),
    _alarm(521.0, Priority.MEDIUM, AlarmState.RAISED),
    _alarm(531.0, Priority.HIGH, AlarmState.RAISED),
    _alarm(536.0, Priority.HIGH, AlarmState.ACKNOWLEDGED),
    InversionEnded(545.0, 2, 41.0, 57.6, 41.0),
    SignalChanged(558.1, lost=True, gap_s=2.0),
    SignalChanged(562.1, lost=False, gap_s=6.0),
)
"""One of each kind, in a window."""
WORDS = "H high alarm x no data M medium ▼ inverted ▲ up L low o data back a acknowledged"


def _title(width: int, *, silent_s: float = 0.0) -> str:
    shown = view(inverted(24.3), silent_s=silent_s)
    marks = _read(*ALL)
    lines = paint_chart(shown, a_history(), WINDOW_S, width, 12, marks=marks)
    assert width_of(lines[0]) == width
    return " ".join(plain(lines[:1]).split())


@pytest.mark.parametrize(
    ("width", "legend"),
    [
        (60, "H high x lost M med ▼ down ▲ up L …"),
        (75, "H high x lost M med ▼ down ▲ up L low o back a …"),
        (78, "H high x lost M med ▼ down ▲ up L low o back a ack"),
        (98, "H high x lost M med ▼ down ▲ up L low o back a ack [ shorter ] longer"),
        (
            140,
            f"{WORDS} [ shorter ] longer",
        ),
    ],
)
def test_the_title_names_every_shape_that_is_seen_from_80_columns_on(
    width: int, legend: str
) -> None:
    assert _title(width) == f"ANGLE last 2 min {legend}"


def test_a_low_chart_keeps_its_rows_for_the_trace() -> None:
    marks = _read(*ALL)
    shown = view(inverted(24.3))
    low = paint_chart(shown, a_history(), WINDOW_S, WIDTH, 5, marks=marks)
    assert low == paint_chart(shown, a_history(), WINDOW_S, WIDTH, 5)
    assert "▲" in plain(paint_chart(shown, a_history(), WINDOW_S, WIDTH, 6, marks=marks)[-1:])


def test_a_chart_of_a_monitor_that_stopped_says_so_and_loses_its_colours() -> None:
    assert _title(78, silent_s=4.0).startswith("ANGLE last 2 min before it stopped")
    stopped = view(inverted(24.3), silent_s=4.0)
    plot = paint_chart(stopped, a_history(), WINDOW_S, WIDTH, 12)[1:]
    inverted_ink = stopped.palette.posture(Posture.INVERTED)
    assert all(style != inverted_ink for line in plot for _, style in line)


def test_now_is_the_end_of_the_plot() -> None:
    assert _row(InversionEnded(NOW_S, 1, 1.0, 50.0, 1.0), now_s=NOW_S)[-1] == "▲"
