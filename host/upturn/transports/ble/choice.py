# SPDX-License-Identifier: MIT
"""Which node `ble:ADDRESS`, `ble:NAME` and `ble:auto` mean: one that is paired, or nobody.

Names are not unique and advertisements can be forged: what is chosen is a node that was paired,
by the hardware id that it was paired with.
"""

from __future__ import annotations

from collections.abc import Sequence

from upturn.transports.ble.bluetooth import Bluetooth, Sighting, Wanted
from upturn.transports.ble.known import KnownNode, KnownNodes
from upturn.transports.ble.trouble import AGAIN, PAIR, BleError, Fact
from upturn.transports.printable import printable

AUTO = "auto"
RADIO_S = 1.0
"""To see whether there can be a scan at all."""


def choose(text: str, nodes: KnownNodes, by: str = "--source ble:") -> KnownNode:
    """The paired node that is meant; `by` is how a person names one.

    Raises:
        BleError: there is none, or more than one.
        RunError: who is paired cannot be read.
    """
    found = nodes.all() if text == AUTO else nodes.called(text)
    if len(found) == 1:
        return found[0]
    if found:
        names, word = told_apart([(node.name, node.address) for node in found])
        raise BleError(Fact.OTHER, f"several paired nodes fit ({names})", f"Name one: {by}{word}")
    why = "no node is paired with this computer"
    if others := nodes.all():
        names, _ = told_apart([(node.name, node.address) for node in others])
        why = f"no node called {printable(text)} is paired with this computer, only {names}"
    raise BleError(Fact.PAIR_FIRST, why, PAIR)


async def chosen(text: str, nodes: KnownNodes, bluetooth: Bluetooth) -> KnownNode:
    """As `choose`; but who has to pair first hears first why no radio would let him.

    Raises:
        BleError: as `choose`, or there can be no scan.
        RunError: as `choose`.
    """
    try:
        return choose(text, nodes)
    except BleError as fault:
        if fault.fact is Fact.PAIR_FIRST:
            await _look_at_radio(bluetooth)
        raise


def doubted(fault: BleError, first: str = "") -> BleError:
    """What it may mean that a paired node is in sight and a link to it came to nothing.

    Some systems say no more of a lost bond than that the connection has ended. `first` is what
    to do before anything else.
    """
    if fault.fact is Fact.PAIR_FIRST:
        return BleError(Fact.BOND_LOST, "it has lost its bond with this computer", PAIR)
    if fault.fact is Fact.ABSENT or (fault.fact is Fact.OTHER and fault.remedy == AGAIN):
        return BleError(
            Fact.BOND_LOST,
            f"it is there, but {fault.why}",
            f"{first}Another computer may be connected to it, or its bond is lost. For a new one: "
            f"{PAIR[0].lower()}{PAIR[1:]}",
        )
    return fault


def told_apart(nodes: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """A list for a person, of names and addresses, and which of the two to write."""
    names = [printable(name) for name, _ in nodes]
    if len(set(names)) == len(names):
        return ", ".join(names), "NAME"
    twins = (f"{name} at {address}" for name, (_, address) in zip(names, nodes, strict=True))
    return ", ".join(twins), "ADDRESS"


def is_it(node: KnownNode) -> Wanted:
    """That node, as it advertises that it can be connected to.

    By its address, which is what the system has the bond for: a hardware id can be forged. Until
    its state came by, whether it is free is not known; a connection tells.
    """

    def wanted(sighting: Sighting) -> bool:
        return sighting.address.casefold() == node.address.casefold()

    return wanted


async def sighted(node: KnownNode, bluetooth: Bluetooth, within_s: float) -> Sighting:
    """Where it advertises now.

    Raises:
        BleError: nowhere in that time, or the system has no bond with it any more.
    """
    sighting = await bluetooth.sight(is_it(node), within_s)
    if sighting is None:
        raise BleError(Fact.ABSENT, "not in sight", "Go nearer, and look whether it is on")
    if sighting.bonded is False:
        raise BleError(Fact.BOND_LOST, "this computer has lost its bond with it", PAIR)
    return sighting


async def _look_at_radio(bluetooth: Bluetooth) -> None:
    """Nothing, or the trouble that whoever wants to pair has to mend first."""
    try:
        await bluetooth.sight(lambda _: True, RADIO_S)
    except BleError as trouble:
        if trouble.fact is Fact.NO_RADIO:
            raise
