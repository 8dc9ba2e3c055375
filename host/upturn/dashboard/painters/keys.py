# SPDX-License-Identifier: MIT
"""The lines at the bottom: what was done and still stands, a question or an answer, the keys."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

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

    In long words where all fit, else in short ones as many as fit, by rank; there keys that are
    alike share a word.
    """
    key_style = ink(palette.text, palette.raised, bold=True)
    label_style = ink(palette.dim, palette.raised)
    noted_width = width - cell_len(NOT_A_DEVICE) - 2 if width >= _NOTED else width
    long = 1 + sum(cell_len(f"{key.key} {key.label}") + 2 for key in keys) <= noted_width
    groups = (
        [([key], key.label) for key in keys] if long else _fitting(_together(keys), noted_width)
    )
    line: Line = ()
    spans: list[tuple[int, int, str]] = []
    for group, word in groups:
        between = "  " if long and line else " "
        for key in group:
            line = (*line, (between, label_style))
            start = width_of(line)
            line = (*line, (key.key, key_style))
            if word and key is group[-1]:
                line = (*line, (f" {word}", label_style))
            spans.append((start, width_of(line), key.action))
            between = " "
    line = line or ((" ", label_style),)
    note: Line = ((f"{NOT_A_DEVICE} ", label_style),)
    if width_of(line) + width_of(note) < width:
        line = apart(line, note, width, label_style)
    return padded(line, width, label_style), spans


_NOTED = 160
"""From so many columns on, long words of keys leave room for what Upturn is not."""
Group = tuple[list[Key], str]
"""Keys beside each other, and the word that they have in common."""


def _together(keys: Sequence[Key]) -> list[Group]:
    alike = groupby(keys, key=lambda key: (key.short if key.shared else key.key, key.shared))
    return [(same, same[0].short) for same in (list(group) for _, group in alike)]


def _fitting(groups: Sequence[Group], width: int) -> list[Group]:
    """Of those that are spared last as many as there is room for, in the order of all."""
    room = width
    kept: list[int] = []
    for n in sorted(range(len(groups)), key=lambda n: groups[n][0][0].spared):
        keys, word = groups[n]
        needed = cell_len("".join(f" {key.key}" for key in keys) + (f" {word}" if word else ""))
        if needed <= room:
            room -= needed
            kept.append(n)
    return [groups[n] for n in sorted(kept)]
