# SPDX-License-Identifier: MIT
"""Questions in a terminal or a pipe: whatever stdin is, it is read line by line.

Where it ends, the person has left: None is the answer then, to whatever was asked.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from upturn.cli.lines import lines_of_stdin

LEAVE = ("q", "quit")
_YES_NO = {"y": True, "yes": True, "n": False, "no": False}


def read(prompt: str) -> str | None:
    """The next line, without the blanks around it; None: there is none."""
    print(prompt, end="", flush=True)
    is_terminal = sys.stdin is not None and sys.stdin.isatty()
    if is_terminal and sys.platform != "win32":
        line = sys.stdin.readline()
    else:
        line = lines_of_stdin().next(wait=True) or ""
    if not line.endswith("\n") or not is_terminal:
        print(line.strip())  # no terminal has shown it, nor ended its line
    return line.strip() if line else None


def yes(question: str, *, unless_said: bool | None = None) -> bool | None:
    """Asked until it is answered; None: the person left. An empty line means `unless_said`."""
    keys = {None: "y/n", True: "Y/n", False: "y/N"}[unless_said]
    while True:
        said = read(f"{question} [{keys}] ")
        if said is None or said.lower() in LEAVE:
            return None
        if not said and unless_said is not None:
            return unless_said
        if said.lower() in _YES_NO:
            return _YES_NO[said.lower()]
        print("  y for yes, n for no, q to leave.")


def choose(question: str, options: Sequence[str], *, unless_said: int | None = None) -> int | None:
    """Which of the numbered `options`, from 0; None: the person left."""
    print(question)
    numbers = {str(number): number - 1 for number in range(1, len(options) + 1)}
    for number, option in enumerate(options, start=1):
        print(f"  {number}  {option}")
    keys = f"1 to {len(options)}" if len(options) > 1 else "1"
    usual = f", Enter for {unless_said + 1}" if unless_said is not None else ""
    while True:
        said = read(f"{keys}{usual}, q to leave: ")
        if said is None or said.lower() in LEAVE:
            return None
        if not said and unless_said is not None:
            return unless_said
        if said in numbers:
            return numbers[said]
