# SPDX-License-Identifier: MIT
"""Large text for the far side of a room: a five-row pixel font drawn with half blocks.

Two pixels share a character cell, one above the other, so that a pixel is about square. Scaling is
by whole numbers; a text that does not fit is not drawn smaller than 1 but refused. Letters are
round or narrow where a digit is square: S is no 5 and O no 0, even from the far side.
"""

from __future__ import annotations

from functools import lru_cache

PIXEL_ROWS = 5
_HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}

_FONT: dict[str, tuple[str, ...]] = {
    line[0]: tuple(line[2:].split())
    for line in """
0 ### #.# #.# #.# ###
1 ##. .#. .#. .#. ###
2 ### ..# ### #.. ###
3 ### ..# ### ..# ###
4 #.# #.# ### ..# ..#
5 ### #.. ### ..# ###
6 ### #.. ### #.# ###
7 ### ..# ..# ..# ..#
8 ### #.# ### #.# ###
9 ### #.# ### ..# ###
A .#. #.# ### #.# #.#
B ##. #.# ##. #.# ##.
C .## #.. #.. #.. .##
D ###. #..# #..# #..# ###.
E ### #.. ##. #.. ###
F ### #.. ##. #.. #..
G .## #.. #.# #.# .##
H #.# #.# ### #.# #.#
I # # # # #
J ..# ..# ..# #.# ###
K #..# #.#. ##.. #.#. #..#
L #.. #.. #.. #.. ###
M #...# ##.## #.#.# #...# #...#
N #..# ##.# #.## #..# #..#
O .#. #.# #.# #.# .#.
P ### #.# ### #.. #..
Q .##. #..# #..# #.## .###
R ##. #.# ##. #.# #.#
S .## #.. .#. ..# ##.
T ### .#. .#. .#. .#.
U #..# #..# #..# #..# .##.
V #.# #.# #.# #.# .#.
W #...# #...# #.#.# ##.## #...#
X #.# #.# .#. #.# #.#
Y #.# #.# .#. .#. .#.
Z #### ...# .##. #... ####
: . # . # .
+ ... .#. ### .#. ...
- ... ... ### ... ...
° ## ## .. .. ..
* #.# .#. #.# ... ...
. . . . . #
, . . . # #
' # # . . .
; . # . # #
< ..# .#. #.. .#. ..#
! # # # . #
/ ..# ..# .#. #.. #..
% #.# ..# .#. #.. #.#
? ### ..# .## ... .#.
""".strip().splitlines()
}
_SPACE = ("..",) * PIXEL_ROWS


def covers(text: str) -> bool:
    """Whether every character has a shape."""
    return all(character == " " or character in _FONT for character in text.upper())


def width_of(text: str, scale: int) -> int:
    """Columns that the text takes."""
    shapes = [_shape(character) for character in text.upper()]
    return scale * (sum(len(shape[0]) for shape in shapes) + max(0, len(shapes) - 1))


def height_of(scale: int) -> int:
    """Rows that a line takes."""
    return (PIXEL_ROWS * scale + 1) // 2


def best_scale(text: str, width: int, height: int) -> int:
    """The largest scale that fits; 0 when not even the smallest does."""
    if not text or not covers(text):
        return 0
    return max(0, min(width // max(1, width_of(text, 1)), (2 * height) // PIXEL_ROWS))


@lru_cache(256)
def big(text: str, scale: int) -> tuple[str, ...]:
    """The text as rows of half blocks."""
    pixels = [
        [
            int(pixel == "#")
            for pixel in ".".join(_shape(c)[row] for c in text.upper())
            for _ in range(scale)
        ]
        for row in range(PIXEL_ROWS)
        for _ in range(scale)
    ]
    if len(pixels) % 2:
        pixels.append([0] * len(pixels[0]))
    return tuple(
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(pixels[::2], pixels[1::2], strict=True)
    )


def _shape(character: str) -> tuple[str, ...]:
    return _SPACE if character == " " else _FONT[character]
