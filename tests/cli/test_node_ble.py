# SPDX-License-Identifier: MIT
"""`upturn node` by radio: a paired node is shown and changed as on its cable."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bleak.exc import BleakBluetoothNotAvailableReason as Reason

from tests.cli.by_radio import Home
from tests.radio.fake_ble_node import FakeBleNode
from tests.radio.waiting import until
from tests.transports.fake_node import FakeNode
from upturn.cli import node_orders
from upturn.transports.ble import probe
from upturn.transports.node_probe import Port
from upturn.wire.vocabulary import Result, Verb

Capture = pytest.CaptureFixture[str]
KEY = "000102030405060708090a0b0c0d0e0f"


@pytest_asyncio.fixture
async def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Home]:
    async with Home(tmp_path, monkeypatch) as home:
        yield home


@pytest_asyncio.fixture
async def node(home: Home) -> AsyncIterator[FakeBleNode]:
    """Paired."""
    async with home.node() as node:
        await home.pair(node)
        node.heard.clear()
        yield node


async def done(home: Home, capsys: Capture, *words: str) -> list[str]:
    assert await home.upturn("node", words[0], "--source", "ble:den", *words[1:]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines()


async def refused(home: Home, capsys: Capture, *words: str) -> tuple[int, str]:
    code = await home.upturn("node", *words)
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return code, err.removeprefix("upturn: ").rstrip()


async def test_info_tells_what_it_is(home: Home, node: FakeBleNode, capsys: Capture) -> None:
    shown = await done(home, capsys, "info")
    assert shown[:3] == ["port        ble:den", "name        den", "id          240ac4000001"]
    assert "bluetooth   paired with 0 of 4 computers, BTHome unknown" in shown
    (line,) = await done(home, capsys, "info", "--json")
    record = json.loads(line)
    assert (record["port"], record["ble"], record["bthome"]) == ("ble:den", True, None)
    await until(lambda: node.connection is None)


async def test_a_narrow_link_shows_the_angle_and_no_voltage(home: Home, capsys: Capture) -> None:
    async with home.node(mtu=23) as narrow:
        await home.pair(narrow)
        shown = await done(home, capsys, "info")
    assert "battery     80 %" in shown
    assert "angle       -80.0 degrees, unknown" in shown


async def test_the_only_node_of_the_config_is_meant(
    home: Home, node: FakeBleNode, capsys: Capture, tmp_path: Path
) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[[node]]\nname = "den"\nsource = "ble:den"\n')
    assert await home.upturn("node", "identify", "--config", str(config)) == 0
    assert capsys.readouterr().out == "den blinks and beeps\n"
    assert node.told(Verb.IDENTIFY) == [b""]


async def test_limits_and_settings_are_changed_and_shown(
    home: Home, node: FakeBleNode, capsys: Capture
) -> None:
    shown = await done(home, capsys, "config", "--name", "attic", "--rate", "100")
    assert shown[1] == "name        attic"
    assert node.rate_hz == 100


@pytest.mark.parametrize(
    ("words", "payload"),
    [
        (["off"], b"\0"),
        (["plain"], b"\1"),
        (["encrypted", "--key", KEY], b"\2" + bytes(range(16))),
    ],
)
async def test_what_it_tells_everybody_is_chosen(
    home: Home,
    node: FakeBleNode,
    capsys: Capture,
    words: list[str],
    payload: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    greet_with_bthome(monkeypatch)
    shown = await done(home, capsys, "bthome", *words)
    assert node.told(Verb.SET_BTHOME) == [payload]
    key = [f"key         {KEY}"] if words[0] == "encrypted" else []
    assert shown == ["name        den", f"bthome      {words[0]}", *key]


async def test_a_key_is_made_where_none_is_given_and_shown_once(
    home: Home, node: FakeBleNode, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    greet_with_bthome(monkeypatch)
    (line,) = await done(home, capsys, "bthome", "encrypted", "--json")
    (payload,) = node.told(Verb.SET_BTHOME)
    assert json.loads(line)["key"] == payload[1:].hex()
    assert len(payload) == 17


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["plain", "--key", KEY], "--key: goes with 'encrypted' alone. Leave it out"),
        (
            ["encrypted", "--key", "00"],
            "--key: is no key. Give 32 hexadecimal digits, or none for a new key",
        ),
        (
            ["encrypted", "--key", "zz" * 16],
            "--key: is no key. Give 32 hexadecimal digits, or none for a new key",
        ),
    ],
)
async def test_a_key_that_cannot_be_is_refused_before_anything_is_asked(
    home: Home, capsys: Capture, words: list[str], told: str
) -> None:
    assert await refused(home, capsys, "bthome", *words) == (2, told)


async def test_hosts_are_forgotten_by_the_node(
    home: Home, node: FakeBleNode, capsys: Capture
) -> None:
    assert await done(home, capsys, "forget-hosts") == [
        "den is paired with no computer any more; 'upturn node forget' forgets it here too"
    ]
    assert node.told(Verb.FORGET_HOSTS) == [b""]


async def test_what_the_node_refuses_is_told_in_its_words(
    home: Home, node: FakeBleNode, capsys: Capture
) -> None:
    node.refuses[Verb.SET_BTHOME] = (Result.NOT_STORED, "no room")
    code, told = await refused(home, capsys, "bthome", "off", "--source", "ble:den")
    assert (code, told.startswith("den: "), told.endswith("no room")) == (1, True, True)


async def test_a_node_that_is_not_paired_is_told(home: Home, capsys: Capture) -> None:
    assert await refused(home, capsys, "info", "--source", "ble:den") == (
        1,
        (
            "ble:den: no node is paired with this computer. Press its button, then run 'upturn "
            "node pair'"
        ),
    )


async def test_who_is_paired_is_told_where_a_name_is_none_of_theirs(
    home: Home, node: FakeBleNode, capsys: Capture
) -> None:
    assert await refused(home, capsys, "info", "--source", "ble:cellar") == (
        1,
        (
            "ble:cellar: no node called cellar is paired with this computer, only den. Press its "
            "button, then run 'upturn node pair'"
        ),
    )


async def test_where_bluetooth_is_off_that_is_told_and_not_to_pair(
    home: Home, capsys: Capture
) -> None:
    await home.adapter.take_away(Reason.NO_BLUETOOTH)
    code, told = await refused(home, capsys, "info", "--source", "ble:auto")
    assert (code, told.split(". ")[0]) == (1, "ble:auto: this computer has no Bluetooth adapter")
    assert "pair" not in told


async def test_of_a_node_that_has_forgotten_this_computer_it_is_told_what_to_do(
    home: Home, node: FakeBleNode, capsys: Capture
) -> None:
    await node.forget_bonds()
    assert await refused(home, capsys, "info", "--source", "ble:den") == (
        1,
        (
            "ble:den: it is there, but Bluetooth failed (the peer has lost its bond: unpair "
            "first). Try again. Another computer may be connected to it, or its bond is lost. For "
            "a new one: press its button, then run 'upturn node pair'"
        ),
    )


async def test_of_a_node_that_another_computer_has_it_is_told_that_it_may(
    home: Home, node: FakeBleNode, capsys: Capture
) -> None:
    await home.takes_up(node)
    assert await refused(home, capsys, "info", "--source", "ble:den") == (
        1,
        (
            "ble:den: it is there, but the node does not answer. Try again. Another computer may "
            "be connected to it, or its bond is lost. For a new one: press its button, then run "
            "'upturn node pair'"
        ),
    )


async def test_without_a_source_the_only_one_that_is_paired_is_meant(
    home: Home, node: FakeBleNode, capsys: Capture
) -> None:
    assert await home.upturn("node", "test-alarm") == 0
    assert capsys.readouterr() == ("den sounds\n", "")
    assert node.told(Verb.TEST_ALARM) == [b"\3"]


async def test_one_on_a_cable_comes_before_it(
    home: Home,
    node: FakeBleNode,
    capsys: Capture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FakeNode(tmp_path / "tty", name="cellar") as wired:
        monkeypatch.setattr(node_orders, "ports_here", lambda: [Port(str(wired.port))])
        assert await home.upturn("node", "identify") == 0
    assert capsys.readouterr() == ("cellar blinks and beeps\n", "")
    assert node.heard == []


async def test_of_several_that_are_paired_one_is_to_be_named(
    home: Home, node: FakeBleNode, capsys: Capture
) -> None:
    async with home.node(name="attic") as attic:
        await home.pair(attic)
        assert await refused(home, capsys, "identify") == (
            1,
            (
                "no node answers on any serial port, and several paired nodes fit (attic, den). "
                "Name one: --source ble:NAME"
            ),
        )


async def test_a_new_name_is_kept_and_what_it_changes_is_told(
    home: Home, node: FakeBleNode, capsys: Capture
) -> None:
    shown = await done(home, capsys, "config", "--name", "attic")
    assert shown[-1] == "It was called den: a config with 'ble:den' needs 'ble:attic' now"
    assert [known.name for known in home.nodes.all()] == ["attic"]
    assert await home.upturn("node", "identify", "--source", "ble:attic") == 0
    assert capsys.readouterr() == ("attic blinks and beeps\n", "")


async def test_a_name_that_another_computer_gave_it_is_learned_by_any_command(
    home: Home, node: FakeBleNode, capsys: Capture
) -> None:
    node.name = "attic"
    assert await done(home, capsys, "identify") == [
        "attic blinks and beeps",
        "It was called den: a config with 'ble:den' needs 'ble:attic' now",
    ]
    assert [known.name for known in home.nodes.all()] == ["attic"]


async def test_a_name_is_learned_of_a_node_that_refuses_too(
    home: Home, node: FakeBleNode, capsys: Capture
) -> None:
    node.name = "attic"
    node.refuses[Verb.POWER_OFF] = (Result.NOT_NOW, "inverted")
    told = await refused(home, capsys, "power-off", "--source", "ble:den")
    assert told == (1, "attic: not now: inverted")
    assert [known.name for known in home.nodes.all()] == ["attic"]


async def test_one_that_is_not_in_sight_is_told(
    home: Home, node: FakeBleNode, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "SIGHT_S", 0.1)
    await node.power_off()
    assert await refused(home, capsys, "info", "--source", "ble:auto") == (
        1,
        "ble:auto: not in sight. Go nearer, and look whether it is on",
    )


async def test_the_radio_is_left_as_it_was(home: Home, node: FakeBleNode, capsys: Capture) -> None:
    assert await home.upturn("node", "identify", "--source", "ble:den") == 0
    await until(lambda: not home.host.is_scanning)
    assert (node.connection, home.adapter.clients) == (None, set())


def greet_with_bthome(patch: pytest.MonkeyPatch) -> None:
    """As a node of layout 2, that does what it is told."""
    hello, do = FakeBleNode.hello, FakeBleNode._do
    chosen = {"bthome": 0}

    def hello_2(node: FakeBleNode) -> dict[str, object]:
        return {**hello(node), "layout": 2, "bonds": 1, **chosen}

    def choose(node: FakeBleNode, verb: Verb, payload: bytes) -> None:
        if verb is Verb.SET_BTHOME:
            chosen["bthome"] = payload[0]
            node.say("HELLO", node.hello())
        do(node, verb, payload)

    patch.setattr(FakeBleNode, "hello", hello_2)
    patch.setattr(FakeBleNode, "_do", choose)
