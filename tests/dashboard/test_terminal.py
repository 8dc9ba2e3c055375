# SPDX-License-Identifier: MIT
"""What a terminal says of itself, and what is drawn where it knows no more than letters."""

from __future__ import annotations

import pytest

from upturn.dashboard.figure import draw
from upturn.dashboard.glyphs import big
from upturn.dashboard.marks import MarkKind
from upturn.dashboard.terminal import terminal


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({}, ""),
        ({"TERM": "xterm-256color"}, ""),
        ({"TERM": "screen"}, ""),
        ({"TERM": "xterm-mono"}, "the terminal xterm-mono has none"),
        ({"TERM": "VT100"}, "the terminal vt100 has none"),
        ({"TERM": "linux-m"}, "the terminal linux-m has none"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "NO_COLOR is set"),
    ],
)
def test_whether_there_is_colour(environ: dict[str, str], why: str) -> None:
    shown_on = terminal(environ, "utf-8")
    assert (shown_on.colour, shown_on.why) == (not why, why)


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "utf-16-le"])
def test_with_unicode_nothing_is_replaced(encoding: str) -> None:
    text = "▀▄█ ⣿ ° · …"
    assert terminal({}, encoding).drawn(text) == text


@pytest.mark.parametrize("encoding", ["ascii", "ANSI_X3.4-1968", "latin-1"])
def test_without_unicode_everything_has_a_letter_and_no_width_changes(encoding: str) -> None:
    shown_on = terminal({}, encoding)
    drawn = [text for row in draw(40, 20, 8, 60.0) for text, _ in row]
    shapes = [kind.value.shape for kind in MarkKind]
    for text in [*big("0:24", 2), *drawn, *shapes, "─╎┃▸·…°≥●━", "倒立"]:
        assert shown_on.drawn(text).isascii()
        assert len(shown_on.drawn(text)) == len(text)
    assert shown_on.drawn("█▀▄ a°") == "#\"_ a'"


def test_the_linux_console_lacks_braille_alone() -> None:
    shown_on = terminal({"TERM": "linux"}, "utf-8")
    assert shown_on.drawn("█ ⠁⡀⣿ °") == "█ '.: °"
