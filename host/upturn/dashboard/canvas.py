# SPDX-License-Identifier: MIT
"""Dots to braille text: a grid of booleans, two columns and four rows to each character."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Dots = NDArray[np.bool_]

DOTS_X = 2
DOTS_Y = 4
_BRAILLE = 0x2800
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint16)
"""Unicode's numbering of the eight dots."""


def blank(width: int, height: int) -> Dots:
    """An empty canvas of `width` x `height` characters, indexed [y, x] in dots."""
    return np.zeros((height * DOTS_Y, width * DOTS_X), np.bool_)


def codes(dots: Dots) -> NDArray[np.uint16]:
    """The code point of each character; 0x20 where no dot is set."""
    rows, columns = dots.shape
    cells = dots.reshape(rows // DOTS_Y, DOTS_Y, columns // DOTS_X, DOTS_X)
    values = (cells * _BITS[None, :, None, :]).sum(axis=(1, 3), dtype=np.uint16)
    return np.where(values == 0, np.uint16(0x20), values + np.uint16(_BRAILLE))


def has_dots(dots: Dots) -> Dots:
    """For each character, whether any of its dots is set."""
    rows, columns = dots.shape
    cells = dots.reshape(rows // DOTS_Y, DOTS_Y, columns // DOTS_X, DOTS_X)
    return np.asarray(cells.any(axis=(1, 3)))


def text(row: NDArray[np.uint16]) -> str:
    """A row of code points as text."""
    return row.astype("<u2").tobytes().decode("utf-16-le")


def stroke(
    dots: Dots, start: tuple[float, float], end: tuple[float, float], *, width: float = 1.0
) -> None:
    """A straight line between two points (x, y in dots, y downwards), `width` dots thick."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    length = max(1e-6, float(np.hypot(dx, dy)))
    ys, xs = np.ogrid[: dots.shape[0], : dots.shape[1]]
    along = np.clip(((xs - x0) * dx + (ys - y0) * dy) / length**2, 0.0, 1.0)
    apart = np.hypot(xs - (x0 + along * dx), ys - (y0 + along * dy))
    dots |= apart <= width / 2.0


def disc(dots: Dots, centre: tuple[float, float], radius: float) -> None:
    """A filled circle, radius in dots."""
    ys, xs = np.ogrid[: dots.shape[0], : dots.shape[1]]
    dots |= np.hypot(xs - centre[0], ys - centre[1]) <= radius
