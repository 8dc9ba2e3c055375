# SPDX-License-Identifier: MIT
"""The colours of reports, by meaning: light (and paper), dark. Text has a contrast of 4.5 to 1.

The alarm priorities keep their red, yellow and cyan, darker on white; no colour says anything that
a word or a mark does not say too.
"""

from __future__ import annotations

from dataclasses import dataclass

from upturn.core.alarm_table import Priority
from upturn.report.drawing import Ink


@dataclass(frozen=True, slots=True)
class Colour:
    light: str
    dark: str


COLOURS: dict[Ink, Colour] = {
    Ink.PAPER: Colour("#ffffff", "#14181d"),
    Ink.TEXT: Colour("#1a2129", "#e2e8ed"),
    Ink.DIM: Colour("#55616d", "#9fadb9"),
    Ink.GRID: Colour("#dfe4e9", "#2b343d"),
    Ink.AXIS: Colour("#8995a1", "#66737f"),
    Ink.UPRIGHT: Colour("#eef7f0", "#17241c"),
    Ink.LEVEL: Colour("#eef4fb", "#162231"),
    Ink.INVERTED: Colour("#f4effb", "#221b31"),
    Ink.OVER: Colour("#fdecea", "#351a1a"),
    Ink.GAP: Colour("#d5dbe1", "#3a444e"),
    Ink.CURVE: Colour("#5b3aa6", "#cbaaff"),
    Ink.TIME: Colour("#8f78c9", "#8468c4"),
    Ink.NOTICE: Colour("#a86f00", "#f2c230"),
    Ink.LIMIT: Colour("#c8102e", "#ff6b63"),
    Ink.HIGH: Colour("#c8102e", "#ff8b85"),
    Ink.MEDIUM: Colour("#8a5a00", "#f2c230"),
    Ink.LOW: Colour("#00707c", "#53c8d4"),
    Ink.SYMPTOM: Colour("#a3164f", "#ff8fb8"),
}
PRIORITY_INK: dict[Priority, Ink] = {
    Priority.HIGH: Ink.HIGH,
    Priority.MEDIUM: Ink.MEDIUM,
    Priority.LOW: Ink.LOW,
}
