# SPDX-License-Identifier: MIT
"""A world with Bluetooth in each test, in a hurry."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.transports.ble.world import World, hurry


@pytest_asyncio.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    hurry(monkeypatch)
    async with World(tmp_path) as world:
        yield world
