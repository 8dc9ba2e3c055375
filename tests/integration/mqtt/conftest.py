# SPDX-License-Identifier: MIT
"""A broker for a test, and a line to it that the test can cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mosquitto import Mosquitto
from tests.tcp_proxy import TcpProxy


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """Takes anybody, and keeps nothing over a restart."""
    with Mosquitto(tmp_path) as running:
        yield running


@pytest.fixture
def line(broker: Mosquitto) -> Iterator[TcpProxy]:
    """To that broker."""
    with TcpProxy(broker.port) as proxy:
        yield proxy
