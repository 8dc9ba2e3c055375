# SPDX-License-Identifier: MIT
"""Which node `ble:ADDRESS`, `ble:NAME` and `ble:auto` mean: one that is paired, or nobody.

Names are not unique and advertisements can be forged: what is chosen is a node that was paired,
by the hardware id that it was paired with.
"""

from __future__ import annotations

from upturn.transports.ble.bluetooth import Bluetooth, Sighting, Wanted
from upturn.transports.ble.known import KnownNode, KnownNodes
from upturn.transports.ble.trouble import PAIR, BleError, Fact
from upturn.transports.printable import printable

AUTO = "auto"


def choose(text: str, nodes: KnownNodes) -> KnownNode:
    """The paired node that is meant.

    Raises:
        BleError: there is none, or more than one.
        RunError: who is paired cannot be read.
    """
    found = nodes.all() if text == AUTO else nodes.called(text)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"{printable(node.name)} at {node.address}" for node in found)
        raise BleError(
            Fact.OTHER, f"several paired nodes fit ({names})", "Name one: --source ble:ADDRESS"
        )
    what = "no node" if text == AUTO else f"no node called {printable(text)}"
    raise BleError(Fact.PAIR_FIRST, f"{what} is paired with this computer", PAIR)


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
