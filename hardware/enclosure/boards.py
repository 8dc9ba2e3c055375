# SPDX-License-Identifier: MIT
"""Bought parts as solids: to see that they fit, and for pictures. No more exact than `bought`."""

from build123d import Part, Pos

from hardware.enclosure.bought import (
    BOARD_MM,
    DEVKITC_BUTTON_MM,
    FEATHER_BATTERY_SOCKET_MM,
    FEATHER_BUTTON_MM,
    FEATHER_STEMMA_MM,
    FEATHER_USB_MM,
)
from hardware.enclosure.drawing import box, pin, union
from hardware.enclosure.plan import Place, Plan
from hardware.enclosure.shell import corner

GREEN, BLACK, STEEL, WHITE, GOLD = "#2f7d4f", "#2b2b2b", "#b9bec4", "#f0ede2", "#c9a227"
Coloured = tuple[Part, str]


def boards(plan: Plan) -> dict[str, list[Coloured]]:
    drawers = {
        "feather": _feather,
        "devkitc": _devkitc,
        "lis3dh": _stemma,
        "amp": _amp,
        "gy521": _gy521,
        "cell": _cell,
        "piezo": _piezo,
        "stick": _stick,
    }
    return {name: drawers[name](plan, name) for name in plan.places}


def slab(plan: Plan, name: str, gap_mm: float = 0.0) -> Part:
    """The board itself, grown by a gap on all sides; its holes stay open."""
    place, part = plan.places[name], plan.bought[name]
    x_mm, y_mm, z_mm = corner(plan, place)
    solid = box(
        x_mm - gap_mm,
        y_mm - gap_mm,
        z_mm,
        place.dx_mm + 2 * gap_mm,
        place.dy_mm + 2 * gap_mm,
        BOARD_MM,
    )
    for along_mm, across_mm in part.holes_mm:
        at = _at(plan, place, along_mm, across_mm, turned=name in {"feather", "devkitc"})
        solid -= pin(*at, z_mm - 1, part.hole_mm / 2, BOARD_MM + 2)
    return solid


def _at(
    plan: Plan, place: Place, along_mm: float, across_mm: float, *, turned: bool
) -> tuple[float, float]:
    x_mm, y_mm, _ = corner(plan, place)
    if turned:  # lengthwise in the box, its first edge at the head end
        return x_mm + across_mm, y_mm + place.dy_mm - along_mm
    return x_mm + along_mm, y_mm + across_mm


def _on(
    plan: Plan, name: str, at_mm: tuple[float, float], size_mm: tuple[float, float, float]
) -> Part:
    """A thing on a board that lies lengthwise: its middle, its size across, along and up."""
    place = plan.places[name]
    x_mm, y_mm = _at(plan, place, *at_mm, turned=True)
    dx_mm, dy_mm, dz_mm = size_mm
    z_mm = corner(plan, place)[2] + BOARD_MM
    return box(x_mm - dx_mm / 2, y_mm - dy_mm / 2, z_mm, dx_mm, dy_mm, dz_mm)


def _feather(plan: Plan, name: str) -> list[Coloured]:
    button = _on(plan, name, FEATHER_BUTTON_MM, (2.8, 4.2, 1.4))
    cap = _on(plan, name, FEATHER_BUTTON_MM, (1.6, 1.6, 1.9))
    return [
        (slab(plan, name), GREEN),
        (_on(plan, name, (2.6, FEATHER_USB_MM), (9.0, 7.4, 3.2)), STEEL),
        (_on(plan, name, FEATHER_BATTERY_SOCKET_MM, (7.0, 8.0, 5.6)), WHITE),
        (_on(plan, name, FEATHER_STEMMA_MM, (4.2, 6.0, 3.0)), BLACK),
        (_on(plan, name, (39.4, 11.43), (12.0, 16.0, 2.4)), STEEL),
        (button + cap, GOLD),
    ]


def _devkitc(plan: Plan, name: str) -> list[Coloured]:
    place = plan.places[name]
    x_mm, y_mm, z_mm = corner(plan, place)
    wide_mm = place.dx_mm
    pins = []
    for across_mm in (1.27, wide_mm - 1.27):
        rows_mm = 19 * 2.54
        low_mm = z_mm - 16.5
        pins.append(box(x_mm + across_mm - 1.27, y_mm + 4.0, low_mm, 2.54, rows_mm, 16.5))
    button = _on(plan, name, DEVKITC_BUTTON_MM, (4.0, 4.0, 2.0))
    return [
        (slab(plan, name), GREEN),
        (_on(plan, name, (2.5, wide_mm / 2), (7.5, 5.0, 2.8)), STEEL),
        (_on(plan, name, (43.5, wide_mm / 2), (18.0, 25.0, 3.2)), STEEL),
        (union(pins), BLACK),
        (button, GOLD),
    ]


def _stemma(plan: Plan, name: str) -> list[Coloured]:
    x_mm, y_mm, z_mm = corner(plan, plan.places[name])
    top_mm, place = z_mm + BOARD_MM, plan.places[name]
    middle_mm = y_mm + place.dy_mm / 2
    return [
        (slab(plan, name), GREEN),
        (box(x_mm + 0.3, middle_mm - 3, top_mm, 4.2, 6, 3.0), BLACK),
        (box(x_mm + place.dx_mm - 4.5, middle_mm - 3, top_mm, 4.2, 6, 3.0), BLACK),
        (box(x_mm + place.dx_mm / 2 - 1.5, middle_mm - 1.5, top_mm, 3, 3, 1.0), BLACK),
    ]


def _amp(plan: Plan, name: str) -> list[Coloured]:
    place = plan.places[name]
    x_mm, y_mm, z_mm = corner(plan, place)
    top_mm, middle_mm = z_mm + BOARD_MM, y_mm + place.dy_mm / 2
    return [
        (slab(plan, name), GREEN),
        (box(x_mm + 0.3, middle_mm - 4, top_mm, 7.6, 8, 5.6), WHITE),
        (box(x_mm + place.dx_mm - 7.0, middle_mm - 3.8, top_mm, 6.6, 7.6, 7.0), BLACK),
        (box(x_mm + 11.5, middle_mm - 2, top_mm, 4, 4, 1.0), BLACK),
    ]


def _gy521(plan: Plan, name: str) -> list[Coloured]:
    place = plan.places[name]
    x_mm, y_mm, z_mm = corner(plan, place)
    top_mm = z_mm + BOARD_MM
    return [
        (slab(plan, name), "#2f4f9d"),
        (box(x_mm + place.dx_mm / 2 - 2, y_mm + 7, top_mm, 4, 4, 1.0), BLACK),
        (box(x_mm + 0.4, y_mm + 0.2, top_mm, 20.3, 2.54, 16.5), BLACK),
    ]


def _cell(plan: Plan, name: str) -> list[Coloured]:
    place = plan.places[name]
    return [(box(*corner(plan, place), place.dx_mm, place.dy_mm, place.dz_mm), "#8fa3b8")]


def _piezo(plan: Plan, name: str) -> list[Coloured]:
    place = plan.places[name]
    x_mm, y_mm, z_mm = corner(plan, place)
    radius_mm = place.dx_mm / 2
    return [(pin(x_mm + radius_mm, y_mm + radius_mm, z_mm, radius_mm, place.dz_mm), BLACK)]


def _stick(plan: Plan, name: str) -> list[Coloured]:
    place = plan.places[name]
    x_mm, y_mm, z_mm = corner(plan, place)
    top_mm = z_mm + place.dz_mm
    middle_mm = x_mm + place.dx_mm / 2
    head_mm = y_mm + place.dy_mm
    return [
        (box(x_mm, y_mm, z_mm, place.dx_mm, place.dy_mm, place.dz_mm), "#e8892b"),
        (box(middle_mm - 7.6, y_mm + 7, top_mm - 0.3, 15.2, 27, 0.4), BLACK),
        (Pos(0, 0) * box(middle_mm - 6, head_mm - 11.5, top_mm - 0.3, 12, 7, 1.0), WHITE),
        (box(middle_mm - 10.5, head_mm - 1, z_mm + 5, 9, 1.2, 3.2), STEEL),
        (box(middle_mm + 0.5, head_mm - 1, z_mm + 4, 10, 1.2, 5), WHITE),
    ]
