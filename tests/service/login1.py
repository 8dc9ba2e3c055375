# SPDX-License-Identifier: MIT
"""logind's face on a private bus: it hands out inhibitor locks as the real one does, each a pipe.

Who has a lock is seen by its pipe: it ends when the last who holds the other end lets go.
"""

from __future__ import annotations

import os
import select
from types import TracebackType
from typing import Self

from dbus_fast import DBusError
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusStr, DBusUnixFd
from dbus_fast.service import ServiceInterface, dbus_method

NAME = "org.freedesktop.login1"
DENIED = "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"


class Login1(ServiceInterface):
    """`refuses` are those that it gives to nobody."""

    def __init__(self, address: str, refuses: tuple[str, ...] = ()) -> None:
        super().__init__(f"{NAME}.Manager")
        self.asked: list[tuple[str, str, str]] = []
        self._address = address
        self._refuses = refuses
        self._pipes: list[int] = []
        self._given: list[int] = []
        self._bus: MessageBus | None = None

    async def __aenter__(self) -> Self:
        self._bus = await MessageBus(bus_address=self._address, negotiate_unix_fd=True).connect()
        self._bus.export("/org/freedesktop/login1", self)
        await self._bus.request_name(NAME)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._bus is not None
        self._bus.disconnect()
        self.sent()
        for pipe in self._pipes:
            os.close(pipe)

    def sent(self) -> None:
        """Our copy of what was handed out is of no use any more."""
        while self._given:
            os.close(self._given.pop())

    def held(self) -> int:
        """How many locks are in somebody's hands."""
        self.sent()
        ended = select.select(self._pipes, [], [], 0)[0]
        return len(self._pipes) - len(ended)

    @dbus_method()
    def Inhibit(self, what: DBusStr, who: DBusStr, _why: DBusStr, mode: DBusStr) -> DBusUnixFd:
        self.asked.append((what, who, mode))
        if what in self._refuses:
            raise DBusError(DENIED, "not at the screen")
        ours, theirs = os.pipe()
        self._pipes.append(ours)
        self._given.append(theirs)
        return theirs
