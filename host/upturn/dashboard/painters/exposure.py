# SPDX-License-Identifier: MIT
"""Exposure against its limit: digits for the far side of the room, a bar, and what is left."""

from __future__ import annotations

from rich.style import Style

from upturn.core.alarm_table import Priority
from upturn.dashboard import wording
from upturn.dashboard.glyphs import best_scale, big
from upturn.dashboard.palette import ink
from upturn.dashboard.spans import EMPTY, Line, apart
from upturn.dashboard.view import View

_LARGEST = 4
_NARROW = 36
"""Below this many columns what is left is said in fewer words."""
_TIGHT = 8
"""Below this many rows the bar gives way to the digits."""
BAR_BEYOND = 1.25
"""The bar reaches this far past the limit, so that the mark stands inside it."""


def paint_exposure(view: View, width: int, height: int) -> list[Line]:
    snapshot = view.snapshot
    palette = view.palette
    known = not view.stopped
    digits = wording.passed(snapshot.exposure_s) if known else "-:--"
    priority = view.exposure_priority if known else None
    style = palette.mark(priority) if priority else palette.strong
    roomy = height >= _TIGHT
    scale = min(_LARGEST, best_scale(digits, width, height - (3 if roomy else 2)))
    large = [((row, style),) for row in big(digits, scale)] if scale else [((digits, style),)]
    lines: list[Line] = [_title(view, width), *large]
    if roomy:
        lines.append(paint_bar(view, width))
    if roomy and len(lines) + 1 < height:
        lines.append(_bar_labels(view, width))
    lines.append(_summary(view, width))
    if len(lines) + 1 < height:
        lines.insert(1, EMPTY)
    return lines[:height]


def paint_bar(view: View, width: int) -> Line:
    """One row, filled as far as the exposure reaches; `╎` is the notice, `┃` the limit."""
    palette = view.palette
    profile = view.snapshot.profile
    exposure_s = 0.0 if view.stopped else view.snapshot.exposure_s
    span_s = max(profile.limit_s * BAR_BEYOND, exposure_s)
    full = min(width, round(width * exposure_s / span_s))
    fill = palette.mark(view.exposure_priority) if view.exposure_priority else palette.strong
    # Lower halves: the bar stays apart from the digits right above it.
    line = [("▄", fill)] * full + [("─", palette.rule)] * (width - full)
    for at_s, mark, priority in (
        (profile.notice_s, "╎", Priority.MEDIUM),
        (profile.limit_s, "┃", Priority.HIGH),
    ):
        line[min(width - 1, int(width * at_s / span_s))] = (mark, palette.mark(priority))
    return _joined(line)


def _title(view: View, width: int) -> Line:
    palette = view.palette
    profile = view.snapshot.profile
    word = "EXPOSURE"
    if view.stopped:
        return (
            (f"{word} was ", palette.quiet),
            (wording.passed(view.snapshot.exposure_s), palette.gone),
        )
    left: Line = ((word, palette.quiet),)
    if view.snapshot.exposure_at_least:
        left = (*left, (" at least", palette.strong))
    right: Line = ((f"limit {wording.passed(profile.limit_s)}", palette.quiet),)
    return apart(left, right, width, palette.plain)


def _bar_labels(view: View, width: int) -> Line:
    profile = view.snapshot.profile
    span_s = max(profile.limit_s * BAR_BEYOND, view.snapshot.exposure_s)
    row = [" "] * width
    for at_s, word in ((profile.notice_s, "notice"), (profile.limit_s, "limit")):
        label = f"{word} {wording.passed(at_s)}"
        x = int(width * at_s / span_s) - (len(label) if word == "notice" else 0)
        x = max(0, min(x, width - len(label)))
        if all(cell == " " for cell in row[max(0, x - 1) : x + len(label) + 1]):
            row[x : x + len(label)] = label
    return (("".join(row), view.palette.quiet),)


def _summary(view: View, width: int) -> Line:
    palette = view.palette
    snapshot = view.snapshot
    if view.stopped:
        return (("nothing is counted now", palette.strong),)
    short = width < _NARROW
    left: Line = ((wording.exposure_left(snapshot, short=short), palette.strong),)
    resting = snapshot.rest_left_s > 0.0 or snapshot.inverted
    style = palette.strong if snapshot.rest_left_s > 0.0 else palette.quiet
    rested = ink(palette.good) if not resting else style
    rest = wording.rest(snapshot).removeprefix("then ") if short else wording.rest(snapshot)
    return apart(left, ((rest, rested),), width, palette.plain)


def _joined(cells: list[tuple[str, Style]]) -> Line:
    runs: list[tuple[str, Style]] = []
    for text, style in cells:
        if runs and runs[-1][1] == style:
            runs[-1] = (runs[-1][0] + text, style)
        else:
            runs.append((text, style))
    return tuple(runs)
