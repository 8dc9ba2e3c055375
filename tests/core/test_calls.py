# SPDX-License-Identifier: MIT
"""Calls for help from the node: presses and taps, spaced to the sample."""

from __future__ import annotations

import pytest

from tests.stories import alarm_lines, events, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.calls import NodeCalls
from upturn.core.events import AlarmChanged
from upturn.core.sample import NodeReport

TAPPED, NOT_TAPPED = NodeReport(tap=True), NodeReport(tap=False)


def test_three_taps_that_the_node_counted_are_a_call_each_time_that_it_says_so() -> None:
    told = alarm_lines(
        events(timeline("level 1s; three taps; level 1s; three taps; level 1s")), AlarmId.DISTRESS
    )
    assert told == ["1.00 distress #1 raised ***", "2.02 distress #2 raised ***"]


def taps(*times_s: float, upright: bool = False) -> list[float]:
    """When a triple was heard, for taps at these times."""
    calls = NodeCalls()
    heard = []
    for t_s in times_s:
        if calls.tapped(t_s, TAPPED, upright=upright):
            heard.append(t_s)
        calls.tapped(t_s + 0.02, NOT_TAPPED, upright=upright)
    return heard


@pytest.mark.parametrize("apart_s", [0.15, 0.16, 0.4, 0.69, 0.7])
def test_three_taps_in_time_are_a_call(apart_s: float) -> None:
    assert taps(1.0, 1.0 + apart_s, 1.0 + 2 * apart_s) == [1.0 + 2 * apart_s]


@pytest.mark.parametrize("apart_s", [0.05, 0.14, 0.72, 5.0])
def test_taps_too_close_or_too_far_apart_are_none(apart_s: float) -> None:
    assert taps(1.0, 1.0 + apart_s, 1.0 + 2 * apart_s) == []


def test_a_tap_that_rings_counts_once() -> None:
    assert taps(1.0, 1.1, 1.3, 1.4, 1.6) == [1.6]


def test_a_late_tap_is_the_first_of_the_next_three() -> None:
    assert taps(1.0, 1.3, 2.3, 2.6, 2.9) == [2.9]


def test_a_fourth_tap_starts_a_new_triple() -> None:
    assert taps(1.0, 1.3, 1.6, 1.9, 2.2) == [1.6]
    assert taps(1.0, 1.3, 1.6, 1.9, 2.2, 2.5) == [1.6, 2.5]


def test_two_taps_are_no_call() -> None:
    assert taps(1.0, 1.3) == []


def test_taps_while_upright_mean_nothing_and_are_forgotten() -> None:
    assert taps(1.0, 1.3, 1.6, upright=True) == []
    calls = NodeCalls()
    for t_s, upright in ((1.0, True), (1.3, True), (1.6, False), (1.9, False)):
        assert not calls.tapped(t_s, TAPPED, upright=upright)
        calls.tapped(t_s + 0.02, NOT_TAPPED, upright=upright)


def test_a_tap_that_lasts_is_one_tap() -> None:
    calls = NodeCalls()
    assert not any(calls.tapped(t_s, TAPPED, upright=False) for t_s in (1.0, 1.3, 1.6, 1.9))


def test_a_press_is_the_step_from_up_to_down() -> None:
    calls = NodeCalls()
    levels = [False, True, True, False, True]
    assert [calls.pressed(NodeReport(button=level)) for level in levels] == [
        False,
        True,
        False,
        False,
        True,
    ]


def test_a_report_that_says_nothing_of_the_button_is_no_release() -> None:
    calls = NodeCalls()
    levels = [True, None, True]
    assert [calls.pressed(NodeReport(button=level)) for level in levels] == [True, False, False]


def test_a_report_that_says_nothing_of_taps_is_no_release() -> None:
    calls = NodeCalls()
    reports = [(1.0, TAPPED), (1.1, NodeReport()), (1.3, TAPPED), (1.4, NodeReport())]
    assert not any(calls.tapped(t_s, report, upright=False) for t_s, report in reports)
    assert not calls.tapped(1.6, TAPPED, upright=False)


@pytest.mark.parametrize("angle_deg", [-80, -10, 50])
def test_the_button_calls_for_help_in_every_posture(angle_deg: int) -> None:
    story = timeline(f"still at {angle_deg} 2s; button; still 1s")
    assert alarm_lines(events(story)) == ["2.00 distress #1 raised ***"]


@pytest.mark.parametrize(("angle_deg", "calls"), [(-80, False), (-10, True), (50, True)])
def test_three_taps_call_for_help_unless_upright(angle_deg: int, calls: bool) -> None:
    tapping = "tap; still 0.3s; tap; still 0.3s; tap; still 0.5s"
    story = timeline(f"still at {angle_deg} 2s; {tapping}")
    assert alarm_lines(events(story)) == (["2.68 distress #1 raised ***"] if calls else [])


@pytest.mark.parametrize(
    ("call", "source"),
    [
        ("button", "button on the node"),
        ("tap; still 0.3s; tap; still 0.3s; tap", "three taps on the frame"),
        ("call for help", "from the dashboard"),
    ],
)
def test_a_call_says_where_it_came_from(call: str, source: str) -> None:
    told = events(timeline(f"still at 50 1s; {call}; still 0.1s"))
    (message,) = (e.message for e in told if isinstance(e, AlarmChanged))
    assert message.startswith(f"Call for help: {source}. ")


def test_upright_with_only_latched_alarms_the_button_acknowledges() -> None:
    story = timeline("still at 50 1s; call for help; still 1s; still at -80 15s; button; still 1s")
    assert alarm_lines(events(story), AlarmId.DISTRESS) == [
        "1.00 distress #1 raised ***",
        "17.00 distress #1 acknowledged ***",
        "17.00 distress #1 cleared ***",
    ]


@pytest.mark.parametrize(
    "before",
    ["still 1s", "mqtt fails; call for help; still 1s", "call for help; knock 3g; still 1s"],
)
def test_with_anything_else_on_the_button_calls_for_help(before: str) -> None:
    told = alarm_lines(events(timeline(f"still 1s; {before}; button; still 1s")))
    assert "distress" in told[-1]
    assert "raised" in told[-1]


def test_inverted_the_button_never_acknowledges() -> None:
    story = timeline("still at 50 1s; call for help; still 1s; button; still 1s")
    assert alarm_lines(events(story)) == [
        "1.00 distress #1 raised ***",
        "2.00 distress #2 raised ***",
    ]
