# SPDX-License-Identifier: MIT
"""The table, drawn from its side: it turns as the real one does, and the head end is marked.

Standing upright (-90) the head is at the top, lying level (0) it is at the right, fully inverted
(+90) at the bottom. A pure function of angle and size.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import groupby
from math import cos, radians, sin

from upturn.dashboard.canvas import DOTS_X, DOTS_Y, Dots, blank, codes, disc, has_dots, stroke

Point = tuple[float, float]


class Layer(Enum):
    STAND = auto()
    TABLE = auto()
    """The board and the person on it."""


Row = tuple[tuple[str, Layer], ...]


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where things are, in dots, y downwards."""

    hinge: Point
    reach: float
    """From the hinge to either end of the table."""
    floor_y: float

    @classmethod
    def of(cls, width: int, height: int) -> Geometry:
        across, down = width * DOTS_X, height * DOTS_Y
        reach = min(across / 2.0 - 2.0, (down - 3.0) / 2.0)
        return cls(((across - 1.0) / 2.0, down - 3.0 - reach), reach, down - 1.0)

    def at(self, angle_deg: float, along: float, out: float = 0.0) -> Point:
        """The point `along` the table towards the head and `out` of the chest."""
        c, s = cos(radians(angle_deg)), sin(radians(angle_deg))
        x, y = self.hinge
        return x + along * c + out * s, y + along * s - out * c


@lru_cache(256)
def draw(
    angle_deg: int | None, width: int, height: int, limit_deg: float | None = None
) -> tuple[Row, ...]:
    """The table at a whole number of degrees; None draws the empty stand."""
    if width < 6 or height < 3:
        return (((" " * max(0, width), Layer.STAND),),) * max(0, height)
    place = Geometry.of(width, height)
    stand = blank(width, height)
    _draw_stand(stand, place)
    if limit_deg is not None:
        mark = place.reach - 0.6
        stroke(stand, place.at(limit_deg, mark - 1.4), place.at(limit_deg, mark + 1.4))
    table = blank(width, height)
    if angle_deg is not None:
        _draw_table(table, place, float(angle_deg))
    characters = codes(stand | table)
    return tuple(
        _runs(characters[y].tolist(), mask) for y, mask in enumerate(has_dots(table).tolist())
    )


def _draw_stand(dots: Dots, place: Geometry) -> None:
    x, y = place.hinge
    spread = place.reach * 0.5
    for side in (-1.0, 1.0):
        stroke(dots, (x + side * 1.0, y), (x + side * spread, place.floor_y))
    base = place.reach * 0.85
    stroke(dots, (x - base, place.floor_y), (x + base, place.floor_y))


def _draw_table(dots: Dots, place: Geometry, angle_deg: float) -> None:
    end = place.reach - 1.0
    head = max(1.5, place.reach * 0.15)
    off = max(2.5, head + 1.0)
    at = place.at
    stroke(dots, at(angle_deg, -end), at(angle_deg, end), width=1.5)
    stroke(dots, at(angle_deg, -end), at(angle_deg, -end, off + 1.0), width=1.2)
    stroke(dots, at(angle_deg, -end, off), at(angle_deg, end - 3.6 * head, off), width=2.2)
    disc(dots, at(angle_deg, end - 1.3 * head, off), head)


def _runs(characters: list[int], is_table: list[bool]) -> Row:
    cells = zip(map(chr, characters), is_table, strict=True)
    return tuple(
        ("".join(character for character, _ in run), Layer.TABLE if table else Layer.STAND)
        for table, run in groupby(cells, key=lambda cell: cell[1])
    )
