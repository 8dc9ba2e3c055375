# SPDX-License-Identifier: MIT
"""Large mode: what a spotter needs from across the room, and nothing small that matters.

To be read at 4 m a capital has to be 19 mm high (16 minutes of arc, the least that ISO 9241-303
gives). The smallest letters here are 2.5 rows high, so a row of the terminal has to be 7.5 mm: a
full screen of 24 rows on a laptop of 14 inches, or of 40 rows on a monitor of 24 inches. The more
rows there are, the larger the letters grow. What to do comes before the digits, the digits before
all else; only where no letter of that size fits are words as small as any other.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from upturn.dashboard import wording
from upturn.dashboard.glyphs import best_scale, big
from upturn.dashboard.headline import Headline
from upturn.dashboard.large_text import LARGEST, gap, largest
from upturn.dashboard.orders import orders
from upturn.dashboard.painters.banner import headline_styles
from upturn.dashboard.palette import ink
from upturn.dashboard.spans import EMPTY, Line, centred, fit, padded, width_of, wrapped
from upturn.dashboard.view import View

_MARGIN = 1
_TITLE_SHARE = 0.3
"""Of the rows, at most, for the title."""
_ALARM_SHARE = 0.55
"""Of the rows, at most, for an alarm in letters that are larger than they have to be."""
_CALM_SHARE = 0.15
"""Of the rows, at most, for words where nothing has to be done at once."""
_DIGITS = 3
"""Rows that digits need at the least."""
_EASY = 9
"""Rows that let what stands below the alarm be read well."""
_LEAST = 7
"""Rows that it needs at the least: one more stands between it and the alarm."""
_SIDE = 0.45
"""Of the columns, at most, beside the digits."""


def paint_large(view: View, said: Headline, name: str, width: int, height: int) -> list[Line]:
    """`name`: of the table, where there are several."""
    bold, usual = headline_styles(said, view.palette)
    alarm = [centred(line, width, usual) for line in _alarm(said, width, height, bold, usual)]
    if height - len(alarm) > _LEAST:
        alarm.append(EMPTY)
    lines = [*alarm, *_band(view, name, width, height - len(alarm))]
    return [*lines, *([EMPTY] * (height - len(lines)))][:height]


def _alarm(said: Headline, width: int, height: int, bold: Style, usual: Style) -> list[Line]:
    """In the largest letters that leave enough to the digits.

    Where title and orders are not both large, the title is small: what to do is what counts.
    """
    room = width - 2 * _MARGIN
    asked, why = orders(said.act or said.text)
    if said.table and len(asked) > 1:
        # The key that shows the other table: the title names it, and what to do there is more.
        asked, why = asked[1:], f"{asked[0]} {why}".rstrip()
    after = wrapped(why, room, usual) if why else []
    loud = said.priority is not None or said.stands_out
    share = height - _EASY + 1 if loud else int(height * _CALM_SHARE)
    for most in range(LARGEST, 0, -1):
        title, scale = _large_title(said, room, height, bold, most)
        left = share - len(after) - loud * len(title)
        large, _ = largest(" ".join(asked), room, left, bold, max(1, scale))
        if title and (large or not loud or not asked):
            act = large or wrapped(" ".join(asked), room, bold)
            lines = _noted([*title, *act, *after], said, room, height, usual)
            if most == 1 or len(lines) <= height * _ALARM_SHARE:
                return lines
    title = wrapped(said.marked, room, bold)
    left = share - len(after) - len(title)
    for most in range(LARGEST, 0, -1):
        large, _ = largest(" ".join(asked), room, left, bold, most)
        lines = _noted([*title, *large, *after], said, room, height, usual)
        if large and (most == 1 or len(lines) <= height * _ALARM_SHARE):
            return lines
    return _noted([*title, *_begun(asked, room, left, bold), *after], said, room, height, usual)


def _large_title(
    said: Headline, room: int, height: int, bold: Style, most: int
) -> tuple[list[Line], int]:
    """Between its marks; nothing where it has no room."""
    title, scale = largest(said.full, room - 10, int(height * _TITLE_SHARE), bold, most)
    marks = said.priority.marks if said.priority is not None else ""
    if title and marks:
        title = [_between(marks, line, y == len(title) // 2, bold) for y, line in enumerate(title)]
    return title + [EMPTY] * gap(scale), scale


def _begun(asked: Sequence[str], width: int, height: int, bold: Style) -> list[Line]:
    """As many sentences large as there is room for, from the first on; the rest below."""
    for n in range(len(asked) - 1, 0, -1):
        below = wrapped(" ".join(asked[n:]), width, bold)
        start, _ = largest(" ".join(asked[:n]), width, height - len(below), bold, 1)
        if start:
            return [*start, *below]
    return wrapped(" ".join(asked), width, bold)


def _noted(lines: list[Line], said: Headline, width: int, height: int, usual: Style) -> list[Line]:
    """With the state of its sound, where the digits can spare the row."""
    rest = wrapped(said.note, width, usual) if said.note else []
    return [*lines, *rest] if len(lines) + len(rest) + _EASY <= height else lines


def _between(marks: str, line: Line, is_middle: bool, style: Style) -> Line:
    mark = marks if is_middle else ""
    return ((f"{mark:>4} ", style), *line, (f" {mark:<4}", style))


def _band(view: View, name: str, width: int, height: int) -> list[Line]:
    """Posture, angle and age at the left, the exposure against its limit at the right."""
    if height < 1:
        return []
    most = int(width * _SIDE)
    left = _state(view, name, most, height)
    side = max((width_of(line) for line in left), default=0)
    right = _exposure(view, width - side - 3 * _MARGIN - 1, height)
    across = max((width_of(line) for line in right), default=0)
    between = max(1, width - side - across - 2 * _MARGIN)
    plain = view.palette.plain
    return [
        ((" ", plain), *padded(_at(left, y), side, plain), (" " * between, plain), *_at(right, y))
        for y in range(min(height, max(len(left), len(right))))
    ]


def _at(lines: Sequence[Line], y: int) -> Line:
    return lines[y] if y < len(lines) else EMPTY


def _state(view: View, name: str, width: int, height: int) -> list[Line]:
    """Words first: they are what the angle and the age are of."""
    palette = view.palette
    snapshot = view.snapshot
    posture = wording.POSTURES[snapshot.posture]
    label: list[Line] = [fit(((name, palette.quiet),), width)] if name else []
    if view.of_now and view.age_s is not None:
        style = palette.posture(snapshot.posture)
        wanted = [(posture, style), (wording.angle(snapshot.angle_deg), style)]
        age = (f"{wording.age(view.age_s)} old", palette.quiet)
        was: list[Line] = []
    else:
        known = view.age_s is not None
        still = view.fresh and not view.source.live
        title = wording.data_age(view) if still else "No data" if known else posture
        wanted = [(title, palette.strong)]
        age = (wording.age(view.age_s or 0.0) if known else "no data yet", palette.strong)
        value = f"{posture} {wording.angle(snapshot.angle_deg)}"
        was = [(("was ", palette.quiet), (value, palette.gone))] if known else []
    lines = label
    most = LARGEST
    for text, style in wanted if was and view.fresh else [*wanted, age]:
        room = height - len(lines) - len(was) - (0 if (text, style) == age else 1)
        # No more than a third, so that what follows has room too; and no larger than the first.
        large, scale = largest(text, width, min(room, max(6, height // 3)), style, most)
        most = min(most, max(1, scale))
        lines = [*lines, *(large or [((text, style),)]), *([EMPTY] * gap(scale))]
    return [*lines, *was][:height]


def _exposure(view: View, width: int, height: int) -> list[Line]:
    palette = view.palette
    snapshot = view.snapshot
    counted = view.counted
    exposed = wording.passed(snapshot.exposure_s) if counted else "-:--"
    priority = view.exposure_priority if counted else None
    style = palette.mark(priority) if priority else palette.strong
    least = " at least" if snapshot.exposure_at_least else ""
    limit = wording.passed(snapshot.profile.limit_s)
    digits, title, left = exposed, f"EXPOSURE{least}, limit {limit}", _left(view)
    if view.counts_rest:
        digits, title = wording.left(snapshot.rest_left_s), "REST LEFT"
        left, style = f"exposure{least} {exposed}", ink(palette.good, bold=True)
    head: Line = fit(((title, palette.quiet),), width)
    below, _ = largest(left, width, (height - 1) // 3, palette.strong)
    if not below or height < _EASY:
        below = [fit(((left, palette.strong),), width)]
    elif height >= _EASY + _DIGITS:
        below = [EMPTY, *below]
    scale = min(LARGEST, best_scale(digits, width, height - 1 - len(below)))
    large: list[Line] = [((row, style),) for row in big(digits, scale)] if scale else []
    return [head, *(large or [((digits, style),)]), *below][:height]


def _left(view: View) -> str:
    snapshot = view.snapshot
    if not view.counted:
        return "not counted"
    if snapshot.inverted:
        return wording.exposure_left(snapshot, short=True)
    if snapshot.rest_left_s > 0.0:
        return f"rest {wording.left(snapshot.rest_left_s)}"
    return wording.rest(snapshot)
