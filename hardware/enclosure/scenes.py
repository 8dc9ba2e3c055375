# SPDX-License-Identifier: MIT
"""What is in each picture. Tube, straps and cord are drawn for the eye, not for a printer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyvista as pv
from build123d import (
    Circle,
    Edge,
    Part,
    Plane,
    Pos,
    Rectangle,
    Rot,
    extrude,
    make_hull,
    offset,
)

from hardware.enclosure.assembly import Printed, bolts, clip_name
from hardware.enclosure.boards import STEEL, boards
from hardware.enclosure.bought import BOARD_MM
from hardware.enclosure.cradle_a import head_arrows
from hardware.enclosure.drawing import pin
from hardware.enclosure.gauge_card import figures
from hardware.enclosure.parameters import FLOOR_MM, LID_MM, TUNNEL_MM
from hardware.enclosure.picture import (
    CORD,
    PRINTED,
    PRINTED_2,
    PRINTED_3,
    STRAP,
    TUBE,
    Thing,
    View,
    draw,
)
from hardware.enclosure.plan import CELL_LEG_MM, Plan
from hardware.enclosure.shell import centre, corner, head_arrow
from hardware.enclosure.tubes import Round

STRAP_THICK_MM = 1.5
LIFT_MM = 34.0  # how high the open frame floats
INK, INK_MM = "#4a3420", 0.1


def tube(plan: Plan, foot_mm: float, head_mm: float) -> Part:
    top_mm = plan.crown_z_mm - plan.making.liner_mm
    if isinstance(plan.tube, Round):
        radius_mm = plan.tube.diameter_mm / 2
        ring = Circle(radius_mm) - Circle(radius_mm - 2)
        middle_mm = top_mm - radius_mm
    else:
        wide_mm, deep_mm = plan.tube.width_mm, plan.tube.depth_mm
        ring = Rectangle(wide_mm, deep_mm) - Rectangle(wide_mm - 4, deep_mm - 4)
        middle_mm = top_mm - deep_mm / 2
    along = extrude(Plane.XZ * (Pos(0, middle_mm) * ring), amount=head_mm - foot_mm)
    return Pos(0, head_mm, 0) * along


def straps(plan: Plan) -> list[Part]:
    """Each a closed loop: tunnel, slots, round jaws and tube."""
    top_mm = plan.crown_z_mm - plan.making.liner_mm
    high_mm = -TUNNEL_MM + 0.2
    side_mm = plan.slot_x_mm + 0.6
    tip_mm = plan.crown_z_mm - plan.jaw_mm + 2.4
    edges: list[Edge] = list(
        (Pos(0, (high_mm + tip_mm) / 2) * Rectangle(2 * side_mm, high_mm - tip_mm)).edges()
    )
    if isinstance(plan.tube, Round):
        radius_mm = plan.tube.diameter_mm / 2
        edges += (Pos(0, top_mm - radius_mm) * Circle(radius_mm + 0.2)).edges()
    else:
        deep_mm = plan.tube.depth_mm
        edges += (
            Pos(0, top_mm - deep_mm / 2) * Rectangle(plan.tube.width_mm + 0.4, deep_mm + 0.4)
        ).edges()
    inner = make_hull(edges)
    band = offset(inner, STRAP_THICK_MM) - inner
    wide_mm = plan.making.strap_mm
    loop = extrude(Plane.XZ * band, amount=wide_mm / 2, both=True)
    return [Pos(0, y_mm, 0) * loop for y_mm in plan.straps_y_mm]


def cable(points: list[tuple[float, float, float]], radius_mm: float) -> pv.PolyData:
    return pv.Spline(np.array(points, dtype=float), 240).tube(radius=radius_mm, n_sides=16)


def _assembled(plan: Plan, parts: dict[str, Printed]) -> list[Thing]:
    things = [
        Thing(item.part, _colour(name)) for name, item in parts.items() if "cover" not in name
    ]
    things += [Thing(bolt, STEEL) for bolt in bolts(plan)]
    things.append(Thing(_mark(plan), INK, edges=False))
    if plan.build == "a":
        things += [Thing(piece, colour) for piece, colour in boards(plan)["stick"]]
    return things


def _colour(name: str) -> str:
    if "lid" in name or "frame" in name:
        return PRINTED_2
    return PRINTED_3 if "clip" in name or "cover" in name else PRINTED


def _mark(plan: Plan) -> Part:
    """Ink in the engraved word and arrow, so that they are seen in a small picture."""
    return head_arrows(plan, INK_MM) if plan.build == "a" else head_arrow(plan, INK_MM)


def _open(plan: Plan, parts: dict[str, Printed]) -> tuple[list[Thing], View]:
    """The box with its boards; the lid lies beside it on its face, with the sounder in it."""
    base, lid = f"enclosure_{plan.build}", f"enclosure_{plan.build}_lid"
    top_mm = plan.shape.base_mm + LID_MM
    beside = Pos(plan.shape.outer_x_mm + 12, 0, top_mm) * Rot(0, 180, 0)
    things = [Thing(parts[base].part, PRINTED), Thing(beside * parts[lid].part, PRINTED_2)]
    for name, pieces in boards(plan).items():
        to = beside if name == "piezo" else Pos(0, 0, 0)
        things += [Thing(to * piece, colour) for piece, colour in pieces]
    if "enclosure_b_cell_cover" in parts:
        things.append(Thing(parts["enclosure_b_cell_cover"].part, PRINTED_3))
    labels = []
    for name, ref in REFS[plan.build].items():
        x_mm, y_mm = centre(plan, plan.places[name])
        spot = (x_mm, y_mm, corner(plan, plan.places[name])[2] + BOARD_MM)
        over = (x_mm, y_mm, plan.shape.base_mm + 45.0)
        if name == "piezo":
            spot = (plan.shape.outer_x_mm + 12 - x_mm, y_mm, LID_MM + 7.0)
            over = (*spot[:2], 65.0)
        labels.append((spot, over, ref))
    return things, View((0.3, -0.62, 1.0), labels=labels, size=(1400, 1000))


REFS = {  # in the lists of parts
    "b": {"feather": "U1", "lis3dh": "U2", "amp": "U3", "piezo": "LS1"},
    "c": {"devkitc": "U1", "gy521": "U2", "piezo": "LS1"},
}


def _stack(plan: Plan, parts: dict[str, Printed]) -> tuple[list[Thing], View]:
    """What lies over the cell in build B, lifted off it."""
    up_mm = {"cell": 34.0, "cover": 60.0, "feather": 84.0}
    things = [
        Thing(parts["enclosure_b"].part, PRINTED),
        Thing(Pos(0, 0, up_mm["cover"]) * parts["enclosure_b_cell_cover"].part, PRINTED_3),
    ]
    for name, pieces in boards(plan).items():
        if name != "piezo":
            lift = Pos(0, 0, up_mm.get(name, 0.0))
            things += [Thing(lift * piece, colour) for piece, colour in pieces]
    x_mm, y_mm = centre(plan, plan.places["cell"])
    cell, board = plan.places["cell"], plan.places["feather"]
    floor_mm, cover_mm = FLOOR_MM, FLOOR_MM + CELL_LEG_MM
    right_mm, foot_mm = x_mm + cell.dx_mm / 2, y_mm - 4.0
    labels = [
        (
            (x_mm - 3.0, y_mm + 6.0, floor_mm),
            (x_mm - 60.0, y_mm - 42.0, floor_mm + 42.0),
            "1. foam, H6",
        ),
        *(
            ((edge_mm, foot_mm, z_mm), (x_mm + 34.0, y_mm + 26.0, z_mm + 4.0), words)
            for edge_mm, z_mm, words in (
                (right_mm, floor_mm + up_mm["cell"] + 4.0, "2. BT1"),
                (right_mm + 2.0, cover_mm + up_mm["cover"] + 1.0, "3. cover, and foam on it"),
                (
                    x_mm + board.dx_mm / 2,
                    floor_mm + board.z_mm + up_mm["feather"] + 1.0,
                    "4. U1",
                ),
            )
        ),
    ]
    return things, View((0.75, -0.8, 0.8), labels=labels, size=(1200, 1200))


def build_scene(plan: Plan, parts: dict[str, Printed]) -> tuple[list[Thing], View]:
    foot_mm, head_mm = plan.shape.outer_y_mm
    things = _assembled(plan, parts)
    things.append(Thing(tube(plan, foot_mm - 25, head_mm + 30), TUBE))
    things += [Thing(strap, STRAP) for strap in straps(plan)]
    return things, View((0.75, -0.9, 0.8))


def mounted_scene(plan: Plan, parts: dict[str, Printed]) -> tuple[list[Thing], View]:
    """Near the hinge, on the bed's frame, arrow and cable towards the head."""
    foot_mm, head_mm = plan.shape.outer_y_mm
    things, _ = build_scene(plan, parts)
    things = [thing for thing in things if thing.colour != TUBE]
    hinge_mm, low_mm = foot_mm - 62.0, plan.crown_z_mm - plan.making.liner_mm
    middle_mm = low_mm - plan.tube.deep_mm / 2
    things.append(Thing(tube(plan, hinge_mm - 45, head_mm + 75), TUBE))
    axle = Pos(0, hinge_mm, middle_mm) * (Rot(0, 90, 0) * pin(0, 0, -38, 7, 125))
    things.append(Thing(axle, "#6d7680"))
    stand = Pos(66, hinge_mm, middle_mm - 105) * pin(0, 0, 0, 16, 130)
    things.append(Thing(stand, "#8a929a"))
    top_mm = plan.shape.base_mm + LID_MM
    y_mm, radius_mm = plan.shape.tether_y_mm, plan.tube.across_mm / 2
    knot_mm = foot_mm - 16.0
    things.append(
        Thing(
            cable(
                [
                    (0, knot_mm, low_mm + 1.8),
                    (0, knot_mm + 4, -5.0),
                    (0, foot_mm - 3, -4.5),
                    (0, y_mm, -6.0),
                ],
                1.7,
            ),
            CORD,
            edges=False,
        )
    )
    things.append(Thing(pin(0, y_mm, -6.5, 1.7, top_mm + 8.0), CORD, edges=False))
    things.append(
        Thing(
            cable(
                [
                    (0, y_mm, top_mm + 1.5),
                    (0, y_mm - 4, top_mm + 4.5),
                    (0, foot_mm - 3, top_mm + 1.0),
                    (0, foot_mm - 5, top_mm / 2),
                    (0, foot_mm - 8, 0.0),
                    (0, knot_mm, low_mm + 2.2),
                ],
                1.7,
            ),
            CORD,
            edges=False,
        )
    )
    turns = [
        (
            (radius_mm + 1.8) * np.sin(t),
            knot_mm,
            middle_mm + (radius_mm + 1.8) * np.cos(t),
        )
        for t in np.linspace(0, 2 * np.pi, 40)
    ]
    things.append(Thing(cable(turns, 1.7), CORD, edges=False))
    side_mm, wide_mm = plan.deck_x_mm / 2, plan.shape.outer_x_mm / 2
    labels = [
        (
            (0.0, head_mm + 70, low_mm),
            (0.0, head_mm + 70, low_mm + 45),
            "this way to the HEAD end of the bed",
        ),
        (
            (side_mm - 4, plan.straps_y_mm[1], -26.0),
            (side_mm + 45, plan.straps_y_mm[1] + 35, -55.0),
            "two straps, each round clip and tube",
        ),
        (
            (0.0, y_mm - 4, top_mm + 5.0),
            (-wide_mm, y_mm - 25, top_mm + 36),
            "one cord through lid, box and clip",
        ),
        (
            (80.0, hinge_mm, middle_mm - 50),
            (118.0, hinge_mm + 12, middle_mm - 62),
            "hinge, and the stand that does not move",
        ),
    ]
    return things, View((0.85, -0.55, 0.75), labels=labels, size=(1500, 1100))


def draw_all(folder: Path, plans: dict[str, tuple[Plan, dict[str, Printed]]]) -> None:
    """Every picture of what there is; `plans` by build, and `rect` for the other clip."""
    for name, scene in _scenes(plans).items():
        things, view = scene()
        draw(things, folder / f"{name}.png", view)


Scene = Callable[[], tuple[list[Thing], View]]


def _scenes(plans: dict[str, tuple[Plan, dict[str, Printed]]]) -> dict[str, Scene]:
    found: dict[str, Scene] = {}
    for key, (plan, parts) in plans.items():
        if key in {"a", "b", "c"}:
            found[f"build_{key}"] = lambda plan=plan, parts=parts: build_scene(plan, parts)
            if key != "a":
                found[f"enclosure_{key}"] = lambda plan=plan, parts=parts: _closed(plan, parts)
                found[f"enclosure_{key}_open"] = lambda plan=plan, parts=parts: _open(plan, parts)
            else:
                found["cradle_a"] = lambda plan=plan, parts=parts: _cradle(plan, parts)
            if key == "b":
                found["enclosure_b_cell"] = lambda plan=plan, parts=parts: _stack(plan, parts)
                found["mounted"] = lambda plan=plan, parts=parts: mounted_scene(plan, parts)
        if key in {"b", "rect"}:
            name = clip_name(plan)
            found[name] = lambda plan=plan, parts=parts: _clip(plan, parts)
    return found


def _closed(plan: Plan, parts: dict[str, Printed]) -> tuple[list[Thing], View]:
    things = [t for t in _assembled(plan, parts) if t.colour not in {PRINTED_3, STEEL}]
    return things, View((-0.55, 0.95, 0.95))


def _cradle(plan: Plan, parts: dict[str, Printed]) -> tuple[list[Thing], View]:
    frame = Pos(0, 0, LIFT_MM) * parts["cradle_a_frame"].part
    stick = [Thing(Pos(0, 0, 16) * piece, colour) for piece, colour in boards(plan)["stick"]]
    things = [Thing(parts["cradle_a"].part, PRINTED), *stick, Thing(frame, PRINTED_2)]
    things.append(Thing(Pos(0, 0, LIFT_MM) * _mark(plan), INK, edges=False))
    side_mm = plan.shape.outer_x_mm / 2
    labels = [
        ((x_mm, 20.0, z_mm), (side_mm + 14, 30.0, z_mm + 2.0), words)
        for x_mm, z_mm, words in (
            (side_mm - 4, LIFT_MM + plan.shape.base_mm + LID_MM, "frame, P1"),
            (12.0, 16.0 + FLOOR_MM + plan.places["stick"].dz_mm / 2, "U1, screen up"),
            (side_mm, 6.0, "cradle, P1"),
        )
    ]
    return things, View((0.62, -0.9, 0.75), labels=labels)


def _clip(plan: Plan, parts: dict[str, Printed]) -> tuple[list[Thing], View]:
    """Once from above and once from below, beside each other."""
    part = parts[clip_name(plan)].part
    under = Pos(plan.deck_x_mm * 1.25, 0, 0) * (Rot(0, 180, 0) * part)
    return [Thing(part, PRINTED), Thing(under, PRINTED)], View((0.35, -0.8, 0.85))


def card_scene(part: Part) -> tuple[list[Thing], View]:
    ink = [Thing(figure, INK, edges=False) for figure in figures(INK_MM)]
    return [Thing(part, PRINTED), *ink], View((0.0, -0.25, 1.0))
