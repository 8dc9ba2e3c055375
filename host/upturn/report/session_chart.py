# SPDX-License-Identifier: MIT
"""One session as a picture: the angle over time on the grounds of the postures.

Its alarms stand above. Below is the time inverted, where notice and limit are passed by the
exposure's own sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from upturn.core.thresholds import INVERTED_ENTER_DEG, OVER_ENTER_DEG, UPRIGHT_ENTER_DEG
from upturn.report import words
from upturn.report.axes import SMALL, WIDE_PX, Entry, Scale, legend, step_s, text_px
from upturn.report.colours import PRIORITY_INK
from upturn.report.drawing import Anchor, Box, Dot, Drawing, Ink, Label, Shape, Stroke
from upturn.store.rows import Curve, InversionRow, SessionRow

LEFT_PX, RIGHT_PX = 52.0, 10.0
PLOT_PX = 230.0
LANE_PX = 15.0
"""Of one row of alarm marks; there are up to `LANES`."""
LANES = 3
HEAD_PX = 8.0
MOST_LINES = 16
"""Of more alarms than these, the lines are ticks of `TICK_PX`: the angle shall be seen."""
TICK_PX = 8.0
BAR_PX = 16.0
LOWEST_DEG, HIGHEST_DEG = -90.0, 100.0
ROOM_DEG = 8.0
"""Above the steepest."""
TICKS_DEG = (-180, -135, -90, -45, 0, 45, 90, 135, 180, 225)
SHORTEST_S = 30.0
GROUNDS: tuple[tuple[str, Ink], ...] = (
    ("upright", Ink.UPRIGHT),
    ("level", Ink.LEVEL),
    ("inverted", Ink.INVERTED),
    ("past vertical", Ink.OVER),
)
GAP_LABEL_DEG = -25.0
"""Between the names of the postures."""
LABEL_GAP_PX = 44.0
"""A stretch without data that is narrower bears no words."""


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where things are."""

    x: Scale
    y: Scale
    began_at: datetime
    span_s: float

    def at(self, moment: datetime) -> float:
        return self.x((moment - self.began_at).total_seconds())


def session_chart(session: SessionRow, curve: Curve | None, *, width: float = WIDE_PX) -> Drawing:
    """The picture of one session; without a curve there are its inversions and alarms."""
    plot = _plot(session, curve, width)
    flags, lanes = _flags(plot, session)
    top = HEAD_PX + lanes * LANE_PX
    plot = replace(plot, y=replace(plot.y, start=top + PLOT_PX, end=top))
    bar_y = top + PLOT_PX + 6.0
    shapes: list[Shape] = [*_grounds(plot)]
    shapes += _angles(plot, curve)
    shapes += _names(plot)
    shapes += _limit_line(plot, session)
    shapes += _time_axis(plot, bar_y + BAR_PX + 4.0)
    shapes += _bars(plot, session, bar_y)
    shapes += _alarms(plot, flags)
    entries = _entries(session, curve)
    drawn, end = legend(entries, LEFT_PX, bar_y + BAR_PX + 26.0, width - LEFT_PX - RIGHT_PX)
    return Drawing(
        width,
        end + 2.0,
        "Angle of the table over the session",
        _description(session, curve),
        (*shapes, *drawn),
    )


def _plot(session: SessionRow, curve: Curve | None, width: float) -> _Plot:
    """As it is laid out but for its height."""
    began_at = session.began_at if curve is None else min(curve.began_at, session.began_at)
    ends = [session.began_at, *(alarm.raised_at for alarm in session.alarms)]
    spans = [(at - began_at).total_seconds() for at in ends]
    spans += [
        (row.began_at - began_at).total_seconds() + (row.duration_s or 0.0)
        for row in session.inversions
    ]
    highest = max(HIGHEST_DEG, session.profile.max_angle_deg, (session.peak_deg or 0.0) + ROOM_DEG)
    lowest = LOWEST_DEG
    if curve is not None and curve.angles_deg.size:
        after_s = (curve.began_at - began_at).total_seconds()
        spans.append(after_s + curve.angles_deg.size * curve.step_s)
        known = curve.angles_deg[np.isfinite(curve.angles_deg)]
        if known.size:
            highest = max(highest, float(known.max()) + ROOM_DEG)
            lowest = min(lowest, float(known.min()))
    span_s = max(SHORTEST_S, *spans)
    return _Plot(
        Scale(0.0, span_s, LEFT_PX, width - RIGHT_PX),
        Scale(lowest, highest, PLOT_PX, 0.0),
        began_at,
        span_s,
    )


def _bands(plot: _Plot) -> Iterator[tuple[float, float, str, Ink]]:
    """The postures as far as they are on it: top, bottom, name, ground."""
    borders = (plot.y.low, UPRIGHT_ENTER_DEG, INVERTED_ENTER_DEG, OVER_ENTER_DEG, plot.y.high)
    for (low, high), (name, ink) in zip(pairwise(borders), GROUNDS, strict=True):
        if high > low:
            yield plot.y(high), plot.y(low), name, ink


def _names(plot: _Plot) -> Iterator[Shape]:
    for y, bottom, name, _ in _bands(plot):
        if bottom - y > SMALL + 4.0:
            x = plot.x.end - 5.0
            yield Label(x, y + SMALL + 2.0, name, Ink.DIM, SMALL, Anchor.END)


def _grounds(plot: _Plot) -> Iterator[Shape]:
    left, right = plot.x.start, plot.x.end
    for y, bottom, _, ink in _bands(plot):
        yield Box(left, y, right - left, bottom - y, ink)
    for degrees in TICKS_DEG:
        if plot.y.low <= degrees <= plot.y.high:
            y = plot.y(degrees)
            yield Stroke(((left, y), (right, y)), Ink.GRID)
            yield Label(left - 6.0, y + 4.0, f"{degrees}°", Ink.DIM, SMALL, Anchor.END)
    yield Stroke(((left, plot.y.end), (left, plot.y.start)), Ink.AXIS)


def _angles(plot: _Plot, curve: Curve | None) -> Iterator[Shape]:
    left, right, top = plot.x.start, plot.x.end, plot.y.end
    if curve is None or not np.isfinite(curve.angles_deg).any():
        said = "no angles are stored of this session"
        yield Label((left + right) / 2, top + PLOT_PX / 2, said, Ink.DIM, anchor=Anchor.MIDDLE)
        return
    after_s = (curve.began_at - plot.began_at).total_seconds()
    for start, end, known in _runs(np.isfinite(curve.angles_deg)):
        x1, x2 = (plot.x(after_s + n * curve.step_s) for n in (start, end))
        if not known:
            yield Box(x1, top, x2 - x1, PLOT_PX, Ink.GAP, "no data")
            if x2 - x1 > LABEL_GAP_PX:
                y = plot.y(GAP_LABEL_DEG)
                yield Label((x1 + x2) / 2, y, "no data", Ink.TEXT, SMALL, Anchor.MIDDLE)
            continue
        times_s, angles = _thinned(curve.angles_deg, start, end, int(right - left))
        points = tuple(
            (plot.x(after_s + t * curve.step_s), plot.y(a))
            for t, a in zip(times_s, angles, strict=True)
        )
        if len(points) == 1:
            yield Dot(*points[0], 1.5, Ink.CURVE)
        else:
            yield Stroke(points, Ink.CURVE, 1.8)


def _runs(known: NDArray[np.bool_]) -> Iterator[tuple[int, int, bool]]:
    """Stretches of what is known and what is not: first, one past the last, which."""
    borders = [0, *(np.flatnonzero(np.diff(known)) + 1).tolist(), known.size]
    for start, end in pairwise(borders):
        if end > start:
            yield start, end, bool(known[start])


def _thinned(
    angles: NDArray[np.float32], start: int, end: int, columns: int
) -> tuple[Sequence[float], Sequence[float]]:
    """Of each pixel's values the least and the greatest: no peak is ever lost."""
    per = -(-angles.size // columns)
    if per <= 2:
        return range(start, end), angles[start:end].tolist()
    times: list[float] = []
    kept: list[float] = []
    for at in range(start, end, per):
        piece = angles[at : min(at + per, end)]
        for n in sorted({int(piece.argmin()), int(piece.argmax())}):
            times.append(at + n)
            kept.append(float(piece[n]))
    return times, kept


def _limit_line(plot: _Plot, session: SessionRow) -> Iterator[Shape]:
    y = plot.y(session.profile.max_angle_deg)
    yield Stroke(((plot.x.start, y), (plot.x.end, y)), Ink.LIMIT, 1.2, 5.0)


def _time_axis(plot: _Plot, y: float) -> Iterator[Shape]:
    room = int((plot.x.end - plot.x.start) / 60.0)
    step = step_s(plot.span_s, room)
    for seconds in range(0, int(plot.span_s) + 1, step):
        x = plot.x(seconds)
        anchor = Anchor.START if seconds == 0 else Anchor.MIDDLE
        if x + text_px("0:00:00", SMALL) / 2 > plot.x.end + RIGHT_PX:
            continue
        yield Stroke(((x, y - 3.0), (x, y + 1.0)), Ink.AXIS)
        yield Label(x, y + 12.0, words.clock(seconds), Ink.DIM, SMALL, anchor)


def _bars(plot: _Plot, session: SessionRow, y: float) -> Iterator[Shape]:
    """Time inverted: within the notice, past it, past the limit."""
    yield Label(plot.x.start - 6.0, y + 12.0, "inverted", Ink.DIM, 10.0, Anchor.END)
    yield Stroke(((plot.x.start, y + BAR_PX), (plot.x.end, y + BAR_PX)), Ink.AXIS)
    starts = [plot.at(row.began_at) for row in session.inversions]
    room_to = [*starts[1:], plot.x.end + RIGHT_PX]
    for row, end_x in zip(session.inversions, room_to, strict=False):
        start_s = (row.began_at - plot.began_at).total_seconds()
        end_s = plot.span_s if row.duration_s is None else start_s + row.duration_s
        tip = f"Inversion {row.n}: {duration(row)}"
        for low_s, high_s, ink in _parts(session, row, start_s, end_s):
            x = plot.x(low_s)
            yield Box(x, y, max(1.0, plot.x(high_s) - x), BAR_PX, ink, tip)
            if ink is not Ink.TIME:
                yield Stroke(((x, plot.y.end), (x, y)), ink, 1.0, 2.0)
        x = plot.x(end_s) + 4.0
        text = duration(row)
        if x + text_px(text, SMALL) <= end_x:
            yield Label(x, y + 12.0, text, Ink.TEXT, SMALL)


def _parts(
    session: SessionRow, row: InversionRow, start_s: float, end_s: float
) -> Iterator[tuple[float, float, Ink]]:
    before_s = carried_s(row)
    notice_s = start_s + session.profile.notice_s - before_s
    limit_s = start_s + session.profile.limit_s - before_s
    for low, high, ink in (
        (start_s, notice_s, Ink.TIME),
        (notice_s, limit_s, Ink.NOTICE),
        (limit_s, end_s, Ink.LIMIT),
    ):
        low_s, high_s = max(low, start_s), min(high, end_s)
        if high_s > low_s:
            yield low_s, high_s, ink


def carried_s(row: InversionRow) -> float:
    """Exposure that an inversion began with: there was no full rest before it."""
    if row.exposure_s is None or row.duration_s is None:
        return 0.0
    return max(0.0, row.exposure_s - row.duration_s)


def duration(row: InversionRow) -> str:
    if row.duration_s is None:
        return "no end seen"
    return words.at_least(words.clock(row.duration_s), row.at_least)


@dataclass(frozen=True, slots=True)
class _Flag:
    """An alarm's mark over the plot."""

    x: float
    text_x: float
    lane: int | None
    """None: there is no room for its number."""
    text: str
    ink: Ink


def _flags(plot: _Plot, session: SessionRow) -> tuple[list[_Flag], int]:
    """Numbered as in the table of alarms, and how many lanes they take."""
    flags: list[_Flag] = []
    free_from = [plot.x.start] * LANES
    used = 1
    for number, alarm in enumerate(session.alarms, start=1):
        x = plot.at(alarm.raised_at)
        text = f"{alarm.priority.marks}{number}"
        needed = text_px(text, SMALL) + 4.0
        left = min(x, plot.x.end - needed)
        lane = next((n for n, free in enumerate(free_from) if left >= free), None)
        if lane is not None:
            free_from[lane] = left + needed
            used = max(used, lane + 1)
        flags.append(_Flag(x, left + 2.0, lane, text, PRIORITY_INK[alarm.priority]))
    return flags, used


def _alarms(plot: _Plot, flags: Sequence[_Flag]) -> Iterator[Shape]:
    base = plot.y.end - 4.0
    yield Label(plot.x.start - 6.0, base, "alarms", Ink.DIM, 10.0, Anchor.END)
    bottom = plot.y.start if len(flags) <= MOST_LINES else plot.y.end + TICK_PX
    for flag in flags:
        y = base - (flag.lane or 0) * LANE_PX
        yield Stroke(((flag.x, y), (flag.x, bottom)), flag.ink)
        if flag.lane is not None:
            yield Label(flag.text_x, y, flag.text, flag.ink, SMALL, bold=True)


def _entries(session: SessionRow, curve: Curve | None) -> Iterator[Entry]:
    profile = session.profile
    yield Entry(Ink.CURVE, "angle", line=True)
    yield Entry(Ink.LIMIT, f"angle limit {profile.max_angle_deg:g}°", line=True, dash=4.0)
    yield Entry(Ink.TIME, "inverted")
    yield Entry(Ink.NOTICE, f"past the notice, {profile.notice_s:g} s")
    yield Entry(Ink.LIMIT, f"past the limit, {profile.limit_s:g} s")
    if curve is not None and not np.isfinite(curve.angles_deg).all():
        yield Entry(Ink.GAP, "no data")


def _description(session: SessionRow, curve: Curve | None) -> str:
    n = len(session.inversions)
    said = (
        f"{words.counted(n, 'inversion')}, {words.clock(session.inverted_s)} in all, the longest "
        f"{words.clock(session.longest_s)}, the steepest {words.angle(session.peak_deg)}; "
        f"{words.counted(len(session.alarms), 'alarm')}. The tables below hold every value."
    )
    return said if curve is not None else f"{said} No angles are stored."
