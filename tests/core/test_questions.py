# SPDX-License-Identifier: MIT
"""Going through questions: forwards, back, and nothing before the end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from upturn.core.checklist import Part, part
from upturn.core.questions import Questions

ITEMS = part(Part.EQUIPMENT)
IDS = [item.id for item in ITEMS]


def test_all_answers_are_there_once_the_last_is_given() -> None:
    asking = Questions(ITEMS)
    for item, yes in zip(ITEMS, (True, False, True), strict=True):
        assert asking.now is item
        assert asking.answers is None
        asking.answer(yes)
    assert asking.now is None
    assert asking.answers == dict(zip(IDS, (True, False, True), strict=True))


def test_back_takes_the_last_answer_away() -> None:
    asking = Questions(ITEMS)
    assert not asking.back()
    asking.answer(True)
    asking.answer(True)
    assert asking.back()
    assert (asking.at, asking.now) == (1, ITEMS[1])
    asking.answer(False)
    assert asking.newest(5) == [(ITEMS[0], True), (ITEMS[1], False)]
    assert asking.newest(1) == [(ITEMS[1], False)]


def test_from_the_end_one_can_go_back_too() -> None:
    asking = Questions(ITEMS)
    for _ in ITEMS:
        asking.answer(True)
    assert asking.back()
    assert asking.answers is None
    assert asking.now is ITEMS[-1]


@given(st.lists(st.sampled_from(["yes", "no", "back"]), max_size=20))
def test_half_a_set_of_answers_is_none(keys: list[str]) -> None:
    asking = Questions(ITEMS)
    expected: list[bool] = []
    for key in keys:
        if key == "back":
            asking.back()
            expected = expected[:-1]
        elif asking.now is not None:
            asking.answer(key == "yes")
            expected.append(key == "yes")
        whole = len(expected) == len(ITEMS)
        assert asking.answers == (dict(zip(IDS, expected, strict=True)) if whole else None)
