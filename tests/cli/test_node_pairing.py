# SPDX-License-Identifier: MIT
"""`upturn node pair` and `forget`: what to press, what is so then, and every failure in a line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bleak.exc import BleakBluetoothNotAvailableReason as Reason

from tests.cli.by_radio import Home, hold
from tests.radio.waiting import until
from upturn.cli.main import main
from upturn.core.events import Posture
from upturn.transports.ble.known import KnownNode

Capture = pytest.CaptureFixture[str]
DEN = KnownNode("240ac4000001", "24:0A:C4:00:00:01", "den")
PAIRED = "den is paired: 'upturn run --source ble:den' watches it\n"


@pytest_asyncio.fixture
async def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Home]:
    async with Home(tmp_path, monkeypatch) as home:
        yield home


async def refused(home: Home, capsys: Capture, *words: str) -> str:
    assert await home.upturn("node", *words) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err.removeprefix("upturn: ").rstrip()


@pytest.mark.parametrize("words", [[], ["den"], ["ble:den"], ["24:0A:C4:00:00:01"], ["ble:auto"]])
async def test_a_node_whose_button_was_pressed_is_paired(
    home: Home, capsys: Capture, words: list[str]
) -> None:
    async with home.node():
        assert await home.upturn("node", "pair", *words) == 0
    assert capsys.readouterr() == (PAIRED, "")
    assert home.nodes.all() == [DEN]


async def test_the_press_is_asked_for_at_once(home: Home, capsys: Capture) -> None:
    async with home.node() as node:
        node.window_open = False
        node.advertise()
        pairing = asyncio.create_task(home.upturn("node", "pair", "den"))
        told = ""

        def asked() -> bool:
            nonlocal told
            told += capsys.readouterr().out
            return told.endswith("\n")

        await until(asked)
        assert told == "Press the button of den now, while nobody is inverted.\n"
        node.window_open = True
        node.advertise()
        assert await pairing == 0
    assert capsys.readouterr() == (PAIRED, "")


async def test_without_a_press_it_is_exit_1(home: Home, capsys: Capture) -> None:
    async with home.node() as node:
        node.window_open = False
        node.advertise()
        assert await home.upturn("node", "pair", "den") == 1
    out, err = capsys.readouterr()
    assert out == "Press the button of den now, while nobody is inverted.\n"
    assert err == "upturn: the button of den was not pressed within 1 s. Try again\n"


async def test_while_somebody_is_inverted_nobody_is_told_to_press(
    home: Home, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with home.node() as node:
        node.window_open = False
        hold(monkeypatch, node, Posture.INVERTED)
        assert await refused(home, capsys, "pair") == (
            "den says that somebody is inverted; pair it when it is upright"
        )


async def test_of_several_that_fit_the_names_are_told_and_how_to_name_one(
    home: Home, capsys: Capture
) -> None:
    async with home.node() as den, home.node(name="attic") as attic:
        await home.pair(den)
        await home.pair(attic)
        assert await refused(home, capsys, "forget") == (
            "several paired nodes fit (attic, den). Name one: upturn node forget NAME"
        )
        assert await refused(home, capsys, "forget", "cellar") == (
            "no node called cellar is paired with this computer, only attic, den"
        )


@pytest.mark.parametrize("action", ["pair", "forget"])
def test_help_says_how_a_node_may_be_named(action: str, capsys: Capture) -> None:
    assert main(["node", action, "--help"]) == 0
    assert "also as ble:NAME" in " ".join(capsys.readouterr().out.split())


async def test_where_no_node_is_in_sight_it_is_exit_1(home: Home, capsys: Capture) -> None:
    assert (await refused(home, capsys, "pair")).startswith("no node is in sight. Switch it on ")


async def test_without_bluetooth_it_is_exit_1(home: Home, capsys: Capture) -> None:
    await home.adapter.take_away(Reason.POWERED_OFF)
    told = await refused(home, capsys, "pair")
    assert told.startswith("Bluetooth: Bluetooth is switched off. ")


async def test_what_is_forgotten_is_not_known_any_more(home: Home, capsys: Capture) -> None:
    async with home.node() as node:
        await home.pair(node)
        assert await home.upturn("node", "forget", "den") == 0
        assert capsys.readouterr() == ("den is forgotten\n", "")
        assert home.nodes.all() == []
        for words in (["den"], []):
            told = await refused(home, capsys, "forget", *words)
            assert told == "no node is paired with this computer"


async def test_what_is_forgotten_is_paired_again_by_a_press(home: Home, capsys: Capture) -> None:
    async with home.node() as node:
        await home.pair(node)
        assert await home.upturn("node", "forget") == 0
        node.window_open = True
        node.advertise()
        assert await home.upturn("node", "pair") == 0
    assert capsys.readouterr().out == f"den is forgotten\n{PAIRED}"
