# SPDX-License-Identifier: MIT
"""What the terminal shows of the dashboard."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from upturn.dashboard.terminal import terminal
from upturn.doctor.findings import Finding, note, ok, shaped
from upturn.doctor.scene import Scene

COLUMNS, LINES = 80, 24
_ENCODING = r"[A-Za-z0-9_.-]{1,20}"


@dataclass(frozen=True, slots=True)
class Screen:
    is_terminal: bool
    columns: int = COLUMNS
    lines: int = LINES
    encoding: str = "utf-8"
    colour: bool = True
    draws: bool = True
    """It has all characters that are drawn with."""


async def look(scene: Scene) -> Screen:
    stream = sys.__stdout__
    if stream is None or not stream.isatty():
        return Screen(is_terminal=False)
    size = os.get_terminal_size(stream.fileno())
    found = terminal(scene.environ, stream.encoding)
    return Screen(
        is_terminal=True,
        columns=size.columns,
        lines=size.lines,
        encoding=stream.encoding,
        colour=found.colour,
        draws=found.replaced is None,
    )


def judge(facts: Screen) -> Iterable[Finding]:
    if not facts.is_terminal:
        yield ok("no terminal here: the dashboard needs one, 'upturn run --headless' does not")
        return
    size = f"{facts.columns} x {facts.lines}"
    colour = "colours" if facts.colour else "no colours"
    encoding = shaped(facts.encoding, _ENCODING, "encoding")
    words = f"terminal of {size}, {colour}, {encoding}"
    if facts.columns < COLUMNS or facts.lines < LINES:
        yield note(words, f"The dashboard wants {COLUMNS} x {LINES} to show all: enlarge it")
    elif not facts.draws:
        yield note(
            f"{words}: curves and figures are drawn with letters",
            "Set LANG to a locale with UTF-8, or use a terminal with more characters",
        )
    elif not facts.colour:
        yield note(words, "All is said in words, too; a terminal with colours is easier to read")
    else:
        yield ok(words)
