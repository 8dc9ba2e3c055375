# SPDX-License-Identifier: MIT
"""Enclosure of build C: DevKitC on ribs over its jumper leads, GY-521, sounder, LED."""

from build123d import Part, Pos

from hardware.enclosure.bought import BOARD_MM, DEVKITC_BUTTON_HEIGHT_MM, DEVKITC_BUTTON_MM
from hardware.enclosure.drawing import arrow, box, pin
from hardware.enclosure.parameters import FLOOR_MM, OPENINGS_MM
from hardware.enclosure.plan import BUTTON_PLAY_MM, Plan
from hardware.enclosure.shell import (
    PILOT_MM,
    Tongue,
    base,
    centre,
    corner,
    head_arrow,
    lid,
    lip,
    plug_opening,
    sound_holes,
    vents,
)

RIB_MM = 2.0
RIBS_APART_MM = 12.0  # between the two rows of plugs
FENCE_MM = 2.4
MODULE_MM = 3.4  # height of the module's can: estimate
SOCKET_MM = 2.8  # height of the USB socket: estimate
FOAM_MM = 0.6  # under what presses from the lid
LED_MM = OPENINGS_MM["LED"][0]
VENT_LONG_MM = OPENINGS_MM["vent"][1]
LED_AT_MM = (27.0, 10.5)


def on_devkitc(plan: Plan, along_mm: float, across_mm: float) -> tuple[float, float]:
    """From its USB end, which is at the head end, and from its left edge."""
    place = plan.places["devkitc"]
    x_mm, y_mm, _ = corner(plan, place)
    return x_mm + across_mm, y_mm + place.dy_mm - along_mm


def usb(plan: Plan) -> tuple[float, float]:
    """Middle of the plug: x and z."""
    place = plan.places["devkitc"]
    x_mm, _, z_mm = corner(plan, place)
    return x_mm + place.dx_mm / 2, z_mm + BOARD_MM + 1.1


def base_of(plan: Plan) -> Part:
    place = plan.places["devkitc"]
    _, y_mm, _ = corner(plan, place)
    solid = base(plan) + _ribs(plan) + _fences(plan) + _sensor_seat(plan)
    solid -= plug_opening(plan, *usb(plan))
    outside_mm = -plan.shape.outer_x_mm / 2 - 1
    for along_mm in (14.0, 40.0):
        solid -= vents(
            outside_mm, y_mm + along_mm, FLOOR_MM + 14.0, VENT_LONG_MM, plan.making.wall_mm + 2
        )
    return solid


def _ribs(plan: Plan) -> Part:
    place = plan.places["devkitc"]
    x_mm, y_mm, z_mm = corner(plan, place)
    middle_mm = x_mm + place.dx_mm / 2
    high_mm = z_mm - FLOOR_MM + 0.2
    solid: Part | None = None
    for side in (-1, 1):
        rib = box(
            middle_mm + side * RIBS_APART_MM / 2 - RIB_MM / 2,
            y_mm + 3,
            FLOOR_MM - 0.2,
            RIB_MM,
            place.dy_mm - 8,
            high_mm,
        )
        solid = rib if solid is None else solid + rib
    assert solid is not None
    for along_mm in (3.0, place.dy_mm - 7.0):
        solid += box(
            middle_mm - RIBS_APART_MM / 2,
            y_mm + along_mm,
            FLOOR_MM - 0.2,
            RIBS_APART_MM,
            RIB_MM,
            high_mm,
        )
    return solid


def _fences(plan: Plan) -> Part:
    """Beside the board and behind it: walls are on its other sides."""
    place, gap_mm = plan.places["devkitc"], plan.making.clearance_mm
    x_mm, y_mm, z_mm = corner(plan, place)
    high_mm = z_mm + BOARD_MM + 2.0 - FLOOR_MM + 0.2
    side_mm = x_mm + place.dx_mm + gap_mm
    solid = box(
        x_mm + place.dx_mm / 2 - 5,
        y_mm - gap_mm - FENCE_MM,
        FLOOR_MM - 0.2,
        10,
        FENCE_MM,
        high_mm,
    )
    for along_mm in (33.0, 48.0):
        solid += box(side_mm, y_mm + along_mm, FLOOR_MM - 0.2, FENCE_MM, 7, high_mm)
    return solid


def _sensor_seat(plan: Plan) -> Part:
    """Two screws at the holes, a bar behind the header, stops at both ends: it cannot turn."""
    place, sensor = plan.places["gy521"], plan.bought["gy521"]
    x_mm, y_mm, z_mm = corner(plan, place)
    floor_mm = FLOOR_MM - 0.2
    solid = box(x_mm + 3, y_mm + 4, floor_mm, place.dx_mm - 6, 2.4, z_mm - floor_mm)
    for dx_mm, dy_mm in sensor.holes_mm:
        leg = pin(x_mm + dx_mm, y_mm + dy_mm, floor_mm, 2.7, z_mm - floor_mm)
        solid += leg - pin(x_mm + dx_mm, y_mm + dy_mm, FLOOR_MM, PILOT_MM / 2, 20)
    gap_mm = plan.making.clearance_mm
    for at_mm in (x_mm - gap_mm - 2.0, x_mm + place.dx_mm + gap_mm):
        solid += box(at_mm, y_mm + 6, floor_mm, 2.0, 5, z_mm - floor_mm + BOARD_MM)
    mark = Pos(x_mm + place.dx_mm / 2, y_mm - 8, FLOOR_MM - 0.1) * arrow(10.0, 6.0, 0.7)
    return solid + mark


def tongue(plan: Plan) -> Tongue:
    place = plan.places["devkitc"]
    top_mm = place.z_mm + BOARD_MM + DEVKITC_BUTTON_HEIGHT_MM + BUTTON_PLAY_MM
    return Tongue(*on_devkitc(plan, *DEVKITC_BUTTON_MM), plan.shape.room_z_mm - top_mm)


def lid_of(plan: Plan) -> Part:
    shape, place = plan.shape, plan.places["devkitc"]
    x_mm, y_mm = centre(plan, plan.places["piezo"])
    button = tongue(plan)
    solid = lid(plan) + lip(plan)
    solid -= pin(x_mm, y_mm, shape.base_mm - 5, plan.places["piezo"].dx_mm / 2 + 0.5, 5.6)
    solid -= button.cut(plan)
    solid += button.nub(plan)
    board_mm = FLOOR_MM + place.z_mm + BOARD_MM + FOAM_MM
    for along_mm, across_mm, high_mm in (
        (4.0, place.dx_mm / 2, SOCKET_MM),
        (40.0, place.dx_mm / 2 - 5, MODULE_MM),
        (40.0, place.dx_mm / 2 + 5, MODULE_MM),
    ):
        at = on_devkitc(plan, along_mm, across_mm)
        solid += pin(*at, board_mm + high_mm, 2.5, shape.base_mm - board_mm - high_mm + 0.2)
    solid -= pin(*LED_AT_MM, shape.base_mm - 5, LED_MM / 2, 20)
    solid -= sound_holes(plan, plan.places["piezo"])
    return solid - head_arrow(plan)
