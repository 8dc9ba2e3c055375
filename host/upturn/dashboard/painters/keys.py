# SPDX-License-Identifier: MIT
"""The two lines at the bottom: a question or an answer, and the keys."""

from __future__ import annotations

from dataclasses import dataclass

from upturn.dashboard.painters.status import NOT_A_DEVICE
from upturn.dashboard.palette import Palette, ink
from upturn.dashboard.spans import Line, apart, padded, width_of, wrapped


@dataclass(frozen=True, slots=True)
class Key:
    key: str
    label: str
    short: str
    """For 80 columns, where all keys have to fit on one line."""
    action: str
    help: str
    bound: str = ""
    """Textual's names of the key, where they differ."""

    def __post_init__(self) -> None:
        if not self.bound:
            object.__setattr__(self, "bound", self.key)


KEYS = (
    Key(
        "a",
        "acknowledge",
        "acknowledge",
        "acknowledge",
        "Acknowledge every alarm on the screen: pauses its sound, 30 s while inverted, "
        "120 s at most otherwise. A new or higher alarm sounds at once.",
    ),
    Key(
        "u",
        "seen upright",
        "seen upright",
        "seen_upright",
        "You saw the person upright: the inversion ends now, its exposure stays. Asks once.",
    ),
    Key(
        "s",
        "stand down",
        "stand down",
        "stand_down",
        "Alarms off and NOT READY, for a table folded or a node charging. Asks once; "
        "pressed again later it watches again, as does 5 s upright.",
    ),
    Key("d", "call for help", "call help", "distress", "Call for help, at once."),
    Key("f", "I am fine", "fine", "im_fine", "Answers the alarm for no movement."),
    Key(
        "?",
        "help",
        "help",
        "help",
        "This page, and back. Arrows and Page keys scroll it.",
        "question_mark,h",
    ),
    Key("q", "quit", "quit", "ask_quit", "Ends watching. Asks once while it matters."),
)


def paint_notice(palette: Palette, text: str, width: int, *, question: bool) -> list[Line]:
    """Nothing for no text, else as many lines as it needs."""
    if not text:
        return []
    style = ink(palette.ground, palette.text, bold=question)
    return [
        padded(((" ", style), *line), width, style) for line in wrapped(text, width - 2, style)
    ]


def paint_keys(palette: Palette, width: int) -> tuple[Line, list[tuple[int, int, str]]]:
    """The line of keys, and for each the columns (from, to) that do its action on a click."""
    key_style = ink(palette.text, palette.raised, bold=True)
    label_style = ink(palette.dim, palette.raised)
    line: Line = ((" ", label_style),)
    spans: list[tuple[int, int, str]] = []
    long = sum(len(k.key) + len(k.label) + 3 for k in KEYS) <= width
    for key in KEYS:
        start = width_of(line)
        line = (*line, (key.key, key_style), (f" {key.label if long else key.short}", label_style))
        spans.append((start, width_of(line), key.action))
        line = (*line, ("  " if long else " ", label_style))
    note: Line = ((f"{NOT_A_DEVICE} ", label_style),)
    if width_of(line) + width_of(note) < width:
        line = apart(line, note, width, label_style)
    return padded(line, width, label_style), spans
