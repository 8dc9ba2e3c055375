# SPDX-License-Identifier: MIT
"""The printed parts of a build in their places, how each lies on the printer, that they fit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from build123d import Part, Pos, Rot

from hardware.enclosure import enclosure_b, enclosure_c
from hardware.enclosure.boards import boards, slab
from hardware.enclosure.clip import clip
from hardware.enclosure.cradle_a import cradle_a, cradle_a_frame
from hardware.enclosure.drawing import box, pin
from hardware.enclosure.parameters import FLOOR_MM, HEAD_DEPTH_MM, LID_MM, OPENINGS_MM
from hardware.enclosure.plan import STICK_SLACK_MM, Plan
from hardware.enclosure.shell import plug_opening
from hardware.enclosure.tubes import Round

FACE_DOWN = Rot(180, 0, 0)
AS_DRAWN = Rot(0, 0, 0)
TOUCH_MM3 = 0.5  # what two solids may share by rounding


@dataclass(frozen=True)
class Printed:
    """A printed part: where it is in the assembly, and how it is turned to be printed."""

    name: str
    part: Part
    turn: Rot = AS_DRAWN

    def on_bed(self) -> Part:
        turned = self.turn * self.part
        low = turned.bounding_box()
        return Pos(-low.center().X, -low.center().Y, -low.min.Z) * turned


def clip_name(plan: Plan) -> str:
    kind = "clip_round" if isinstance(plan.tube, Round) else "clip_rect"
    return f"{kind}_a" if plan.build == "a" else kind


def printed(plan: Plan) -> dict[str, Printed]:
    drawers: dict[str, list[tuple[str, Callable[[Plan], Part], Rot]]] = {
        "a": [
            ("cradle_a", cradle_a, AS_DRAWN),
            ("cradle_a_frame", cradle_a_frame, FACE_DOWN),
        ],
        "b": [
            ("enclosure_b", enclosure_b.base_of, AS_DRAWN),
            ("enclosure_b_cell_cover", enclosure_b.cell_cover, FACE_DOWN),
            ("enclosure_b_lid", enclosure_b.lid_of, FACE_DOWN),
        ],
        "c": [
            ("enclosure_c", enclosure_c.base_of, AS_DRAWN),
            ("enclosure_c_lid", enclosure_c.lid_of, FACE_DOWN),
        ],
    }
    found = {name: Printed(name, draw(plan), turn) for name, draw, turn in drawers[plan.build]}
    return found | {clip_name(plan): Printed(clip_name(plan), clip(plan), FACE_DOWN)}


def bolts(plan: Plan) -> list[Part]:
    shape = plan.shape
    seat_mm = shape.base_mm + LID_MM - HEAD_DEPTH_MM
    return [
        pin(x, y, seat_mm, 2.8, 1.6) + pin(x, y, seat_mm - shape.bolt_mm, 1.5, shape.bolt_mm)
        for x, y in shape.bolts
    ]


def plug_way(plan: Plan) -> Part:
    """Where the plug of a USB cable goes in, from far outside to the wall."""
    if plan.build == "a":
        wide_mm, high_mm = OPENINGS_MM["sockets of the stick"]
        z_mm = FLOOR_MM + (plan.shape.room_z_mm - high_mm) / 2
        return box(-wide_mm / 2, plan.shape.room_y_mm / 2, z_mm, wide_mm, 40, high_mm)
    usb = enclosure_b.usb(plan) if plan.build == "b" else enclosure_c.usb(plan)
    return plug_opening(plan, *usb, play_mm=0.3)


def collisions(plan: Plan, parts: dict[str, Printed]) -> Iterator[str]:
    """Everything that is in the way of something else; nothing is as it should be."""
    solids = {name: item.part for name, item in parts.items()}
    for (one, a), (other, b) in combinations(solids.items(), 2):
        if _shared_mm3(a, b) > TOUCH_MM3:
            yield f"{one} and {other} share {_shared_mm3(a, b):.1f} mm³"
    bought = boards(plan)
    bolted = {f"bolt {i}": bolt for i, bolt in enumerate(bolts(plan), 1)}
    pieces = [(name, piece) for name, drawn in bought.items() for piece, _ in drawn]
    for way, a in (bolted | {"the plug": plug_way(plan)}).items():
        inside = [*solids.items(), *pieces, *(bolted.items() if way == "the plug" else ())]
        yield from (f"{way} meets {one}" for one, b in inside if _shared_mm3(a, b) > TOUCH_MM3)
    for name, drawn in bought.items():
        for piece, _ in drawn:
            for one, a in solids.items():
                if name == "stick" and one == "cradle_a_frame":
                    continue  # the frame presses it
                if _shared_mm3(piece, a) > TOUCH_MM3:
                    yield f"{name} and {one} share {_shared_mm3(piece, a):.1f} mm³"
    for (one, drawn), (other, others) in combinations(bought.items(), 2):
        if any(_shared_mm3(a, b) > TOUCH_MM3 for a, _ in drawn for b, _ in others):
            yield f"{one} and {other} are in the same place"


def tight(plan: Plan, parts: dict[str, Printed]) -> Iterator[str]:
    """Boards with less than the clearance around them."""
    for name in plan.places:
        if name == "piezo":
            continue  # it is stuck under the lid; what is beside it is judged above
        gap_mm = STICK_SLACK_MM / 2 if name == "stick" else plan.making.clearance_mm
        grown = slab(plan, name, gap_mm - 0.02)
        for one, item in parts.items():
            if one.startswith("clip"):
                continue
            if _shared_mm3(grown, item.part) > TOUCH_MM3:
                yield f"{name} has less than {gap_mm:g} mm to {one}"


def _shared_mm3(a: Part, b: Part) -> float:
    one, other = a.bounding_box(), b.bounding_box()
    apart = any(
        getattr(one.min, axis) >= getattr(other.max, axis)
        or getattr(other.min, axis) >= getattr(one.max, axis)
        for axis in "XYZ"
    )
    if apart:
        return 0.0
    shared = a & b
    return 0.0 if shared is None else sum(solid.volume for solid in shared.solids())
