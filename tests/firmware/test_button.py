# SPDX-License-Identifier: MIT
"""The button, step by step of 10 ms: bounces, presses, and holding it to switch off."""

from __future__ import annotations

from tests.firmware import mpy

CODE = """
from upturn_node.button import Button
button, presses, off, t_ms = Button(), [], [], 0
for word in {story!r}.split():
    level, for_ms = word.split(":")
    for _ in range(int(for_ms) // 10):
        t_ms += 10
        if button.step(10, level[0] == "d", "i" in level, "n" not in level):
            presses.append(t_ms)
        if button.off and not off:
            off.append(t_ms)
print(presses, off, button.presses, int(button.down))
"""


def pressed(bits: int, story: str) -> str:
    """Presses at, off at, count, level; `d:MS` is down, `u:MS` up.

    With an `i` while inverted, with an `n` while it may not be switched off.
    """
    return mpy.run(bits, CODE.format(story=story)).strip()


def test_a_press_counts_when_it_ends(bits: int) -> None:
    assert pressed(bits, "u:100 d:200 u:100") == "[330] [] 1 0"


def test_a_press_counts_at_once_while_inverted(bits: int) -> None:
    assert pressed(bits, "ui:100 di:200 ui:100 di:5000") == "[130, 430] [] 2 1"


def test_bounces_are_no_presses(bits: int) -> None:
    assert pressed(bits, "u:50 d:20 u:50 d:10 u:10 d:20 u:50") == "[] [] 0 0"
    assert pressed(bits, "u:50 d:10 u:10 d:200 u:20 d:10 u:100") == "[330] [] 1 0"
    assert pressed(bits, "u:50 di:10 ui:10 di:200 ui:20 di:200 ui:100") == "[100] [] 1 0"


def test_held_for_3_s_it_switches_off_and_is_no_press(bits: int) -> None:
    assert pressed(bits, "u:100 d:3100 u:100") == "[] [3130] 0 0"
    assert pressed(bits, "u:100 d:2990 u:100") == "[3120] [] 1 0"


def test_where_it_may_not_switch_off_3_s_are_a_press_and_nothing_more(bits: int) -> None:
    assert pressed(bits, "u:100 dn:5000 un:100") == "[3130] [] 1 0"
    assert pressed(bits, "u:100 dn:3100 d:3000 u:100") == "[3130] [] 1 0"
    assert pressed(bits, "u:100 dn:3100 u:100 d:3100") == "[3130] [6330] 1 1"


def test_who_was_inverted_lets_go_first_to_switch_off(bits: int) -> None:
    assert pressed(bits, "u:100 di:1000 d:5000 u:100 d:3100") == "[130] [9230] 1 1"


def test_a_press_begun_before_counts_as_soon_as_one_is_inverted(bits: int) -> None:
    assert pressed(bits, "u:100 d:500 di:100 u:100") == "[610] [] 1 0"


def test_a_button_that_is_down_from_the_start_counts_as_any_other(bits: int) -> None:
    assert pressed(bits, "d:100 u:100") == "[130] [] 1 0"


def test_presses_wrap(bits: int) -> None:
    assert pressed(bits, "d:50 u:50 " * 257).endswith(" 1 0")
