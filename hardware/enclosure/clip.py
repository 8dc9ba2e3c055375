# SPDX-License-Identifier: MIT
"""The clip: a deck that carries the box, and a saddle that lies on the tube.

It cannot snap: its jaws reach half round at most. Two straps hold it, each in a tunnel over the
deck and so round clip and tube in one loop; a cord through lid, box and deck is the third.
"""

from build123d import (
    Axis,
    Circle,
    Face,
    Part,
    Plane,
    Pos,
    Rectangle,
    RegularPolygon,
    extrude,
    fillet,
)

from hardware.enclosure.drawing import box, pin, plate, rectangle, rounded_end
from hardware.enclosure.parameters import (
    BOLT_HOLE_MM,
    BOSS_X_MM,
    CROWN_MM,
    DECK_MM,
    EDGE_RADIUS_MM,
    JAW_MM,
    NUT_ACROSS_MM,
    NUT_SEAT_MM,
    OPENINGS_MM,
    SLOT_MM,
    TETHER_HOLE_MM,
    TUNNEL_MM,
)
from hardware.enclosure.plan import Plan
from hardware.enclosure.tubes import Round

TIP_MM = 2.4  # radius of the jaws' ends: nearly all of their thickness
BOSS_MM = BOSS_X_MM - 0.1
TIE_MM = OPENINGS_MM["cable tie"]  # two, beside the USB plug
TIE_GAP_MM = 9.0


def clip(plan: Plan) -> Part:
    shape = plan.shape
    foot_mm, head_mm = shape.outer_y_mm
    half_mm = plan.deck_x_mm / 2
    deck = plate(rectangle(-half_mm, foot_mm, half_mm, head_mm, 6.0), -DECK_MM, DECK_MM)
    deck = rounded_end(deck, top=True, radius_mm=EDGE_RADIUS_MM)
    deck = rounded_end(deck, top=False, radius_mm=EDGE_RADIUS_MM)
    solid = deck + _saddle(plan)
    for x_mm, y_mm in shape.bolts:
        boss = pin(x_mm, y_mm, -DECK_MM - CROWN_MM, BOSS_MM, CROWN_MM + DECK_MM / 2)
        solid += rounded_end(boss, top=False, radius_mm=EDGE_RADIUS_MM)
    return solid - _openings(plan)


def _profile(plan: Plan) -> Face:
    """The saddle seen along the tube; y of the sketch is z of the part."""
    crown_mm, jaw_x_mm, bore_x_mm = plan.crown_z_mm, plan.jaw_x_mm, plan.bore_x_mm
    tip_z_mm = crown_mm - plan.jaw_mm
    top_mm = -DECK_MM / 2
    if isinstance(plan.tube, Round):
        half = Pos(0, tip_z_mm) * Circle(jaw_x_mm) & Pos(0, tip_z_mm + jaw_x_mm / 2) * Rectangle(
            2 * jaw_x_mm, jaw_x_mm
        )
        low_mm = tip_z_mm + 0.5 * jaw_x_mm
        neck = Pos(0, (top_mm + low_mm) / 2) * Rectangle(1.6 * jaw_x_mm, top_mm - low_mm)
        profile = half + neck - Pos(0, tip_z_mm) * Circle(bore_x_mm)
    else:
        profile = Pos(0, (top_mm + tip_z_mm) / 2) * Rectangle(2 * jaw_x_mm, top_mm - tip_z_mm)
        profile -= Pos(0, crown_mm - plan.jaw_mm) * Rectangle(2 * bore_x_mm, 2 * plan.jaw_mm)
    tips = [v for v in profile.vertices() if abs(v.Y - tip_z_mm) < 1e-6]
    return fillet(tips, TIP_MM).face()


def _saddle(plan: Plan) -> Part:
    half_mm = min(plan.shape.saddle_half_mm, 30.0) - 0.5
    along = Plane.XZ  # its normal is -y
    solid = extrude(along * _profile(plan), amount=half_mm, both=True)
    ends = solid.faces().filter_by(Axis.Y)
    edges = [
        edge
        for face in (ends.sort_by(Axis.Y)[0], ends.sort_by(Axis.Y)[-1])
        for edge in face.edges()
    ]
    return Pos(0, plan.shape.middle_y_mm, 0) * fillet(edges, EDGE_RADIUS_MM)


def _openings(plan: Plan) -> Part:
    shape = plan.shape
    cut = pin(0, shape.tether_y_mm, -50, TETHER_HOLE_MM / 2, 60)
    for x_mm, y_mm in shape.bolts:
        cut += pin(x_mm, y_mm, -50, BOLT_HOLE_MM / 2, 60)
        nut = extrude(RegularPolygon(NUT_ACROSS_MM / 2, 6, major_radius=False), amount=50)
        cut += Pos(x_mm, y_mm, -NUT_SEAT_MM - 50) * nut
    slot_mm, first_mm = plan.slot_mm, plan.slot_x_mm
    for y_mm in plan.straps_y_mm:
        far_mm = first_mm + SLOT_MM
        cut += box(-far_mm, y_mm - slot_mm / 2, -TUNNEL_MM, 2 * far_mm, slot_mm, 50)
        for x_mm in (-far_mm, first_mm):
            cut += box(x_mm, y_mm - slot_mm / 2, -50, SLOT_MM, slot_mm, 60)
    x_mm = 0.0 if plan.build == "a" else -13.0
    tie_x_mm, tie_y_mm = TIE_MM
    for side in (-1, 1):
        cut += box(
            x_mm + side * TIE_GAP_MM / 2 - tie_x_mm / 2,
            shape.bolts_y_mm[1] - tie_y_mm / 2,
            -50,
            tie_x_mm,
            tie_y_mm,
            60,
        )
    return cut


def jaw_is_round() -> bool:
    """The ends of the jaws are rounded by at least the radius of every edge."""
    return EDGE_RADIUS_MM <= TIP_MM < JAW_MM / 2
