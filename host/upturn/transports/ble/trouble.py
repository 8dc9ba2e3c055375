# SPDX-License-Identifier: MIT
"""What bleak raises, in words: here, and nowhere else, are the differences between the systems.

Each backend has errors of its own for one and the same fact. A fact that is not in the tables is
told in the library's own words: never swallowed, never a traceback.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Any, NamedTuple, TypeVar

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from upturn.transports.in_use import HAS_IT, REMEDY, InUse
from upturn.transports.link import LinkError
from upturn.wire.gatt import PAIR_FIRST

BLUETOOTH = "Bluetooth"
LOOK_S = 0.25
GRACE_S = 2.0
"""How long an operation that was given up may take to end; then it is left to itself."""

T = TypeVar("T")


class Fact(Enum):
    """What kind of trouble it is, for who decides what to do next."""

    NO_RADIO = auto()
    """Nothing can be reached by Bluetooth here, whichever node."""
    PAIR_FIRST = auto()
    """The node takes no command over a link without a bond."""
    BOND_LOST = auto()
    """Both have a bond, and they do not fit."""
    ABSENT = auto()
    """It does not answer."""
    OTHER = auto()


class Words(NamedTuple):
    fact: Fact
    why: str
    remedy: str


class BleError(LinkError):
    """A node that Bluetooth does not reach, or does not let do what it should."""

    def __init__(self, fact: Fact, why: str, remedy: str) -> None:
        super().__init__(BLUETOOTH, why, remedy)
        self.fact = fact


_SWITCH_ON = {
    "linux": "Switch it on, 'bluetoothctl power on', and look at 'rfkill list'",
    "darwin": "Switch it on in the system's settings",
    "win32": "Switch it on in the system's settings",
}
_NO_ADAPTER = {
    "linux": "Plug an adapter in, and look at 'bluetoothctl list'",
    "darwin": "Use a computer that has it",
    "win32": "Plug an adapter in",
}
_ALLOW = {
    "linux": "Join its group, 'sudo usermod -aG bluetooth $USER', and log in again",
    "darwin": "Allow this terminal in System Settings, Privacy and Security, Bluetooth",
    "win32": "Allow apps to use Bluetooth in the system's privacy settings",
}
_SERVICE = "Install and start BlueZ, 'sudo systemctl start bluetooth'"
AGAIN = "It is tried again"
"""By a watch; whoever else tells it says another thing instead."""
PAIR = "Press its button, then run 'upturn node pair'"


def _here(remedies: dict[str, str]) -> str:
    return remedies.get(sys.platform, remedies["linux"])


_OFF = Words(Fact.NO_RADIO, "Bluetooth is switched off", _here(_SWITCH_ON))
_BLOCKED = Words(Fact.NO_RADIO, "Bluetooth is blocked", "Unblock it, 'rfkill unblock bluetooth'")
_NONE = Words(Fact.NO_RADIO, "this computer has no Bluetooth adapter", _here(_NO_ADAPTER))
_OLD = Words(
    Fact.NO_RADIO, "the Bluetooth adapter knows no Low Energy", "Plug in one of version 4 or later"
)
_DENIED = Words(Fact.NO_RADIO, "you may not use Bluetooth", _here(_ALLOW))
_DEAD = Words(Fact.NO_RADIO, "the system's Bluetooth service does not run", _SERVICE)
_BUSY = Words(Fact.OTHER, "the Bluetooth adapter is busy", AGAIN)
_UNPAIRED = Words(Fact.PAIR_FIRST, "the node and this computer are not paired", PAIR)
_REFUSED = Words(
    Fact.BOND_LOST,
    "the pairing was refused",
    "Press the node's button, and pair within 60 s; where that does not help, "
    "'upturn node forget' first",
)
_MISFIT = Words(Fact.BOND_LOST, "it has lost its bond with this computer", PAIR)
_GONE = Words(Fact.ABSENT, "the node is out of reach", "Go nearer, and look whether it is on")
_SLOW = Words(Fact.ABSENT, "the node does not answer", "Go nearer, and look whether it is on")
_BROKE_OFF = Words(Fact.ABSENT, "the connection broke off", AGAIN)

REASONS: dict[BleakBluetoothNotAvailableReason, Words] = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: _NONE,
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: _OLD,
    BleakBluetoothNotAvailableReason.POWERED_OFF: _OFF,
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: _DENIED,
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: _DENIED,
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: _DENIED,
    BleakBluetoothNotAvailableReason.UNKNOWN: Words(
        Fact.NO_RADIO, "Bluetooth is not available", _here(_SWITCH_ON)
    ),
}
"""Every one that bleak has; all systems."""

DBUS: dict[str, Words] = {
    "org.bluez.Error.NotReady": _OFF,
    "org.bluez.Error.InProgress": _BUSY,
    "org.bluez.Error.NotPermitted": _UNPAIRED,
    "org.bluez.Error.NotAuthorized": _UNPAIRED,
    "org.bluez.Error.AuthenticationFailed": _REFUSED,
    "org.bluez.Error.AuthenticationRejected": _REFUSED,
    "org.bluez.Error.AuthenticationCanceled": _REFUSED,
    "org.bluez.Error.AuthenticationTimeout": _REFUSED,
    "org.bluez.Error.ConnectionAttemptFailed": _GONE,
    "org.bluez.Error.DoesNotExist": _GONE,
    "org.bluez.Error.NotConnected": _BROKE_OFF,
    "org.freedesktop.DBus.Error.AccessDenied": _DENIED,
    "org.freedesktop.DBus.Error.ServiceUnknown": _DEAD,
    "org.freedesktop.DBus.Error.NameHasNoOwner": _DEAD,
    "org.freedesktop.DBus.Error.NoReply": _DEAD,
    "org.freedesktop.DBus.Error.UnknownObject": _GONE,
    "org.freedesktop.DBus.Error.UnknownMethod": _GONE,
}
"""By the name of the error; Linux alone."""

DETAILS: tuple[tuple[str, Words], ...] = (
    ("rfkill", _BLOCKED),
    ("not powered", _OFF),
    ("not paired", _UNPAIRED),
    ("br-connection-canceled", _BROKE_OFF),
    ("le-connection-abort", _BROKE_OFF),
    ("software caused connection abort", _BROKE_OFF),
    ("not connected", _BROKE_OFF),
    ("disconnected", _BROKE_OFF),
    ("not found", _GONE),
    ("key-missing", _MISFIT),
    ("page timeout", _GONE),
    ("encryption is insufficient", _UNPAIRED),
    ("authentication is insufficient", _UNPAIRED),
    ("insufficientauthentication", _UNPAIRED),
    ("peer removed pairing information", _REFUSED),
    ("could not pair", _REFUSED),
)
"""By what stands in the text, in lower case: where the kind says too little. First match wins."""


async def taken(in_use: InUse) -> None:
    """Have it, for nobody else meanwhile.

    Raises:
        BleError: another has it, and keeps it.
    """
    if not await in_use.take():
        raise BleError(Fact.OTHER, HAS_IT, REMEDY)


def explained(error: BaseException) -> BleError:
    """What to tell a person of anything that a Bluetooth operation has raised."""
    if isinstance(error, BleError):
        return error
    return BleError(*_words(error))


async def bounded(
    work: Awaitable[T], seconds: float, *, enough: Callable[[float], bool] = lambda _: False
) -> T:
    """The result, or a `BleError`, within that time, whatever the library below waits for.

    `enough` is asked now and then, with the seconds that have passed, whether that is enough. What
    was given up is cancelled; if even that hangs it is left to itself.
    """
    task = asyncio.ensure_future(work)
    clock_s = asyncio.get_running_loop().time
    begun_s = clock_s()
    try:
        while not task.done():
            left_s = seconds - (clock_s() - begun_s)
            if left_s <= 0.0 or enough(seconds - left_s):
                task.cancel()
                await asyncio.wait({task}, timeout=GRACE_S)
                raise explained(TimeoutError())
            await asyncio.wait({task}, timeout=min(left_s, LOOK_S))
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task}, timeout=GRACE_S)
        raise
    finally:
        task.add_done_callback(_retrieve)
    if task.cancelled():
        raise explained(TimeoutError())
    fault = task.exception()
    if isinstance(fault, Exception):
        raise explained(fault) from None
    return task.result()


def _retrieve(task: asyncio.Future[Any]) -> None:
    """Nobody waits for it any more; asyncio complains of a fault that nobody has looked at."""
    if not task.cancelled():
        task.exception()


def _words(error: BaseException) -> Words:
    if isinstance(error, BleakBluetoothNotAvailableError):
        return REASONS[error.reason]
    if isinstance(error, BleakGATTProtocolError) and int(error.code) in PAIR_FIRST:
        return _UNPAIRED
    if isinstance(error, TimeoutError | asyncio.CancelledError):
        return _SLOW
    if isinstance(error, BleakDeviceNotFoundError):
        return _GONE
    text = str(error).lower()
    for part, words in DETAILS:
        if part in text:
            return words
    if isinstance(error, BleakDBusError) and error.dbus_error in DBUS:
        return DBUS[error.dbus_error]
    if isinstance(error, OSError | EOFError) and not isinstance(error, BleakError):
        return _DEAD
    shown = " ".join(str(error).split()) or type(error).__name__
    return Words(Fact.OTHER, f"Bluetooth failed ({shown})", AGAIN)
