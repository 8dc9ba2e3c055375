# SPDX-License-Identifier: MIT
"""What BlueZ answers when it cannot: names and texts as its `src/error.c` and its users know them.

A `Trouble` is one such answer; `Orders` holds those that a test wants to see in place of the true
one, by interface and member (`Device1.Connect`), and calls that are to hang.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from typing import NamedTuple

from bumble.att import ErrorCode
from dbus_fast import DBusError


class Trouble(NamedTuple):
    kind: str
    text: str

    def error(self) -> DBusError:
        return DBusError(f"org.bluez.Error.{self.kind}", self.text)


NOT_READY = Trouble("NotReady", "Resource Not Ready")
BUSY = Trouble("InProgress", "Operation already in progress")
IN_PROGRESS = Trouble("InProgress", "In Progress")
ALREADY_EXISTS = Trouble("AlreadyExists", "Already Exists")
DOES_NOT_EXIST = Trouble("DoesNotExist", "Does Not Exist")
NO_DISCOVERY = Trouble("Failed", "No discovery started")
BLOCKED = Trouble("Blocked", "Blocked through rfkill")
CANCELED = Trouble("Failed", "br-connection-canceled")
ABORTED = Trouble("Failed", "le-connection-abort-by-local")
KEY_MISSING = Trouble("Failed", "br-connection-key-missing")
AUTHENTICATION_FAILED = Trouble("AuthenticationFailed", "Authentication Failed")
AUTHENTICATION_CANCELED = Trouble("AuthenticationCanceled", "Authentication Canceled")
NOT_CONNECTED = Trouble("Failed", "Not connected")
NOT_PAIRED = Trouble("NotPermitted", "Not paired")
NOT_SUPPORTED = Trouble("NotSupported", "Operation is not supported")
NOTIFY_ACQUIRED = Trouble("NotPermitted", "Notify acquired")
NO_SESSION = Trouble("Failed", "No notify session started")
LINK_ENDED = Trouble("Failed", "Operation failed")

INSUFFICIENT = frozenset(
    {
        ErrorCode.INSUFFICIENT_AUTHENTICATION,
        ErrorCode.INSUFFICIENT_ENCRYPTION,
        ErrorCode.INSUFFICIENT_ENCRYPTION_KEY_SIZE,
    }
)
"""All three mean "pair first"."""

_ATT = {
    ErrorCode.READ_NOT_PERMITTED: Trouble("NotPermitted", "Read not permitted"),
    ErrorCode.WRITE_NOT_PERMITTED: Trouble("NotPermitted", "Write not permitted"),
    ErrorCode.INVALID_OFFSET: Trouble("InvalidArguments", "Invalid offset"),
    ErrorCode.INVALID_ATTRIBUTE_LENGTH: Trouble("InvalidArguments", "Invalid Length"),
    ErrorCode.INSUFFICIENT_AUTHORIZATION: Trouble("NotAuthorized", "Operation Not Authorized"),
    ErrorCode.REQUEST_NOT_SUPPORTED: NOT_SUPPORTED,
} | dict.fromkeys(INSUFFICIENT, NOT_PAIRED)


def att_trouble(code: int) -> Trouble:
    """What becomes of a peer's ATT error on its way to D-Bus."""
    known = _ATT.get(ErrorCode(code))
    return known or Trouble("Failed", f"Operation failed with ATT error: 0x{code:02x}")


class Orders:
    def __init__(self) -> None:
        self._troubles: dict[str, deque[Trouble]] = defaultdict(deque)
        self._hanging: set[str] = set()
        self._released = asyncio.Event()
        self.met: list[str] = []
        """Every call that came, in order."""

    def fail(self, method: str, trouble: Trouble, times: int = 1) -> None:
        """The next calls of that method are answered so."""
        self._troubles[method].extend([trouble] * times)

    def hang(self, method: str) -> None:
        """Its calls are not answered, until `release`."""
        self._hanging.add(method)

    def release(self) -> None:
        self._hanging.clear()
        self._released.set()
        self._released = asyncio.Event()

    def count(self, method: str) -> int:
        return self.met.count(method)

    async def meet(self, method: str) -> None:
        """A call of it has come."""
        self.met.append(method)
        while method in self._hanging:
            await self._released.wait()
        if self._troubles[method]:
            raise self._troubles[method].popleft().error()
