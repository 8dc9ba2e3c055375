# SPDX-License-Identifier: MIT
"""What every box is made of: outline, floor and walls, lid with its sunk bolts, HEAD arrow, cord.

The bolts stand in ears outside the cavity or in posts of their own: none points at what is inside.
"""

import math
from dataclasses import dataclass

from build123d import Part, Pos, Rot, extrude

from hardware.enclosure.drawing import (
    Corner,
    arrow,
    box,
    outline,
    pin,
    plate,
    rectangle,
    rounded_end,
    strokes,
)
from hardware.enclosure.parameters import (
    BOLT_HOLE_MM,
    BOSS_X_MM,
    EDGE_RADIUS_MM,
    FLOOR_MM,
    HEAD_DEPTH_MM,
    HEAD_MM,
    LID_MM,
    OPENINGS_MM,
    TETHER_HOLE_MM,
    TETHER_POST_MM,
    THINNEST_MM,
)
from hardware.enclosure.plan import POST_MM, Place, Plan

LIP_MM = 1.6  # of the lid: thickness, and depth into the box
LIP_GAP_MM = 0.3
ENGRAVED_MM = 0.8
PLUG_MM = OPENINGS_MM["USB plug"]
SOUND_HOLE_MM = OPENINGS_MM["sound"][0]
SLIT_MM = OPENINGS_MM["slit of a button's tongue"][0]
VENT_MM = OPENINGS_MM["vent"][0]
TONGUE_MM = (9.0, 22.0)
PIN_MM = 2.1  # in a hole of 2.5
PILOT_MM = 2.05  # for a self-tapping screw of 2.5


def _mirrored(right: list[Corner]) -> list[Corner]:
    """The right half, from foot to head, and its mirror image."""
    return right + [(-x, y, r) for x, y, r in reversed(right)]


def contour(plan: Plan) -> list[Corner]:
    """Seen from above: the body, and ears for the bolts that are not in a post inside."""
    shape, wall_mm = plan.shape, plan.making.wall_mm
    foot_mm, head_mm = shape.outer_y_mm
    x_mm, ear_mm = shape.outer_x_mm / 2, shape.bolt_x_mm - BOSS_X_MM
    body_y_mm = shape.room_y_mm / 2 + wall_mm
    if plan.build != "a":
        return _mirrored(
            [
                (x_mm, foot_mm, 5.0),
                (x_mm, head_mm, 4.5),
                (ear_mm, head_mm, 4.5),
                (ear_mm, body_y_mm, 1.5),
            ]
        )
    body_x_mm = shape.room_x_mm / 2 + wall_mm
    return _mirrored(
        [
            (TETHER_POST_MM, foot_mm, 5.0),
            (TETHER_POST_MM, -body_y_mm, 3.0),
            (ear_mm, -body_y_mm, 3.0),
            (ear_mm, foot_mm, 4.5),
            (x_mm, foot_mm, 4.5),
            (x_mm, -20.0, 4.5),
            (body_x_mm, -20.0, 3.0),
            (body_x_mm, 20.0, 3.0),
            (x_mm, 20.0, 4.5),
            (x_mm, head_mm, 4.5),
            (ear_mm, head_mm, 4.5),
            (ear_mm, body_y_mm, 3.0),
        ]
    )


def cavity(plan: Plan, inset_mm: float = 0.0) -> list[Corner]:
    shape = plan.shape
    x_mm, y_mm = shape.room_x_mm / 2 - inset_mm, shape.room_y_mm / 2 - inset_mm
    if plan.build == "a":
        return rectangle(-x_mm, -y_mm, x_mm, y_mm, 0.3)
    post_x_mm = shape.room_x_mm / 2 - POST_MM - inset_mm
    post_y_mm = -shape.room_y_mm / 2 + POST_MM + inset_mm
    cord_mm = TETHER_POST_MM + inset_mm
    cord_y_mm = shape.tether_y_mm + cord_mm
    return _mirrored(
        [
            (cord_mm, cord_y_mm, 2.0),
            (cord_mm, -y_mm, 0.8),
            (post_x_mm, -y_mm, 0.8),
            (post_x_mm, post_y_mm, 2.0),
            (x_mm, post_y_mm, 0.8),
            (x_mm, y_mm, 0.5),
        ]
    )


def base(plan: Plan) -> Part:
    """Floor and walls, open above, with the holes that go through everything."""
    shape = plan.shape
    solid = rounded_end(
        plate(contour(plan), 0, shape.base_mm), top=False, radius_mm=EDGE_RADIUS_MM
    )
    solid -= plate(cavity(plan), FLOOR_MM, shape.base_mm)
    return solid - through(plan)


def lid(plan: Plan) -> Part:
    """In its place over the base; its bolts' heads are sunk, their edges out of reach."""
    shape = plan.shape
    solid = rounded_end(
        plate(contour(plan), shape.base_mm, LID_MM), top=True, radius_mm=EDGE_RADIUS_MM
    )
    solid -= through(plan)
    top_mm = shape.base_mm + LID_MM
    for x_mm, y_mm in shape.bolts:
        solid -= pin(x_mm, y_mm, top_mm - HEAD_DEPTH_MM, HEAD_MM / 2, HEAD_DEPTH_MM + 1)
    return solid


def lip(plan: Plan) -> Part:
    """What holds the lid in place before its bolts do."""
    top_mm = plan.shape.base_mm
    outer = plate(cavity(plan, LIP_GAP_MM), top_mm - LIP_MM, LIP_MM + 0.2)
    return outer - plate(cavity(plan, LIP_GAP_MM + LIP_MM), top_mm - 2 * LIP_MM, 4 * LIP_MM)


def through(plan: Plan) -> Part:
    shape = plan.shape
    cut = pin(0, shape.tether_y_mm, -1, TETHER_HOLE_MM / 2, 100)
    for x_mm, y_mm in shape.bolts:
        cut += pin(x_mm, y_mm, -1, BOLT_HOLE_MM / 2, 100)
    return cut


def head_arrow(plan: Plan, deep_mm: float = 5.0) -> Part:
    """What is cut out of a lid: the word, and over it an arrow that points to the head end."""
    top_mm = plan.shape.base_mm + LID_MM
    mark = strokes("HEAD", 7.0, 1.2, deep_mm) + Pos(0, 11.5) * arrow(12.0, 11.0, deep_mm)
    return Pos(6.0, 16.5, top_mm - ENGRAVED_MM) * mark


def sound_holes(plan: Plan, place: Place) -> Part:
    """Seven holes over the sounder; together 49 mm², and no finger goes in."""
    x_mm, y_mm = centre(plan, place)
    cut = pin(x_mm, y_mm, 0, SOUND_HOLE_MM / 2, 100)
    for i in range(6):
        ring = Pos(x_mm, y_mm) * _turned(i * 60, 7.0)
        cut += ring * pin(0, 0, 0, SOUND_HOLE_MM / 2, 100)
    return cut


def _turned(degrees: float, radius_mm: float) -> Pos:
    at = math.radians(degrees)
    return Pos(radius_mm * math.cos(at), radius_mm * math.sin(at))


def plug_opening(plan: Plan, x_mm: float, z_mm: float, play_mm: float = 0.0) -> Part:
    """Through the wall at the head end, away from the hinge; x and z of the plug's middle."""
    half_x_mm, half_z_mm = (side_mm / 2 - play_mm for side_mm in PLUG_MM)
    slot = outline(rectangle(-half_x_mm, -half_z_mm, half_x_mm, half_z_mm, 2.0 - play_mm))
    way = Rot(-90, 0, 0) * extrude(slot, amount=40, dir=(0, 0, 1))
    return Pos(x_mm, plan.shape.room_y_mm / 2 - 0.5 + play_mm, z_mm) * way


@dataclass(frozen=True)
class Tongue:
    """A part of the lid that bends: pressed, its nub presses the button under it."""

    x_mm: float
    y_mm: float
    button_z_mm: float  # top of the button, from the lid's underside down

    def cut(self, plan: Plan) -> Part:
        """A hollow that leaves the tongue thin, and the slit around three of its sides."""
        wide_mm, long_mm = TONGUE_MM
        low_mm = plan.shape.base_mm
        root_mm = self.y_mm + 4.5 - long_mm
        half_mm = wide_mm / 2 + SLIT_MM
        hollow = box(
            self.x_mm - half_mm,
            root_mm,
            low_mm - 5,
            2 * half_mm,
            long_mm + SLIT_MM,
            5 + LID_MM - THINNEST_MM,
        )
        around = box(self.x_mm - half_mm, root_mm, low_mm, 2 * half_mm, long_mm + SLIT_MM, 10)
        inner = box(self.x_mm - wide_mm / 2, root_mm - 1, low_mm - 1, wide_mm, long_mm + 1, 12)
        return hollow + (around - inner)

    def nub(self, plan: Plan) -> Part:
        top_mm = plan.shape.base_mm + LID_MM - THINNEST_MM
        long_mm = self.button_z_mm + LID_MM - THINNEST_MM
        return pin(self.x_mm, self.y_mm, top_mm - long_mm, 2.5, long_mm + 0.2)


def centre(plan: Plan, place: Place) -> tuple[float, float]:
    """The middle of a place, in the part's own coordinates."""
    shape = plan.shape
    return (
        place.x_mm + place.dx_mm / 2 - shape.room_x_mm / 2,
        place.y_mm + place.dy_mm / 2 - shape.room_y_mm / 2,
    )


def corner(plan: Plan, place: Place) -> tuple[float, float, float]:
    """The least corner of a place, in the part's own coordinates."""
    shape = plan.shape
    return (
        place.x_mm - shape.room_x_mm / 2,
        place.y_mm - shape.room_y_mm / 2,
        place.z_mm + FLOOR_MM,
    )


def vents(x_mm: float, y_mm: float, z_mm: float, long_mm: float, through_mm: float) -> Part:
    """Three slots through a wall that stands across x."""
    cut = box(x_mm, y_mm - long_mm / 2, z_mm, through_mm, long_mm, VENT_MM)
    for step in (1, 2):
        cut += box(x_mm, y_mm - long_mm / 2, z_mm + 3.2 * step, through_mm, long_mm, VENT_MM)
    return cut


def seat(corner_mm: tuple[float, float, float], holes: tuple[tuple[float, float], ...]) -> Part:
    """Four legs under a board: two have pins, two take screws, so that its axes cannot turn."""
    x_mm, y_mm, z_mm = corner_mm
    solid: Part | None = None
    for i, (dx_mm, dy_mm) in enumerate(holes):
        at = (x_mm + dx_mm, y_mm + dy_mm)
        leg = pin(*at, FLOOR_MM - 0.2, 2.7, z_mm - FLOOR_MM + 0.2)
        if i in {0, 3}:
            leg += pin(*at, z_mm - 0.2, PIN_MM / 2, 1.6)
        else:
            leg -= pin(*at, FLOOR_MM, PILOT_MM / 2, 20)
        solid = leg if solid is None else solid + leg
    assert solid is not None
    return solid
