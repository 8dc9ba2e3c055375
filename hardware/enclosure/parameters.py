# SPDX-License-Identifier: MIT
"""The rules that hold for every printed part, and what a printer and its user may change.

All in millimetres. No CAD here, nor in `bought`, `tubes` and `plan`: sums and refusals are tested
without it.
"""

import math
from dataclasses import dataclass
from typing import NoReturn

EDGE_RADIUS_MM = 2.0  # every edge that a hand can touch
FINGER_GAP_MM = (8.0, 25.0)  # an opening between these draws in a finger
WALL_MIN_MM, WALL_MAX_MM = 2.0, 4.0
THINNEST_MM = 1.2  # the tongue over a button: three lines of a 0.4 mm nozzle

FLOOR_MM = 2.4
LID_MM = 3.4
BULKHEAD_MM = 2.0

# M3 through lid, box and clip into locking nuts: layers are pressed together, not pulled apart.
BOLT_HOLE_MM = 3.4
HEAD_MM, HEAD_DEPTH_MM = 6.4, 1.8  # rounded head, sunk
NUT_ACROSS_MM = 5.8  # 5.5, and room
NUT_SEAT_MM = 3.6  # plastic over the nut
NUT_MM = 4.4  # the nut, and what the bolt stands out of it
BOSS_X_MM = 5.5  # half of what stands around a bolt

DECK_MM = 5.0  # plate of the clip, under the box
CROWN_MM = 3.0  # more of it over the tube and around the nuts
JAW_MM = 5.0  # thick enough to be round at both edges
TUNNEL_MM = 2.2  # a strap's thickness, and room
SLOT_MM = 4.0  # a strap comes through; no finger does
SLOT_RIM_MM = 4.5
TETHER_HOLE_MM = 5.5  # for a cord of 3 to 4 mm
TETHER_POST_MM = 5.5  # half of the width of what stands around it

# Every opening from outside, width by height: none may draw in a finger.
OPENINGS_MM = {
    "USB plug": (12.4, 7.0),
    "sound": (3.0, 3.0),
    "slit of a button's tongue": (0.8, 22.0),
    "light": (2.4, 2.4),
    "LED": (5.2, 5.2),
    "vent": (1.6, 14.0),
    "sockets of the stick": (20.0, 7.8),
    "pins of the stick": (16.0, 6.0),
    "under the stick": (2.0, 14.0),
    "strap": (SLOT_MM, 27.0),
    "cable tie": (2.2, 6.0),
    "bolt": (BOLT_HOLE_MM, BOLT_HOLE_MM),
    "nut": (NUT_ACROSS_MM, NUT_ACROSS_MM),
    "cord": (TETHER_HOLE_MM, TETHER_HOLE_MM),
}

PETG_G_CM3 = 1.27


class Refused(ValueError):  # noqa: N818 - named for what it says to a user
    """A dimension that cannot work: one line that names the bound."""


def refuse(why: str) -> NoReturn:
    raise Refused(why)


def require(name: str, value: float, least: tuple[float, str], most: tuple[float, str]) -> None:
    """Refuse a length outside its bounds; each bound comes with its reason."""
    if not math.isfinite(value):
        refuse(f"{name} {value:g} mm is no length")
    if value < least[0]:
        refuse(f"{name} {value:g} mm is under {least[0]:g} mm, {least[1]}")
    if value > most[0]:
        refuse(f"{name} {value:g} mm is over {most[0]:g} mm, {most[1]}")


@dataclass(frozen=True, kw_only=True)
class Making:
    """What depends on printer, straps and liner."""

    wall_mm: float = 2.4  # six lines of a 0.4 mm nozzle
    clearance_mm: float = 0.5  # around every board
    liner_mm: float = 1.5  # rubber or TPU between tube and clip
    strap_mm: float = 20.0  # width of a strap
    bed_mm: tuple[float, float, float] = (220.0, 220.0, 220.0)

    def __post_init__(self) -> None:
        require(
            "wall",
            self.wall_mm,
            (WALL_MIN_MM, "five lines of a 0.4 mm nozzle"),
            (WALL_MAX_MM, "a USB plug does not reach through more"),
        )
        require(
            "clearance",
            self.clearance_mm,
            (0.3, "what a printer is sure to leave"),
            (0.6, "a board would rattle"),
        )
        require(
            "liner",
            self.liner_mm,
            (1.0, "too thin to grip"),
            (2.5, "too soft to hold the angle"),
        )
        require(
            "strap",
            self.strap_mm,
            (16.0, "too narrow for one to hold alone"),
            (25.0, "the widest of which two lie beside each other"),
        )
        for axis, side_mm in zip("xyz", self.bed_mm, strict=True):
            require(
                f"print bed {axis}",
                side_mm,
                (60.0, "too small for any part"),
                (1000.0, "beyond any printer that this was thought for"),
            )
