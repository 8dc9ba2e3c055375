# SPDX-License-Identifier: MIT
"""Text in large letters over several lines, as large as a place allows."""

from __future__ import annotations

from rich.style import Style

from upturn.dashboard.glyphs import big, covers, height_of, width_of
from upturn.dashboard.spans import EMPTY, Line

LARGEST = 12


def wrapped_large(text: str, width: int, scale: int) -> list[str] | None:
    """Lines that fit in letters of that scale; None where a word is too wide or has no shape."""
    lines: list[str] = []
    if scale < 1 or not covers(text):
        return None
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, scale) <= width:
            lines[-1] = longer
        elif width_of(word, scale) <= width:
            lines.append(word)
        else:
            return None
    return lines


def gap(scale: int) -> int:
    """Rows between two lines; letters of the first scale bring half a row of their own."""
    return scale // 2


def largest(
    text: str, width: int, height: int, style: Style, most: int = LARGEST
) -> tuple[list[Line], int]:
    """In the largest letters that fit, and their scale; nothing and 0 where none do."""
    found: list[Line] = []
    at = 0
    for scale in range(1, most + 1):
        lines = wrapped_large(text, width, scale)
        if not lines or len(lines) * (height_of(scale) + gap(scale)) - gap(scale) > height:
            break
        found, at = [], scale
        for line in lines:
            found += [EMPTY] * (gap(scale) if found else 0)
            found += [((row, style),) for row in big(line, scale)]
    return found, at
