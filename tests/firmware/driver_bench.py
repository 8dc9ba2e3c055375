# SPDX-License-Identifier: MIT
"""Runs steps on the bench of tests/firmware/device/drivers_bench.py."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.firmware import mpy


class Chip(NamedTuple):
    name: str
    range_g: int
    step: int
    """The smallest change that it tells, in 1/2048 g."""
    most_mg: int
    """The largest force that it tells."""
    has_gyro: bool = False
    has_fifo: bool = True


CHIPS = (
    Chip("MPU6050", 16, 1, 16_000, has_gyro=True),
    Chip("MPU6500", 16, 1, 16_000, has_gyro=True),
    Chip("MPU6886", 16, 1, 16_000, has_gyro=True),
    Chip("BMI270", 16, 1, 16_000, has_gyro=True),
    Chip("ADXL345", 16, 8, 16_000),
    Chip("LIS3DH", 8, 9, 8_188, has_fifo=False),
)

every_chip = pytest.mark.parametrize("chip", CHIPS, ids=lambda chip: chip.name)
every_fifo = pytest.mark.parametrize(
    "chip", [chip for chip in CHIPS if chip.has_fifo], ids=lambda chip: chip.name
)
every_gyro = pytest.mark.parametrize(
    "chip", [chip for chip in CHIPS if chip.has_gyro], ids=lambda chip: chip.name
)

Steps = Callable[..., Any]


@pytest.fixture
def steps(bits: int, tmp_path: Path) -> Steps:
    """What the last `show(...)` of some lines showed: one value bare, more as a list."""

    def run(*lines: str) -> Any:
        code = "\n".join(["from drivers_bench import *", *lines])
        shown = json.loads(mpy.run(bits, code, cwd=tmp_path).splitlines()[-1])
        return shown[0] if len(shown) == 1 else shown

    return run
