# SPDX-License-Identifier: MIT
"""Whose scan it is, and what it lets through: discovery of `org.bluez.Adapter1`.

A program has one session, which ends with the program. The radio scans while there is any; each
session's filter lets through what one of the lists of services in an advertisement names, or all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bumble.device import Advertisement, Device
from bumble.hci import OwnAddressType
from dbus_fast import Message

from tests.bluez.bluez_advertised import listed_uuids
from tests.bluez.bluez_errors import BUSY, NO_DISCOVERY
from tests.bluez.object_tree import Answer

SCAN_AFTER_S = 0.005  # nothing is heard before the answer that there is a scan


class Discovery:
    def __init__(
        self,
        central: Device,
        hear: Callable[[Advertisement, bool], None],
        show: Callable[[bool], None],
    ) -> None:
        """Nobody scans yet.

        Args:
            central: Powered on.
            hear: Gets what is let through, and whether duplicates are wanted.
            show: Is told whether there is a scan, after each change.
        """
        self._central = central
        self._hear = hear
        self._show = show
        self._sessions: set[str] = set()
        self._filters: dict[str, dict[str, Any]] = {}
        self._settling = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        central.on(central.EVENT_ADVERTISEMENT, self._on_advertisement)

    async def start(self, call: Message) -> Answer:
        sender = call.sender or ""
        if sender in self._sessions:
            raise BUSY.error()
        self._sessions.add(sender)
        self._later(self._settle())
        return Answer()

    async def stop(self, call: Message) -> Answer:
        sender = call.sender or ""
        if sender not in self._sessions:
            raise NO_DISCOVERY.error()
        self._sessions.discard(sender)
        await self._settle()
        return Answer()

    async def filter(self, call: Message) -> Answer:
        wanted = {name: value.value for name, value in call.body[0].items()}
        self._filters[call.sender or ""] = wanted
        return Answer()

    async def end_all(self) -> None:
        self._sessions.clear()
        await self._settle()

    def client_gone(self, name: str) -> None:
        self._filters.pop(name, None)
        if name in self._sessions:
            self._sessions.discard(name)
            self._later(self._settle())

    async def close(self) -> None:
        await self.end_all()
        for task in list(self._tasks):
            task.cancel()

    async def _settle(self) -> None:
        """Scans if, and only if, somebody has a session."""
        async with self._settling:
            if self._sessions and not self._central.is_scanning:
                await asyncio.sleep(SCAN_AFTER_S)
                await self._central.start_scanning(own_address_type=OwnAddressType.PUBLIC)
                self._show(True)
            elif not self._sessions and self._central.is_scanning:
                await self._central.stop_scanning()
                self._show(False)

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        filters = [self._filters.get(session, {}) for session in self._sessions]
        if any(_passes(advertisement, wanted) for wanted in filters):
            self._hear(advertisement, any(wanted.get("DuplicateData") for wanted in filters))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _passes(advertisement: Advertisement, wanted: dict[str, Any]) -> bool:
    uuids = {text.lower() for text in wanted.get("UUIDs", [])}
    return not uuids or bool(uuids & listed_uuids(advertisement.data))
