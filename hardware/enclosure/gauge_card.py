# SPDX-License-Identifier: MIT
"""A card with ten half-round notches, 25 to 52 mm, to find a tube's diameter.

The smallest notch that the tube enters to its bottom: it has that diameter at most, and more than
the one before.
"""

from build123d import Axis, Part, Pos, chamfer

from hardware.enclosure.drawing import pin, plate, rectangle, strokes
from hardware.enclosure.plan import GAUGE_CARD_MM, gauge_notches
from hardware.enclosure.tubes import GAUGE_PLAY_MM

CARD_MM = 3.0
ENGRAVED_MM = 0.8
FIGURE_MM = 6.0


def figures(deep_mm: float = 5.0) -> list[Part]:
    """What is cut into the card: beside each notch its diameter in millimetres."""
    found = []
    for diameter_mm, x_mm, side in gauge_notches():
        radius_mm = (diameter_mm + GAUGE_PLAY_MM) / 2
        y_mm = side * (GAUGE_CARD_MM[1] / 2 - radius_mm - 1.8 - FIGURE_MM / 2)
        figure = strokes(f"{diameter_mm:.0f}", FIGURE_MM, 1.1, deep_mm)
        found.append(Pos(x_mm, y_mm, CARD_MM - ENGRAVED_MM) * figure)
    return found


def gauge_card() -> Part:
    long_mm, wide_mm = GAUGE_CARD_MM
    half_x_mm, half_y_mm = long_mm / 2, wide_mm / 2
    card = plate(rectangle(-half_x_mm, -half_y_mm, half_x_mm, half_y_mm, 4.0), 0, CARD_MM)
    card = chamfer(card.faces().sort_by(Axis.Z)[-1].edges(), 0.8)
    for diameter_mm, x_mm, side in gauge_notches():
        card -= pin(x_mm, side * half_y_mm, -1, (diameter_mm + GAUGE_PLAY_MM) / 2, 10)
    for figure in figures():
        card -= figure
    return card
