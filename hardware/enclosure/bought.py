# SPDX-License-Identifier: MIT
"""What is bought and has to fit: outlines, heights and holes, each with where the figure is from.

"recalled" is from memory, "estimate" a guess on the safe side: measure yours before you print.
"""

from dataclasses import dataclass, replace

from hardware.enclosure.parameters import refuse


@dataclass(frozen=True, kw_only=True)
class Part:
    """A bought part as the box that it fills; z = 0 is the underside of its board."""

    name: str
    length_mm: float
    width_mm: float
    above_mm: float  # from that underside to the highest thing on it
    below_mm: float = 0.0  # pins and plugs under it
    holes_mm: tuple[tuple[float, float], ...] = ()  # from a corner: along length, along width
    hole_mm: float = 0.0
    source: str


BOARD_MM = 1.6

FEATHER = Part(
    name="feather",
    length_mm=50.8,
    width_mm=22.86,
    above_mm=BOARD_MM + 6.0,
    holes_mm=((2.54, 2.54), (2.54, 20.32), (48.26, 2.54), (48.26, 20.32)),
    hole_mm=2.5,
    source="outline, holes, buttons and sockets: the maker's public board file; heights: estimate",
)
# From the USB edge, and from the edge that is nearer to the buttons.
FEATHER_USB_MM = 11.43
FEATHER_BUTTON_MM = (26.23, 6.35)  # SW1 of the board file, GPIO38; the other one is reset
FEATHER_BUTTON_HEIGHT_MM = 1.9  # estimate, from the name of the switch
FEATHER_LEDS_MM = ((2.35, 17.34), (2.03, 5.46))  # GPIO13; charging
FEATHER_BATTERY_SOCKET_MM = (10.99, 19.30)
FEATHER_STEMMA_MM = (29.78, 15.75)
FEATHER_USB_OVERHANG_MM = 1.5  # estimate

LIS3DH = Part(
    name="lis3dh",
    length_mm=25.4,
    width_mm=17.78,
    above_mm=BOARD_MM + 3.2,
    holes_mm=((2.54, 2.54), (2.54, 15.24), (22.86, 2.54), (22.86, 15.24)),
    hole_mm=2.5,
    source="recalled: the maker's usual STEMMA QT outline, holes 0.1 inch from the corners",
)
AMP = Part(
    name="amp",
    length_mm=25.4,
    width_mm=17.78,
    above_mm=BOARD_MM + 7.0,
    holes_mm=LIS3DH.holes_mm,
    hole_mm=2.5,
    source="outline: the BOM's; holes: recalled, as LIS3DH; height over its sockets: estimate",
)
CELL = Part(
    name="cell",
    length_mm=36.0,
    width_mm=17.0,
    above_mm=7.8,
    source="the seller's figures, as three public parts lists have them; its lead is some 25 mm",
)
DEVKITC = Part(
    name="devkitc",
    length_mm=56.7,
    width_mm=27.9,
    above_mm=BOARD_MM + 3.8,
    below_mm=20.0,
    source="over antenna and socket, the larger of two figures: 56.63 x 27.9 of a public "
    "simulator's drawing, 54.4 x 27.9 recalled; below, header and jumper plug: estimate",
)
DEVKITC_BUTTON_MM = (5.0, 7.0)  # BOOT, from the USB end and from the edge beside it: estimate
DEVKITC_BUTTON_HEIGHT_MM = 2.0  # estimate
GY521 = Part(
    name="gy521",
    length_mm=21.0,
    width_mm=16.0,
    above_mm=20.0,
    holes_mm=((2.85, 13.2), (18.15, 13.2)),
    hole_mm=3.0,
    source="three public models agree: 20.9 to 21 x 15.5 to 16, holes 3 mm and 15.3 apart; "
    "their distance from the edge and the height of the jumper plugs: estimate",
)
PIEZO = Part(
    name="piezo",
    length_mm=30.0,
    width_mm=30.0,
    above_mm=7.0,
    source="diameter: the BOM's; height with its foam tape: estimate",
)
STICK = Part(
    name="stick",
    length_mm=48.0,
    width_mm=24.0,
    above_mm=13.5,
    source="copies of the maker's page of the StickC Plus: 48.0 x 24.0 x 13.5; that the Plus2 has "
    "the same case, and where its side buttons are: recalled",
)

BOUGHT = {part.name: part for part in (FEATHER, LIS3DH, AMP, CELL, DEVKITC, GY521, PIEZO, STICK)}


def bought_of(text: str) -> Part:
    """Another size for a bought part, as in `cell=35x20x6`."""
    name, _, sizes = text.partition("=")
    if name not in BOUGHT:
        refuse(f"board {name!r} is not one of {', '.join(sorted(BOUGHT))}")
    try:
        length_mm, width_mm, above_mm = (float(size) for size in sizes.lower().split("x"))
    except ValueError:
        refuse(f"board {text!r} is not NAME=LENGTHxWIDTHxHEIGHT in millimetres; cell=35x20x6 is")
    return replace(
        BOUGHT[name],
        length_mm=length_mm,
        width_mm=width_mm,
        above_mm=above_mm,
        source="given on the command line",
    )
