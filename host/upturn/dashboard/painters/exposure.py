# SPDX-License-Identifier: MIT
"""Exposure against its limit: digits for the far side of the room, a bar, and what is left.

While a rest is due it is the time that counts: the large digits are what is left of it, the bar
how far it is, and the exposure a word in the title. The last line says when it will be over, by
the wall's clock; that is told only while the rest runs, else why it does not.
"""

from __future__ import annotations

from datetime import timedelta

from rich.style import Style

from upturn.core.alarm_table import Priority
from upturn.core.readiness import REST, TABLE
from upturn.dashboard import wording
from upturn.dashboard.glyphs import best_scale, big
from upturn.dashboard.palette import ink
from upturn.dashboard.spans import EMPTY, Line, apart
from upturn.dashboard.view import View

_LARGEST = 4
_REST_LEFT = "REST LEFT"
_NARROW = 36
"""Below this many columns what is left is said in fewer words."""
_TIGHT = 8
"""Below this many rows the bar gives way to the digits."""
_BY_THEMSELVES = {REST, TABLE}
"""Checks that are passed once somebody has stood there for long enough."""
_TO_GO_ON = {wording.HEAD_LOW: "raise the table", wording.NO_POSTURE: "look there"}
"""What ends a pause of the rest, where data come."""
BAR_BEYOND = 1.25
"""The bar reaches this far past the limit, so that the mark stands inside it."""


def paint_exposure(view: View, width: int, height: int) -> list[Line]:
    rests = view.counts_rest
    digits, style = _digits(view)
    roomy = height >= _TIGHT
    scale = min(_LARGEST, best_scale(digits, width, height - (3 if roomy else 2)))
    large = [((row, style),) for row in big(digits, scale)] if scale else [((digits, style),)]
    lines: list[Line] = [_title(view, width), *large]
    if roomy:
        lines.append(paint_rest_bar(view, width) if rests else paint_bar(view, width))
    if roomy and not rests and len(lines) + 1 < height:
        lines.append(_bar_labels(view, width))
    lines.append(_summary(view, width))
    if len(lines) + 1 < height:
        lines.insert(1, EMPTY)
    return lines[:height]


def _digits(view: View) -> tuple[str, Style]:
    palette = view.palette
    snapshot = view.snapshot
    if view.counts_rest:
        return wording.left(snapshot.rest_left_s), ink(palette.good, bold=True)
    known = view.counted
    priority = view.exposure_priority if known else None
    style = palette.mark(priority) if priority else palette.strong
    return wording.passed(snapshot.exposure_s) if known else "-:--", style


def paint_rest_bar(view: View, width: int) -> Line:
    """One row, filled as far as the rest that is due has come."""
    palette = view.palette
    snapshot = view.snapshot
    share = 1.0 - snapshot.rest_left_s / snapshot.profile.rest_s
    full = min(width, max(0, int(width * share)))
    return _joined([("▄", ink(palette.good))] * full + [("─", palette.rule)] * (width - full))


def paint_bar(view: View, width: int) -> Line:
    """One row, filled as far as the exposure reaches; `╎` is the notice, `┃` the limit."""
    palette = view.palette
    profile = view.snapshot.profile
    exposure_s = view.snapshot.exposure_s if view.counted else 0.0
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
    snapshot = view.snapshot
    limit = wording.passed(snapshot.profile.limit_s)
    right: Line = ((f"limit {limit}", palette.quiet),)
    left: Line = (("EXPOSURE", palette.quiet),)
    least = "at least " if snapshot.exposure_at_least else ""
    if view.counts_rest:
        exposed = wording.passed(snapshot.exposure_s)
        texts = (f"exposure {least}{exposed} of {limit}", f"exposure {least}{exposed}", "")
        said = wording.fullest(texts, width - len(_REST_LEFT) - 1)
        left, right = ((_REST_LEFT, palette.strong),), ((said, palette.quiet),)
    elif not view.counted:
        if view.age_s is not None:
            was = wording.passed(snapshot.exposure_s)
            left = (("EXPOSURE was ", palette.quiet), (was, palette.gone))
    elif least or not view.fresh:
        left = (*left, (" at least", palette.strong))
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
    if not view.stopped and view.age_s is not None and view.owes_rest:
        return ((_countdown(view, width), palette.strong),)
    if not view.counted:
        return ((wording.fullest(_uncounted(view), width), palette.strong),)
    short = width < _NARROW
    left: Line = ((wording.exposure_left(snapshot, short=short), palette.strong),)
    rest = wording.rest(snapshot).removeprefix("then ") if short else wording.rest(snapshot)
    style = palette.quiet if snapshot.inverted else ink(palette.good)
    return apart(left, ((rest, style),), width, palette.plain)


def _uncounted(view: View) -> tuple[str, ...]:
    if view.stopped:
        return "nothing is counted now", "not counted now"
    if view.age_s is None:
        return "nothing is counted yet", "no data yet"
    return "no data: nothing is counted", "no data"


def _countdown(view: View, width: int) -> str:
    """When the rest is over, or why it does not run; what is left of it where no digits say so."""
    snapshot = view.snapshot
    more = f"rest {wording.left(snapshot.rest_left_s)}"
    why = wording.rest_pause(view)
    if not view.runs:
        return "not counted now"
    if not view.counts_rest:
        return wording.fullest((f"{more} more · paused: {why}", f"{more} paused"), width)
    if why:
        texts = (f"paused: {why}, {_TO_GO_ON[why]}", f"paused: {why}", why)
        return wording.fullest(texts, width)
    # The core counts what is left from the newest sample.
    rested_s = snapshot.now_s - (snapshot.signal_age_s or 0.0) + snapshot.rest_left_s
    rested = view.time_of_day(rested_s)
    if rested is None:
        return wording.fullest((f"{more} more",), width)
    at = wording.time_of_day(rested + timedelta(microseconds=999_999))
    others = {check.name for check in snapshot.checks if not check.passed} - _BY_THEMSELVES
    if others:  # what else stands against it does not pass with time
        return wording.fullest((f"the rest is over at {at}", f"rest until {at}"), width)
    return wording.fullest(
        (f"safe to invert again at {at}", f"safe again at {at}", f"until {at}"), width
    )


def _joined(cells: list[tuple[str, Style]]) -> Line:
    runs: list[tuple[str, Style]] = []
    for text, style in cells:
        if runs and runs[-1][1] == style:
            runs[-1] = (runs[-1][0] + text, style)
        else:
            runs.append((text, style))
    return tuple(runs)
