# SPDX-License-Identifier: MIT
"""A paired node asked over Bluetooth, as `serial_probe` asks one on a cable."""

from __future__ import annotations

from collections.abc import Callable

from upturn.transports.ble.bluetooth import Bluetooth
from upturn.transports.ble.choice import chosen, doubted, sighted
from upturn.transports.ble.known import KnownNodes
from upturn.transports.ble.link import BleLink
from upturn.transports.ble.trouble import BleError
from upturn.transports.link import Ears
from upturn.transports.node_probe import Port, Probe
from upturn.transports.source import Arrival

SIGHT_S = 10.0


def ble_probe(
    text: str, bluetooth: Bluetooth, nodes: KnownNodes, host_s: Callable[[], float]
) -> Probe:
    """Of a name, an address or `auto`, not asked yet."""

    async def reach(ears: Ears) -> BleLink:
        known = await chosen(text, nodes, bluetooth)
        sighting = await sighted(known, bluetooth, SIGHT_S)
        link = BleLink(bluetooth, sighting.device, host_s, nodes.in_use(known.node_id))
        try:
            await link.reach()
            await link.prove(known.node_id)
        except BaseException as fault:
            link.close()
            await link.closed()
            if isinstance(fault, BleError):
                raise doubted(fault, "Try again. ") from None
            raise
        link.ears = ears
        ears.hear(Arrival(host_s(), link.greeting))
        return link

    return Probe(Port(f"ble:{text}"), reach)
