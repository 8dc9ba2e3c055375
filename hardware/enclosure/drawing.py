# SPDX-License-Identifier: MIT
"""Small helpers over build123d: outlines with a radius at each corner, boxes, pins, strokes.

Letters are strokes of our own, so that a part does not depend on the fonts of a machine.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from build123d import (
    Align,
    Axis,
    Box,
    Cylinder,
    Edge,
    Face,
    Location,
    Part,
    Pos,
    Vector,
    Wire,
    extrude,
    fillet,
)

Corner = tuple[float, float, float]  # x, y, radius

LOW = (Align.CENTER, Align.CENTER, Align.MIN)
CORNER = (Align.MIN, Align.MIN, Align.MIN)


def outline(corners: Sequence[Corner]) -> Face:
    """A face from its corners in order, each rounded by its radius."""
    edges: list[Edge] = []
    ends: list[tuple[Vector, Vector, Vector]] = []
    for i, (x, y, radius) in enumerate(corners):
        here = Vector(x, y)
        back = (Vector(*corners[i - 1][:2]) - here).normalized()
        on = (Vector(*corners[(i + 1) % len(corners)][:2]) - here).normalized()
        half = math.acos(max(-1.0, min(1.0, back.dot(on)))) / 2
        if radius == 0:
            ends.append((here, here, here))
            continue
        reach = radius / math.tan(half)
        middle = (back + on).normalized()
        tip = here + middle * (radius / math.sin(half) - radius)
        ends.append((here + back * reach, tip, here + on * reach))
    for i, (start, tip, end) in enumerate(ends):
        if (end - start).length > 1e-9:
            edges.append(Edge.make_three_point_arc(start, tip, end))
        following = ends[(i + 1) % len(ends)][0]
        if (following - end).length > 1e-9:
            edges.append(Edge.make_line(end, following))
    return Face(Wire(edges))


def plate(corners: Sequence[Corner], z_mm: float, height_mm: float) -> Part:
    return Pos(0, 0, z_mm) * extrude(outline(corners), amount=height_mm, dir=(0, 0, 1))


def rectangle(x0: float, y0: float, x1: float, y1: float, radius: float = 0.0) -> list[Corner]:
    return [(x0, y0, radius), (x1, y0, radius), (x1, y1, radius), (x0, y1, radius)]


def box(x_mm: float, y_mm: float, z_mm: float, dx_mm: float, dy_mm: float, dz_mm: float) -> Part:
    """A box by its least corner."""
    return Pos(x_mm, y_mm, z_mm) * Box(dx_mm, dy_mm, dz_mm, align=CORNER)


def pin(x_mm: float, y_mm: float, z_mm: float, radius_mm: float, height_mm: float) -> Part:
    return Pos(x_mm, y_mm, z_mm) * Cylinder(radius_mm, height_mm, align=LOW)


def rounded_end(part: Part, top: bool, radius_mm: float) -> Part:
    """Round all edges of the highest or the lowest face."""
    faces = part.faces().sort_by(Axis.Z)
    return fillet(faces[-1 if top else 0].edges(), radius_mm)


def moved(part: Part, to: Location) -> Part:
    return to * part


# A letter is some polylines on a grid four wide and six high.
GLYPHS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "A": (((0, 0), (2, 6), (4, 0)), ((0.8, 2.2), (3.2, 2.2))),
    "C": (((4, 0), (0, 0), (0, 6), (4, 6)),),
    "D": (((0, 0), (0, 6), (2.6, 6), (4, 4.4), (4, 1.6), (2.6, 0), (0, 0)),),
    "E": (((4, 0), (0, 0), (0, 6), (4, 6)), ((0, 3), (3.2, 3))),
    "H": (((0, 0), (0, 6)), ((4, 0), (4, 6)), ((0, 3), (4, 3))),
    "L": (((0, 6), (0, 0), (4, 0)),),
    "P": (((0, 0), (0, 6), (4, 6), (4, 3), (0, 3)),),
    "m": (((0, 0), (0, 4), (4, 4), (4, 0)), ((2, 0), (2, 4))),
    "0": (((0, 0), (0, 6), (4, 6), (4, 0), (0, 0)),),
    "1": (((1, 5), (2, 6), (2, 0)),),
    "2": (((0, 6), (4, 6), (4, 3), (0, 3), (0, 0), (4, 0)),),
    "3": (((0, 6), (4, 6), (4, 0), (0, 0)), ((0.8, 3), (4, 3))),
    "4": (((0, 6), (0, 2.4), (4, 2.4)), ((3, 4), (3, 0))),
    "5": (((4, 6), (0, 6), (0, 3), (4, 3), (4, 0), (0, 0)),),
    "6": (((4, 6), (0, 6), (0, 0), (4, 0), (4, 3), (0, 3)),),
    "7": (((0, 6), (4, 6), (1.4, 0)),),
    "8": (((0, 0), (0, 6), (4, 6), (4, 0), (0, 0)), ((0, 3), (4, 3))),
    "9": (((4, 0), (4, 6), (0, 6), (0, 3), (4, 3)),),
    " ": (),
}
ADVANCE = 6.0


def text_width(text: str, height_mm: float) -> float:
    return (ADVANCE * len(text) - (ADVANCE - 4)) * height_mm / 6


def strokes(text: str, height_mm: float, width_mm: float, deep_mm: float) -> Part:
    """Letters as one solid from z = 0 up, centred on x and y."""
    scale = height_mm / 6
    left = -text_width(text, height_mm) / 2
    solids: list[Part] = []
    for at, letter in enumerate(text):
        for line in GLYPHS[letter]:
            points = [(left + (at * ADVANCE + x) * scale, (y - 3) * scale) for x, y in line]
            solids += _polyline(points, width_mm, deep_mm)
    return union(solids)


def _polyline(
    points: Sequence[tuple[float, float]], width_mm: float, deep_mm: float
) -> Iterable[Part]:
    """Bars, each longer by its width, so that they meet at the corners."""
    for (x0, y0), (x1, y1) in pairwise(points):
        angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
        length = math.hypot(x1 - x0, y1 - y0) + width_mm
        yield Location(((x0 + x1) / 2, (y0 + y1) / 2, 0), (0, 0, angle)) * Box(
            length, width_mm, deep_mm, align=LOW
        )


def union(solids: Sequence[Part]) -> Part:
    first, *others = solids
    return first.fuse(*others).clean() if others else first


def arrow(length_mm: float, width_mm: float, deep_mm: float) -> Part:
    """An arrow that points to +y, from z = 0 up, centred."""
    half, shaft, neck = length_mm / 2, width_mm / 5, length_mm / 2 - width_mm * 0.6
    return plate(
        [
            (-shaft, -half, 0),
            (shaft, -half, 0),
            (shaft, neck, 0),
            (width_mm / 2, neck, 0),
            (0, half, 0),
            (-width_mm / 2, neck, 0),
            (-shaft, neck, 0),
        ],
        0,
        deep_mm,
    )
