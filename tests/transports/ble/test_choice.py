# SPDX-License-Identifier: MIT
"""Whom `ble:` means: a node that is paired, and never one that only says that it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from bleak.backends.device import BLEDevice

from upturn.errors import RunError
from upturn.transports.ble.bluetooth import Sighting
from upturn.transports.ble.choice import choose, doubted, is_it
from upturn.transports.ble.known import KnownNode, KnownNodes
from upturn.transports.ble.trouble import AGAIN, BleError, Fact

DEN = KnownNode("240ac4000001", "24:0A:C4:00:00:03", "den")
ATTIC = KnownNode("240ac4000011", "24:0A:C4:00:00:13", "attic")
TWIN = KnownNode("240ac4000021", "24:0A:C4:00:00:23", "den")
PAIR = "Press its button, then run 'upturn node pair'"
DOUBT = (
    "Another computer may be connected to it, or its bond is lost. For a new one: press its "
    "button, then run 'upturn node pair'"
)


@pytest.fixture
def nodes(tmp_path: Path) -> KnownNodes:
    return KnownNodes(tmp_path / "nodes.json")


@pytest.mark.parametrize("text", ["den", "24:0a:c4:00:00:03", "240AC4000001"])
def test_one_is_meant_by_its_name_its_address_or_its_id(nodes: KnownNodes, text: str) -> None:
    nodes.add(DEN)
    nodes.add(ATTIC)
    assert choose(text, nodes) == DEN


def test_the_only_one_needs_no_name(nodes: KnownNodes) -> None:
    nodes.add(DEN)
    assert choose("auto", nodes) == DEN


@pytest.mark.parametrize(
    ("text", "paired", "why"),
    [
        ("auto", [], "no node is paired with this computer"),
        ("cellar", [], "no node is paired with this computer"),
        (
            "cellar",
            [DEN, ATTIC],
            "no node called cellar is paired with this computer, only attic, den",
        ),
        ("\x1b[2J", [DEN], "no node called \\x1b[2J is paired with this computer, only den"),
    ],
)
def test_nobody_is_meant_who_is_not_paired(
    nodes: KnownNodes, text: str, paired: list[KnownNode], why: str
) -> None:
    for node in paired:
        nodes.add(node)
    with pytest.raises(BleError) as caught:
        choose(text, nodes)
    assert (caught.value.fact, caught.value.why, caught.value.remedy) == (
        Fact.PAIR_FIRST,
        why,
        PAIR,
    )


def test_of_several_none_is_guessed(nodes: KnownNodes) -> None:
    nodes.add(DEN)
    nodes.add(ATTIC)
    with pytest.raises(BleError) as caught:
        choose("auto", nodes)
    assert str(caught.value) == (
        "Bluetooth: several paired nodes fit (attic, den). Name one: --source ble:NAME"
    )


@pytest.mark.parametrize("text", ["auto", "den"])
def test_of_two_of_one_name_none_is_guessed(nodes: KnownNodes, text: str) -> None:
    nodes.add(DEN)
    nodes.add(TWIN)
    with pytest.raises(BleError) as caught:
        choose(text, nodes)
    assert str(caught.value) == (
        "Bluetooth: several paired nodes fit (den at 24:0A:C4:00:00:03, den at "
        "24:0A:C4:00:00:23). Name one: --source ble:ADDRESS"
    )


def test_two_of_one_name_are_told_apart_by_their_address(nodes: KnownNodes) -> None:
    nodes.add(DEN)
    nodes.add(TWIN)
    assert choose(TWIN.address, nodes) == TWIN


def test_who_is_paired_has_to_be_readable(nodes: KnownNodes) -> None:
    nodes.path.write_text("[]")
    with pytest.raises(RunError, match="cannot be read"):
        choose("auto", nodes)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            BleError(Fact.PAIR_FIRST, "not paired", PAIR),
            (Fact.BOND_LOST, "it has lost its bond with this computer", PAIR),
        ),
        (
            BleError(Fact.ABSENT, "the connection broke off", AGAIN),
            (Fact.BOND_LOST, "it is there, but the connection broke off", DOUBT),
        ),
        (
            BleError(Fact.OTHER, "Bluetooth failed (5)", AGAIN),
            (Fact.BOND_LOST, "it is there, but Bluetooth failed (5)", DOUBT),
        ),
        (
            BleError(Fact.NO_RADIO, "Bluetooth is switched off", "Switch it on"),
            (Fact.NO_RADIO, "Bluetooth is switched off", "Switch it on"),
        ),
        (
            BleError(Fact.OTHER, "another node answers", "Pair that one"),
            (Fact.OTHER, "another node answers", "Pair that one"),
        ),
    ],
)
def test_of_a_node_in_sight_that_is_not_reached_it_is_told_what_that_may_mean(
    fault: BleError, told: tuple[Fact, str, str]
) -> None:
    doubt = doubted(fault)
    assert (doubt.fact, doubt.why, doubt.remedy) == told


def test_it_is_known_by_its_address_whatever_else_is_said(nodes: KnownNodes) -> None:
    wanted = is_it(DEN)
    assert wanted(_sighting(DEN.address.lower(), "another"))
    assert not wanted(_sighting(ATTIC.address, "den"))


def _sighting(address: str, name: str) -> Sighting:
    return Sighting(BLEDevice(address, name, None), address, name, -50, None)
