# SPDX-License-Identifier: MIT
"""Integer mathematics against `math`, over dense inputs."""

from __future__ import annotations

from tests.firmware import mpy


def errors(bits: int) -> dict[str, str]:
    lines = mpy.run(bits, "intmath_errors.py").splitlines()
    return dict(line.rsplit(" ", 1) for line in lines)


def test_every_function_keeps_its_word(bits: int) -> None:
    found = errors(bits)
    assert found.pop("isqrt") == "True"
    assert float(found.pop("sine")) < 2.0  # of 16384
    assert float(found.pop("eased")) <= 0.5  # rounded, never cut
    assert len(found) == 6  # lengths of the vector from 500 up
    assert max(map(float, found.values())) < 1.0  # cdeg


def test_directions_along_the_axes_are_exact(bits: int) -> None:
    code = """
from upturn_node.intmath import atan2_cdeg
print([atan2_cdeg(y, x) for y, x in ((0, 0), (0, 9), (9, 9), (9, 0), (9, -9), (0, -9), (-9, -9),
                                     (-9, 0), (-9, 9), (-1, -32768))])
"""
    assert mpy.run(bits, code) == "[0, 0, 4500, 9000, 13500, 18000, -13500, -9000, -4500, 18000]\n"


def test_a_duration_stops_at_its_longest(bits: int) -> None:
    code = """
from upturn_node.intmath import LONGEST_MS as most, longer
print([longer(ms, dt) - most for ms, dt in ((most - 2, 1), (most - 1, 1), (most, 1), (0, most))])
"""
    assert mpy.run(bits, code) == "[-1, 0, 0, 0]\n"
