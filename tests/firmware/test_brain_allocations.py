# SPDX-License-Identifier: MIT
"""What runs with every sample takes nothing from the heap, whatever it reads."""

from __future__ import annotations

import pytest

from tests.firmware import mpy


@pytest.mark.parametrize(
    "name",
    [
        "tilt with a gyro",
        "tilt without a gyro",
        "tilt at rest",
        "guard",
        "taps",
        "button",
        "signals",
        "intmath",
    ],
)
def test_a_thousand_steps_leave_the_heap_alone(bits: int, name: str) -> None:
    assert mpy.run(bits, "brain_allocations.py", name).splitlines() == ["0", "heap untouched"]
