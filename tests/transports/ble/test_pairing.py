# SPDX-License-Identifier: MIT
"""A bond is made with the node that is meant, after a press of its button, or not at all."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from bleak.exc import BleakBluetoothNotAvailableReason as Reason
from bleak.exc import BleakError

from tests.cli.by_radio import hold
from tests.radio.bleak_bumble import BumbleClient, forget_bonds
from tests.radio.fake_ble_node import FakeBleNode
from tests.radio.waiting import PATIENCE_S, until
from tests.transports.ble.world import LOOK_S, World
from upturn.core.events import Posture
from upturn.errors import RunError
from upturn.transports import in_use
from upturn.transports.ble.known import KnownNode
from upturn.transports.ble.pairing import Pairing

PRESS = "Press the button of den now, while nobody is inverted."
NOT_NOW = "den says that somebody is inverted; pair it when it is upright"
HERE = "several nodes are here: "
DEN = KnownNode("240ac4000001", "24:0A:C4:00:00:01", "den")


class Person:
    """Who pairs, and presses when told to."""

    def __init__(self, world: World, presses: FakeBleNode | None = None) -> None:
        self.told: list[str] = []
        self._presses = presses
        self.pairing = Pairing(
            world.bluetooth, world.nodes, time.monotonic, self._hear, look_s=LOOK_S, press_s=0.3
        )

    def _hear(self, words: str) -> None:
        self.told.append(words)
        if self._presses is not None:
            self._presses.window_open = True
            self._presses.advertise()

    async def fails(self, text: str) -> str:
        with pytest.raises(RunError) as caught:
            await self.pairing.pair(text)
        return str(caught.value)


def shut(*nodes: FakeBleNode) -> None:
    for node in nodes:
        node.window_open = False
        node.advertise()


@pytest.mark.parametrize("text", ["auto", "den", "24:0a:c4:00:00:01", "240AC4000001"])
async def test_one_whose_button_was_pressed_is_paired_and_known(world: World, text: str) -> None:
    async with world.node() as node:
        person = Person(world)
        assert await person.pairing.pair(text) == DEN
        assert (person.told, world.nodes.all(), await node.bonds()) == ([], [DEN], 1)
        await until(lambda: node.connection is None)


async def test_its_press_is_asked_for_and_waited_for(world: World) -> None:
    async with world.node() as node:
        shut(node)
        person = Person(world, presses=node)
        assert await person.pairing.pair("den") == DEN
        assert person.told == [PRESS]


async def test_without_a_press_nothing_is_paired(world: World) -> None:
    async with world.node() as node:
        shut(node)
        person = Person(world)
        assert await person.fails("den") == (
            "the button of den was not pressed within 0.3 s. Try again"
        )
        assert (person.told, world.nodes.all(), node.heard) == ([PRESS], [], [])


async def test_a_node_without_a_name_is_called_by_its_id(world: World) -> None:
    async with world.node(name="") as node:
        assert await Person(world).pairing.pair("auto") == KnownNode(
            node.node_id, node.address, node.node_id
        )


async def test_of_several_nobody_is_chosen_for_saying_that_his_button_was_pressed(
    world: World,
) -> None:
    """An impostor would say so all the time, and be paired without any press."""
    async with world.node() as den, world.node(name="attic") as attic:
        shut(den)
        assert (await Person(world).fails("auto")).endswith("Name one: upturn node pair NAME")
        assert await attic.bonds() == 0
        assert (await Person(world).pairing.pair("attic")).name == "attic"


async def test_one_that_claims_to_be_a_paired_node_at_another_address_is_not_paired(
    world: World,
) -> None:
    async with world.node() as den:
        known = await world.pair(den)
        async with world.node(name="other", node_id=den.node_id) as impostor:
            assert await Person(world).fails(impostor.address) == (
                "other claims to be den, which is paired at another address. "
                "If it is, 'upturn node forget den' first"
            )
        assert world.nodes.all() == [known]


async def test_of_several_none_is_guessed(world: World) -> None:
    async with world.node() as den, world.node() as twin:
        shut(den, twin)
        for text in ("auto", "den"):
            told = await Person(world).fails(text)
            assert sorted(told.removeprefix(HERE).partition(". ")[0].split(", ")) == [
                "den at 24:0A:C4:00:00:01",
                "den at 24:0A:C4:00:00:02",
            ]
            assert told.endswith(". Name one: upturn node pair ADDRESS")
        assert await Person(world).fails("attic") == "attic is not here, only den, den"


async def test_of_several_the_names_are_told_that_one_has_to_choose_from(world: World) -> None:
    async with world.node() as den, world.node(name="attic") as attic:
        shut(den, attic)
        told = await Person(world).fails("auto")
        assert told in {
            f"{HERE}den, attic. Name one: upturn node pair NAME",
            f"{HERE}attic, den. Name one: upturn node pair NAME",
        }


async def test_of_several_the_only_one_that_is_not_paired_is_meant(world: World) -> None:
    async with world.node() as den, world.node(name="attic") as attic:
        await world.pair(den)
        shut(den, attic)
        person = Person(world, presses=attic)
        assert (await person.pairing.pair("auto")).name == "attic"
        assert person.told == [PRESS.replace("den", "attic")]


async def test_one_that_is_paired_is_paired_anew_where_its_button_was_pressed(
    world: World,
) -> None:
    async with world.node() as den, world.node(name="attic") as attic:
        await world.pair(den)
        shut(attic)
        den.window_open = True
        den.advertise()
        assert await Person(world).pairing.pair("den") == DEN


@pytest.mark.parametrize("posture", [Posture.INVERTED, Posture.OVER_ROTATED])
async def test_a_node_of_somebody_who_is_inverted_is_not_paired(
    world: World, posture: Posture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.node() as node:
        shut(node)
        hold(monkeypatch, node, posture)
        person = Person(world)
        assert await person.fails("den") == NOT_NOW
        assert person.told == []


async def test_who_is_inverted_while_a_press_is_waited_for_is_not_asked_for_it_any_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.node() as node:
        shut(node)

        def turn(_: str) -> None:
            hold(monkeypatch, node, Posture.INVERTED)

        pairing = Pairing(world.bluetooth, world.nodes, time.monotonic, turn, look_s=LOOK_S)
        with pytest.raises(RunError) as caught:
            await pairing.pair("den")
        assert str(caught.value) == NOT_NOW


async def test_a_press_from_before_counts_whoever_is_inverted_since(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.node() as node:
        hold(monkeypatch, node, Posture.INVERTED)
        assert await Person(world).pairing.pair("den") == DEN


async def test_where_none_is_in_sight_it_is_told_what_to_do(world: World) -> None:
    assert await Person(world).fails("auto") == (
        "no node is in sight. Switch it on and go nearer; one that another computer is "
        "connected to says so in 'upturn scan'"
    )


async def test_a_bond_that_does_not_fit_any_more_is_made_anew(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        await node.forget_bonds()
        node.window_open = True
        node.advertise()
        assert await Person(world).pairing.pair("den") == DEN
        assert await node.bonds() == 1


async def test_so_is_one_that_the_computer_has_lost(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        await forget_bonds(world.host)
        node.window_open = True
        node.advertise()
        assert await Person(world).pairing.pair("den") == DEN


async def test_one_that_another_program_is_connected_to_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_use, "PATIENCE_S", 0.1)
    async with world.node() as node:
        shut(node)
        other = world.nodes.in_use(node.node_id)
        assert await other.take()
        person = Person(world, presses=node)
        assert await person.fails("den") == (
            "den: another watch or command of this computer has it. End that one first"
        )
        assert person.told == []
        other.give_back()
        assert await person.pairing.pair("den") == DEN


async def test_a_node_that_refuses_is_told(world: World) -> None:
    async with world.node() as node:
        node.refuses_pairing = True
        told = await Person(world).fails("den")
        assert told.startswith("den: Bluetooth failed (")
        assert told.endswith("). Press its button, and try again")
        assert world.nodes.all() == []
        await until(lambda: node.connection is None)


async def test_a_window_that_has_closed_meanwhile_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It pairs without a bond, which gives no rights, and ends the link."""
    async with world.node() as node:
        node.advertise()
        monkeypatch.setattr(node, "_advertise", lambda bthome: None)
        node.window_open = False
        told = await Person(world).fails("den")
        assert told == "den: the connection broke off. Press its button, and try again"
        assert (world.nodes.all(), await node.bonds()) == ([], 0)


async def test_a_system_that_will_not_pair_is_told_in_its_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise BleakError("Could not pair with device: 19: Failed")

    async with world.node():
        monkeypatch.setattr(BumbleClient, "pair", fail)
        assert await Person(world).fails("den") == (
            "den: the pairing was refused. Press the node's button, and pair within 60 s; where "
            "that does not help, 'upturn node forget' first"
        )


async def test_another_node_than_it_advertises_is_not_paired(world: World) -> None:
    async with world.node() as node:
        advertised = await world.bluetooth.sight(lambda one: one.said is not None, PATIENCE_S)
        assert advertised is not None
        node.hello = lambda: {**FakeBleNode.hello(node), "node_id": "0123456789ab"}  # type: ignore[method-assign]
        assert await Person(world).fails("den") == (
            "den: another node (0123456789ab) answers at its address. Pair that one, or forget "
            "this one"
        )
        assert world.nodes.all() == []


async def test_without_bluetooth_it_is_told(world: World) -> None:
    await world.adapter.take_away(Reason.NO_BLUETOOTH)
    assert "this computer has no Bluetooth adapter" in await Person(world).fails("auto")


async def test_a_list_of_nodes_that_cannot_be_read_is_told_before_anybody_presses(
    world: World,
) -> None:
    world.nodes.path.write_text("{")
    person = Person(world)
    assert "cannot be read" in await person.fails("auto")
    assert person.told == []


@pytest.mark.parametrize("text", ["auto", "den", "24:0a:c4:00:00:01"])
async def test_what_is_forgotten_is_so_on_both_sides_of_the_computer(
    world: World, text: str
) -> None:
    async with world.node() as node:
        await world.pair(node)
        assert await Person(world).pairing.forget(text) == DEN
        assert world.nodes.all() == []
        assert world.host.keystore is not None
        assert await world.host.keystore.get_all() == []
        assert await node.bonds() == 1  # that is its own affair


async def test_only_one_that_is_known_and_named_is_forgotten(world: World) -> None:
    person = Person(world)
    for text in ("auto", "attic"):
        with pytest.raises(RunError) as caught:
            await person.pairing.forget(text)
        assert str(caught.value) == "no node is paired with this computer"
    world.nodes.add(DEN)
    with pytest.raises(RunError) as caught:
        await person.pairing.forget("attic")
    assert str(caught.value) == "no node called attic is paired with this computer, only den"
    world.nodes.add(KnownNode("240ac4000002", "24:0A:C4:00:00:02", "den"))
    with pytest.raises(RunError) as caught:
        await person.pairing.forget("den")
    assert str(caught.value) == (
        "several paired nodes fit (den at 24:0A:C4:00:00:01, den at 24:0A:C4:00:00:02). Name one: "
        "upturn node forget ADDRESS"
    )
    assert len(world.nodes.all()) == 2


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (BleakError("Device not found"), ""),
        (NotImplementedError(), ""),
        (
            BleakError("Operation failed"),
            (
                "den is forgotten here, but not by the system: Bluetooth failed (Operation "
                "failed). Remove it in the system's Bluetooth settings"
            ),
        ),
    ],
)
async def test_a_system_that_does_not_forget_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Exception, told: str
) -> None:
    async def fail(_: BumbleClient) -> None:
        raise fault

    world.nodes.add(DEN)
    monkeypatch.setattr(BumbleClient, "unpair", fail)
    forgetting = Person(world).pairing.forget("den")
    if told:
        with pytest.raises(RunError) as caught:
            await forgetting
        assert str(caught.value) == told
    else:
        assert await forgetting == DEN
    assert world.nodes.all() == []


async def test_a_pairing_that_is_given_up_leaves_no_link(world: World) -> None:
    async with world.node() as node:
        node.mute_on = set(node.refuses)
        task = asyncio.create_task(Person(world).pairing.pair("den"))
        await until(lambda: node.connection is not None)
        task.cancel()
        await asyncio.wait({task})
        await until(lambda: node.connection is None)
        assert world.nodes.all() == []
