# SPDX-License-Identifier: MIT
"""What may break between a node and its host while somebody is upside down, and what must not.

The link, the node, the computer and their bond may each go at any moment: no exposure is lost, no
alarm is cleared by silence, and what is old is never taken for fresh.
"""

from __future__ import annotations

import asyncio
import time

import pytest
from bleak.exc import BleakBluetoothNotAvailableReason
from bumble.hci import OwnAddressType

from tests.integration.ble.room import BONDS, COMPUTER, Room
from tests.integration.ble.table import Table
from tests.radio.air import public
from tests.radio.bleak_bumble import forget_bonds
from tests.radio.waiting import until
from upturn.core.alarm_table import Priority
from upturn.core.events import AlarmChanged, AlarmState, Noted, SignalChanged
from upturn.transports.ble import link, trouble

SLACK_S = 0.4
"""What a crossing may be off: the swing's dwell is seen on both sides of the air."""
IMPATIENT = b"""
from board import BOARD
from upturn_node import app, link_ble
judge = link_ble.BleLink._judge
link_ble.BleLink._judge = lambda self, dt_ms: judge(self, 4 * dt_ms)
app.main(BOARD)
"""
"""A host that says nothing is out after 2.5 s in place of 10."""
UNHEARD_S = 3.0
"""A node that hears no host for so long alarms by itself."""
STRANGER = "F0:00:00:00:00:02"
DRIFT_S = 0.05
"""Of a node's clock, as its host places it."""
TORN_DOWN_S = 9.0
"""The host gives a silent link up by then; the node waits for 10 s."""
FULL_S = 0.8
"""In that time the radio takes no more, where nothing passes."""


async def limit_and_exposure(table: Table, inverted_s: float, limit_s: float) -> None:
    """The alarm came when it had to, and the whole inversion counts."""
    limit = await table.alarm("time_limit", priority=Priority.HIGH)
    assert limit.at_s - inverted_s == pytest.approx(limit_s, abs=SLACK_S)
    ended = await table.come_up()
    assert ended.event.n == 1
    assert ended.event.exposure_s == pytest.approx(ended.at_s - inverted_s, abs=SLACK_S)


async def test_a_link_that_ends_on_either_side_is_made_anew_before_it_is_missed(
    room: Room,
) -> None:
    node = await room.node()
    async with room.watch(node, limit_s=4) as table:
        inverted_s = await table.invert()

        async def by_the_air() -> None:
            room.air.cut(COMPUTER, node.address)

        for drop in (node.drop, lambda: room.drop(node), by_the_air):
            states = len(table.states)
            await drop()
            await table.linked("connected to", since=states)
            await table.flows()
        await limit_and_exposure(table, inverted_s, 4)
        assert table.of(SignalChanged) == []
        assert table.raised() == {"not_calibrated", "time_limit_near", "time_limit"}


async def test_of_a_link_that_is_connected_and_silent_nothing_is_believed(room: Room) -> None:
    """The person rests and calls for help meanwhile: only the node knows, and tells it after."""
    node = await room.node()
    async with room.watch(node, limit_s=4) as table:
        inverted_s = await table.invert()
        room.air.silence(COMPUTER, node.address)
        silent_s = time.monotonic()
        lost = await table.alarm("signal_lost", priority=Priority.HIGH)
        assert lost.at_s - silent_s == pytest.approx(2, abs=SLACK_S)
        spoken_s = node.radio.spoken_s
        assert await node.alarmed(spoken_s) == pytest.approx(spoken_s + UNHEARD_S, abs=SLACK_S)
        await asyncio.to_thread(node.press)
        up_s = node.act("go -20 300")
        limit = await table.alarm("time_limit")
        assert limit.at_s - inverted_s == pytest.approx(4, abs=SLACK_S)
        down_s = node.act("go 50 300")
        await table.until(lambda: not node.connected)
        assert time.monotonic() - silent_s < TORN_DOWN_S
        room.air.resume(COMPUTER, node.address)
        await table.says(SignalChanged, lost=False)
        await table.replaced()
        await table.alarm("distress")
        assert table.of(AlarmChanged, id="time_limit", state=AlarmState.CLEARED) == []
        ended = await table.come_up()
        rested_s = down_s - up_s
        lasted_s = ended.at_s - inverted_s
        assert ended.event.exposure_s == pytest.approx(lasted_s - rested_s, abs=2 * SLACK_S)


async def test_a_burst_is_old_and_what_found_no_room_is_counted(room: Room) -> None:
    """The link holds up what it took, and then it took no more; the person is up meanwhile."""
    node = await room.node()
    async with room.watch(node) as table:
        inverted_s = await table.invert()
        room.air.silence(COMPUTER, node.address)
        await asyncio.sleep(FULL_S)
        up_s = node.act("go -80 300")
        await table.alarm("signal_lost", priority=Priority.HIGH)
        await asyncio.sleep(FULL_S)
        assert table.now.inverted
        resumed_s = time.monotonic()
        room.air.resume(COMPUTER, node.address)
        restored = await table.says(SignalChanged, lost=False)
        assert restored.at_s >= resumed_s - DRIFT_S
        await table.replaced()
        assert table.now.exposure_s == pytest.approx(up_s - inverted_s, abs=SLACK_S)
        await table.until(lambda: table.dropped > 0)
        assert table.source._chunks.stream.counts.lost > 0


async def test_a_node_that_has_lost_its_bond_is_told_and_paired_again(room: Room) -> None:
    """The press for it is a call for help to who watches meanwhile: the lesser evil."""
    node = await room.node()
    async with room.watch(node, limit_s=2) as table:
        inverted_s = await table.invert()
        (node.flash / BONDS).unlink()
        node.reset()
        await table.alarm("signal_lost", priority=Priority.HIGH)
        limit = await table.alarm("time_limit", priority=Priority.HIGH)
        assert limit.at_s - inverted_s == pytest.approx(2, abs=SLACK_S)
        await table.linked("lost its bond")
        up_s = node.act("go -80 300")
        await room.told_upright(node)
        await room.pair(node)
        await table.says(SignalChanged, lost=False)
        await table.replaced()
        assert table.now.exposure_s == pytest.approx(up_s - inverted_s, abs=2 * SLACK_S)
        await table.alarm("distress")


async def test_a_computer_that_has_lost_its_bond_is_told_so(room: Room) -> None:
    node = await room.node()
    async with room.watch(node, limit_s=3) as table:
        inverted_s = await table.invert()
        await forget_bonds(room.computer)
        await node.drop()
        await table.alarm("signal_lost", priority=Priority.HIGH)
        limit = await table.alarm("time_limit", priority=Priority.HIGH)
        assert limit.at_s - inverted_s == pytest.approx(3, abs=SLACK_S)
        assert "Press its button, then run 'upturn node pair'" in table.source.state.words
        assert table.now.exposure_at_least


async def test_a_node_that_is_reset_goes_on_counting(room: Room) -> None:
    node = await room.node()
    async with room.watch(node, limit_s=3) as table:
        inverted_s = await table.invert()
        before = table.hello
        node.reset()
        await limit_and_exposure(table, inverted_s, 3)
        assert (table.hello.boots, table.hello.epoch) == (before.boots + 1, before.epoch)


async def test_a_node_that_loses_power_is_counted_on_by_the_host(room: Room) -> None:
    node = await room.node()
    async with room.watch(node, limit_s=3) as table:
        inverted_s = await table.invert()
        before = table.hello
        node.power_cycle()
        await limit_and_exposure(table, inverted_s, 3)
        assert (table.hello.boots, table.hello.epoch) == (before.boots + 1, before.epoch + 1)


async def test_a_cable_takes_over_and_the_radio_again_once_it_is_out(room: Room) -> None:
    """Never both: whichever carries the node, the other is let go of."""
    node = await room.node()
    async with room.watch(node, limit_s=4) as table:
        inverted_s = await table.invert()
        node.plug()
        await table.linked("on /")
        await until(lambda: not node.connected)
        await table.flows()
        states = len(table.states)
        node.unplug()
        await table.linked("by Bluetooth", since=states)
        await table.flows()
        await limit_and_exposure(table, inverted_s, 4)
        assert table.of(SignalChanged) == []
        notes = [seen.event.text for seen in table.of(Noted)]
        assert [note for note in notes if "is heard by" in note] == [
            f"upturn-0001 is heard by its cable, {node.port}, no longer by Bluetooth",
            f"upturn-0001 is heard by Bluetooth, no longer by its cable, {node.port}",
        ]


async def test_a_computer_that_dies_leaves_the_alarm_to_the_node_and_takes_up_its_count(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "CLOSE_S", 0.1)  # of the dead one, whose radio does not answer
    monkeypatch.setattr(trouble, "GRACE_S", 0.1)
    node = await room.node()
    async with room.watch(node) as table:
        inverted_s = await table.invert()
        room.air.vanish(COMPUTER)
    spoken_s = node.radio.spoken_s
    assert await node.alarmed(spoken_s) == pytest.approx(spoken_s + UNHEARD_S, abs=SLACK_S)
    await room.restart_computer()
    async with room.watch(node, limit_s=6) as table:
        await limit_and_exposure(table, inverted_s, 6)


async def test_an_adapter_that_is_pulled_out_and_put_back(room: Room) -> None:
    node = await room.node()
    async with room.watch(node, limit_s=3) as table:
        inverted_s = await table.invert()
        await room.adapter.take_away(BleakBluetoothNotAvailableReason.NO_BLUETOOTH)
        await table.alarm("signal_lost", priority=Priority.HIGH)
        await table.linked("this computer has no Bluetooth adapter")
        await table.alarm("time_limit", priority=Priority.HIGH)
        room.adapter.give_back()
        await table.says(SignalChanged, lost=False)
        await limit_and_exposure(table, inverted_s, 3)
        assert not table.now.exposure_at_least


async def test_a_stranger_who_takes_the_only_link_loses_it_again(room: Room) -> None:
    node = await room.node(files={"main.py": IMPATIENT})
    stranger = await room.air.device(STRANGER)
    async with room.watch(node, limit_s=4) as table:
        inverted_s = await table.invert()
        await room.adapter.take_away(BleakBluetoothNotAvailableReason.NO_BLUETOOTH)
        await stranger.connect_le(
            public(node.address), own_address_type=OwnAddressType.PUBLIC, timeout=5
        )
        room.adapter.give_back()
        await table.alarm("signal_lost", priority=Priority.HIGH)
        assert stranger.connections
        await table.says(SignalChanged, lost=False)
        assert not stranger.connections
        await limit_and_exposure(table, inverted_s, 4)
