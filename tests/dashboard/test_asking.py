# SPDX-License-Identifier: MIT
"""Questions before an act: once, for five seconds, one at a time."""

from __future__ import annotations

import pytest

from upturn.dashboard.asking import ASK_S, LISTEN_S, Act, Asking

AGAIN = [act for act in Act if act.value.again]
"""Acts whose own key, pressed again, is a yes."""


@pytest.mark.parametrize("act", AGAIN)
def test_the_first_press_asks_and_the_second_does(act: Act) -> None:
    asking = Asking()
    assert [asking.press(act, 0.0), asking.press(act, 1.0)] == [False, True]


def test_a_tone_that_is_played_again_is_not_heard_by_that() -> None:
    asking = Asking()
    presses = [asking.press(Act.HEARD, 0.0), asking.press(Act.HEARD, 1.0)]
    assert presses == [False, False]
    assert asking.pending(1.0 + LISTEN_S - 0.01) is Act.HEARD
    assert asking.confirm(2.0) is Act.HEARD


def test_a_question_lapses() -> None:
    asking = Asking()
    asking.press(Act.QUIT, 0.0)
    assert asking.pending(ASK_S - 0.01) is Act.QUIT
    assert asking.pending(ASK_S) is None
    assert asking.confirm(ASK_S) is None


def test_a_press_after_the_question_lapsed_asks_again() -> None:
    asking = Asking()
    asking.press(Act.QUIT, 0.0)
    assert not asking.press(Act.QUIT, ASK_S)


def test_a_question_may_be_put_as_it_is_here_and_now() -> None:
    asking = Asking()
    asking.press(Act.STAND_DOWN, 0.0)
    said = asking.text(1.0, "Stand down in the attic?")
    assert said == "Stand down in the attic? s, y or Enter: yes. Esc: no. (4)"
    assert asking.text(1.0).startswith(Act.STAND_DOWN.value.text)
    assert asking.text(ASK_S, "Stand down in the attic?") == ""


def test_nobody_is_asked_whether_the_alarms_go_off() -> None:
    """Which is English for that they sound."""
    assert "switched off" in Act.STAND_DOWN.value.text
    assert "go off" not in Act.STAND_DOWN.value.text


def test_another_question_replaces_the_first() -> None:
    asking = Asking()
    asking.press(Act.SEEN_UPRIGHT, 0.0)
    asking.press(Act.STAND_DOWN, 1.0)
    assert asking.confirm(2.0) is Act.STAND_DOWN


def test_a_question_is_confirmed_once() -> None:
    asking = Asking()
    asking.press(Act.QUIT, 0.0)
    assert [asking.confirm(1.0), asking.confirm(1.0)] == [Act.QUIT, None]


def test_a_cancelled_question_is_gone() -> None:
    asking = Asking()
    asking.press(Act.QUIT, 0.0)
    asking.cancel()
    assert asking.text(0.1) == ""


@pytest.mark.parametrize("act", Act)
def test_the_question_says_how_to_answer_and_fits_two_lines_of_80(act: Act) -> None:
    asking = Asking()
    asking.press(act, 0.0)
    text = asking.text(1.0)
    yes = f"{act.value.key}, y or Enter: yes" if act in AGAIN else "y: yes"
    assert text.endswith(f"{yes}. Esc: no. ({act.value.stands_s - 1:.0f})")
    assert len(text) <= 2 * 76
