# SPDX-License-Identifier: MIT
"""A board for a test, from the box or with MicroPython on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firmware import mpy
from tests.flash.board import SimBoard


@pytest.fixture
def board(tmp_path: Path) -> Iterator[SimBoard]:
    mpy.need(64)
    with SimBoard(tmp_path / "board") as board:
        yield board


@pytest.fixture
def with_micropython(board: SimBoard) -> SimBoard:
    board.install_micropython()
    return board
