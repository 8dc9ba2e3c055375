# SPDX-License-Identifier: MIT
"""The lines at the bottom: what was done and still stands, a question or an answer, the keys."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from upturn.dashboard.keys import Key
from upturn.dashboard.painters.status import NOT_A_DEVICE
from upturn.dashboard.palette import Palette, ink
from upturn.dashboard.spans import Line, apart, padded, width_of, wrapped


def paint_notice(palette: Palette, text: str, width: int, *, question: bool) -> list[Line]:
    """Nothing for no text, else as many lines as it needs."""
    if not text:
        return []
    style = ink(palette.ground, palette.text, bold=question)
    return [
        padded(((" ", style), *line), width, style) for line in wrapped(text, width - 2, style)
    ]


def paint_standing(palette: Palette, texts: Sequence[str], width: int) -> list[Line]:
    """What a person did that still holds: quieter than a question, and never gone by itself."""
    style = ink(palette.text, palette.raised)
    return [
        padded(((" ", style), *line), width, style)
        for text in texts
        for line in wrapped(text, width - 2, style)
    ]


def paint_keys(
    palette: Palette, keys: Sequence[Key], width: int
) -> tuple[Line, list[tuple[int, int, str]]]:
    """The line of keys, and for each the columns (from, to) that do its action on a click.

    In long words where all fit, else in short ones as many as fit, by rank.
    """
    key_style = ink(palette.text, palette.raised, bold=True)
    label_style = ink(palette.dim, palette.raised)
    long = 1 + sum(cell_len(f"{key.key} {key.label}") + 2 for key in keys) <= width
    shown = keys if long else _fitting(keys, width)
    line: Line = ((" ", label_style),)
    spans: list[tuple[int, int, str]] = []
    for key in shown:
        start = width_of(line)
        label = f" {key.label if long else key.short}"
        line = (*line, (key.key, key_style), (label, label_style))
        spans.append((start, width_of(line), key.action))
        line = (*line, ("  " if long else " ", label_style))
    line = line[:-1] if spans else line
    note: Line = ((f"{NOT_A_DEVICE} ", label_style),)
    if width_of(line) + width_of(note) < width:
        line = apart(line, note, width, label_style)
    return padded(line, width, label_style), spans


def _fitting(keys: Sequence[Key], width: int) -> list[Key]:
    """The ones that are spared last, in the order of all."""
    room = width
    kept: set[str] = set()
    for key in sorted(keys, key=lambda key: key.spared):
        room -= cell_len(f" {key.key} {key.short}")
        if room < 0:
            break
        kept.add(key.key)
    return [key for key in keys if key.key in kept]
