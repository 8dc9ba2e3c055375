# SPDX-License-Identifier: MIT
"""Air and a host in each test; nodes with firmware run under MicroPython of both word sizes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from bumble.device import Device

from tests.firmware.conftest import bits, micropython
from tests.radio.air import Air

__all__ = ["HOST", "air", "bits", "host", "micropython"]

HOST = "F0:00:00:00:00:01"


@pytest_asyncio.fixture
async def air() -> AsyncIterator[Air]:
    async with Air() as air:
        yield air


@pytest_asyncio.fixture
async def host(air: Air) -> Device:
    """A bumble host, for make_backends."""
    return await air.device(HOST)
