# SPDX-License-Identifier: MIT
"""`ble:ADDRESS`, `ble:NAME` and `ble:auto`: a paired node by radio, and by its cable meanwhile.

The law: one link at a time carries a node, and only the newest sample's age says whether it lives.
A link that is "connected" and silent is taken down and made anew; a node that is plugged in is
heard by its cable, and by radio again once that is pulled. The stream goes on where it was.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext

from upturn.clock import Clock
from upturn.core.commands import LinkNote
from upturn.errors import InputError, RunError
from upturn.transports.ble.bluetooth import Bluetooth, this_bluetooth
from upturn.transports.ble.cable import Cable
from upturn.transports.ble.choice import chosen, doubted, sighted
from upturn.transports.ble.known import KnownNode, KnownNodes
from upturn.transports.ble.link import BleLink
from upturn.transports.ble.trouble import BLUETOOTH, BleError, Fact, taken
from upturn.transports.in_use import InUse
from upturn.transports.node_probe import Probe
from upturn.transports.node_source import NodeSource
from upturn.transports.printable import printable
from upturn.transports.source import Arrival, LiveSource

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 4.0
BROKEN_PAUSE_S = 15.0
"""A node that refuses is asked again, but does not keep others from the radio."""
URGENT_S = 20.0
"""So long a node that was lost goes before those that were not there before."""
CABLE_AGAIN_S = 10.0
SIGHT_S = 10.0
SILENCE_S = 4.0
"""Connected, and nothing comes: twice what `signal_lost` waits."""
WORKED_S = 2.0
"""A link that lasted so long was a good one: the next is looked for at once."""
DOUBTS = 3
"""So often in a row the node is there and ends every connection: perhaps its bond is lost."""


class BleSource(NodeSource):
    """A `LiveSource`."""

    def __init__(
        self,
        node: str,
        *,
        clock: Clock | None = None,
        bluetooth: Bluetooth | None = None,
        nodes: KnownNodes | None = None,
        cable: Cable | None = None,
    ) -> None:
        """`node` may be `auto`; `cable` finds it where it is plugged in.

        Without `bluetooth` it is this computer's, once it runs.
        """
        super().__init__(f"ble {printable(node)}", clock)
        self._node = node
        self._bluetooth = bluetooth
        self._nodes = nodes or KnownNodes()
        self._cable = cable or Cable(clock=self.clock)
        self._known: KnownNode | None = None
        self._link: BleLink | None = None
        self._leaving: BleLink | None = None
        """It is being let go of, which may take its time."""
        self._apart_s = self.host_s()
        """When the last link ended, or the watch began."""
        self._worked = False
        """The last link lasted: a node that ends each at once must not go before others."""
        self._carrier = ""
        self._in_use: InUse | None = None
        self._broken = 0
        """Connections in a row that were made and came to nothing."""

    async def run(self) -> None:
        self._bluetooth = self._bluetooth or this_bluetooth()
        try:
            while True:
                await self._by_cable(await self._until_plugged_in())
        finally:
            await self._left()
            self._let_others()

    async def _until_plugged_in(self) -> Probe:
        """By radio, until the node is found on a cable."""
        probe: Probe | None = None
        try:
            async with asyncio.TaskGroup() as group:
                radio = group.create_task(self._run_radio(), name="radio")
                probe = await self._plugged_in()
                radio.cancel()
        except BaseException:
            if probe is not None:
                probe.close()
            raise
        return probe

    async def _plugged_in(self) -> Probe:
        """What goes wrong with a search for a cable is no end of the radio's watch."""
        while True:
            try:
                return await self._cable.find(self._node_id, self._is_alone)
            except Exception as fault:  # noqa: BLE001 - told, and tried again
                self.note(LinkNote(f"the search for its cable failed: {fault!r}"))
                await self.clock.sleep(CABLE_AGAIN_S)

    async def _by_cable(self, probe: Probe) -> None:
        link, begun_s = probe.link, self.host_s()
        assert link is not None
        try:
            if probe.problem:  # it was pulled again meanwhile
                return
            self._carried_by(f"its cable, {printable(link.device)}")
            self.begin(link)
            self.hear(Arrival(self.host_s(), probe.heard))
            await self.keep(link, SILENCE_S)
        finally:
            link.close()
            self._ended_after(self.host_s() - begun_s)
            self._cable.forget(probe)

    async def _run_radio(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            begun_s = self.host_s()
            try:
                await self._by_radio()
            except RunError as fault:
                why = f"{fault.why}. {fault.remedy}" if isinstance(fault, BleError) else str(fault)
                self.wait_for(self._called, why)
            worked = self._broken == 0 and self.host_s() - begun_s > WORKED_S
            longest_s = LONGEST_PAUSE_S if self._broken < DOUBTS else BROKEN_PAUSE_S
            pause_s = FIRST_PAUSE_S if worked else min(2.0 * pause_s, longest_s)
            await self.clock.sleep(pause_s)

    async def _by_radio(self) -> None:
        """One link, from its beginning to its end.

        Raises:
            RunError: it does not come about, or has ended for a reason that a person should know.
        """
        link = await self._reach()
        begun_s = self.host_s()
        try:
            self._link = link
            self._broken = 0
            self._carried_by(BLUETOOTH)
            self.begin(link)
            self.hear(Arrival(self.host_s(), link.greeting))
            await self.keep(link, SILENCE_S)
        finally:
            self._link = None
            self._ended_after(self.host_s() - begun_s)
            self._leave(link)
        if link.fault is not None:
            raise link.fault

    async def _reach(self) -> BleLink:
        await self._left()
        known = self._known = await self._choice()
        if not self.state.well and not self._broken:
            self.wait_for(self._called, "looking for it by Bluetooth")
        bluetooth = self._bluetooth
        assert bluetooth is not None
        urgent = self._is_urgent()
        with bluetooth.urgent() if urgent else nullcontext():
            await self._take(known)
            try:
                sighting = await sighted(known, bluetooth, SIGHT_S)
            except BleError as fault:
                self._broken = 0  # nothing was begun
                if fault.fact is Fact.BOND_LOST:
                    self._let_others()
                raise
            link = BleLink(bluetooth, sighting.device, self.host_s)
            try:
                await link.reach(urgent=urgent)
                hello = await link.prove(known.node_id)
            except BleError as fault:
                self._leave(link)
                raise self._doubted(fault) from None
            except BaseException:
                self._leave(link)
                raise
        self._nodes.learn_name(hello.node_id, hello.name)
        return link

    async def _choice(self) -> KnownNode:
        """Who was chosen stays so, by whatever name, and whoever is paired meanwhile.

        Also where who is paired cannot be read any more: only a list without it says that it was
        forgotten.
        """
        before, bluetooth = self._known, self._bluetooth
        assert bluetooth is not None
        if before is not None:
            try:
                same = [node for node in self._nodes.all() if node.node_id == before.node_id]
            except RunError:
                return before
            if same:
                return same[0]
        return await chosen(self._node, self._nodes, bluetooth)

    async def _take(self, known: KnownNode) -> None:
        """Have it for the whole of the watch, and not only while there is a link."""
        if self._in_use is None or self._in_use.node_id != known.node_id:
            self._let_others()
            self._in_use = self._nodes.in_use(known.node_id)
        await taken(self._in_use)

    def _let_others(self) -> None:
        """Somebody else may have it: to pair it anew."""
        if self._in_use is not None:
            self._in_use.give_back()

    def _is_urgent(self) -> bool:
        """It was well heard a moment ago, and somebody may be upside down."""
        return self._worked and self.host_s() - self._apart_s < URGENT_S

    def _doubted(self, fault: BleError) -> BleError:
        """The same, or what it may mean: some systems say no more of a lost bond than that the
        connection has ended.
        """
        if fault.fact is Fact.NO_RADIO:
            return fault
        self._broken += 1
        if fault.fact in (Fact.PAIR_FIRST, Fact.BOND_LOST) or self._broken >= DOUBTS:
            self._let_others()
        if fault.fact is Fact.PAIR_FIRST or self._broken >= DOUBTS:
            return doubted(fault)
        return fault

    def _carried_by(self, carrier: str) -> None:
        if self._carrier not in ("", carrier):
            self.note(
                LinkNote(f"{self._called} is heard by {carrier}, no longer by {self._carrier}")
            )
        self._carrier = carrier

    def _ended_after(self, lasted_s: float) -> None:
        self._apart_s = self.host_s()
        self._worked = lasted_s > WORKED_S

    def _leave(self, link: BleLink) -> None:
        link.close()
        self._leaving = link

    async def _left(self) -> None:
        """A node has one link at a time."""
        if self._leaving is not None:
            await self._leaving.closed()
            self._leaving = None

    def _node_id(self) -> str | None:
        return self._known.node_id if self._known is not None else None

    def _is_alone(self) -> bool:
        return self._link is None and self.host_s() - self._apart_s > SIGHT_S

    @property
    def _called(self) -> str:
        known = self._known
        return self.name or (printable(known.name) if known is not None else "a node")


def open_source(text: str, *, skip_bad: bool = False) -> LiveSource:
    """A paired node; `skip_bad` is of no meaning here.

    Raises:
        InputError: no node is named.
    """
    del skip_bad
    if not text.strip():
        raise InputError(
            "ble: names no node",
            remedy="Write ble:NAME or ble:ADDRESS as 'upturn scan' shows them, or ble:auto",
        )
    return BleSource(text.strip())
