# SPDX-License-Identifier: MIT
"""Drawings as a PNG, one under another, by Pillow: the extra `report`, imported only here.

Painted larger and made smaller again, because Pillow's lines have no soft edges of their own.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import hypot

from PIL import Image, ImageDraw, ImageFont

from upturn.report.colours import COLOURS
from upturn.report.drawing import Anchor, Box, Dot, Drawing, Ink, Label, Shape, Stroke

SCALE = 2
"""Pixels of the picture for one of the drawing: sharp on today's screens, and on paper."""
SMOOTH = 2
"""And painted this much larger still."""
FONT = "DejaVuSans.ttf"
"""For letters beyond Latin, where the system has it; Pillow's own font has no others."""
LATIN_END = 0x180
BOLD = 0.02
"""Of the size: how much wider a bold letter's strokes are."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Points = Sequence[tuple[float, float]]
_ANCHORS = {Anchor.START: "ls", Anchor.MIDDLE: "ms", Anchor.END: "rs"}


def png(drawings: Sequence[Drawing]) -> bytes:
    """One picture of them all, in the colours of paper."""
    factor = SCALE * SMOOTH
    width = max(drawing.width for drawing in drawings)
    height = sum(drawing.height for drawing in drawings)
    size = (round(width * factor), round(height * factor))
    image = Image.new("RGB", size, COLOURS[Ink.PAPER].light)
    painter = _Painter(ImageDraw.Draw(image), factor)
    for drawing in drawings:
        painter.paint(drawing)
    out = io.BytesIO()
    image.reduce(SMOOTH).save(out, "PNG", optimize=True)
    return out.getvalue()


class _Painter:
    def __init__(self, draw: ImageDraw.ImageDraw, factor: float) -> None:
        self._draw = draw
        self._factor = factor
        self._top = 0.0
        self._fonts: dict[tuple[float, bool], Font] = {}

    def paint(self, drawing: Drawing) -> None:
        for shape in drawing.shapes:
            self._shape(shape)
        self._top += drawing.height

    def _shape(self, shape: Shape) -> None:
        colour = COLOURS[shape.ink].light
        match shape:
            case Box():
                left, top = self._at(shape.x, shape.y)
                right, bottom = self._at(shape.x + shape.width, shape.y + shape.height)
                if right > left and bottom > top:
                    self._draw.rectangle((left, top, right - 1, bottom - 1), fill=colour)
            case Stroke():
                width = max(1, round(shape.width * self._factor))
                for piece in _dashes(shape.points, shape.dash):
                    points = [self._at(x, y) for x, y in piece]
                    self._draw.line(points, fill=colour, width=width, joint="curve")
            case Dot():
                left, top = self._at(shape.x - shape.radius, shape.y - shape.radius)
                right, bottom = self._at(shape.x + shape.radius, shape.y + shape.radius)
                self._draw.ellipse((left, top, right, bottom), fill=colour)
            case Label():
                self._draw.text(
                    self._at(shape.x, shape.y),
                    shape.text,
                    fill=colour,
                    font=self._font(shape),
                    anchor=_ANCHORS[shape.anchor],
                    stroke_width=BOLD * shape.size * self._factor if shape.bold else 0.0,
                )

    def _font(self, label: Label) -> Font:
        latin = all(ord(letter) < LATIN_END for letter in label.text)
        key = (label.size, latin)
        if key not in self._fonts:
            self._fonts[key] = _font(label.size * self._factor, latin)
        return self._fonts[key]

    def _at(self, x: float, y: float) -> tuple[int, int]:
        return round(x * self._factor), round((self._top + y) * self._factor)


def _font(size: float, latin: bool) -> Font:
    if not latin:
        try:
            return ImageFont.truetype(FONT, size)
        except OSError:  # not on this system: boxes for those letters
            pass
    return ImageFont.load_default(size)


def _dashes(points: Points, dash: float) -> Iterator[Points]:
    """The pieces of a line; of each stretch anew, for the lines that are dashed are straight."""
    if not dash:
        yield points
        return
    for (x1, y1), (x2, y2) in pairwise(points):
        length = hypot(x2 - x1, y2 - y1)
        at = 0.0
        while at < length:
            start, end = at / length, min(1.0, (at + dash) / length)
            yield (
                (x1 + (x2 - x1) * start, y1 + (y2 - y1) * start),
                (x1 + (x2 - x1) * end, y1 + (y2 - y1) * end),
            )
            at += 2.0 * dash
