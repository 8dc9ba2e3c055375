# SPDX-License-Identifier: MIT
"""A peer's characteristics as `org.bluez.GattCharacteristic1`, each over bumble's view of it.

As in BlueZ: descriptors that tell of subscriptions are not shown, nor are any others here; a value
that is notified, and one that was read, is a change of `Value`; with AcquireNotify it comes by a
socket, and nobody else may listen. Who called StartNotify is subscribed anew after each reconnect,
as long as he is on the bus. What the peer says to the end of a subscription is not looked at.
"""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bumble.core import UUID
from bumble.gatt import Characteristic
from bumble.gatt_client import CharacteristicProxy
from dbus_fast import DBusError, Message, Variant

from tests.bluez.bluez_errors import (
    BUSY,
    IN_PROGRESS,
    NO_SESSION,
    NOT_CONNECTED,
    NOT_SUPPORTED,
    NOTIFY_ACQUIRED,
)
from tests.bluez.object_tree import Answer, ObjectTree, Properties

if TYPE_CHECKING:
    from tests.bluez.bluez_device import KnownDevice

CHARACTERISTIC = "org.bluez.GattCharacteristic1"

_FLAGS = {
    Characteristic.Properties.READ: "read",
    Characteristic.Properties.WRITE_WITHOUT_RESPONSE: "write-without-response",
    Characteristic.Properties.WRITE: "write",
    Characteristic.Properties.NOTIFY: "notify",
    Characteristic.Properties.INDICATE: "indicate",
}
_TELLS = Characteristic.Properties.NOTIFY | Characteristic.Properties.INDICATE


def text_of(identifier: UUID) -> str:
    """As BlueZ writes it: 128 bits, lower case."""
    return str(uuid.UUID(bytes=identifier.to_bytes(force_128=True)[::-1]))


class RemoteCharacteristic:
    def __init__(
        self,
        tree: ObjectTree,
        device: KnownDevice,
        path: str,
        proxy: CharacteristicProxy[bytes],
    ) -> None:
        self.path = path
        self._tree = tree
        self._device = device
        self._proxy = proxy
        self._listeners: set[str] = set()
        self._subscribed = False
        self._socket: socket.socket | None = None
        self._socket_owner = ""
        self._writing = False
        self._ends: set[asyncio.Task[None]] = set()

    def properties(self, mtu: int) -> Properties:
        values = {
            "UUID": Variant("s", text_of(self._proxy.uuid)),
            "Service": Variant("o", self.path.rsplit("/", 1)[0]),
            "Flags": Variant(
                "as", [text for flag, text in _FLAGS.items() if flag in self._proxy.properties]
            ),
            "MTU": Variant("q", mtu),
        }
        if self._proxy.properties & _TELLS:
            values["Notifying"] = Variant("b", False)
        if Characteristic.Properties.NOTIFY in self._proxy.properties:
            values["NotifyAcquired"] = Variant("b", False)
        if Characteristic.Properties.WRITE_WITHOUT_RESPONSE in self._proxy.properties:
            values["WriteAcquired"] = Variant("b", False)
        return values

    async def read(self, _call: Message) -> Answer:
        self._need_link()
        value = bytes(await self._device.gatt(self._proxy.read_value))
        self._tree.change(self.path, CHARACTERISTIC, {"Value": Variant("ay", value)})
        return Answer("ay", (value,))

    async def write(self, call: Message) -> Answer:
        self._need_link()
        if self._writing:
            raise IN_PROGRESS.error()
        value, options = call.body
        kind = options.get("type")
        response = (
            kind.value == "request"
            if kind is not None
            else Characteristic.Properties.WRITE in self._proxy.properties
        )
        self._writing = True
        try:
            await self._device.gatt(
                lambda: self._proxy.write_value(bytes(value), with_response=response)
            )
        finally:
            self._writing = False
        return Answer()

    async def start_notify(self, call: Message) -> Answer:
        if self._socket is not None:
            raise NOTIFY_ACQUIRED.error()
        self._need_telling()
        sender = call.sender or ""
        if sender not in self._listeners:
            self._listeners.add(sender)
            try:
                await self._subscribe()
            except BaseException:
                self._listeners.discard(sender)
                raise
        return Answer()

    async def stop_notify(self, call: Message) -> Answer:
        sender = call.sender or ""
        if self._socket is not None:
            self._release()
        elif sender in self._listeners:
            self._listeners.discard(sender)
        else:
            raise NO_SESSION.error()
        self._settle()
        return Answer()

    async def acquire_notify(self, call: Message) -> Answer:
        self._need_link()
        if self._socket is not None:
            raise NOTIFY_ACQUIRED.error()
        if self._listeners:
            raise BUSY.error()
        self._need_telling()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self._socket, self._socket_owner = ours, call.sender or ""
        try:
            await self._subscribe()
        except BaseException:
            theirs.close()
            self._release()
            raise
        asyncio.get_running_loop().add_reader(ours, self._reader_left)
        self._tree.change(self.path, CHARACTERISTIC, {"NotifyAcquired": Variant("b", True)})
        return Answer("hq", (0, self._device.mtu), (theirs.detach(),))

    async def link_ready(self, proxy: CharacteristicProxy[bytes]) -> None:
        """The same characteristic, over a new connection."""
        self._proxy, self._subscribed = proxy, False
        self._tree.change(self.path, CHARACTERISTIC, {"MTU": Variant("q", self._device.mtu)})
        if self._listeners:
            await self._subscribe()

    def link_lost(self) -> None:
        self._subscribed = False
        self._release()
        self._show_notifying()

    def client_gone(self, name: str) -> None:
        self._listeners.discard(name)
        if self._socket is not None and self._socket_owner == name:
            self._release()
        self._settle()

    def close(self) -> None:
        self._listeners.clear()
        self._release()
        for end in self._ends:
            end.cancel()

    def _need_link(self) -> None:
        if self._device.connection is None:
            raise NOT_CONNECTED.error()

    def _need_telling(self) -> None:
        if not self._proxy.properties & _TELLS:
            raise NOT_SUPPORTED.error()

    async def _subscribe(self) -> None:
        if self._subscribed or self._device.connection is None:
            return
        await self._device.gatt(lambda: self._proxy.subscribe(self._on_value))
        self._subscribed = True
        self._show_notifying()

    def _settle(self) -> None:
        """Ends the subscription when nobody listens any more."""
        if not self._subscribed or self._listeners or self._socket is not None:
            return
        self._subscribed = False
        self._show_notifying()
        self._later(lambda: self._proxy.unsubscribe(self._on_value))

    def _later(self, make: Callable[[], Any]) -> None:
        async def end() -> None:
            with suppress(DBusError):  # a bonded NimBLE refuses it: BlueZ does not look
                await self._device.gatt(make)

        task = asyncio.ensure_future(end())
        self._ends.add(task)
        task.add_done_callback(self._ends.discard)

    def _on_value(self, value: bytes) -> None:
        if self._socket is None:
            if self._listeners:
                self._tree.change(self.path, CHARACTERISTIC, {"Value": Variant("ay", value)})
            return
        try:
            self._socket.send(value)
        except BlockingIOError:
            pass  # its reader is too slow
        except OSError:
            self._reader_left()

    def _reader_left(self) -> None:
        self._release()
        self._settle()

    def _release(self) -> None:
        if self._socket is None:
            return
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        self._socket, self._socket_owner = None, ""
        self._tree.change(self.path, CHARACTERISTIC, {"NotifyAcquired": Variant("b", False)})

    def _show_notifying(self) -> None:
        shown = self._subscribed and self._socket is None
        if self._tree.value(self.path, CHARACTERISTIC, "Notifying") not in (None, shown):
            self._tree.change(self.path, CHARACTERISTIC, {"Notifying": Variant("b", shown)})
