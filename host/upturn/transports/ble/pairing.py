# SPDX-License-Identifier: MIT
"""Makes a bond between this computer and a node, and forgets one.

The node accepts a bond only for a minute after its button was pressed: who can reach the button is
who may pair. So the first thing is to find the node and to wait for that press.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from upturn.core.events import Posture
from upturn.errors import RunError
from upturn.transports.ble.bluetooth import Bluetooth, Sighting, Wanted
from upturn.transports.ble.choice import AUTO, choose, told_apart
from upturn.transports.ble.known import KnownNode, KnownNodes
from upturn.transports.ble.link import PAIR_S, BleLink
from upturn.transports.ble.trouble import AGAIN, BleError, Fact, taken
from upturn.transports.printable import printable

LOOK_S = 6.0
"""A node says who it is and what it is called within two seconds."""
PRESS_S = 60.0
PRESS = "Press its button, and try again"
INVERTED = (Posture.INVERTED, Posture.OVER_ROTATED)
Say = Callable[[str], None]


class Pairing:
    """`say` gets what a person is to know or do meanwhile."""

    def __init__(
        self,
        bluetooth: Bluetooth,
        nodes: KnownNodes,
        host_s: Callable[[], float],
        say: Say,
        *,
        look_s: float = LOOK_S,
        press_s: float = PRESS_S,
    ) -> None:
        self._bluetooth = bluetooth
        self._nodes = nodes
        self._host_s = host_s
        self._say = say
        self._look_s = look_s
        self._press_s = press_s

    async def pair(self, text: str) -> KnownNode:
        """The node of that name, address or hardware id, or for `auto` the only one there is.

        Raises:
            RunError: it is not found, not let, or not what it says.
        """
        self._nodes.all()  # before anybody presses anything: it may be unreadable
        sighting = await self._find(text)
        async with self._alone(sighting):  # a press for nothing would be a call for help
            pass
        if not is_pairing(sighting.address)(sighting):
            if _is_inverted(sighting):
                raise _not_now(sighting)
            self._say(f"Press the button of {_called(sighting)} now, while nobody is inverted.")
            sighting = await self._pressed(sighting)
        async with self._alone(sighting):
            return await self._bond(sighting)

    async def forget(self, text: str) -> KnownNode:
        """What this computer knows of a node, and its half of the bond.

        Raises:
            RunError: no node of that name is known, or more than one.
        """
        try:
            known = choose(text, self._nodes, by="upturn node forget ")
        except BleError as fault:
            remedy = "" if fault.fact is Fact.PAIR_FIRST else f". {fault.remedy}"
            raise RunError(f"{fault.why}{remedy}") from None
        self._nodes.remove(known)
        link = BleLink(self._bluetooth, known.address, self._host_s)
        try:
            await link.unpair()
        except BleError as fault:
            if fault.fact is not Fact.ABSENT:  # the system does not know it either
                raise RunError(
                    f"{printable(known.name)} is forgotten here, but not by the system: "
                    f"{fault.why}. Remove it in the system's Bluetooth settings"
                ) from None
        return known

    async def _find(self, text: str) -> Sighting:
        def is_named(one: Sighting) -> bool:  # an address or an id is one node's alone
            node_id = one.said.node_id if one.said is not None else ""
            return bool(node_id) and text.casefold() in (one.address.casefold(), node_id)

        seen = [one for one in await self._bluetooth.sightings(self._look_s, is_named) if one.said]
        fitting = [one for one in seen if text == AUTO or _fits(one, text)]
        if text == AUTO and len(fitting) > 1:
            fitting = self._likely(fitting)
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            names, word = told_apart([(_called(one), one.address) for one in fitting])
            raise RunError(f"several nodes are here: {names}. Name one: upturn node pair {word}")
        if seen:
            names = ", ".join(_called(one) for one in seen)
            raise RunError(f"{printable(text)} is not here, only {names}")
        raise RunError(
            "no node is in sight. Switch it on and go nearer; one that another computer is "
            "connected to says so in 'upturn scan'"
        )

    def _likely(self, seen: list[Sighting]) -> list[Sighting]:
        """The only one that is not paired yet, if no button was pressed so far.

        Among several nobody is chosen for saying that his was: anybody can say so, and the press
        after the word to press is what proves who is meant.
        """
        paired = {node.node_id for node in self._nodes.all()}
        new = [one for one in seen if one.said and one.said.node_id not in paired]
        pressed = any(one.said is not None and one.said.pairing for one in seen)
        return new if len(new) == 1 and not pressed else seen

    async def _pressed(self, before: Sighting) -> Sighting:
        wanted = is_pairing(before.address)

        def decided(one: Sighting) -> bool:  # a press while somebody is inverted is another thing
            return wanted(one) or (one.address == before.address and _is_inverted(one))

        sighting = await self._bluetooth.sight(decided, self._press_s)
        if sighting is None:
            raise RunError(
                f"the button of {_called(before)} was not pressed within {self._press_s:g} s. "
                "Try again"
            )
        if not wanted(sighting):
            raise _not_now(sighting)
        return sighting

    @asynccontextmanager
    async def _alone(self, sighting: Sighting) -> AsyncIterator[None]:
        """No other program has the node, and none gets it."""
        assert sighting.said is not None
        in_use = self._nodes.in_use(sighting.said.node_id)
        try:
            await taken(in_use)
            yield
        except BleError as fault:
            remedy = PRESS if fault.remedy == AGAIN else fault.remedy
            raise RunError(f"{_called(sighting)}: {fault.why}. {remedy}") from None
        finally:
            in_use.give_back()

    async def _bond(self, sighting: Sighting) -> KnownNode:
        """A bond that the system still has from before may not fit any more: it is made anew."""
        said = sighting.said
        assert said is not None
        known = self._nodes.called(said.node_id)
        if known and known[0].address.casefold() != sighting.address.casefold():
            name = printable(known[0].name)
            raise RunError(
                f"{_called(sighting)} claims to be {name}, which is paired at another address. "
                f"If it is, 'upturn node forget {name}' first"
            )
        if sighting.bonded or known:
            sighting = await self._without_bond(sighting)
        link = BleLink(self._bluetooth, sighting.device, self._host_s)
        try:
            await link.reach()
            await link.pair()
            hello = await link.prove(said.node_id, within_s=PAIR_S)
        finally:
            link.close()
            await link.closed()
        node = KnownNode(hello.node_id, sighting.address, hello.name or hello.node_id)
        self._nodes.add(node)
        return node

    async def _without_bond(self, sighting: Sighting) -> Sighting:
        """The same, after the system has forgotten it and seen it anew."""
        link = BleLink(self._bluetooth, sighting.device, self._host_s)
        with suppress(BleError):  # it has none; if it has one that stays, pairing will tell
            await link.unpair()
        return await self._bluetooth.sight(is_pairing(sighting.address), self._look_s) or sighting


def is_pairing(address: str) -> Wanted:
    """One that accepts a bond now."""

    def wanted(one: Sighting) -> bool:
        return one.address == address and one.said is not None and one.said.pairing

    return wanted


def _fits(one: Sighting, text: str) -> bool:
    folded = text.casefold()
    node_id = one.said.node_id if one.said is not None else ""
    return text == one.name or folded in (one.address.casefold(), node_id)


def _is_inverted(one: Sighting) -> bool:
    return one.said is not None and one.said.posture in INVERTED


def _not_now(one: Sighting) -> RunError:
    return RunError(f"{_called(one)} says that somebody is inverted; pair it when it is upright")


def _called(one: Sighting) -> str:
    return printable(one.name) or (one.said.node_id if one.said is not None else one.address)
