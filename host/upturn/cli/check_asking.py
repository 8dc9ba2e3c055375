# SPDX-License-Identifier: MIT
"""Questions in a terminal or a pipe: one line each, `y` or `n`, `b` for back, `q` to leave.

Whatever stdin is, it is read line by line; where it ends, the person has left. Half a set of
answers is none.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from upturn.cli.asking import read
from upturn.core.checklist import ANY_DOUBT, Item
from upturn.core.questions import Questions

WIDTH = 80
KEYS = "Keys, each with Enter: y yes, n no, b back, q quit"
_ANSWERS = {"y": True, "yes": True, "n": False, "no": False}


def ask(items: Sequence[Item], heading: str) -> dict[str, bool] | None:
    """All answers by id; None: they were not all given."""
    print(textwrap.fill(f"{heading} {ANY_DOUBT} {KEYS}.", WIDTH))
    asking = Questions(items)
    while (item := asking.now) is not None:
        if item.advice:
            print(_indented(item.advice))
        count = f"{asking.at + 1:>2}/{len(items)}"
        said = read(f"{count} {item.question} ({item.cited}) ")
        match None if said is None else said.lower():
            case None | "q" | "quit":
                return None
            case "b" | "back":
                if not asking.back():
                    print(_indented("This is the first."))
            case word if word in _ANSWERS:
                asking.answer(_ANSWERS[word])
            case _:
                print(_indented(f"{KEYS}."))
    return asking.answers


def _indented(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="      ", subsequent_indent="      ")
