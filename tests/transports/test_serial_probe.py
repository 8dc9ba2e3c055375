# SPDX-License-Identifier: MIT
"""Asking a port who is there, where it goes wrong; `scan` and `serial:auto` test the rest."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests.radio.waiting import PATIENCE_S
from tests.transports.fake_node import FakeNode
from upturn.transports.node_probe import Port
from upturn.transports.serial_ports import open_port
from upturn.transports.serial_probe import probe_all, serial_probe


async def test_a_device_that_goes_while_it_is_asked_is_told(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        node.silent = True
        probe = serial_probe(Port(str(node.port)), time.monotonic)
        finding = asyncio.create_task(probe.find(PATIENCE_S))
        await asyncio.sleep(0.05)
        node.unplug()
        assert not await finding
        assert probe.problem == f"{node.port} is gone"
        assert await probe.first_measurement(1.0) is None


async def test_who_is_stopped_while_asking_leaves_no_port_open(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "a") as mute, FakeNode(tmp_path / "b") as node:
        mute.silent = True
        ports = [Port(str(mute.port)), Port(str(node.port))]
        asking = asyncio.create_task(probe_all(ports, time.monotonic, wait_s=1.0))
        await asyncio.sleep(0.05)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        for port in ports:
            open_port(port.device).close()  # it is for one program alone


async def test_a_frame_of_another_version_beside_a_greeting_is_no_reason_to_refuse_it(
    tmp_path: Path,
) -> None:
    with FakeNode(tmp_path / "tty") as node:
        probe = serial_probe(Port(str(node.port)), time.monotonic)
        finding = asyncio.create_task(probe.find(PATIENCE_S))
        node.version = 2
        node.say("GOODBYE", {"t_ms": 0, "reason": 1})
        node.version = 1
        assert await finding
        probe.close()
        assert probe.problem == ""
