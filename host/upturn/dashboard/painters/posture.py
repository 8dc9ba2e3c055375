# SPDX-License-Identifier: MIT
"""Posture and angle in words and large digits, and the table as a figure.

A value that is not fresh is never in the place of a fresh one: the digits give way to dashes and
the last value stands struck through below, with its age.
"""

from __future__ import annotations

from math import radians, sin

from upturn.core.events import Posture
from upturn.dashboard import figure, wording
from upturn.dashboard.figure import Layer
from upturn.dashboard.glyphs import best_scale, big
from upturn.dashboard.spans import EMPTY, Line
from upturn.dashboard.view import View

_TIGHT = 8
"""Below this many rows only the word, the digits and the age remain."""
_LARGEST = 3


def paint_figure(view: View, width: int, height: int) -> list[Line]:
    snapshot = view.snapshot
    palette = view.palette
    known = snapshot.angle_deg is not None and view.fresh
    limit = snapshot.profile.max_angle_deg if snapshot.device.judges_angle else None
    shown = round(snapshot.angle_deg) if known and snapshot.angle_deg is not None else None
    inks = {Layer.STAND: palette.quiet, Layer.TABLE: palette.posture(snapshot.posture)}
    return [
        tuple((text, inks[layer]) for text, layer in row)
        for row in figure.draw(shown, width, height, limit)
    ]


def paint_posture(view: View, width: int, height: int) -> list[Line]:
    snapshot = view.snapshot
    palette = view.palette
    word = wording.POSTURES[snapshot.posture]
    if view.fresh:
        style = palette.posture(snapshot.posture)
        title: Line = ((word, style),)
        digits = wording.angle(snapshot.angle_deg)
        below = _limit_line(view)
    else:
        style = palette.strong
        known = view.age_s is not None
        title = ((word, style),)
        if known and snapshot.posture is not Posture.UNKNOWN:
            title = (("was ", palette.quiet), (word, palette.gone))
        digits = wording.UNKNOWN
        was = wording.angle(snapshot.angle_deg)
        below = (("was ", palette.quiet), (was, palette.gone)) if known else EMPTY
    roomy = height >= _TIGHT
    scale = min(_LARGEST, best_scale(digits, width, height - (4 if roomy else 2)))
    large = [((row, style),) for row in big(digits, scale)] if scale else [((digits, style),)]
    age_style = palette.quiet if view.fresh else palette.strong
    lines: list[Line] = [title, *large]
    if roomy:
        lines.append(below)
    lines.append(((wording.data_age(view), age_style),))
    if roomy:
        lines += [
            line for line in (_battery_line(view, width), _traction_line(view, width)) if line
        ]
        if len(lines) < height:
            lines.insert(1, EMPTY)
    return lines[:height]


def traction(angle_deg: float, width: int) -> str:
    """What share of the weight pulls from head to feet, as fully as there is room."""
    pull = sin(radians(angle_deg))
    if pull <= 0.0:
        return ""
    share = f"{100.0 * pull:.0f} %"
    texts = (
        f"traction {share} of body weight, without friction",
        f"{share} of body weight, no friction",
        f"{share} of weight, no friction",
        "",
    )
    return wording.fullest(texts, width)


def _limit_line(view: View) -> Line:
    snapshot = view.snapshot
    if not snapshot.device.judges_angle:
        return (("no angle limit", view.palette.quiet),)
    return ((f"angle limit {snapshot.profile.max_angle_deg:g}°", view.palette.quiet),)


def _battery_line(view: View, width: int) -> Line:
    """The node tells it with its samples: it is never fresher than they are."""
    palette = view.palette
    name = "battery " if view.fresh else "battery was "
    battery = wording.battery(view.snapshot, width - len(name))
    if not battery:
        return EMPTY
    return ((name, palette.quiet), (battery, palette.quiet if view.fresh else palette.gone))


def _traction_line(view: View, width: int) -> Line:
    angle_deg = view.snapshot.angle_deg
    if not view.head_down or angle_deg is None:
        return EMPTY
    said = traction(angle_deg, width)
    return ((said, view.palette.plain),) if said else EMPTY
