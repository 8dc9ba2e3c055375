# SPDX-License-Identifier: MIT
"""`upturn scan`: which nodes are in sight by Bluetooth, and what to do where none is."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bleak.exc import BleakBluetoothNotAvailableReason as Reason

from tests.cli.by_radio import Home, hold
from tests.transports.fake_node import FakeNode
from upturn.cli import scan
from upturn.core.events import Posture
from upturn.transports.node_probe import Port

Capture = pytest.CaptureFixture[str]
PRESS = "Press its button, then run 'upturn node pair'"


@pytest_asyncio.fixture
async def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Home]:
    async with Home(tmp_path, monkeypatch) as home:
        yield home


async def test_each_node_in_sight_says_how_it_is(home: Home, capsys: Capture) -> None:
    async with home.node() as den, home.node(name="attic") as attic, home.node(name="") as raw:
        await home.pair(den)
        await home.takes_up(den)
        attic.flags, attic.fault = 0, 3
        raw.fields["battery_percent"] = None
        attic.window_open = raw.window_open = False
        for node in (den, attic, raw):
            node.advertise()
        assert await home.upturn("scan", "--ble") == 0
    out, err = capsys.readouterr()
    assert (sorted(out.splitlines()), err) == (
        [
            (
                "24:0A:C4:00:00:01  den: by Bluetooth at -50 dBm, battery 80 %, "
                "a computer is connected to it, paired"
            ),
            (
                "24:0A:C4:00:00:02  attic: by Bluetooth at -50 dBm, not calibrated, battery 80 %, "
                "a fault of its sensor, not paired. Press its button, then run 'upturn node pair "
                "attic'"
            ),
            (
                "24:0A:C4:00:00:03  240ac4000003: by Bluetooth at -50 dBm, not paired. Press its "
                "button, then run 'upturn node pair 24:0A:C4:00:00:03'"
            ),
        ],
        "",
    )


SEEN = "24:0A:C4:00:00:01  den: {}by Bluetooth at -50 dBm, battery 80 %, {}"


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("paired", [True, False])
async def test_whether_a_node_may_be_paired_is_said_and_how(
    home: Home, capsys: Capture, is_open: bool, paired: bool
) -> None:
    async with home.node() as node:
        if paired:
            await home.pair(node)
        node.window_open = is_open
        node.advertise()
        assert await home.upturn("scan", "--ble") == 0
    bond = {
        (True, True): "paired, may be paired anew now",
        (True, False): "paired",
        (False, True): "not paired, may be paired now: run 'upturn node pair den'",
        (False, False): f"not paired. {PRESS}",
    }
    assert capsys.readouterr().out == SEEN.format("", bond[paired, is_open]) + "\n"


@pytest.mark.parametrize("posture", [Posture.INVERTED, Posture.OVER_ROTATED])
async def test_one_of_somebody_who_is_inverted_says_so_first(
    home: Home, capsys: Capture, posture: Posture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with home.node() as node:
        node.window_open = False
        hold(monkeypatch, node, posture)
        assert await home.upturn("scan", "--ble") == 0
    upright = "not paired. Pair it when it is upright"
    assert capsys.readouterr().out == SEEN.format("INVERTED, ", upright) + "\n"


@pytest.mark.parametrize("name", ["a;reboot", "-f", "auto", "den den"])
async def test_nobody_is_told_to_type_what_a_name_is_made_to_do(
    home: Home, capsys: Capture, name: str
) -> None:
    async with home.node(name=name):
        assert await home.upturn("scan", "--ble") == 0
    told = capsys.readouterr().out
    assert told.endswith("may be paired now: run 'upturn node pair 24:0A:C4:00:00:01'\n")


async def test_a_person_sees_at_once_that_it_looks(
    home: Home, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert await home.upturn("scan", "--ble") == 0
    assert capsys.readouterr().out == f"Looking for nodes for 0.6 s ...\n{scan.NO_SIGHT}\n"
    assert await home.upturn("scan", "--ble", "--json") == 0
    assert capsys.readouterr().out == ""


async def test_for_programs_it_is_an_object_a_node(home: Home, capsys: Capture) -> None:
    async with home.node() as node:
        node.window_open = True
        assert await home.upturn("scan", "--ble", "--json") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {
        "bluetooth": node.address,
        "name": "den",
        "rssi_dbm": -50,
        "paired": False,
        "id": node.node_id,
        "posture": "unknown",
        "pairing": True,
        "in_use": False,
        "calibrated": True,
        "fault": False,
        "battery_percent": 80,
        "problem": None,
    }


async def test_ports_and_nodes_in_sight_are_listed_together(
    home: Home, capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(scan, "HELLO_S", 0.3)
    with FakeNode(tmp_path / "tty", name="cellar") as wired:
        monkeypatch.setattr(scan, "ports_here", lambda: [Port(str(wired.port))])
        async with home.node():
            assert await home.upturn("scan") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{wired.port}")
    assert "  cellar: MPU6886 at 50 Hz" in first
    assert "  den: by Bluetooth" in second


async def test_what_is_no_node_is_not_listed(home: Home, capsys: Capture) -> None:
    async with home.node(service="12345678-5c2e-4d0a-9f3b-6a1d0e8c4f27"):
        assert await home.upturn("scan", "--ble") == 0
        assert await home.upturn("scan", "--ble", "--json") == 0
    assert capsys.readouterr().out == f"{scan.NO_SIGHT}\n"


async def test_without_bluetooth_it_says_why_and_what_to_do(home: Home, capsys: Capture) -> None:
    await home.adapter.take_away(Reason.NO_BLUETOOTH)
    why = "this computer has no Bluetooth adapter. "
    assert await home.upturn("scan", "--ble") == 0
    assert capsys.readouterr().out.startswith(f"Bluetooth  {why}")
    assert await home.upturn("scan", "--ble", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["bluetooth"] is None
    assert told["problem"].startswith(why)


async def test_ports_are_listed_all_the_same(
    home: Home, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "ports_here", list)
    await home.adapter.take_away(Reason.POWERED_OFF)
    assert await home.upturn("scan") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Bluetooth  Bluetooth is switched off. ")
    assert second == scan.NO_PORT


async def test_a_list_of_nodes_that_cannot_be_read_is_one_line(
    home: Home, capsys: Capture
) -> None:
    home.nodes.path.parent.mkdir(exist_ok=True)
    home.nodes.path.write_text("{")
    assert await home.upturn("scan", "--ble") == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), "cannot be read" in err) == ("", 1, True)
