# SPDX-License-Identifier: MIT
"""A room with a computer, whose nodes come paired: by one true pairing for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.firmware import mpy
from tests.integration.ble.room import BONDS, Bond, Room
from tests.radio.air import public
from tests.radio.waiting import until


@pytest.fixture(scope="session")
def bond(tmp_path_factory: pytest.TempPathFactory) -> Bond:
    mpy.need(64)
    return asyncio.run(_bond(tmp_path_factory.mktemp("bond")))


@pytest_asyncio.fixture
async def room(tmp_path: Path, bond: Bond) -> AsyncIterator[Room]:
    async with Room(tmp_path, bond) as room:
        yield room


async def _bond(folder: Path) -> Bond:
    async with Room(folder) as room:
        node = await room.node()
        await room.pair(node)
        kept = node.flash / BONDS
        await until(lambda: b'"hosts": []' not in kept.read_bytes())
        assert room.computer.keystore is not None
        keys = await room.computer.keystore.get(str(public(node.address)))
        assert keys is not None
        return Bond(kept.read_bytes(), keys)
