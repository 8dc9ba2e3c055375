# SPDX-License-Identifier: MIT
"""Which port has a board behind it, and the same port again after a board has started anew.

A USB id says which chip makes the port and never which board: the same few chips are on all of
them, and on printers. So it only narrows the choice; who is chosen is asked who it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from serial.tools import list_ports

from upturn.errors import RunError
from upturn.transports.printable import printable

BRIDGES: dict[tuple[int, int], str] = {
    (0x10C4, 0xEA60): "CP210x",
    (0x1A86, 0x55D4): "CH9102",
    (0x1A86, 0x7523): "CH340",
    (0x1A86, 0x7522): "CH340",
    (0x0403, 0x6001): "FTDI, or M5Stack's CH552",
    (0x0403, 0x6015): "FTDI",
}
"""What stands between the plug and a classic ESP32."""
OWN_PLUG = {0x303A: "Espressif", 0x2886: "Seeed"}
"""Makers of chips and boards whose plug is the chip's own."""
NO_PORT = (
    "no port of a board is there. Plug the board in and switch it on (M5StickC: hold its power "
    "key 2 s); then try another cable, for many carry power only; then look whether your system "
    "needs the driver of its USB chip (CP210x or CH9102)"
)
LOOK_S = 0.2


class Found(NamedTuple):
    device: str
    about: str
    """For people."""
    place: str
    """The plug that it is in, as the system names it; empty where it does not."""


Listing = Callable[[], Sequence[Found]]


def boards_here() -> list[Found]:
    """Every port that may have a board behind it, by name; none where they cannot be listed."""
    try:
        ports = list(list_ports.comports())
    except Exception:  # noqa: BLE001 - pyserial raises anything where a device goes while it looks
        return []
    found = [
        Found(port.device, known, port.location or "")
        for port in ports
        if (known := _known(port.vid, port.pid))
    ]
    return sorted(found)


def only_one(ports: Sequence[Found]) -> Found:
    """That one.

    Raises:
        RunError: there is none, or there are several.
    """
    if not ports:
        raise RunError(NO_PORT)
    if len(ports) > 1:
        names = ", ".join(printable(port.device) for port in ports)
        raise RunError(f"boards may be on {names}. Name one: --port {printable(ports[0].device)}")
    return ports[0]


def named(device: str, listing: Listing = boards_here) -> Found:
    """That port, with what the system knows of it."""
    same = (port for port in listing() if port.device == device)
    return next(same, Found(device, "", ""))


def again(port: Found, exists: Callable[[str], bool], wait_s: float, listing: Listing) -> Found:
    """The port of the same board, as soon as it is there; a plug of the chip's own goes away.

    It may come back under another name, in the same place. The old one after `wait_s` at the
    latest: whoever opens it is told what is the matter.
    """
    end_s = time.monotonic() + wait_s
    while True:
        if exists(port.device):
            return port
        moved = [other for other in listing() if port.place and other.place == port.place]
        if moved or time.monotonic() > end_s:
            return moved[0] if moved else port
        time.sleep(LOOK_S)


def _known(vid: int | None, pid: int | None) -> str:
    if vid is None or pid is None:
        return ""
    return BRIDGES.get((vid, pid)) or OWN_PLUG.get(vid, "")
