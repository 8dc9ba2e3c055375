# SPDX-License-Identifier: MIT
"""`ble:`: a paired node is found, proved, kept, lost and found again, and nobody else is heard."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bleak.exc import BleakBluetoothNotAvailableReason as Reason
from bleak.exc import BleakDBusError

from tests.radio.bleak_bumble import BumbleClient, forget_bonds
from tests.radio.waiting import until
from tests.transports.ble.world import HOST, Watch, World
from tests.transports.fake_node import FakeNode
from upturn.core.limits import DEVICES, STANDARD, DeviceKind
from upturn.core.mounting import ASSUMED
from upturn.errors import InputError
from upturn.transports import in_use
from upturn.transports.ble import bluetooth, source
from upturn.transports.ble.bluetooth import Bluetooth
from upturn.transports.ble.cable import Cable
from upturn.transports.ble.known import KnownNodes
from upturn.transports.ble.source import BleSource
from upturn.transports.node_probe import Probe
from upturn.transports.serial_source import SerialSource
from upturn.transports.source import LinkState, LiveSource, open_source
from upturn.wire.node_stream import ANGLE_ONLY
from upturn.wire.vocabulary import Verb

GOOD = "connected to den by Bluetooth"
LOOKING = "waiting for den: looking for it by Bluetooth"
PAIR = "Press its button, then run 'upturn node pair'"


def rising(watch: Watch) -> bool:
    return all(a.t_s < b.t_s for a, b in pairwise(watch.samples))


def test_a_node_is_named_or_the_only_one() -> None:
    source = open_source("ble:attic")
    assert isinstance(source, LiveSource)
    assert (source.label, source.state.words) == ("ble attic", "not connected yet")
    with pytest.raises(InputError, match=r"ble: names no node. Write ble:NAME or ble:ADDRESS as "):
        open_source("ble: ")


@pytest.mark.parametrize("text", ["auto", "den", "24:0a:c4:00:00:01", "240AC4000001"])
async def test_a_paired_node_is_found_and_streams(world: World, text: str) -> None:
    async with world.node() as node:
        await world.pair(node)
        node.heard.clear()
        async with world.watching(text) as watch:
            await watch.streams(20)
            assert watch.said == [LOOKING, GOOD]
            assert watch.source.state == LinkState(GOOD, well=True)
        (info,) = {chunk.info for chunk in watch.chunks if chunk.info is not None}
        assert (info.node, info.rate_hz, info.mounting) == ("den", 50.0, ASSUMED)
        steps_s = [b.t_s - a.t_s for a, b in pairwise(watch.samples)]
        assert steps_s == pytest.approx([0.02] * len(steps_s))
        assert node.heard[:2] == [(Verb.READ_INFO, b""), (Verb.HEARTBEAT, b"\0\0")]


@pytest.mark.parametrize("messages_hz", [25, 50, 100])
async def test_nothing_is_lost_at_any_rate(world: World, messages_hz: int) -> None:
    async with world.node(messages_hz=messages_hz) as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams(60)
        steps_s = [b.t_s - a.t_s for a, b in pairwise(watch.samples)]
        assert steps_s == pytest.approx([node.step_ms / 1000] * len(steps_s))


async def test_where_no_sample_fits_the_angle_is_heard_and_the_greeting_read(
    world: World,
) -> None:
    async with world.node(mtu=23) as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams(5)
            assert watch.source.state == LinkState(GOOD, well=True, trouble=ANGLE_ONLY)
            assert watch.source.hello is not None
            assert watch.source.hello.node_id == node.node_id
        assert [chunk.info.angle_only for chunk in watch.chunks if chunk.info][-1]
        assert rising(watch)


async def test_a_link_that_becomes_narrow_goes_on_where_it_was(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            await node.power_off()
            node.mtu = 23
            await node.power_on()
            await watch.streams()
        infos = [chunk.info.angle_only for chunk in watch.chunks if chunk.info]
        assert (infos[0], infos[-1], rising(watch)) == (False, True, True)


async def test_a_link_that_the_node_ends_is_made_again_and_the_stream_goes_on(
    world: World,
) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            watch.forget()
            await node.drop()
            await watch.streams(10)
            assert watch.said == ["the Bluetooth connection has ended", LOOKING, GOOD]
        assert rising(watch)


async def test_a_link_that_is_out_of_reach_for_a_moment_too(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            watch.forget()
            world.air.cut(HOST, node.address)
            await watch.streams(10)
            assert watch.said == ["the Bluetooth connection has ended", LOOKING, GOOD]
        assert rising(watch)


async def test_a_link_that_is_connected_and_silent_is_taken_down_and_made_anew(
    world: World,
) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            watch.forget()
            ends = node.disconnects
            world.air.silence(HOST, node.address)
            await until(lambda: node.disconnects == ends + 1)
            world.air.resume(HOST, node.address)
            await watch.streams(10)
            assert "den by Bluetooth is silent" in watch.said
            assert watch.words == GOOD
        assert rising(watch)


async def test_a_node_that_was_reset_streams_again_with_its_bond(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            await node.reset()
            await watch.streams(10)
            assert watch.source.hello is not None
            assert watch.source.hello.boots == 8
        assert rising(watch)
        assert await node.bonds() == 1


async def test_one_that_is_not_in_sight_is_waited_for(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        await node.power_off()
        async with world.watching() as watch:
            await watch.says("not in sight")
            assert watch.said == [
                LOOKING,
                "waiting for den: not in sight. Go nearer, and look whether it is on",
            ]
            await node.power_on()
            await watch.streams()


async def test_nobody_is_watched_before_one_is_paired(world: World) -> None:
    async with world.node() as node, world.watching() as watch:
        await watch.says("no node is paired")
        assert watch.words == (f"waiting for a node: no node is paired with this computer. {PAIR}")
        assert node.heard == []
        await world.pair(node)
        await watch.streams()


async def test_a_bond_that_the_node_has_lost_is_told_and_made_anew_beside_the_watch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_off(client: BumbleClient) -> None:  # BlueZ says no more than that
        raise BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"])

    async with world.node() as node:
        await world.pair(node)
        await node.forget_bonds()
        async with world.watching() as watch:
            with monkeypatch.context() as patch:
                patch.setattr(BumbleClient, "_encrypt", break_off)
                await watch.says("bond")
            assert watch.said[-1] == (
                "waiting for den: it is there, but the connection broke off. Another computer "
                "may be connected to it, or its bond is lost. For a new one: press its button, "
                "then run 'upturn node pair'"
            )
            assert watch.samples == []
            await world.pair(node)
            await watch.streams()


@pytest.mark.parametrize("error", [0x05, 0x08, 0x0F])
async def test_a_bond_that_the_computer_has_lost_is_told(world: World, error: int) -> None:
    async with world.node() as node:
        node.needs_encryption = error
        await world.pair(node)
        await forget_bonds(world.host)
        async with world.watching() as watch:
            await watch.says("bond")
            assert watch.words == (
                f"waiting for den: it has lost its bond with this computer. {PAIR}"
            )
        assert watch.samples == []


async def test_one_that_another_computer_is_connected_to_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.node() as node:
        await world.pair(node)
        await world.takes_up(node)
        async with world.watching() as watch:
            with monkeypatch.context() as patch:
                patch.setattr(bluetooth, "CONNECT_S", 0.1)
                await watch.says("Another computer")
            assert watch.said == [
                LOOKING,
                "waiting for den: the node does not answer. Go nearer, and look whether it is on",
                (
                    "waiting for den: it is there, but the node does not answer. Another "
                    "computer may be connected to it, or its bond is lost. For a new one: "
                    "press its button, then run 'upturn node pair'"
                ),
            ]
            await node.drop()
            await watch.streams()


async def test_one_that_another_program_is_connected_to_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.node() as node:
        await world.pair(node)
        monkeypatch.setattr(in_use, "PATIENCE_S", 0.1)
        other = world.nodes.in_use(node.node_id)
        assert await other.take()
        async with world.watching() as watch:
            await watch.says(
                "waiting for den: another watch or command of this computer has it. End that"
            )
            assert node.connection is None
            other.give_back()
            await watch.streams()
            assert not await other.take()
        assert await other.take()
        other.give_back()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason.POWERED_OFF, "Bluetooth is switched off. Switch it on, "),
        (Reason.NO_BLUETOOTH, "this computer has no Bluetooth adapter. Plug "),
        (Reason.DENIED_BY_SYSTEM, "you may not use Bluetooth. "),
    ],
)
async def test_without_bluetooth_it_is_told_and_waited_for(
    world: World, reason: Reason, words: str
) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            await world.adapter.take_away(reason)
            await watch.says(f"waiting for den: {words}")
            world.adapter.give_back()
            await watch.streams()
        assert rising(watch)


async def test_another_node_at_its_address_is_not_heard(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        node.node_id = "0123456789ab"
        async with world.watching() as watch:
            await watch.says("another node (0123456789ab) answers at its address")
        assert watch.samples == []


async def test_one_without_the_service_is_no_node(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
    other = world.node(service="12345678-5c2e-4d0a-9f3b-6a1d0e8c4f27", address=node.address)
    await forget_bonds(world.host)
    async with other, world.watching() as watch:
        await watch.says("what answers there is no node of Upturn's. Check its address")


async def test_a_node_that_gets_another_name_is_watched_on(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching("den") as watch:
            await watch.streams()
            node.name = "attic"
            for _ in range(2):
                await node.drop()
                await watch.streams()
            assert watch.words == "connected to attic by Bluetooth"
        assert [known.name for known in world.nodes.all()] == ["attic"]


async def test_also_where_the_name_cannot_be_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.node() as node:
        await world.pair(node)
        node.name = "attic"
        monkeypatch.setattr(Path, "replace", _full)
        async with world.watching() as watch:
            await watch.streams()
        assert [known.name for known in world.nodes.all()] == ["den"]


async def test_who_is_watched_stays_so_when_a_second_is_paired(world: World) -> None:
    async with world.node() as node, world.node(name="attic") as second:
        await world.pair(node)
        async with world.watching("auto") as watch:
            await watch.streams()
            await world.pair(second)
            await node.drop()
            await watch.streams()


async def test_a_list_of_nodes_that_cannot_be_read_is_told_and_left_alone(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        good = world.nodes.path.read_text()
        world.nodes.path.write_text("{")
        async with world.watching() as watch:
            await watch.says("nodes.json: cannot be read")
            world.nodes.path.write_text(good)
            await watch.streams()


async def test_plugged_in_it_is_heard_by_its_cable_alone_and_then_by_radio_again(
    world: World, tmp_path: Path
) -> None:
    async with world.node() as node:
        await world.pair(node)
        with FakeNode(tmp_path / "tty", node_id=node.node_id) as cable:
            cable._started_s = node._started_s  # two ways to one node
            async with world.watching() as watch:
                await watch.streams()
                world.ports = [cable.port]
                await watch.says(f"connected to den on {cable.port}")
                await until(lambda: node.connection is None)
                await watch.streams()
                world.ports = []
                cable.unplug()
                await until(lambda: watch.words == GOOD)
                await watch.streams()
                assert watch.notes == [
                    f"den is heard by its cable, {cable.port}, no longer by Bluetooth",
                    f"den is heard by Bluetooth, no longer by its cable, {cable.port}",
                ]
                cable.plug()
                world.ports = [cable.port]
                await until(lambda: node.connection is None)
                await watch.streams()
        assert rising(watch)


async def test_a_cable_that_is_pulled_again_at_once_carries_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = Cable.find

    async def find_and_lose(*args: Any) -> Probe:
        probe = await find(*args)
        world.ports = []
        probe.lost()
        return probe

    monkeypatch.setattr(Cable, "find", find_and_lose)
    async with world.node() as node:
        await world.pair(node)
        with FakeNode(tmp_path / "tty", node_id=node.node_id) as cable:
            async with world.watching() as watch:
                await watch.streams()
                ends = node.disconnects
                world.ports = [cable.port]
                await until(lambda: node.disconnects > ends)
                await watch.streams()
                assert (watch.words, watch.notes) == (GOOD, [])


async def test_another_node_on_a_cable_changes_nothing(world: World, tmp_path: Path) -> None:
    async with world.node() as node:
        await world.pair(node)
        with FakeNode(tmp_path / "tty", node_id="0123456789ab") as cable:
            async with world.watching() as watch:
                await watch.streams()
                world.ports = [cable.port]
                await until(lambda: cable.heard)
                await watch.streams()
                assert (watch.words, watch.notes) == (GOOD, [])


async def test_several_nodes_share_the_radio_and_are_connected_one_at_a_time(
    world: World,
) -> None:
    async with world.node() as den, world.node(name="attic") as attic, world.node(name="x") as x:
        for node in (den, attic, x):
            await world.pair(node)
        await x.power_off()
        async with (
            world.watching("den") as first,
            world.watching("attic") as second,
            world.watching("x") as third,
        ):
            for watch in (first, second):
                await watch.streams()
            await asyncio.gather(den.drop(), attic.drop())
            await asyncio.gather(first.streams(), second.streams())
            await third.says("not in sight")
            assert third.samples == []
        for watch in (first, second):
            assert rising(watch)


async def test_the_end_of_a_watch_is_told_to_the_node_and_leaves_nothing_behind(
    world: World,
) -> None:
    async with world.node() as node:
        await world.pair(node)
        before = asyncio.all_tasks()
        async with world.watching() as watch:
            await watch.streams()
            node.heard.clear()
        await until(lambda: node.connection is None)
        assert node.heard[-1] == (Verb.HEARTBEAT, b"\0\0")
        await until(lambda: asyncio.all_tasks() <= before)


async def test_a_watch_can_be_ended_at_any_moment(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        for moment_s in (0.0, 0.01, 0.03, 0.05, 0.08, 0.15):
            source = world.source()
            task = asyncio.create_task(source.run())
            await asyncio.sleep(moment_s)
            task.cancel()
            await asyncio.wait({task})
            assert task.cancelled()
            await until(lambda: node.connection is None)
        async with world.watching() as watch:
            await watch.streams()


def test_without_more_it_has_the_users_nodes() -> None:
    assert BleSource("den")._nodes.path == KnownNodes().path


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


async def test_a_watch_keeps_its_node_between_two_links(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a second program would have it at the first drop, and the watch not again."""
    monkeypatch.setattr(in_use, "PATIENCE_S", 0.0)
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            await node.power_off()
            await watch.says("not in sight")
            assert not await world.nodes.in_use(node.node_id).take()
            await node.power_on()
            await watch.streams()


async def test_a_list_of_nodes_that_is_damaged_meanwhile_keeps_nobody_from_coming_back(
    world: World,
) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            world.nodes.path.write_text("damaged")
            await node.drop()
            await watch.streams()


async def test_a_search_for_a_cable_that_fails_is_noted_and_ends_no_watch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "CABLE_AGAIN_S", 0.05)

    async def fails(*_: object) -> Probe:
        raise TypeError("a device has gone while it was looked at")

    monkeypatch.setattr(Cable, "find", fails)
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams(20)
            assert "the search for its cable failed: TypeError(" in watch.notes[0]


async def test_of_one_node_named_twice_by_cable_and_by_radio_one_table_is_refused(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(in_use, "PATIENCE_S", 0.1)
    world.nodes = KnownNodes()
    async with world.node() as node:
        await world.pair(node)
        with FakeNode(tmp_path / "tty", node_id=node.node_id) as cable:
            first = SerialSource(str(cable.port))
            first.judge_by(STANDARD, DEVICES[DeviceKind.TABLE], None)
            carrying = asyncio.create_task(first.run())
            await until(lambda: first.state.well)
            async with world.watching() as watch:
                await watch.says("waiting for den: another watch or command of this computer has")
                assert watch.samples == []
                assert node.connection is None
                carrying.cancel()
                await asyncio.wait({carrying})
                await watch.streams()


@pytest.mark.parametrize("fault", [False, True])
async def test_a_node_that_answers_and_sends_no_samples_is_connected_to_anew(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: bool
) -> None:
    """Its subscription may be lost; but one whose sensor is at fault has none to send."""
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            if fault:
                node.fault = 1
                node.say("HELLO", node.hello())
            with monkeypatch.context() as patch:
                patch.setattr(node, "measure", lambda: None)
                if fault:
                    await asyncio.sleep(2.0)
                    assert node.disconnects == 1  # of pairing
                    await until(lambda: watch.source.state.well)
                    return
                await watch.says("den by Bluetooth answers, but sends no samples")
                await until(lambda: node.disconnects > 1)
            await watch.streams()


async def test_a_node_that_was_well_heard_and_is_lost_goes_before_others_for_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that ends each link at once does not; nor does one that is away for long."""
    hurries: list[Bluetooth] = []
    urgent = Bluetooth.urgent

    def count(bluetooth: Bluetooth) -> AbstractContextManager[None]:
        hurries.append(bluetooth)
        return urgent(bluetooth)

    monkeypatch.setattr(Bluetooth, "urgent", count)
    monkeypatch.setattr(source, "WORKED_S", 60.0)
    monkeypatch.setattr(source, "URGENT_S", 2.0)
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.says(GOOD)
            await node.drop()
            await watch.streams(30)
            assert hurries == []  # the first link did not last
            monkeypatch.setattr(source, "WORKED_S", 0.1)
            await node.drop()
            await watch.streams()
            assert len(hurries) == 1
            await watch.streams(30)
            await node.power_off()
            await watch.says("not in sight")
            tries = len(hurries)
            assert tries >= 2
            await asyncio.sleep(2.5)
            hurried = len(hurries)
            await asyncio.sleep(1.5)
            assert len(hurries) == hurried
