# SPDX-License-Identifier: MIT
"""A paired node is asked by radio as it is by cable: it answers, or it is told why it does not."""

from __future__ import annotations

import asyncio
import time

import pytest
from bleak.exc import BleakBluetoothNotAvailableReason as Reason

from tests.radio.bleak_bumble import forget_bonds
from tests.radio.waiting import until
from tests.transports.ble.world import World
from upturn.errors import RunError
from upturn.transports.ble import probe as module
from upturn.transports.ble.bluetooth import Sighting
from upturn.transports.ble.probe import ble_probe
from upturn.transports.ble.trouble import BleError, Fact
from upturn.transports.node_probe import Port, Probe
from upturn.transports.node_talk import RefusedError
from upturn.wire.commands import IDENTIFY
from upturn.wire.vocabulary import Verb

FORGOTTEN = "the peer has lost its bond: unpair first"
"""As bumble's system has it."""
DOUBT = (
    "Try again. Another computer may be connected to it, or its bond is lost. For a new one: "
    "press its button, then run 'upturn node pair'"
)


def probe_of(world: World, text: str = "auto") -> Probe:
    return ble_probe(text, world.bluetooth, world.nodes, time.monotonic)


async def why_not(probe: Probe) -> tuple[str, str]:
    assert not await probe.find(1.0)
    assert probe.link is None
    return probe.problem, probe.remedy


async def test_a_paired_node_says_who_it_is_and_does_what_it_is_told(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        probe = probe_of(world, "den")
        assert await probe.find(1.0)
        assert (probe.port, probe.name) == (Port("ble:den"), "den")
        await probe.talk.ask(IDENTIFY)
        assert node.told(Verb.IDENTIFY) == [b""]
        assert await probe.first_measurement(1.0) is not None
        probe.close()
        await probe.closed()
        await until(lambda: node.connection is None)


async def test_one_that_is_lost_in_mid_question_is_told(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        node.mute_on.add(Verb.IDENTIFY)
        probe = probe_of(world)
        assert await probe.find(1.0)
        asking = asyncio.create_task(probe.talk.ask(IDENTIFY))
        await until(lambda: node.told(Verb.IDENTIFY))
        await node.drop()
        with pytest.raises(RefusedError):
            await asking
        probe.close()
        await probe.closed()


async def test_one_that_is_not_in_sight_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SIGHT_S", 0.1)
    async with world.node() as node:
        await world.pair(node)
        await node.power_off()
        assert await why_not(probe_of(world)) == (
            "not in sight",
            "Go nearer, and look whether it is on",
        )


async def test_one_that_is_not_paired_is_told(world: World) -> None:
    async with world.node():
        assert await why_not(probe_of(world, "den")) == (
            "no node is paired with this computer",
            "Press its button, then run 'upturn node pair'",
        )


async def test_who_would_have_to_pair_first_is_told_why_he_cannot(world: World) -> None:
    await world.adapter.take_away(Reason.NO_BLUETOOTH)
    why, remedy = await why_not(probe_of(world))
    assert why == "this computer has no Bluetooth adapter"
    assert "pair" not in remedy


async def test_a_radio_that_is_busy_keeps_nobody_from_pairing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> None:
        raise BleError(Fact.OTHER, "the Bluetooth adapter is busy", "Try again")

    monkeypatch.setattr(world.bluetooth, "sight", busy)
    assert await why_not(probe_of(world)) == (
        "no node is paired with this computer",
        "Press its button, then run 'upturn node pair'",
    )


async def test_a_bond_that_the_system_says_is_gone_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.node() as node:
        await world.pair(node)
        monkeypatch.setattr(Sighting, "bonded", False)
        assert await why_not(probe_of(world)) == (
            "this computer has lost its bond with it",
            "Press its button, then run 'upturn node pair'",
        )
        assert node.connection is None


async def test_of_one_that_has_forgotten_this_computer_it_is_told_that_it_may_have(
    world: World,
) -> None:
    """What a system says of it is its own; some say no more than that the connection has ended."""
    async with world.node() as node:
        await world.pair(node)
        await node.forget_bonds()
        assert await why_not(probe_of(world)) == (
            f"it is there, but Bluetooth failed ({FORGOTTEN})",
            DOUBT,
        )
        assert world.nodes.called("den") != []


async def test_of_one_that_breaks_off_it_is_told_what_that_may_mean(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        node.heard.clear()
        node.mute_on.add(Verb.READ_INFO)
        finding = asyncio.create_task(why_not(probe_of(world)))
        await until(lambda: node.heard)
        await node.drop()
        assert await finding == (
            "it is there, but the connection broke off",
            DOUBT,
        )


async def test_so_is_one_that_the_node_tells(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        await forget_bonds(world.host)
        assert await why_not(probe_of(world)) == (
            "it has lost its bond with this computer",
            "Press its button, then run 'upturn node pair'",
        )
        await until(lambda: node.connection is None)


async def test_a_list_of_nodes_that_cannot_be_read_is_told(world: World) -> None:
    world.nodes.path.write_text("{")
    with pytest.raises(RunError, match="cannot be read"):
        await probe_of(world).find(1.0)
