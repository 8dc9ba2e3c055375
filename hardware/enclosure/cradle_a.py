# SPDX-License-Identifier: MIT
"""Cradle of build A: a tray for an M5StickC Plus2, and a frame that holds it by its edge.

Screen and button A stay free in the frame's window, the buttons at its sides in notches that the
stick itself fills.
"""

from build123d import Part, Pos, Rot, fillet

from hardware.enclosure.drawing import arrow, box, plate, rectangle, strokes
from hardware.enclosure.parameters import EDGE_RADIUS_MM, FLOOR_MM, LID_MM, OPENINGS_MM
from hardware.enclosure.plan import HOLD_MM, Plan
from hardware.enclosure.shell import base, lid

EDGE_MM = 1.8  # of the stick, under the frame
SIDE_NOTCH_MM = (24.0, 10.0)  # for the buttons at its sides
SOCKETS_MM = OPENINGS_MM["sockets of the stick"]  # at the head end
PINS_MM = OPENINGS_MM["pins of the stick"]  # at the foot end
SLOTS_MM = OPENINGS_MM["under the stick"]  # heat, and the sound of its buzzer
ENGRAVED_MM = 0.8


def cradle_a(plan: Plan) -> Part:
    shape = plan.shape
    solid = base(plan)
    notch_mm, deep_mm = SIDE_NOTCH_MM
    top_mm = shape.base_mm
    side_mm = shape.room_x_mm / 2
    for x_mm in (-side_mm - 10, side_mm - 1):
        solid -= box(x_mm, -notch_mm / 2, top_mm - deep_mm, 11, notch_mm, deep_mm + 1)
    for y_mm, (wide_mm, high_mm) in (
        (shape.room_y_mm / 2 - 1, SOCKETS_MM),
        (-shape.room_y_mm / 2 - 3, PINS_MM),
    ):
        solid -= box(
            -wide_mm / 2,
            y_mm,
            FLOOR_MM + shape.room_z_mm / 2 - high_mm / 2,
            wide_mm,
            plan.making.wall_mm + 1.5 if y_mm > 0 else 4,
            high_mm,
        )
    across_mm, long_mm = SLOTS_MM
    for x_mm in (-6.0, 0.0, 6.0):
        solid -= box(x_mm - across_mm / 2, -22.0, -1, across_mm, long_mm, 10)
    return solid


def cradle_a_frame(plan: Plan) -> Part:
    shape, stick = plan.shape, plan.bought["stick"]
    low_mm = shape.base_mm
    x_mm, y_mm = stick.width_mm / 2 - EDGE_MM, stick.length_mm / 2 - EDGE_MM
    window = plate(rectangle(-x_mm, -y_mm, x_mm, y_mm, 2.5), low_mm - 1, LID_MM + 2)
    room_x_mm, room_y_mm = shape.room_x_mm / 2, shape.room_y_mm / 2
    recess_mm = FLOOR_MM + stick.above_mm - HOLD_MM - low_mm
    recess = plate(
        rectangle(-room_x_mm, -room_y_mm, room_x_mm, room_y_mm, 1.0), low_mm - 1, recess_mm + 1
    )
    solid = lid(plan) - window
    top_mm = low_mm + LID_MM
    rim = [
        edge
        for edge in solid.edges()
        if abs(edge.center().Z - top_mm) < 1e-6
        and abs(edge.center().X) <= x_mm + 0.1
        and abs(edge.center().Y) <= y_mm + 0.1
    ]
    solid = fillet(rim, EDGE_RADIUS_MM)
    solid -= recess
    return solid - head_arrows(plan)


def head_arrows(plan: Plan, deep_mm: float = 5.0) -> Part:
    """On both rails of the frame: the word, and an arrow that points to the head end."""
    shape = plan.shape
    inner_mm = plan.bought["stick"].width_mm / 2 - EDGE_MM
    outer_mm = shape.room_x_mm / 2 + plan.making.wall_mm
    mark = Pos(-15, 0) * strokes("HEAD", 3.0, 0.7, deep_mm)
    mark += Pos(-4, 0) * (Rot(0, 0, -90) * arrow(7.0, 3.2, deep_mm))
    z_mm = shape.base_mm + LID_MM - ENGRAVED_MM
    left, right = (
        Pos(side * (inner_mm + outer_mm) / 2, 10.0, z_mm) * (Rot(0, 0, 90) * mark)
        for side in (-1, 1)
    )
    return left + right
