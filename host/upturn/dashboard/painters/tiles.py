# SPDX-License-Identifier: MIT
"""The overview: a tile for each table, the worst first, in as much detail as there is room for.

A tile has its name, number and time in its first row, which is the alarm's in the alarm's colours,
and there too that nobody hangs there, where it is simulated or recorded;
then what stands, the posture with its age, and where it is high enough digits for the far side of
the room. What does not fit is counted in words, under the mark of its worst.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.style import Style

from upturn.core.snapshot import AlarmView
from upturn.dashboard import wording
from upturn.dashboard.glyphs import best_scale, big
from upturn.dashboard.headline import Beside, foremost
from upturn.dashboard.large_text import largest
from upturn.dashboard.painters.exposure import paint_bar
from upturn.dashboard.painters.strip import Spot
from upturn.dashboard.palette import Palette, ink
from upturn.dashboard.spans import EMPTY, Line, apart, fit, padded, width_of, wrapped
from upturn.dashboard.standing import Standing, called, standing
from upturn.dashboard.view import View

LEAST_WIDTH = 26
LEAST_HEIGHT = 2
_EASY_HEIGHT = 4
"""From so many rows on a tile has one of them to stand apart by."""
_WORDS = 24
"""Columns that words keep beside digits."""
_BRIEF = 36
"""Below this many columns the name needs the place of the limit."""
_LARGEST = 6
_NOT_BOLD = Style(bold=False)


class Grid(NamedTuple):
    columns: int
    rows: int
    width: int
    """Of a tile, with the column that parts it from the next."""
    height: int

    @property
    def room(self) -> int:
        return self.columns * self.rows


def grid_for(count: int, width: int, height: int) -> Grid:
    """The one whose tiles are best to read: neither too narrow nor too low for their words."""
    most = max(1, width // LEAST_WIDTH)
    tallest = max(1, height // LEAST_HEIGHT)
    options = [
        Grid(columns, rows, width // columns, height // rows)
        for columns in range(1, most + 1)
        if (rows := -(-count // columns)) <= tallest
    ]
    if not options:
        return Grid(most, tallest, width // most, max(1, height // tallest))
    return max(
        options,
        key=lambda grid: min(grid.width / LEAST_WIDTH, grid.height / _EASY_HEIGHT),
    )


def paint_tiles(
    tables: Sequence[Beside], width: int, height: int
) -> tuple[list[Line], list[Spot]]:
    """The lines, and where on them which table is."""
    if width < 1 or height < 1:
        return [], []
    grid = grid_for(len(tables), width, height)
    order = sorted(range(len(tables)), key=lambda n: tables[n].view.need, reverse=True)
    kept = order if len(order) <= grid.room else order[: max(1, grid.room - 1)]
    hidden = [tables[n].view for n in order[len(kept) :]]
    inner = grid.width - 1 if grid.columns > 1 else grid.width
    parted = grid.height - 1 if grid.height >= _EASY_HEIGHT else grid.height
    digits = max(len(other.key) for other in tables)
    tiles = [_tile(tables[n], digits, inner, parted) for n in kept]
    if hidden and grid.room > 1:
        tiles.append([_rest(hidden, inner)])
    gap = tables[0].view.palette.plain
    lines: list[Line] = []
    for at in range(0, len(tiles), grid.columns):
        band = tiles[at : at + grid.columns]
        for y in range(grid.height):
            parts = [padded(tile[y] if y < len(tile) else EMPTY, inner, gap) for tile in band]
            lines.append(tuple(span for part in parts for span in (*part, (" ", gap)))[:-1])
    spots = [
        Spot(row, x, x + inner, n)
        for place, n in enumerate(kept)
        for x in [place % grid.columns * grid.width]
        for top in [place // grid.columns * grid.height]
        for row in range(top, top + parted)
    ]
    return [fit(line, width) for line in lines[:height]], spots


def paint_overview_header(tables: Sequence[Beside], palette: Palette, width: int) -> list[Line]:
    """How many there are, and how many of them are in alarm."""
    name = ink(palette.text, palette.raised, bold=True)
    quiet = ink(palette.dim, palette.raised)
    left: Line = ((" UPTURN ", name), (f" {len(tables)} tables, the worst first", quiet))
    alarmed = sum(other.needs_somebody for other in tables)
    right: Line = ((f"{alarmed} in alarm " if alarmed else "no alarm ", name),)
    return [padded(apart(left, right, width, quiet), width, quiet)]


def _tile(other: Beside, digits: int, width: int, height: int) -> list[Line]:
    """`digits`: of the longest number."""
    view = other.view
    said = standing(view)
    lines = [_head(other, said, digits, width)]
    below = height - 1
    side = min(width // 2, width - _WORDS)
    large = _digits(view, side - 1, below - 1) if below >= 4 else []
    taken = width_of(large[0]) + 2 if large else 0
    words = _words(view, said, width - taken, below)
    beside: list[Line] = [EMPTY, *large]
    for y in range(below):
        left = words[y] if y < len(words) else EMPTY
        right = beside[y] if y < len(beside) else EMPTY
        lines.append(apart(left, right, width, view.palette.plain) if right else left)
    if below >= 7 and width >= LEAST_WIDTH - 1:
        lines[-1] = _bar(view, width)
    return lines[:height]


def _head(other: Beside, said: Standing, digits: int, width: int) -> Line:
    view = other.view
    style = _style(said, view)
    marks = f"{said.priority.marks} " if said.priority is not None else ""
    time = _time(view, brief=width < _BRIEF)
    head = f" {other.key:>{digits}} {marks}"
    room = width - cell_len(head) - len(time) - 2
    mark = _mark(view.unreal, room - cell_len(other.name))
    name = _fitted(other.name, max(1, room - len(mark)))
    left: Line = ((f"{head}{name}", style), (mark, Style.combine([style, _NOT_BOLD])))
    return padded(apart(left, ((f"{time} ", style),), width, style), width, style)


def _mark(unreal: str, room: int) -> str:
    """That nobody hangs there; what has no room for it is the name."""
    if not unreal:
        return ""
    return f" ({unreal})" if len(unreal) + 3 <= room else f" {unreal[:3]}"


def _words(view: View, said: Standing, width: int, height: int) -> list[Line]:
    """What stands, then the posture with its age, then what to do; the first ones are kept."""
    palette = view.palette
    style = palette.mark(said.priority) if said.priority is not None else palette.strong
    alarm = foremost(view)
    if alarm is not None and not view.stopped:
        text = called(alarm).upper()
    elif height < 2 and view.fresh and said.more:
        text = f"{said.words}, {said.more}"
    else:
        text = said.more or said.words
    if height < 2:
        return [fit(((f" {text}", style),), width)]
    room = width - 2
    state, _ = largest(text, room, height // 3, style)
    lines = state[: height - 1] if state else wrapped(text, room, style)[: height - 1]
    lines += _posture(view, room, height - len(lines))
    if alarm is not None and not view.stopped:
        lines += _advice(view, alarm, room, height - len(lines))
    return [fit(((" ", palette.plain), *line), width) for line in lines[:height]]


def _advice(view: View, alarm: AlarmView, width: int, height: int) -> list[Line]:
    """What to do, and the state of its sound; that comes first where somebody has done it."""
    palette = view.palette
    act = wrapped(wording.to_do(alarm, view), width, palette.plain)
    state: list[Line] = [((wording.alarm_state(alarm), palette.quiet),)]
    if wording.is_over(alarm):
        rest = f", {wording.rest(view.snapshot)}" if view.owes_rest else ""
        return [((f"not acknowledged yet{rest}", palette.plain),)]
    if alarm.acknowledged:
        return [*state, *act] if len(act) < height else state
    lines = act if len(act) <= height else []
    return lines if alarm.pausable else [*lines, *state]


def _posture(view: View, width: int, height: int) -> list[Line]:
    """The word with its angle, and how old they are; struck through when they are not of now."""
    palette = view.palette
    snapshot = view.snapshot
    if view.age_s is None:
        return [(("no data yet", palette.strong),)]
    word = f"{wording.POSTURES[snapshot.posture]} {wording.angle(snapshot.angle_deg)}"
    if not view.of_now:
        still = not view.source.live and not view.source.failure
        age = wording.data_age(view) if still else f"{wording.age(view.age_s)} old"
        return [(("was ", palette.quiet), (word, palette.gone), (f"  {age}", palette.strong))]
    style = palette.posture(snapshot.posture)
    age = wording.age(view.age_s)
    large, _ = largest(word, width, height // 2, style)
    if large:
        return [*large, ((f"{age} old", palette.quiet),)]
    return [((word, style), (f"  {age}", palette.quiet))]


def _digits(view: View, width: int, height: int) -> list[Line]:
    """The exposure, where there is room for large ones."""
    palette = view.palette
    digits = wording.passed(view.snapshot.exposure_s) if view.counted else "-:--"
    scale = min(_LARGEST, best_scale(digits, width, height))
    if scale == 0:
        return []
    priority = view.exposure_priority if view.counted else None
    style = palette.mark(priority) if priority else palette.strong
    return [((row, style), (" ", palette.plain)) for row in big(digits, scale)]


def _bar(view: View, width: int) -> Line:
    limit = f" of {wording.passed(view.snapshot.profile.limit_s)} "
    return (
        (" ", view.palette.plain),
        *paint_bar(view, width - len(limit) - 1),
        (limit, view.palette.quiet),
    )


def _time(view: View, *, brief: bool) -> str:
    """Against the limit; nothing of a table that nobody counts for."""
    snapshot = view.snapshot
    if not view.counted:
        return "-:--"
    least = "≥" if snapshot.exposure_at_least else ""
    limit = "" if brief else f" of {wording.passed(snapshot.profile.limit_s)}"
    return f"{least}{wording.passed(snapshot.exposure_s)}{limit}"


def _rest(views: Sequence[View], width: int) -> Line:
    view = max(views, key=lambda view: view.need)
    said = standing(view)
    mark = f"{said.priority.marks} " if said.priority is not None else ""
    text = f" {mark}and {len(views)} more tables"
    style = view.palette.mark(said.priority) if said.priority else view.palette.strong
    return padded(fit(((text, style),), width), width, view.palette.plain)


def _style(said: Standing, view: View) -> Style:
    palette = view.palette
    if said.priority is not None:
        return palette.signals[said.priority].style(said.lit)
    if not view.fresh or view.snapshot.stand_down or not view.source.live:
        return palette.inverse
    return ink(palette.text, palette.raised, bold=True)


def _fitted(text: str, width: int) -> str:
    if cell_len(text) > width:
        return f"{set_cell_size(text, width - 1)}…"
    return text
