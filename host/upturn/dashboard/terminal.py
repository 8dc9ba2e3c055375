# SPDX-License-Identifier: MIT
"""What the terminal can show: colours, and characters beyond ASCII. Words are shown by all.

Half blocks, braille and rules are drawn with letters and points where they are not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_COLOURLESS = ("dumb", "unknown", "vt52", "vt100", "vt102", "vt220", "vt320", "vt420")
_COLOURLESS_ENDS = ("-m", "-mono", "-nc")
"""Of terminfo's names."""
_FEW_GLYPHS = ("linux",)
"""The console has a font of 512 glyphs: blocks and rules, no braille."""

_BRAILLE = range(0x2801, 0x2900)
_UPPER_DOTS = 0x1B
"""The bits of the upper half of a braille character."""
_BLOCKS = str.maketrans(
    {
        "█": "#",
        "▀": '"',
        "▄": "_",
        "─": "-",
        "│": "|",
        "┃": "|",
        "╎": ":",
        "▸": ">",
        "▼": "v",
        "▲": "^",
        "●": "O",
        "━": "=",
        "≥": ">",
        "·": "-",
        "…": "~",
        "°": "'",
        "×": "x",
        "→": ">",
        "←": "<",
    }
)


def _braille(code: int) -> str:
    dots = code - 0x2800
    upper, lower = dots & _UPPER_DOTS, dots & ~_UPPER_DOTS
    return ":" if upper and lower else "'" if upper else "."


_DOTS = {code: _braille(code) for code in _BRAILLE}
_ASCII = {**_DOTS, **_BLOCKS}


@dataclass(frozen=True, slots=True)
class Terminal:
    colour: bool = True
    replaced: Mapping[int, int | str | None] | None = None
    """What is drawn instead of characters that it does not have."""
    why: str = ""
    """Why there is no colour."""

    def drawn(self, text: str) -> str:
        if self.replaced is None or text.isascii():
            return text
        if self.replaced is not _ASCII:
            return text.translate(self.replaced)
        return text.translate(self.replaced).encode("ascii", "replace").decode("ascii")


def terminal(environ: Mapping[str, str], encoding: str) -> Terminal:
    """What the variables and the stream's encoding say of it; a doubt is taken for a yes."""
    term = environ.get("TERM", "").lower()
    why = ""
    if "NO_COLOR" in environ:
        why = "NO_COLOR is set"
    elif term in _COLOURLESS or term.endswith(_COLOURLESS_ENDS):
        why = f"the terminal {term} has none"
    replaced: Mapping[int, int | str | None] | None = None
    if not encoding.lower().replace("-", "").startswith("utf"):
        replaced = _ASCII
    elif term in _FEW_GLYPHS:
        replaced = _DOTS
    return Terminal(not why, replaced, why)
