# SPDX-License-Identifier: MIT
"""Tests that take `bits` run under MicroPython of both word sizes, `micropython` under one."""

from __future__ import annotations

import pytest

from tests.firmware import interpreter, mpy


@pytest.fixture(params=interpreter.WORD_SIZES, ids=lambda bits: f"{bits}bit", scope="session")
def bits(request: pytest.FixtureRequest) -> int:
    """A word size of MicroPython; skipped where that build is missing, unless it is required."""
    size: int = request.param
    mpy.need(size)
    return size


@pytest.fixture(scope="session")
def micropython() -> int:
    """The word size of the build that every machine can run; skipped as above."""
    mpy.need(64)
    return 64
