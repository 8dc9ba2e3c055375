# SPDX-License-Identifier: MIT
"""Several nodes in reach of one computer: each has its own monitor, and none is another."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

import pytest

from tests.integration.ble.room import Room
from tests.integration.ble.table import DOWN, Table
from upturn.core.alarm_table import Priority
from upturn.core.events import InversionStarted, SignalChanged

TABLES = 8
SLACK_S = 0.5
"""Eight firmwares and their host share this machine."""
LITTLE = 0.05
"""The largest loss that a host says nothing of."""


async def test_eight_tables_at_50_hz_are_judged_each_for_itself_and_one_dies_alone(
    room: Room,
) -> None:
    nodes = [await room.node() for _ in range(TABLES)]
    async with AsyncExitStack() as stack:
        limits_s = [2 + 0.25 * k for k in range(TABLES)]
        tables = [
            await stack.enter_async_context(room.watch(node, limit_s=limit_s))
            for node, limit_s in zip(nodes, limits_s, strict=True)
        ]
        for table in tables:
            await table.upright()
        down_s = time.monotonic()
        for table in tables:
            table.node.act(DOWN)
        inverted_s = [await _inverted(table) for table in tables]
        nodes[0].kill()
        for table, since_s, limit_s in zip(tables, inverted_s, limits_s, strict=True):
            limit = await table.alarm("time_limit", priority=Priority.HIGH)
            assert limit.at_s - since_s == pytest.approx(limit_s, abs=SLACK_S)
        dead, *living = tables
        await dead.alarm("signal_lost", priority=Priority.HIGH)
        ended = await asyncio.gather(*(table.come_up() for table in living))
        for table, since_s, end in zip(living, inverted_s[1:], ended, strict=True):
            lasted_s = end.at_s - since_s
            assert end.event.exposure_s == pytest.approx(lasted_s, abs=SLACK_S)
            assert table.of(SignalChanged, down_s) == []
            assert table.raised() == {"not_calibrated", "time_limit_near", "time_limit"}
            counts = table.source._chunks.stream.counts
            assert counts.lost < LITTLE * counts.samples
        assert dead.now.inverted


async def test_of_two_nodes_of_one_name_only_an_address_chooses(room: Room) -> None:
    nodes = [await room.node(node_id=f"240ac40{k}0001") for k in range(2)]
    async with AsyncExitStack() as stack:
        tables = [await stack.enter_async_context(room.watch(node)) for node in nodes]
        for table in tables:
            await table.upright()
        assert [table.source.name for table in tables] == ["upturn-0001"] * 2
        assert [known.name for known in room.nodes.all()] == ["upturn-0001"] * 2
        nodes[1].act(DOWN)
        await tables[1].says(InversionStarted)
        unclear = await stack.enter_async_context(room.watch(nodes[0], named="upturn-0001"))
        await unclear.linked("several paired nodes fit")
        assert tables[0].of(InversionStarted) == []
        assert unclear.seen == []


async def _inverted(table: Table) -> float:
    return table.since_s(await table.says(InversionStarted))
