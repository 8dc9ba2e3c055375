# SPDX-License-Identifier: MIT
"""One build for one tube, as sums. Every part is drawn from a `Plan`; a plan that exists can work.

Axes: y along the tube, towards its HEAD end; x across; z away from the tube, 0 where box and clip
meet. x = y = 0 is the middle of the box's cavity. Places of boards count from the cavity's left
foot corner and from its floor.
"""

import math
from dataclasses import dataclass, field

from hardware.enclosure.bought import (
    BOUGHT,
    DEVKITC,
    FEATHER,
    FEATHER_BATTERY_SOCKET_MM,
    FEATHER_USB_OVERHANG_MM,
    GY521,
    LIS3DH,
    PIEZO,
    STICK,
    Part,
)
from hardware.enclosure.parameters import (
    BOSS_X_MM,
    BULKHEAD_MM,
    CROWN_MM,
    DECK_MM,
    FLOOR_MM,
    HEAD_DEPTH_MM,
    JAW_MM,
    LID_MM,
    NUT_MM,
    NUT_SEAT_MM,
    SLOT_MM,
    SLOT_RIM_MM,
    TETHER_POST_MM,
    Making,
    refuse,
)
from hardware.enclosure.tubes import GAUGE_MM, GAUGE_PLAY_MM, Round, Tube

BUILDS = {"a": "cradle_a", "b": "enclosure_b", "c": "enclosure_c"}

EAR_MM = 11.2  # how far the ears for the bolts stand out of the box
POST_MM = 9.0  # a post inside, in a corner at the foot end
BOX_ROOM_MM = (66.0, 68.0)  # cavity of B and C, x and y
STICK_SLACK_MM = 0.6  # on both sides together: its frame holds it

CELL_LEG_MM = 9.4  # height of the pocket, under its cover
CELL_COVER_MM = 1.6
CELL_LEAD_MM = 6.0  # notch in the pocket's wall, at the Feather's socket
CELL_LEAST_MM = 5.0  # high; under it more foam than cell would fill the pocket
FEATHER_LEG_MM = 12.5  # over the cover: room for joints, and for a layer of foam
SEAT_MM = 5.0  # under a sensor or the amplifier
SEAT_PLAY_MM = 0.3  # how far a board may be from the size that its seat's pins are for
SENSOR_X_MM = 39.5
PLUG_ASIDE_MM = {"b": 6.0, "c": 4.0}  # from the wall, so that its plug passes the ear
PIEZO_ROOM_MM = 1.0
PIEZO_LEAST_MM = 20.0  # across; the ring of holes over it is 17
DEVKITC_LEAST_MM = (56.0, 25.4)  # over its antenna
HOLD_MM = 0.1  # less than the stick is high: the bolts press its frame on it
BUTTON_PLAY_MM = 0.4


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A build's outline: cavity, bolts and cord, the same for its box, its lid and its clip."""

    bolt_mm: int  # length
    room_x_mm: float
    room_y_mm: float
    bolt_x_mm: float
    bolts_y_mm: tuple[float, float]  # foot end, head end
    outer_x_mm: float
    outer_y_mm: tuple[float, float]

    @property
    def base_mm(self) -> float:
        """Height of the box under its lid: what the bolt leaves."""
        return self.bolt_mm - NUT_MM - NUT_SEAT_MM - (LID_MM - HEAD_DEPTH_MM)

    @property
    def room_z_mm(self) -> float:
        return self.base_mm - FLOOR_MM

    @property
    def middle_y_mm(self) -> float:
        return sum(self.bolts_y_mm) / 2

    @property
    def tether_y_mm(self) -> float:
        """One hole through lid, box and clip: one cord holds all three."""
        return self.bolts_y_mm[0]

    @property
    def bolts(self) -> tuple[tuple[float, float], ...]:
        return tuple((x, y) for y in self.bolts_y_mm for x in (-self.bolt_x_mm, self.bolt_x_mm))

    @property
    def notches_mm(self) -> tuple[float, ...]:
        """Gaps between ears, and between them and the eye of a cradle: too narrow or too wide."""
        inner_mm = self.bolt_x_mm - BOSS_X_MM
        cradle = self.room_x_mm < 2 * inner_mm
        return (2 * inner_mm, inner_mm - TETHER_POST_MM) if cradle else (2 * inner_mm,)

    @property
    def saddle_half_mm(self) -> float:
        """Half the length along the tube that is free between the nuts."""
        return (self.bolts_y_mm[1] - self.bolts_y_mm[0]) / 2 - BOSS_X_MM


@dataclass(frozen=True)
class Place:
    """A box in the cavity: its least corner, and how far it reaches."""

    x_mm: float
    y_mm: float
    z_mm: float
    dx_mm: float
    dy_mm: float
    dz_mm: float


def _cradle(wall_mm: float) -> Shape:
    x_mm, y_mm = STICK.width_mm + STICK_SLACK_MM, STICK.length_mm + STICK_SLACK_MM
    bolt_x_mm, bolt_y_mm = 18.5, y_mm / 2 + wall_mm + EAR_MM / 2
    return Shape(
        bolt_mm=25,
        room_x_mm=x_mm,
        room_y_mm=y_mm,
        bolt_x_mm=bolt_x_mm,
        bolts_y_mm=(-bolt_y_mm, bolt_y_mm),
        outer_x_mm=2 * (bolt_x_mm + BOSS_X_MM),
        outer_y_mm=(-bolt_y_mm - EAR_MM / 2, bolt_y_mm + EAR_MM / 2),
    )


def _box(wall_mm: float, bolt_mm: int) -> Shape:
    x_mm, y_mm = BOX_ROOM_MM
    head_mm = y_mm / 2 + wall_mm + EAR_MM / 2
    return Shape(
        bolt_mm=bolt_mm,
        room_x_mm=x_mm,
        room_y_mm=y_mm,
        bolt_x_mm=x_mm / 2 - POST_MM / 2,
        bolts_y_mm=(-y_mm / 2 + POST_MM / 2, head_mm),
        outer_x_mm=x_mm + 2 * wall_mm,
        outer_y_mm=(-y_mm / 2 - wall_mm, head_mm + EAR_MM / 2),
    )


def _fits(part: Part, what: str, needs_mm: float, has_mm: float) -> None:
    if needs_mm > has_mm + 1e-9:
        refuse(
            f"{part.name}: {what} needs {needs_mm:.1f} mm, over the {has_mm:.1f} mm of its place"
        )


def _reaches(part: Part, what: str, size_mm: float, least_mm: float, why: str) -> None:
    if size_mm < least_mm - 1e-9:
        refuse(f"{part.name}: {what} of {size_mm:.1f} mm is under {least_mm:.1f} mm, {why}")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One build for one tube. Making it refuses what cannot work."""

    build: str
    tube: Tube
    making: Making = field(default_factory=Making)
    bought: dict[str, Part] = field(default_factory=lambda: dict(BOUGHT))

    def __post_init__(self) -> None:
        if self.build not in BUILDS:
            refuse(f"build {self.build!r} is not one of {', '.join(BUILDS)}")
        for part in self.bought.values():
            for what in ("length", "width", "above"):
                size_mm = getattr(part, f"{what}_mm")
                if not (math.isfinite(size_mm) and size_mm > 0):
                    refuse(f"{part.name}: {size_mm:g} mm is no length")
        self._check_bought()
        self._check_straps()
        self._check_bed()

    @property
    def shape(self) -> Shape:
        wall_mm = self.making.wall_mm
        return (
            _cradle(wall_mm)
            if self.build == "a"
            else _box(wall_mm, 35 if self.build == "b" else 40)
        )

    # The clip.

    @property
    def bore_x_mm(self) -> float:
        """Half of what lies between the jaws, liners included."""
        return self.tube.across_mm / 2 + self.making.liner_mm

    @property
    def jaw_x_mm(self) -> float:
        return self.bore_x_mm + JAW_MM

    @property
    def slot_x_mm(self) -> float:
        """Where a strap's slot begins, from the middle."""
        return self.jaw_x_mm + 0.5

    @property
    def deck_x_mm(self) -> float:
        return max(self.shape.outer_x_mm, 2 * (self.slot_x_mm + SLOT_MM + SLOT_RIM_MM))

    @property
    def crown_z_mm(self) -> float:
        """Where the bore is nearest to the box."""
        return -(DECK_MM + CROWN_MM)

    @property
    def jaw_mm(self) -> float:
        """How far the jaws reach: at most half round, so that no snap is ever trusted."""
        if isinstance(self.tube, Round):
            return self.bore_x_mm
        return min(0.6 * self.tube.depth_mm, 30.0)

    @property
    def clip_z_mm(self) -> float:
        return self.jaw_mm - self.crown_z_mm

    @property
    def slot_mm(self) -> float:
        return self.making.strap_mm + 2.0

    @property
    def straps_y_mm(self) -> tuple[float, float]:
        reach_mm = self.slot_mm / 2 + 1.5
        middle_mm = self.shape.middle_y_mm
        return middle_mm - reach_mm, middle_mm + reach_mm

    @property
    def strap_length_mm(self) -> float:
        """Once round clip and tube and 80 mm to close on, to the next 10 mm."""
        clip_mm = 2 * (DECK_MM + CROWN_MM + SLOT_MM + self.slot_x_mm - self.tube.across_mm / 2)
        return 10.0 * math.ceil((self.tube.girth_mm + clip_mm + 80.0) / 10)

    # Where the boards lie.

    @property
    def places(self) -> dict[str, Place]:
        return {"a": self._places_a, "b": self._places_b, "c": self._places_c}[self.build]()

    def _places_a(self) -> dict[str, Place]:
        stick, slack_mm = self.bought["stick"], STICK_SLACK_MM / 2
        return {
            "stick": Place(
                slack_mm, slack_mm, 0.0, stick.width_mm, stick.length_mm, stick.above_mm
            ),
        }

    def _places_b(self) -> dict[str, Place]:
        feather, cell = self.bought["feather"], self.bought["cell"]
        gap_mm = self.making.clearance_mm
        x_mm = PLUG_ASIDE_MM["b"] + gap_mm
        y_mm = BOX_ROOM_MM[1] - gap_mm - FEATHER_USB_OVERHANG_MM - feather.length_mm
        return {
            "feather": self._lying("feather", x_mm, y_mm, FEATHER_LEG_MM),
            "cell": self._lying(
                "cell",
                x_mm + (feather.width_mm - cell.width_mm) / 2,
                y_mm + (feather.length_mm - cell.length_mm) / 2,
                0.0,
            ),
            "lis3dh": self._across("lis3dh", SENSOR_X_MM, 11.5, SEAT_MM),
            "amp": self._across("amp", SENSOR_X_MM, 39.0, SEAT_MM),
            "piezo": self._piezo(49.0, 33.0),
        }

    def _places_c(self) -> dict[str, Place]:
        devkitc, gap_mm = self.bought["devkitc"], self.making.clearance_mm
        y_mm = BOX_ROOM_MM[1] - gap_mm - devkitc.length_mm
        return {
            "devkitc": self._lying("devkitc", PLUG_ASIDE_MM["c"] + gap_mm, y_mm, DEVKITC.below_mm),
            "gy521": self._across("gy521", 42.0, 48.0, SEAT_MM),
            "piezo": self._piezo(48.0, 26.0),
        }

    def _lying(self, name: str, x_mm: float, y_mm: float, z_mm: float) -> Place:
        part = self.bought[name]
        return Place(x_mm, y_mm, z_mm, part.width_mm, part.length_mm, part.above_mm)

    def _across(self, name: str, x_mm: float, y_mm: float, z_mm: float) -> Place:
        part = self.bought[name]
        return Place(x_mm, y_mm, z_mm, part.length_mm, part.width_mm, part.above_mm)

    def _piezo(self, x_mm: float, y_mm: float) -> Place:
        """Under the lid, by its middle."""
        piezo = self.bought["piezo"]
        wide_mm = max(piezo.length_mm, piezo.width_mm)
        return Place(
            x_mm - wide_mm / 2,
            y_mm - wide_mm / 2,
            self.shape.room_z_mm - piezo.above_mm,
            wide_mm,
            wide_mm,
            piezo.above_mm,
        )

    # What is refused.

    def _check_bought(self) -> None:
        {"a": self._check_a, "b": self._check_b, "c": self._check_c}[self.build]()

    def _check_a(self) -> None:
        stick = self.bought["stick"]
        _fits(stick, "its length", stick.length_mm, STICK.length_mm)
        _fits(stick, "its width", stick.width_mm, STICK.width_mm)
        _fits(stick, "its height", stick.above_mm, STICK.above_mm)
        why = "it would be loose under its frame"
        _reaches(stick, "its length", stick.length_mm, STICK.length_mm - STICK_SLACK_MM, why)
        _reaches(stick, "its width", stick.width_mm, STICK.width_mm - STICK_SLACK_MM, why)
        _reaches(stick, "its height", stick.above_mm, self.shape.room_z_mm + HOLD_MM, why)

    def _check_b(self) -> None:
        feather, lis3dh, amp, cell = (
            self.bought[name] for name in ("feather", "lis3dh", "amp", "cell")
        )
        twice_mm, room_z_mm = 2 * self.making.clearance_mm, self.shape.room_z_mm
        ends_mm = twice_mm + FEATHER_USB_OVERHANG_MM
        legs_x_mm, legs_y_mm = FEATHER.width_mm, FEATHER.length_mm - 2 * (2.54 + 2.2)
        _fits(feather, "its width with clearance", feather.width_mm + twice_mm, 24.5)
        _fits(
            feather,
            "its length with socket and clearance",
            feather.length_mm + ends_mm,
            BOX_ROOM_MM[1] - POST_MM,
        )
        _fits(feather, "its height on its legs", FEATHER_LEG_MM + feather.above_mm, room_z_mm)
        walls_mm = twice_mm + 2 * BULKHEAD_MM
        _fits(cell, "its width with clearance and walls", cell.width_mm + walls_mm, legs_x_mm)
        _fits(cell, "its length with clearance and walls", cell.length_mm + walls_mm, legs_y_mm)
        _fits(cell, "its height, and a tenth to swell,", 1.1 * cell.above_mm, CELL_LEG_MM)
        lead_mm = FEATHER.length_mm / 2 - FEATHER_BATTERY_SOCKET_MM[0] + CELL_LEAD_MM / 2
        least_mm = math.ceil(20 * (lead_mm - self.making.clearance_mm)) / 10
        _reaches(cell, "its length", cell.length_mm, least_mm, "its lead would find no way out")
        why = "more foam than cell would be in its pocket"
        _reaches(cell, "its width", cell.width_mm, CELL_LEAST_MM, why)
        _reaches(cell, "its height", cell.above_mm, CELL_LEAST_MM, why)
        self._check_seat(feather, FEATHER)
        for part in (lis3dh, amp):
            self._check_seat(part, LIS3DH)
        self._check_piezo(max(lis3dh.above_mm, amp.above_mm))

    def _check_c(self) -> None:
        devkitc, gy521 = self.bought["devkitc"], self.bought["gy521"]
        twice_mm, room_z_mm = 2 * self.making.clearance_mm, self.shape.room_z_mm
        _fits(devkitc, "its width with clearance", devkitc.width_mm + twice_mm, 29.5)
        _fits(
            devkitc,
            "its length with clearance",
            devkitc.length_mm + twice_mm,
            BOX_ROOM_MM[1] - POST_MM / 2 - TETHER_POST_MM,
        )
        _fits(devkitc, "its height on its ribs", DEVKITC.below_mm + devkitc.above_mm, room_z_mm)
        why = "ribs and the lid's posts would not meet it where they have to"
        for what, least_mm in zip(("length", "width"), DEVKITC_LEAST_MM, strict=True):
            _reaches(devkitc, f"its {what}", getattr(devkitc, f"{what}_mm"), least_mm, why)
        self._check_seat(gy521, GY521)
        _fits(gy521, "its height on its seat", SEAT_MM + gy521.above_mm, room_z_mm)
        self._check_piezo(0.0)

    def _check_seat(self, part: Part, drawn: Part) -> None:
        """A seat has pins where the holes of one board are: no other size goes on it."""
        why = "the pins of its seat are for holes elsewhere"
        for what in ("length", "width"):
            size_mm, drawn_mm = getattr(part, f"{what}_mm"), getattr(drawn, f"{what}_mm")
            _fits(part, f"its {what}", size_mm, drawn_mm)
            _reaches(part, f"its {what}", size_mm, drawn_mm - SEAT_PLAY_MM, why)

    def _check_piezo(self, under_mm: float) -> None:
        piezo = self.bought["piezo"]
        across_mm = max(piezo.length_mm, piezo.width_mm)
        _fits(piezo, "its diameter", across_mm, PIEZO.length_mm)
        why = "the holes over it would reach beyond it"
        _reaches(piezo, "its diameter", across_mm, PIEZO_LEAST_MM, why)
        over_mm = SEAT_MM + under_mm + PIEZO_ROOM_MM
        _fits(piezo, "its height", piezo.above_mm, self.shape.room_z_mm - over_mm)

    def _check_straps(self) -> None:
        has_mm = self.shape.saddle_half_mm
        if self.slot_mm + 1.5 > has_mm + 1e-9:
            widest_mm = math.floor((has_mm - 3.5) * 10 + 1e-6) / 10
            refuse(
                f"strap {self.making.strap_mm:g} mm is over {widest_mm:g} mm, the widest of which "
                f"two lie between the nuts of build {self.build}"
            )

    def _check_bed(self) -> None:
        foot_mm, head_mm = self.shape.outer_y_mm
        needs = (self.deck_x_mm, head_mm - foot_mm, max(self.shape.base_mm, self.clip_z_mm))
        for axis, needs_mm, has_mm in zip("xyz", needs, self.making.bed_mm, strict=True):
            if needs_mm > has_mm:
                refuse(
                    f"print bed {axis} {has_mm:g} mm is under {needs_mm:.1f} mm, "
                    f"which build {self.build} needs"
                )


# The gauge card: two rows of five, the largest of one over the smallest of the other.

GAUGE_ROWS = ((0, 3, 4, 7, 8), (9, 6, 5, 2, 1))
GAUGE_LAND_MM = 3.4  # between two notches, at the edge
GAUGE_SPINE_MM = 24.0  # between two that face each other: their figures, and a grip


def _row_mm(row: tuple[int, ...]) -> float:
    return sum(GAUGE_MM[i] + GAUGE_PLAY_MM for i in row) + GAUGE_LAND_MM * (len(row) + 1)


GAUGE_CARD_MM = (
    max(_row_mm(row) for row in GAUGE_ROWS),
    max(GAUGE_MM[i] + GAUGE_MM[j] for i, j in zip(*GAUGE_ROWS, strict=True)) / 2 + GAUGE_SPINE_MM,
)


def gauge_notches() -> list[tuple[float, float, int]]:
    """Diameter, middle along the card, and at which edge (-1 or 1)."""
    notches: list[tuple[float, float, int]] = []
    for row, side in zip(GAUGE_ROWS, (-1, 1), strict=True):
        land_mm = GAUGE_LAND_MM + (GAUGE_CARD_MM[0] - _row_mm(row)) / (len(row) + 1)
        x_mm = -GAUGE_CARD_MM[0] / 2
        for i in row:
            half_mm = (GAUGE_MM[i] + GAUGE_PLAY_MM) / 2
            x_mm += land_mm + half_mm
            notches.append((GAUGE_MM[i], x_mm, side))
            x_mm += half_mm
    return notches
