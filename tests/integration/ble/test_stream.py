# SPDX-License-Identifier: MIT
"""From the node's sensor to the core's events without a wire: paired, streamed, answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.ble.room import Room
from tests.integration.ble.table import Table
from tests.integration.ble.table_node import HIGH_HZ
from tests.radio import bleak_bumble
from tests.radio.waiting import until
from upturn.core.alarm_table import Priority
from upturn.core.commands import Acknowledge, Distress
from upturn.core.events import SignalChanged
from upturn.wire.commands import POWER_OFF, set_rate

ONE_SAMPLE_A_MESSAGE = b"""
from board import BOARD
from upturn_node import app, links
links.Links.samples = lambda self: 1
app.main(BOARD)
"""
SLACK_S = 0.3
"""What a crossing may be off: the swing's dwell is seen on both sides of the air."""
STREAM_S = 3.4
WINDOWS = 3
"""On a machine that is busy elsewhere a radio may stand still: that shows, and is another test."""
HEARD_S = 5.0
"""From an alarm to the node's buzzer, on a machine that is busy elsewhere."""


async def test_a_node_is_found_paired_by_its_button_and_watched(tmp_path: Path, bits: int) -> None:
    async with Room(tmp_path) as room:
        node = await room.node(bits=bits)
        known = await room.pair(node)
        assert (known.node_id, known.address) == (node.node_id, node.address)
        async with room.watch(node, named="auto", limit_s=1) as table:
            await table.until(lambda: table.said is not None and not table.sounds)
            inverted_s = await table.invert()
            limit = await table.alarm("time_limit", priority=Priority.HIGH)
            ended = await table.come_up()
            hello = table.source.hello
        assert limit.at_s - inverted_s == pytest.approx(1, abs=SLACK_S)
        lasted_s = ended.at_s - inverted_s
        assert ended.event.exposure_s == pytest.approx(lasted_s, abs=SLACK_S)
        assert table.raised() == {"not_calibrated", "time_limit_near", "time_limit"}
        assert hello is not None
        assert (hello.limits.notice_s, hello.limits.limit_s, hello.bonds) == (0.75, 1.0, 1)


@pytest.mark.parametrize(
    ("messages_hz", "rate_hz", "files"),
    [
        (25, 50, {}),
        (50, 50, {"main.py": ONE_SAMPLE_A_MESSAGE}),
        (100, 100, {"main.py": ONE_SAMPLE_A_MESSAGE}),
    ],
)
async def test_nothing_is_lost(
    room: Room, messages_hz: int, rate_hz: int, files: dict[str, bytes]
) -> None:
    node = await room.node(files=files)
    async with room.watch(node) as table:
        await table.upright()
        await table.ask(set_rate(rate_hz))
        await until(lambda: table.source.hello and table.source.hello.rate_hz == rate_hz)
        await table.flows()  # a sensor that is set up anew takes its time
        lost = [await lost_of(table, round(STREAM_S * rate_hz), rate_hz / messages_hz)]
        while lost[-1] and len(lost) < WINDOWS:
            lost.append(await lost_of(table, round(STREAM_S * rate_hz), rate_hz / messages_hz))
        assert lost[-1] == 0, lost


async def lost_of(table: Table, samples: int, a_message: float) -> int:
    """How many were lost while so many came, of which each message had `a_message`."""
    counts = table.source._chunks.stream.counts
    before, lost, arrivals = counts.samples, counts.lost, table.arrivals
    await until(lambda: counts.samples - before >= samples)
    each = (counts.samples - before) / (table.arrivals - arrivals)
    assert each == pytest.approx(a_message, rel=0.25)  # STATUS comes too
    assert (counts.bad_frames, counts.old) == (0, 0)
    return counts.lost - lost


async def test_a_small_mtu_carries_the_limit_and_a_larger_one_goes_on(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bleak_bumble, "MTU", 23)
    node = await room.node()
    async with room.watch(node, limit_s=2) as table:
        inverted_s = await table.invert()
        limit = await table.alarm("time_limit", priority=Priority.HIGH)
        assert table.narrow
        assert "too narrow" in table.source.state.trouble
        monkeypatch.setattr(bleak_bumble, "MTU", 247)
        await node.drop()
        await table.until(lambda: not table.narrow)
        ended = await table.come_up()
        assert table.source.state.trouble == ""
    assert limit.at_s - inverted_s == pytest.approx(2, abs=SLACK_S)
    assert ended.event.exposure_s == pytest.approx(ended.at_s - inverted_s, abs=SLACK_S)
    assert table.of(SignalChanged) == []


async def test_the_node_sounds_what_the_host_alarms_and_pauses_with_it(room: Room) -> None:
    node = await room.node()
    async with room.watch(node) as table:
        await table.upright()
        assert table.service.command(Distress("the test")) is None
        await table.until(lambda: table.sounds, HEARD_S)
        assert node.sounds()[-1].value in (HIGH_HZ, 0)
        assert table.service.command(Acknowledge()) is None
        await table.until(lambda: not table.sounds, HEARD_S)


async def test_a_node_that_is_told_to_goes_off_says_goodbye_and_nothing_sounds(
    room: Room,
) -> None:
    node = await room.node()
    async with room.watch(node) as table:
        await table.upright()
        table.tell(POWER_OFF)
        await until(lambda: node.log("end"))
        await table.until(lambda: table.now.node_off)
        await table.linked("switched off")
        assert table.raised() == {"not_calibrated"}
