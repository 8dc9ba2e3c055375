# SPDX-License-Identifier: MIT
"""Axes that say how a sensor sits, and axes that do not."""

from __future__ import annotations

from math import cos, inf, nan, radians, sin

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from upturn.core.mounting import ASSUMED, Mounting, MountingError, Vector, cross, dot, norm

anything = st.tuples(*[st.floats(-1e300, 1e300)] * 3)


def apart(degrees: float) -> Vector:
    """An axis so far from +y, in the plane of y and z."""
    return (0.0, cos(radians(degrees)), sin(radians(degrees)))


def test_what_is_assumed_points_along_y_and_z() -> None:
    assert Mounting((0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)) == ASSUMED


def test_axes_are_normalised_and_front_is_made_square_to_head() -> None:
    mounting = Mounting.from_axes((0.0, 2.0, 0.0), (0.0, 3.0, 3.0))
    assert mounting.head == (0.0, 1.0, 0.0)
    assert mounting.front == pytest.approx((0.0, 0.0, 1.0))
    assert mounting.hinge == pytest.approx((1.0, 0.0, 0.0))
    assert (mounting.head_offset_g, mounting.front_offset_g) == (0.0, 0.0)


@pytest.mark.parametrize("scale", [5e-324, 1e-200, 1.0, 1e200, 1.7e308])
def test_huge_and_tiny_axes_neither_overflow_nor_vanish(scale: float) -> None:
    assert Mounting.from_axes((0.0, scale, 0.0), (0.0, 0.0, scale)) == ASSUMED


@pytest.mark.parametrize(
    ("head", "front", "problem"),
    [
        ((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), "head is zero"),
        ((0.0, 1.0, 0.0), (0.0, -0.0, 0.0), "front is zero"),
        ((nan, 1.0, 0.0), (0.0, 0.0, 1.0), "head has a number that is not finite"),
        ((0.0, 1.0, 0.0), (0.0, 0.0, inf), "front has a number that is not finite"),
        (apart(0.0), apart(0.0), "head and front are 0.0 degrees apart"),
        (apart(0.0), apart(9.99), "head and front are 10.0 degrees apart"),
        (apart(0.0), apart(170.01), "head and front are 170.0 degrees apart"),
        (apart(0.0), apart(180.0), "head and front are 180.0 degrees apart"),
    ],
)
def test_axes_that_give_no_plane_of_rotation_are_refused(
    head: Vector, front: Vector, problem: str
) -> None:
    with pytest.raises(MountingError) as refused:
        Mounting.from_axes(head, front)
    assert str(refused.value).split(";")[0] == problem


@pytest.mark.parametrize("degrees", [10.01, 90.0, 169.99])
def test_ten_degrees_from_parallel_are_enough(degrees: float) -> None:
    assert Mounting.from_axes(apart(0.0), apart(degrees)).front == pytest.approx((0, 0, 1))


@given(head=anything, front=anything)
def test_any_axes_are_either_refused_or_give_an_orthonormal_frame(
    head: Vector, front: Vector
) -> None:
    try:
        mounting = Mounting.from_axes(head, front)
    except MountingError:
        assume(False)
    rows = (mounting.head, mounting.front, mounting.hinge)
    assert [norm(row) for row in rows] == pytest.approx([1.0, 1.0, 1.0])
    assert dot(mounting.head, mounting.front) == pytest.approx(0.0, abs=1e-9)
    assert mounting.hinge == pytest.approx(cross(mounting.head, mounting.front))
