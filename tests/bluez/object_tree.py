# SPDX-License-Identifier: MIT
"""A service on D-Bus as a tree of objects: it tells what it has and what changes, and is called.

    tree = ObjectTree(bus, {"org.bluez.Device1.Connect": connect}, writable={...}, gone=...)
    tree.add("/org/bluez/hci0", {"org.bluez.Adapter1": {"Powered": Variant("b", True)}})
    tree.change("/org/bluez/hci0", "org.bluez.Adapter1", {"Powered": Variant("b", False)})

It answers `org.freedesktop.DBus.ObjectManager` and `.Properties` itself. A handler is a coroutine
that takes the call and returns what it answers; a `DBusError` is an answer, too. Whatever else a
handler raises is a mistake in the tests: it is kept in `mistakes`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, NamedTuple

from dbus_fast import DBusError, ErrorType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

MANAGER = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"
DAEMON = "org.freedesktop.DBus"

Properties = Mapping[str, Variant]


class Answer(NamedTuple):
    signature: str = ""
    body: tuple[Any, ...] = ()
    fds: tuple[int, ...] = ()
    """They are closed here once they were sent."""


Handler = Callable[[Message], Awaitable[Answer]]


class ObjectTree:
    def __init__(
        self,
        bus: MessageBus,
        handlers: Mapping[str, Handler],
        *,
        writable: Collection[str],
        gone: Callable[[str], None],
    ) -> None:
        """Served at once.

        Args:
            bus: Connected.
            handlers: By interface and member, such as `org.bluez.Device1.Connect`.
            writable: Properties that clients may set, named in the same way.
            gone: Is called with the unique name of each client that left the bus.
        """
        self._bus = bus
        self._handlers = handlers
        self._writable = writable
        self._gone = gone
        self._objects: dict[str, dict[str, dict[str, Variant]]] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self.mistakes: list[BaseException] = []
        bus.add_message_handler(self._on_message)

    async def watch_clients(self) -> None:
        """From now on `gone` is called."""
        rule = f"type='signal',sender='{DAEMON}',member='NameOwnerChanged'"
        await self._bus.call(
            Message(
                destination=DAEMON,
                path="/org/freedesktop/DBus",
                interface=DAEMON,
                member="AddMatch",
                signature="s",
                body=[rule],
            )
        )

    async def close(self) -> None:
        """Nobody is answered any more."""
        self._bus.remove_message_handler(self._on_message)
        for call in list(self._calls):
            call.cancel()
        if self._calls:
            await asyncio.wait(self._calls)

    def has(self, path: str) -> bool:
        return path in self._objects

    def add(self, path: str, interfaces: Mapping[str, Properties]) -> None:
        self._objects[path] = {name: dict(values) for name, values in interfaces.items()}
        self._emit("/", MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, self._objects[path]])

    def remove(self, path: str) -> None:
        interfaces = self._objects.pop(path, None)
        if interfaces is not None:
            self._emit("/", MANAGER, "InterfacesRemoved", "oas", [path, list(interfaces)])

    def change(
        self, path: str, interface: str, values: Properties, invalidated: Collection[str] = ()
    ) -> None:
        """Values that are new, and names of those that are no more; what is not there is not."""
        properties = self._objects.get(path, {}).get(interface)
        if properties is None:
            return
        properties.update(values)
        lost = [name for name in invalidated if properties.pop(name, None) is not None]
        if values or lost:
            body = [interface, dict(values), lost]
            self._emit(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)

    def value(self, path: str, interface: str, name: str) -> Any:
        """None where there is no such property."""
        variant = self._objects.get(path, {}).get(interface, {}).get(name)
        return None if variant is None else variant.value

    def _emit(
        self, path: str, interface: str, member: str, signature: str, body: list[Any]
    ) -> None:
        if self._bus.connected:
            self._bus.send(Message.new_signal(path, interface, member, signature, body))

    def _on_message(self, message: Message) -> bool:
        if message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged":
            name, _, owner = message.body
            if not owner:
                self._gone(name)
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        if message.interface not in (MANAGER, PROPERTIES) and not self._is_ours(message):
            return False
        call = asyncio.ensure_future(self._call(message))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        return True

    def _is_ours(self, message: Message) -> bool:
        return f"{message.interface}.{message.member}" in self._handlers

    async def _call(self, message: Message) -> None:
        work = asyncio.ensure_future(self._work(message))
        try:
            await asyncio.wait({work})
        finally:
            work.cancel()
        answer = work.exception() or work.result()
        if isinstance(answer, Answer):
            reply = Message.new_method_return(
                message, answer.signature, list(answer.body), list(answer.fds)
            )
        elif isinstance(answer, DBusError):
            reply = Message.new_error(message, answer.type, answer.text)
        else:
            self.mistakes.append(answer)
            reply = Message.new_error(message, ErrorType.FAILED, repr(answer))
        try:
            if self._bus.connected:
                await self._bus.send(reply)
        finally:
            for fd in answer.fds if isinstance(answer, Answer) else ():
                os.close(fd)

    async def _work(self, message: Message) -> Answer:
        return await self._handler(message)(message)

    def _handler(self, message: Message) -> Handler:
        own: dict[tuple[str | None, str | None], Handler] = {
            (MANAGER, "GetManagedObjects"): self._get_managed_objects,
            (PROPERTIES, "Get"): self._get,
            (PROPERTIES, "GetAll"): self._get_all,
            (PROPERTIES, "Set"): self._set,
        }
        found = own.get((message.interface, message.member))
        if found is not None:
            return found
        if message.interface not in self._objects.get(message.path or "", {}):
            raise DBusError(
                ErrorType.UNKNOWN_OBJECT,
                f'Method "{message.member}" with signature "{message.signature}" on interface '
                f'"{message.interface}" doesn\'t exist\n',
            )
        return self._handlers[f"{message.interface}.{message.member}"]

    async def _get_managed_objects(self, _message: Message) -> Answer:
        return Answer("a{oa{sa{sv}}}", (self._objects,))

    async def _get(self, message: Message) -> Answer:
        interface, name = message.body
        return Answer("v", (self._properties(message, interface)[name],))

    async def _get_all(self, message: Message) -> Answer:
        return Answer("a{sv}", (self._properties(message, message.body[0]),))

    async def _set(self, message: Message) -> Answer:
        interface, name, value = message.body
        self._properties(message, interface)
        handler = self._handlers.get(f"{interface}.{name}")
        if handler is not None:
            return await handler(message)
        if f"{interface}.{name}" not in self._writable:
            raise DBusError(
                "org.freedesktop.DBus.Error.PropertyReadOnly", f"Property {name} is not writable"
            )
        self.change(message.path or "", interface, {name: value})
        return Answer()

    def _properties(self, message: Message, interface: str) -> dict[str, Variant]:
        try:
            return self._objects[message.path or ""][interface]
        except KeyError as error:
            raise DBusError(ErrorType.UNKNOWN_OBJECT, "No such object") from error
