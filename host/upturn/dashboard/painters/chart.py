# SPDX-License-Identifier: MIT
"""The strip chart: angle over time, with lines where an inversion begins and at the angle limit.

The colour of the trace follows the angle, so that it says nothing that its place does not say.
Below it stands what happened when; the shapes are named in the title, as far as there is room.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rich.style import Style

from upturn.core.alarm_table import Priority
from upturn.core.events import Posture
from upturn.core.thresholds import INVERTED_ENTER_DEG, OVER_ENTER_DEG, UPRIGHT_ENTER_DEG
from upturn.dashboard.canvas import DOTS_X, DOTS_Y, blank, codes, has_dots, text
from upturn.dashboard.history import History, Values
from upturn.dashboard.marks import Mark, MarkKind, Marks
from upturn.dashboard.palette import Palette
from upturn.dashboard.plot import Scale, filled, joined
from upturn.dashboard.spans import EMPTY, Line, Span, apart, width_of
from upturn.dashboard.view import View

WINDOWS_S = (30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
DEFAULT_WINDOW = 2
GUTTER = 5
_ZOOM = "[ shorter  ] longer"
JOIN_S = 0.5
"""Samples closer than this are joined; a longer gap stays open."""

_MARKED = 6
"""From so many rows on, one is for what happened."""

_RULE = 0
"""Kind of a cell without trace; the kinds above are the zones of angle."""


def chart_columns(width: int) -> int:
    """How many dot columns a pane of this width plots."""
    return max(0, width - GUTTER) * DOTS_X


def window_name(window_s: float) -> str:
    if window_s < 120.0:
        return f"{window_s:g} s"
    return f"{window_s / 60.0:g} min" if window_s < 3600.0 else "1 h"


def paint_chart(
    view: View,
    history: History,
    window_s: float,
    width: int,
    height: int,
    *,
    marks: Marks | None = None,
) -> list[Line]:
    columns = chart_columns(width)
    marked = marks is not None and height >= _MARKED
    rows = height - (2 if marked else 1)
    if rows < 1 or columns < DOTS_X:
        return [EMPTY] * height
    low, high = history.columns(view.snapshot.now_s, window_s, columns)
    low, high = joined(low, high, round(JOIN_S * columns / window_s))
    scale = Scale.holding(high, rows * DOTS_Y)
    trace = filled(low, high, scale)
    guides = _guides(view, scale)
    ruled = blank(columns // DOTS_X, rows)
    for y in guides:
        ruled[y, ::DOTS_X] = True
    traced = has_dots(trace)
    characters = np.where(traced, codes(trace), codes(ruled))
    kinds = np.where(traced, _zones(view, scale, high, rows), _RULE)
    inks = _zone_inks(view)
    labels = {y // DOTS_Y: label for y, (label, _) in guides.items()}
    rules = {y // DOTS_Y: style for y, (_, style) in guides.items()}
    placed = _placed(view, marks, window_s, columns) if marks is not None and marked else {}
    lines = [_title(view, window_s, width, {mark.kind for mark in placed.values()})]
    for y in range(rows):
        rule = rules.get(y, view.palette.rule)
        label: Span = (f"{labels.get(y, ''):>{GUTTER - 1}} ", rule)
        lines.append((label, *_runs(characters[y], kinds[y], {**inks, _RULE: rule})))
    if marked:
        lines.append(_mark_line(view, placed, columns // DOTS_X))
    return lines


def _title(view: View, window_s: float, width: int, kinds: Iterable[MarkKind]) -> Line:
    palette = view.palette
    quiet = palette.quiet
    left: Line = ((f"ANGLE  last {window_name(window_s)}", quiet),)
    if view.stopped:
        left = (*left, (" before it stopped", palette.strong))
    shown = sorted(kinds, key=list(MarkKind).index)
    ways = [
        (_legend(palette, shown, short=short), hint)
        for short, hint in ((False, _ZOOM), (True, _ZOOM), (True, ""))
    ]
    for legend, hint in ways:
        if width_of(left) + width_of(legend) + len(hint) < width:
            return apart((*left, *legend), ((hint, quiet),), width, quiet)
    # The gravest stand first: what is cut away matters least.
    return apart((*left, *ways[-1][0]), (), width, quiet)


def _legend(palette: Palette, kinds: Iterable[MarkKind], *, short: bool) -> Line:
    line: list[Span] = []
    for kind in kinds:
        sign = kind.value
        words = sign.short if short else sign.words
        line += [
            ("  ", palette.quiet),
            (sign.shape, mark_ink(palette, kind)),
            (f" {words}", palette.quiet),
        ]
    return tuple(line)


def mark_ink(palette: Palette, kind: MarkKind) -> Style:
    match kind:
        case MarkKind.HIGH:
            return palette.mark(Priority.HIGH)
        case MarkKind.MEDIUM:
            return palette.mark(Priority.MEDIUM)
        case MarkKind.LOW:
            return palette.mark(Priority.LOW)
        case MarkKind.BEGAN:
            return palette.posture(Posture.INVERTED)
        case MarkKind.ENDED:
            return palette.posture(Posture.LEVEL)
        case MarkKind.LOST | MarkKind.RESTORED | MarkKind.ACKNOWLEDGED:
            return palette.strong


def _placed(view: View, marks: Marks, window_s: float, columns: int) -> dict[int, Mark]:
    """Cell -> the gravest mark in it."""
    now_s = view.snapshot.now_s
    first = History.column_of(now_s, window_s, columns) - columns + 1
    placed: dict[int, Mark] = {}
    for mark in marks.since(now_s - window_s):
        column = History.column_of(mark.t_s, window_s, columns) - first
        if 0 <= column < columns:
            cell = column // DOTS_X
            if cell not in placed or mark.gravity < placed[cell].gravity:
                placed[cell] = mark
    return placed


def _mark_line(view: View, placed: dict[int, Mark], width: int) -> Line:
    line: list[Span] = []
    at = -GUTTER
    for cell, mark in sorted(placed.items()):
        line += [
            (" " * (cell - at), view.palette.plain),
            (mark.kind.value.shape, mark_ink(view.palette, mark.kind)),
        ]
        at = cell + 1
    return (*line, (" " * (width - at), view.palette.plain))


def _guides(view: View, scale: Scale) -> dict[int, tuple[str, Style]]:
    """Row of dots -> label and style; where two share a line of text the later one is kept."""
    palette = view.palette
    snapshot = view.snapshot
    wanted: list[tuple[float, Style]] = [(-90.0, palette.quiet), (0.0, palette.quiet)]
    if scale.dots >= 6 * DOTS_Y:
        wanted.append((90.0, palette.quiet))
    wanted.append((INVERTED_ENTER_DEG, palette.posture(Posture.INVERTED, bold=False)))
    if snapshot.device.judges_angle:
        limit = snapshot.profile.max_angle_deg
        wanted.append((limit, palette.mark(Priority.MEDIUM, bold=False)))
    by_line: dict[int, tuple[int, tuple[str, Style]]] = {}
    for angle_deg, style in wanted:
        y = scale.row(angle_deg)
        by_line[y // DOTS_Y] = (y, (f"{angle_deg:+.0f}" if angle_deg else "0", style))
    return dict(by_line.values())


def _zones(view: View, scale: Scale, high: Values, rows: int) -> NDArray[np.int64]:
    """For each cell the zone of the steepest angle that it shows: 1 upright to 5 past vertical."""
    snapshot = view.snapshot
    limit_deg = snapshot.profile.max_angle_deg if snapshot.device.judges_angle else OVER_ENTER_DEG
    borders = [UPRIGHT_ENTER_DEG, INVERTED_ENTER_DEG, limit_deg, OVER_ENTER_DEG]
    steepest = high.reshape(-1, DOTS_X).max(axis=1)
    tops = np.array([scale.angle(y * DOTS_Y) for y in range(rows)])
    return np.asarray(np.digitize(np.minimum(steepest, tops[:, None]), borders) + 1)


def _zone_inks(view: View) -> dict[int, Style]:
    palette = view.palette
    if view.stopped:
        return dict.fromkeys(range(1, 6), palette.quiet)
    return {
        1: palette.posture(Posture.UPRIGHT),
        2: palette.posture(Posture.LEVEL),
        3: palette.posture(Posture.INVERTED),
        4: palette.mark(Priority.MEDIUM),
        5: palette.mark(Priority.HIGH),
    }


def _runs(
    characters: NDArray[np.uint16], kinds: NDArray[np.int64], inks: dict[int, Style]
) -> list[Span]:
    edges = [0, *(np.flatnonzero(np.diff(kinds)) + 1).tolist(), kinds.size]
    return [
        (text(characters[start:end]), inks[int(kinds[start])]) for start, end in pairwise(edges)
    ]
