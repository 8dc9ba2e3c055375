# SPDX-License-Identifier: MIT
"""The radio of a node whose firmware runs under MicroPython: a bumble peripheral behind a socket.

    async with Air() as air:
        radio = NodeRadio(air, "240ac4000001")
        with Node(folder, radio=radio): ...

The other end is tests/firmware/device/bluetooth.py. It lives in the loop of its air, whichever
thread runs that; a node that ends or starts again is a radio that vanishes without a goodbye and
comes anew. It knows no secret: bonds are the firmware's, which is asked for them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import socket
import time
from collections.abc import Coroutine
from typing import Any

from bumble import att, hci
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, Descriptor, Service
from bumble.keys import KeyStore, PairingKeys
from bumble.pairing import PairingConfig, PairingDelegate

from tests.radio import nimble
from tests.radio.air import Air, public

CENTRAL_CONNECT = 1
CENTRAL_DISCONNECT = 2
GATTS_WRITE = 3
GATTS_INDICATE_DONE = 20
MTU_EXCHANGED = 21
ENCRYPTION_UPDATE = 28
GET_SECRET = 29
SET_SECRET = 30
OUR_SECRET = 1
THEIR_SECRET = 2

ROOM = 12
"""Notifications that the stack takes before it says ENOMEM."""
SECRET_BYTES = 80
"""About NimBLE's ble_store_value_sec: address, sizes, then the keys."""
_LTK_AT = 24
_SECRET_S = 5.0
_WRITE_ENCRYPTED = 0x1000
_READ_ENCRYPTED = 0x0200
_JSON = 0
_NOTIFY = 1
_ROOM = 1
_HEAD_BYTES = 3
_TIMED_OUT = 13


class NodeRadio:
    """Of one node; `address` is what its ESP32 would have."""

    def __init__(self, air: Air, hardware_id: str = "240ac4000001") -> None:
        number = int(hardware_id, 16) + 2
        self.address = ":".join(f"{byte:02X}" for byte in number.to_bytes(6, "big"))
        self._air = air
        self._loop = asyncio.get_running_loop()
        self._session: _Session | None = None
        self.spoken_s = -math.inf
        """When a host last wrote to it, on time.monotonic()."""

    def plug(self) -> socket.socket:
        """For a node that starts: its end. May be called from any thread."""
        ours, theirs = socket.socketpair()
        self._loop.call_soon_threadsafe(self._attach, ours)
        return theirs

    @property
    def device(self) -> Device | None:
        """The bumble device of now."""
        return self._session.device if self._session is not None else None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.end()
            self._session = None

    def _attach(self, ours: socket.socket) -> None:
        before, self._session = self._session, None
        self._session = _Session(self, self._air, ours, before)


class _Session:
    """From one start of the firmware to its end."""

    def __init__(
        self, radio: NodeRadio, air: Air, ours: socket.socket, before: _Session | None
    ) -> None:
        self._radio = radio
        self._air = air
        self._address = radio.address
        self.device: Device | None = None
        self.connection: Connection | None = None
        self.bonded = False
        self._values: dict[int, bytes] = {}
        self._attributes: dict[int, Characteristic[bytes]] = {}
        self._config: dict[str, Any] = {"mtu": att.ATT_DEFAULT_MTU, "bond": False}
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._questions = 0
        self._owed = ROOM
        self._tasks: set[asyncio.Task[Any]] = set()
        self._of_link: set[asyncio.Task[Any]] = set()
        self._writer: asyncio.StreamWriter | None = None
        self._runner = asyncio.create_task(self._run(ours, before))

    async def end(self) -> None:
        self._runner.cancel()
        await asyncio.gather(self._runner, return_exceptions=True)

    async def ask(self, event: int, *words: object) -> Any:
        """What the firmware says to a question of the stack."""
        self._questions += 1
        answer = asyncio.get_running_loop().create_future()
        self._asked[self._questions] = answer
        self._tell({"event": event, "data": words, "id": self._questions})
        try:
            async with asyncio.timeout(_SECRET_S):
                return await answer
        finally:
            del self._asked[self._questions]

    def tell_encryption(self) -> None:
        link = self.connection
        if link is not None:
            encrypted = int(bool(link.encryption))
            size = 16 if encrypted else 0
            words = (link.handle, encrypted, 0, int(self.bonded), size)
            self._event(ENCRYPTION_UPDATE, *words)

    async def _run(self, ours: socket.socket, before: _Session | None) -> None:
        if before is not None:
            await before.end()
        reader, self._writer = await asyncio.open_connection(sock=ours)
        try:
            while True:
                head = await reader.readexactly(_HEAD_BYTES)
                body = await reader.readexactly(int.from_bytes(head[:2], "little"))
                if head[2] == _NOTIFY:
                    self._notify(body)
                else:
                    words = json.loads(body)
                    await getattr(self, f"_do_{words.pop('do')}")(**words)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            await self._off()
            self._writer.close()

    async def _off(self) -> None:
        tasks = [*self._tasks, *self._of_link]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._air.vanish(self._address)
        self.device = self.connection = None

    async def _do_active(self, *, on: bool) -> None:
        await self._off()
        if on:
            self.device = device = await self._air.device(self._address)
            device.keystore = FirmwareKeys(self)
            device.gatt_server.max_mtu = att.ATT_DEFAULT_MTU
            device.pairing_config_factory = self._pairing
            device.on(Device.EVENT_CONNECTION, self._connected)
            nimble.refuse_unsubscribing(device, lambda: self.bonded)
            assert device.host.le_acl_packet_queue is not None
            device.host.le_acl_packet_queue.on("flow", self._settle)
            self._settle()
        self._tell({"answer": self._address.replace(":", "").lower()})

    async def _do_config(self, *, key: str, value: Any) -> None:
        self._config[key] = value
        if key == "mtu" and self.device is not None:
            self.device.gatt_server.max_mtu = value

    async def _do_register(self, *, services: list[Any]) -> None:
        assert self.device is not None
        handles = []
        for uuid, rows in services:
            made = [self._made(*row) for row in rows]
            self.device.add_service(Service(uuid, made))
            handles.append([part.handle for value in made for part in (value, *value.descriptors)])
            self._attributes |= {value.handle: value for value in made}
        self._tell({"answer": handles})

    async def _do_write(self, *, handle: int, value: str, tell: bool) -> None:
        self._values[handle] = bytes.fromhex(value)
        if tell and self.device is not None:
            self._soon(self.device.notify_subscribers(self._attributes[handle]))

    async def _do_advertise(self, *, interval_us: int, connectable: bool, data: list[str]) -> None:
        if self.device is not None:
            said, response = (bytes.fromhex(part) for part in data)
            self._air.advertise(
                self.device,
                said,
                response,
                connectable=connectable and self.connection is None,
                interval_s=interval_us / 1e6,
            )

    async def _do_quiet(self) -> None:
        if self.device is not None:
            self._air.stop_advertising(self.device)

    async def _do_disconnect(self, *, link: int) -> None:
        if self.connection is not None and self.connection.handle == link:
            self._soon(self.connection.disconnect())

    async def _do_pair(self, *, link: int) -> None:
        if self.connection is not None and self.connection.handle == link:
            self.connection.request_pairing()

    async def _do_indicate(self, *, link: int, handle: int, value: str) -> None:
        if self.connection is not None and self.connection.handle == link:
            self._of_link_soon(self._indicate(self.connection, handle, bytes.fromhex(value)))

    async def _do_secret(self, *, id: int, value: Any) -> None:
        answer = self._asked.get(id)
        if answer is not None and not answer.done():
            answer.set_result(value)

    def _notify(self, body: bytes) -> None:
        self._owed += 1
        link, handle = (int.from_bytes(body[at : at + 2], "little") for at in (0, 2))
        connection = self.connection
        if self.device is not None and connection is not None and connection.handle == link:
            # bumble sends it before its first wait: they go out in their order
            notify = self.device.gatt_server.notify_subscriber
            self._soon(notify(connection, self._attributes[handle], body[4:], force=True))
        asyncio.get_running_loop().call_soon(self._settle)

    async def _indicate(self, connection: Connection, handle: int, value: bytes) -> None:
        assert self.device is not None
        status = 0
        try:
            indicate = self.device.gatt_server.indicate_subscriber
            await indicate(connection, self._attributes[handle], value, force=True)
        except TimeoutError:
            status = _TIMED_OUT
        self._event(GATTS_INDICATE_DONE, connection.handle, handle, status)

    def _settle(self, *_: object) -> None:
        """Say for how many there is room again: those that the controller has sent."""
        queue = self.device.host.le_acl_packet_queue if self.device is not None else None
        if queue is not None and queue.pending == 0 and self._owed:
            owed, self._owed = self._owed, 0
            self._frame(_ROOM, bytes((owed,)))

    def _made(self, uuid: str, flags: int, descriptors: list[Any]) -> Characteristic[bytes]:
        permissions = Characteristic.READABLE | Characteristic.WRITEABLE
        value: Characteristic[bytes]
        value = Characteristic(
            uuid,
            Characteristic.Properties(flags & 0xFF),
            permissions if flags & 0x0E else Characteristic.Permissions(0),
            att.AttributeValue(
                read=lambda link: self._read(link, value, flags),
                write=lambda link, new: self._written(link, value, flags, new),
            ),
            [Descriptor(of, Descriptor.READABLE, b"") for of, _ in descriptors],
        )
        return value

    def _read(self, link: Connection, of: Characteristic[bytes], flags: int) -> bytes:
        if flags & _READ_ENCRYPTED and not link.encryption:
            raise att.ATT_Error(nimble.NOT_PAIRED)
        return self._values.get(of.handle, b"")

    def _written(
        self, link: Connection, of: Characteristic[bytes], flags: int, new: bytes
    ) -> None:
        if flags & _WRITE_ENCRYPTED and not link.encryption:
            raise att.ATT_Error(nimble.NOT_PAIRED)
        self._radio.spoken_s = time.monotonic()
        self._event(GATTS_WRITE, link.handle, of.handle, new.hex())

    def _pairing(self, connection: Connection) -> PairingConfig:
        return PairingConfig(
            sc=True,
            mitm=bool(self._config.get("mitm")),
            bonding=bool(self._config["bond"]),
            delegate=_Repairing(FirmwareKeys(self), str(connection.peer_address)),
        )

    def _connected(self, connection: Connection) -> None:
        self.connection = connection
        self.bonded = False
        peer = connection.peer_address
        address = bytes(reversed(bytes(peer)))
        self._event(CENTRAL_CONNECT, connection.handle, int(peer.address_type), address.hex())
        connection.on(
            Connection.EVENT_DISCONNECTION,
            lambda _reason: self._disconnected(connection, int(peer.address_type), address),
        )
        connection.on(
            Connection.EVENT_CONNECTION_ATT_MTU_UPDATE,
            lambda: self._event(MTU_EXCHANGED, connection.handle, connection.att_mtu),
        )
        connection.on(
            Connection.EVENT_CONNECTION_ENCRYPTION_CHANGE, lambda: self._encrypted(connection)
        )
        connection.on(Connection.EVENT_PAIRING, lambda _keys: self._paired())
        connection.on(Connection.EVENT_PAIRING_FAILURE, lambda _reason: self.tell_encryption())

    def _disconnected(self, connection: Connection, kind: int, address: bytes) -> None:
        for task in self._of_link:
            task.cancel()
        self.connection = None
        self.bonded = False
        self._event(CENTRAL_DISCONNECT, connection.handle, kind, address.hex())
        self._settle()

    def _encrypted(self, connection: Connection) -> None:
        """By a bond; that of a pairing is told when its keys are through."""
        assert self.device is not None
        if connection.handle not in self.device.smp_manager.sessions:
            self.bonded = True
            self.tell_encryption()

    def _paired(self) -> None:
        if not self.bonded:
            self.tell_encryption()

    def _event(self, number: int, *words: object) -> None:
        self._tell({"event": number, "data": words})

    def _tell(self, words: dict[str, Any]) -> None:
        self._frame(_JSON, json.dumps(words).encode())

    def _frame(self, kind: int, body: bytes) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(len(body).to_bytes(2, "little") + bytes((kind,)) + body)

    def _soon(self, work: Coroutine[Any, Any, Any]) -> None:
        _keep(self._tasks, work)

    def _of_link_soon(self, work: Coroutine[Any, Any, Any]) -> None:
        _keep(self._of_link, work)


class _Repairing(PairingDelegate):
    """A peer that pairs again loses its old bond first, as MicroPython has it."""

    def __init__(self, keys: FirmwareKeys, peer: str) -> None:
        super().__init__()
        self._keys = keys
        self._peer = peer

    async def accept(self) -> bool:
        await self._keys.forget(self._peer)
        return True


class FirmwareKeys(KeyStore):
    """Bonds as NimBLE keeps them: each is two secrets that the firmware has under the address."""

    def __init__(self, session: _Session) -> None:
        self._session = session

    async def get(self, name: str) -> PairingKeys | None:
        secret = await self._session.ask(GET_SECRET, OUR_SECRET, 0, _key(name))
        if secret is None or len(secret) != 2 * SECRET_BYTES:
            return None
        ltk = bytes.fromhex(secret)[_LTK_AT : _LTK_AT + 16]
        return PairingKeys(ltk=PairingKeys.Key(ltk))

    async def update(self, name: str, keys: PairingKeys) -> None:
        assert keys.ltk is not None
        key = _key(name)
        self._session.bonded = True
        self._session.tell_encryption()
        secret = bytes.fromhex(key).ljust(_LTK_AT, b"\0") + keys.ltk.value
        for kind in (OUR_SECRET, THEIR_SECRET):
            await self._session.ask(SET_SECRET, kind, key, secret.ljust(SECRET_BYTES, b"\0").hex())

    async def get_all(self) -> list[tuple[str, PairingKeys]]:
        return []  # resolving keys: there are only public addresses

    async def forget(self, name: str) -> None:
        """If it has that peer: of each kind, until there is no more."""
        key = _key(name)
        if await self._session.ask(GET_SECRET, THEIR_SECRET, 0, key) is None:
            return
        for kind in (OUR_SECRET, THEIR_SECRET):
            while await self._session.ask(SET_SECRET, kind, key, None):
                pass


def _key(name: str) -> str:
    """ble_addr_t: the type and the address, its last byte first."""
    address = public(name.removesuffix("/P"))
    return (bytes((hci.Address.PUBLIC_DEVICE_ADDRESS,)) + bytes(address)).hex()


def _keep(tasks: set[asyncio.Task[Any]], work: Coroutine[Any, Any, Any]) -> None:
    task = asyncio.ensure_future(_quietly(work))
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    task.add_done_callback(lambda _: work.close())  # of one that was cancelled before it began


async def _quietly(work: Coroutine[Any, Any, Any]) -> None:
    """A link that ends meanwhile is told by its own event."""
    with contextlib.suppress(hci.HCI_Error, TimeoutError):
        await work
