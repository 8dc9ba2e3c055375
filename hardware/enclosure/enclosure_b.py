# SPDX-License-Identifier: MIT
"""Enclosure of build B: Feather over its cell, LIS3DH, amplifier, sounder under the lid.

The cell lies in a pocket of its own, with foam, under a cover that the Feather holds. No screw
points at it, slots let gas out, and only its lead leaves.
"""

from build123d import Part, Pos

from hardware.enclosure.bought import (
    BOARD_MM,
    FEATHER_BATTERY_SOCKET_MM,
    FEATHER_BUTTON_HEIGHT_MM,
    FEATHER_BUTTON_MM,
    FEATHER_LEDS_MM,
    FEATHER_USB_MM,
)
from hardware.enclosure.drawing import arrow, box, pin
from hardware.enclosure.parameters import BULKHEAD_MM, FLOOR_MM, OPENINGS_MM
from hardware.enclosure.plan import (
    BUTTON_PLAY_MM,
    CELL_COVER_MM,
    CELL_LEAD_MM,
    CELL_LEG_MM,
    Plan,
)
from hardware.enclosure.shell import (
    PIN_MM,
    Tongue,
    base,
    centre,
    corner,
    head_arrow,
    lid,
    lip,
    plug_opening,
    seat,
    sound_holes,
    vents,
)

LEG_MM = 2.2  # radius of the Feather's legs
PRESS_MM = 0.2  # between what holds a board down and the board
LIGHT_MM = OPENINGS_MM["light"][0]
LEAD_HIGH_MM = 3.0
PLUG_FIT_MM = 0.3
RIM_MM = 0.8  # of the cell's cover: deeper than the cover can rise with foam over it


def on_feather(plan: Plan, along_mm: float, across_mm: float) -> tuple[float, float]:
    """From the board file's own coordinates: its USB edge is at the head end."""
    place = plan.places["feather"]
    x_mm, y_mm, _ = corner(plan, place)
    return x_mm + across_mm, y_mm + place.dy_mm - along_mm


def _pocket(plan: Plan) -> tuple[float, float, float, float]:
    """Inside of the cell's pocket: least corner and size."""
    place, gap_mm = plan.places["cell"], plan.making.clearance_mm
    x_mm, y_mm, _ = corner(plan, place)
    return x_mm - gap_mm, y_mm - gap_mm, place.dx_mm + 2 * gap_mm, place.dy_mm + 2 * gap_mm


def usb(plan: Plan) -> tuple[float, float]:
    """Middle of the plug: x and z."""
    x_mm, _ = on_feather(plan, 0.0, FEATHER_USB_MM)
    return x_mm, corner(plan, plan.places["feather"])[2] + BOARD_MM + 1.6


def base_of(plan: Plan) -> Part:
    shape, feather = plan.shape, plan.bought["feather"]
    legs_z_mm = corner(plan, plan.places["feather"])[2]
    solid = base(plan) + _cell_walls(plan)
    for hole in feather.holes_mm:
        at = on_feather(plan, *hole)
        solid += pin(*at, FLOOR_MM - 0.2, LEG_MM, legs_z_mm - FLOOR_MM + 0.2)
        solid += pin(*at, legs_z_mm - 0.2, PIN_MM / 2, BOARD_MM - 0.2 + 0.2)
    for name in ("lis3dh", "amp"):
        solid += seat(corner(plan, plan.places[name]), plan.bought[name].holes_mm)
    sensor_x_mm, sensor_y_mm = centre(plan, plan.places["lis3dh"])
    solid += Pos(sensor_x_mm, sensor_y_mm, FLOOR_MM - 0.1) * arrow(12.0, 7.0, 0.7)
    solid -= plug_opening(plan, *usb(plan))
    x_mm, y_mm, dx_mm, dy_mm = _pocket(plan)
    outside_mm = -shape.outer_x_mm / 2 - 1
    solid -= vents(outside_mm, y_mm + dy_mm / 2, FLOOR_MM + 0.6, 10.0, x_mm - outside_mm + 0.5)
    _, lead_y_mm = on_feather(plan, *FEATHER_BATTERY_SOCKET_MM)
    long_mm, high_mm = CELL_LEAD_MM, LEAD_HIGH_MM
    return solid - box(
        x_mm + dx_mm - 1,
        lead_y_mm - long_mm / 2,
        FLOOR_MM + CELL_LEG_MM - high_mm,
        BULKHEAD_MM + 2,
        long_mm,
        high_mm + 1,
    )


def _cell_walls(plan: Plan) -> Part:
    x_mm, y_mm, dx_mm, dy_mm = _pocket(plan)
    block = box(
        x_mm - BULKHEAD_MM,
        y_mm - BULKHEAD_MM,
        FLOOR_MM - 0.2,
        dx_mm + 2 * BULKHEAD_MM,
        dy_mm + 2 * BULKHEAD_MM,
        CELL_LEG_MM + 0.2,
    )
    return block - box(x_mm, y_mm, FLOOR_MM - 1, dx_mm, dy_mm, CELL_LEG_MM + 2)


def cell_cover(plan: Plan) -> Part:
    """Lies on the pocket's walls; a rim goes into the pocket, so that it cannot slide."""
    x_mm, y_mm, dx_mm, dy_mm = _pocket(plan)
    z_mm = FLOOR_MM + CELL_LEG_MM
    solid = box(
        x_mm - BULKHEAD_MM,
        y_mm - BULKHEAD_MM + PLUG_FIT_MM,
        z_mm,
        dx_mm + 2 * BULKHEAD_MM,
        dy_mm + 2 * (BULKHEAD_MM - PLUG_FIT_MM),
        CELL_COVER_MM,
    )
    fit_mm = PLUG_FIT_MM
    return solid + box(
        x_mm + fit_mm,
        y_mm + fit_mm,
        z_mm - RIM_MM,
        dx_mm - 2 * fit_mm,
        dy_mm - 2 * fit_mm,
        RIM_MM + 0.1,
    )


def tongue(plan: Plan) -> Tongue:
    place = plan.places["feather"]
    top_mm = place.z_mm + BOARD_MM + FEATHER_BUTTON_HEIGHT_MM + BUTTON_PLAY_MM
    return Tongue(*on_feather(plan, *FEATHER_BUTTON_MM), plan.shape.room_z_mm - top_mm)


def lid_of(plan: Plan) -> Part:
    shape, place = plan.shape, plan.places["feather"]
    button = tongue(plan)
    solid = lid(plan) + lip(plan)
    solid -= _sounder_room(plan)
    solid -= button.cut(plan)
    solid += button.nub(plan)
    held_mm = FLOOR_MM + place.z_mm + BOARD_MM + PRESS_MM
    for hole in plan.bought["feather"].holes_mm:
        solid += pin(*on_feather(plan, *hole), held_mm, 1.9, shape.base_mm - held_mm + 0.2)
    for light in FEATHER_LEDS_MM:
        solid -= pin(*on_feather(plan, *light), shape.base_mm - 1, LIGHT_MM / 2, 10)
    solid -= sound_holes(plan, plan.places["piezo"])
    return solid - head_arrow(plan)


def _sounder_room(plan: Plan) -> Part:
    """The lip makes way for the sounder, and a shallow ring shows where it is stuck."""
    place, low_mm = plan.places["piezo"], plan.shape.base_mm
    x_mm, y_mm = centre(plan, place)
    return pin(x_mm, y_mm, low_mm - 5, place.dx_mm / 2 + 0.5, 5.6)
