# SPDX-License-Identifier: MIT
"""Bluetooth by a virtual radio, and by a D-Bus of our own; left alone while a watch needs it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bleak.exc import BleakBluetoothNotAvailableReason as Reason

from tests.cli.by_radio import Home
from tests.doctor.scenes import scene, told
from tests.transports.ble.world import LOOK_S
from upturn.config import Config, NodeConfig
from upturn.doctor import cable, nodes, radio
from upturn.transports import serial_ports
from upturn.transports.ble import bluetooth
from upturn.transports.in_use import InUse, default_folder

SIGHT = "den (24:0A:C4:00:00:01): paired"


@pytest_asyncio.fixture
async def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Home]:
    monkeypatch.setattr(radio, "SIGHT_S", LOOK_S)
    monkeypatch.setattr(serial_ports, "ports_here", list)
    async with Home(tmp_path, monkeypatch) as home:
        monkeypatch.setattr(bluetooth, "this_bluetooth", lambda: home.bluetooth)
        yield home


async def test_a_paired_node_in_sight_is_told_and_one_that_is_not_is_counted(
    home: Home, tmp_path: Path
) -> None:
    async with home.node() as den, home.node(name="attic"):
        await home.pair(den)
        facts = await radio.look(scene(tmp_path))
    assert told(radio.judge_paired(facts)) == [("ok", f"{SIGHT}, in sight at -50 dBm")]
    assert [verdict for verdict, _ in told(radio.judge_bluetooth(facts))] == ["ok"]


async def test_one_that_is_off_is_a_note(home: Home, tmp_path: Path) -> None:
    async with home.node() as den:
        await home.pair(den)
    facts = await radio.look(scene(tmp_path))
    assert told(radio.judge_paired(facts)) == [("note", f"{SIGHT}, not in sight")]
    assert told(radio.judge_bluetooth(facts)) == [("ok", "Bluetooth works")]


async def test_a_list_that_cannot_be_read_is_a_finding(home: Home, tmp_path: Path) -> None:
    home.nodes.path.parent.mkdir(parents=True, exist_ok=True)
    home.nodes.path.write_text("{")
    facts = await radio.look(scene(tmp_path))
    ((verdict, words),) = told(radio.judge_paired(facts))
    assert verdict == "not well"
    assert "cannot be read" in words


async def test_a_name_of_the_config_that_nobody_is_paired_by_is_found(
    home: Home, tmp_path: Path
) -> None:
    config = Config(nodes=(NodeConfig("table", "ble:attic"),))
    facts = await radio.look(scene(tmp_path, config, radio=False))
    assert told(radio.judge_paired(facts)) == [
        ("not well", "ble:attic: no node is paired with this computer")
    ]
    assert told(radio.judge_bluetooth(facts)) == [
        ("ok", "Bluetooth is not looked at, as you said")
    ]


@pytest.mark.parametrize(("wanted", "verdict"), [(False, "note"), (True, "not well")])
async def test_without_an_adapter_it_is_ill_only_where_a_node_needs_one(
    home: Home, tmp_path: Path, wanted: bool, verdict: str
) -> None:
    await home.adapter.take_away(Reason.NO_BLUETOOTH)
    config = Config(nodes=(NodeConfig("table", "ble:auto"),) if wanted else ())
    facts = await radio.look(scene(tmp_path, config))
    ((found, words),) = told(radio.judge_bluetooth(facts))
    assert (found, words.partition(";")[0]) == (
        verdict,
        "this computer has no Bluetooth adapter",
    )


async def test_while_a_watch_has_a_node_the_radio_is_left_alone(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with home.node() as den:
        known = await home.pair(den)
        lock = InUse(default_folder(), known.node_id)
        assert lock.try_take()
        monkeypatch.setattr(bluetooth, "this_bluetooth", lambda: pytest.fail("it was used"))
        try:
            facts = await radio.look(scene(tmp_path))
        finally:
            lock.give_back()
    assert told(radio.judge_bluetooth(facts)) == [
        ("ok", "Bluetooth is not asked: a watch of this computer runs")
    ]
    assert told(radio.judge_paired(facts)) == [("ok", f"{SIGHT}, and in use now")]


async def test_one_node_that_is_meant_is_connected_to_and_asked(
    home: Home, tmp_path: Path
) -> None:
    async with home.node() as den:
        await home.pair(den)
        asked = scene(tmp_path, source="ble:den")
        facts = await cable.look(asked)
    assert [verdict for verdict, _ in told(nodes.judge(facts))][:1] == ["ok"]
    assert told(cable.judge_ports(facts)) == [("ok", "ports are not asked: one node is meant")]
