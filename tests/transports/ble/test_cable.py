# SPDX-License-Identifier: MIT
"""A node that is watched by radio is found on its cable; no port is opened without a reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.radio.waiting import PATIENCE_S
from tests.transports.fake_node import FakeNode
from upturn.transports import serial_ports
from upturn.transports.ble.cable import Cable
from upturn.transports.node_probe import Port, Probe
from upturn.transports.serial_ports import open_port

NODE_ID = "a0b1c2d3e4f5"


class Ports:
    """The ports of a machine, which come and go."""

    def __init__(self, *paths: Path) -> None:
        self.paths = list(paths)
        self.looks = 0

    def __call__(self) -> list[Port]:
        self.looks += 1
        return [Port(str(path)) for path in self.paths]


@asynccontextmanager
async def finding(
    ports: Ports, *, alone: Callable[[], bool] = lambda: False, node_id: str | None = NODE_ID
) -> AsyncIterator[asyncio.Task[Probe]]:
    cable = Cable(list_ports=ports, hello_s=0.15, look_s=0.01, busy_s=0.1, silent_s=0.2)
    task = asyncio.create_task(cable.find(lambda: node_id, alone))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.result().close()


async def looked(ports: Ports, times: int) -> None:
    wanted = ports.looks + times
    async with asyncio.timeout(PATIENCE_S):
        while ports.looks < wanted:  # noqa: ASYNC110 - a look has no event
            await asyncio.sleep(0.005)


async def test_a_node_that_is_plugged_in_is_found_at_once(tmp_path: Path) -> None:
    ports = Ports()
    with FakeNode(tmp_path / "tty") as node:
        async with finding(ports) as task:
            await looked(ports, 2)
            ports.paths = [node.port]
            async with asyncio.timeout(PATIENCE_S):
                probe = await task
            assert probe.hello is not None
            assert probe.hello.node_id == NODE_ID
            assert probe.port == Port(str(node.port))
            assert probe.link is not None


async def test_a_port_that_was_there_before_is_left_alone_while_the_radio_carries(
    tmp_path: Path,
) -> None:
    with FakeNode(tmp_path / "tty") as node:
        ports = Ports(node.port)
        async with finding(ports) as task:
            await looked(ports, 5)
            assert not task.done()
        assert node.heard == []


async def test_and_asked_when_no_radio_does(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        async with (
            finding(Ports(node.port), alone=lambda: True) as task,
            asyncio.timeout(PATIENCE_S),
        ):
            assert (await task).hello is not None


async def test_another_node_is_let_go_of_and_asked_once(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty", node_id="0123456789ab") as node:
        ports = Ports()
        async with finding(ports) as task:
            await looked(ports, 1)
            ports.paths = [node.port]
            await looked(ports, 8)
            assert not task.done()
        questions = len(node.heard)
        assert questions >= 1
        assert node.heard == node.heard[:1] * questions


async def test_what_was_pulled_and_put_back_is_asked_again(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        node.silent = True
        ports = Ports()
        async with finding(ports) as task:
            await looked(ports, 1)
            ports.paths = [node.port]
            await looked(ports, 3)
            ports.paths = []
            await looked(ports, 2)
            node.silent = False
            ports.paths = [node.port]
            async with asyncio.timeout(PATIENCE_S):
                assert (await task).hello is not None


async def test_nothing_is_opened_before_it_is_known_who_is_looked_for(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        ports = Ports()
        async with finding(ports, node_id=None, alone=lambda: True):
            await looked(ports, 1)
            ports.paths = [node.port]
            await looked(ports, 5)
        assert node.heard == []


@pytest.mark.parametrize("alone", [True, False])
async def test_one_whose_link_has_ended_is_asked_again_only_without_radio(
    tmp_path: Path, alone: bool
) -> None:
    with FakeNode(tmp_path / "tty") as node:
        ports = Ports(node.port)
        cable = Cable(list_ports=ports, hello_s=0.15, look_s=0.01)
        first = await cable.find(lambda: NODE_ID, lambda: True)
        first.close()
        cable.forget(first)
        task = asyncio.create_task(cable.find(lambda: NODE_ID, lambda: alone))
        if alone:
            async with asyncio.timeout(PATIENCE_S):
                (await task).close()
        else:
            await looked(ports, 5)
            assert not task.done()
            task.cancel()
            await asyncio.wait({task})


async def test_a_port_that_another_program_looks_at_first_is_asked_again(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        ports = Ports()
        async with finding(ports) as task:
            await looked(ports, 1)
            other = open_port(str(node.port))
            ports.paths = [node.port]
            await looked(ports, 3)
            other.close()
            async with asyncio.timeout(PATIENCE_S):
                assert (await task).hello is not None


async def test_one_that_did_not_answer_is_asked_again_while_no_radio_carries(
    tmp_path: Path,
) -> None:
    with FakeNode(tmp_path / "tty") as node:
        node.silent = True
        ports = Ports()
        async with finding(ports, alone=lambda: True) as task:
            await looked(ports, 1)
            ports.paths = [node.port]
            await looked(ports, 3)
            node.silent = False
            async with asyncio.timeout(PATIENCE_S):
                assert (await task).hello is not None


async def test_a_port_that_another_table_has_by_name_is_left_to_it(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        serial_ports.named.add(str(node.port))
        try:
            async with finding(Ports(node.port), alone=lambda: True) as task:
                await asyncio.sleep(0.1)
                assert not task.done()
        finally:
            serial_ports.named.discard(str(node.port))
        assert node.heard == []
