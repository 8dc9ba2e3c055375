# SPDX-License-Identifier: MIT
"""A peer that BlueZ knows, as `org.bluez.Device1`: found, connected, paired, resolved, lost.

What is told on the bus is what happened on the air, in BlueZ's order: `Connected` when the link is
there, the answer to Connect after a bonded link is encrypted, `ServicesResolved` later; at the end
of a link `ServicesResolved` and then `Connected`. A pairing that made no bond is forgotten with
its link. A bond that the peer has lost makes Connect fail until RemoveDevice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from bumble import hci
from bumble.att import ATT_Error
from bumble.core import BaseBumbleError, ProtocolError
from bumble.device import Connection, Peer
from dbus_fast import DBusError, Message, Variant

from tests.bluez.bluez_advertised import Heard
from tests.bluez.bluez_errors import (
    ABORTED,
    ALREADY_EXISTS,
    AUTHENTICATION_CANCELED,
    AUTHENTICATION_FAILED,
    CANCELED,
    DOES_NOT_EXIST,
    IN_PROGRESS,
    INSUFFICIENT,
    LINK_ENDED,
    att_trouble,
)
from tests.bluez.bluez_gatt import text_of
from tests.bluez.bluez_outcome import LinkLostError, outcome
from tests.bluez.bluez_services import Services
from tests.bluez.object_tree import Answer, Properties

if TYPE_CHECKING:
    from tests.bluez.bluez import Bluez

DEVICE = "org.bluez.Device1"
MTU = 517  # what BlueZ asks for
FLAP_S = 0.01
END_S = 1.0

T = TypeVar("T")


class KnownDevice:
    def __init__(self, bluez: Bluez, address: hci.Address, path: str) -> None:
        self.path = path
        self.address = address
        self.bonded = False
        self.connection: Connection | None = None
        self.mtu = 23
        self._bluez = bluez
        self._tree = bluez.tree
        self._peer: Peer | None = None
        self._paired = False
        self._heard = Heard()
        self._attempt: asyncio.Task[None] | None = None
        self._pairing: asyncio.Task[None] | None = None
        self._resolving: asyncio.Task[None] | None = None
        self.services = Services(bluez.tree, self)

    @property
    def temporary(self) -> bool:
        return not self.bonded and self.connection is None and self._attempt is None

    def publish(self) -> None:
        text = self.address.to_string(with_type_qualifier=False)
        values = {
            "Address": Variant("s", text),
            "AddressType": Variant("s", "public" if self.address.is_public else "random"),
            "Adapter": Variant("o", self._bluez.path),
            "Alias": Variant("s", text.replace(":", "-")),
            "Paired": Variant("b", self._paired),
            "Bonded": Variant("b", self.bonded),
            "Trusted": Variant("b", False),
            "Blocked": Variant("b", False),
            "LegacyPairing": Variant("b", False),
            "Connected": Variant("b", False),
            "ServicesResolved": Variant("b", False),
            "UUIDs": Variant("as", []),
        }
        values.update(self._heard.properties())
        self._tree.add(self.path, {DEVICE: values})

    def hear(self, advertisement: Any, *, duplicates: bool) -> None:
        """Of its advertisements, what is new is told; of all when `duplicates` are wanted."""
        before = {} if duplicates else self._heard.properties()
        self._heard.add(advertisement)
        if not self._tree.has(self.path):
            self.publish()
            return
        now = self._heard.properties()
        self._change({name: value for name, value in now.items() if before.get(name) != value})

    def scan_ended(self) -> None:
        self._heard.rssi = None
        self._tree.change(self.path, DEVICE, {}, ("RSSI", "TxPower"))

    async def connect(self, _call: Message) -> Answer:
        if self._attempt is not None or self._pairing is not None:
            raise IN_PROGRESS.error()
        if self.connection is None:
            attempt = asyncio.ensure_future(self._connect("Device1.Connect"))
            self._attempt = attempt
            try:
                await outcome(attempt)
            except LinkLostError:
                raise CANCELED.error() from None
            finally:
                if self._attempt is attempt:
                    self._attempt = None
        return Answer()

    async def disconnect(self, _call: Message | None = None) -> Answer:
        pending = {task for task in (self._pairing, self._attempt) if task is not None}
        self._pairing = self._attempt = None
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.wait(pending)
        await self.end_link()
        return Answer()

    async def pair(self, _call: Message) -> Answer:
        if self._attempt is not None or self._pairing is not None:
            raise IN_PROGRESS.error()
        if self.bonded:
            raise ALREADY_EXISTS.error()
        pairing = self._pairing = asyncio.ensure_future(self._pair())
        try:
            await outcome(pairing)
        except LinkLostError:
            raise AUTHENTICATION_CANCELED.error() from None
        finally:
            self._pairing_done(pairing)
        return Answer()

    async def cancel_pairing(self, _call: Message) -> Answer:
        if self._pairing is None:
            raise DOES_NOT_EXIST.error()
        self._pairing.cancel()
        return Answer()

    async def gatt(self, make: Callable[[], Awaitable[T]]) -> T:
        """A request to the peer; what it refuses becomes BlueZ's words for it."""
        try:
            return await outcome(make())
        except ATT_Error as error:
            encrypted = self.connection is not None and self.connection.is_encrypted
            if error.error_code in INSUFFICIENT and self._bluez.elevates and not encrypted:
                await self._elevate(att_trouble(error.error_code).error())
                return await self.gatt(make)
            raise att_trouble(error.error_code).error() from error
        except (LinkLostError, BaseBumbleError) as error:
            raise LINK_ENDED.error() from error

    async def end_link(self, reason: int = 0x13) -> None:
        connection = self.connection
        if connection is None:
            return
        ending = asyncio.ensure_future(connection.disconnect(reason))
        await asyncio.wait({ending}, timeout=END_S)
        ending.cancel()
        await asyncio.wait({ending})
        if self.connection is connection:  # a controller that is gone tells nothing
            self._lost(connection)

    def client_gone(self, name: str) -> None:
        self.services.client_gone(name)

    async def forget(self) -> None:
        """The bond is gone too."""
        await self.vanish()
        store = self._bluez.central.keystore
        if self.bonded and store is not None:
            await store.delete(str(self.address))

    async def vanish(self) -> None:
        """The link is gone, and so is all that is told of the device."""
        await self.disconnect()
        self.close()
        self.services.remove()
        self._tree.remove(self.path)

    def close(self) -> None:
        for task in (self._attempt, self._pairing, self._resolving):
            if task is not None:
                task.cancel()
        self.services.close()

    def bond_known(self) -> None:
        self._paired = self.bonded = True

    def _change(self, values: Properties) -> None:
        self._tree.change(self.path, DEVICE, values)

    async def _connect(self, method: str) -> None:
        try:
            await self._bluez.orders.meet(method)
        except DBusError as error:
            if error.text == ABORTED.text:  # as by interference: it was connected for a moment
                self._change({"Connected": Variant("b", True)})
                asyncio.get_running_loop().call_later(
                    FLAP_S, self._change, {"Connected": Variant("b", False)}
                )
            raise
        connection = await self._bluez.radio_connect(self.address)
        self.connection, self._peer = connection, Peer(connection)
        connection.on(connection.EVENT_DISCONNECTION, lambda *_: self._lost(connection))
        self._change({"Connected": Variant("b", True)})
        if self.bonded:
            try:
                await outcome(connection.encrypt())
            except (hci.HCI_Error, BaseBumbleError) as error:
                await self.end_link(hci.HCI_ErrorCode.AUTHENTICATION_FAILURE_ERROR)
                raise self._bluez.lost_bond.error() from error
        self._resolving = asyncio.ensure_future(self._resolve())

    async def _pair(self) -> None:
        if self.connection is None:
            await self._connect("Device1.Pair")
        else:
            await self._bluez.orders.meet("Device1.Pair")
        connection = self.connection
        if connection is None:
            raise LinkLostError
        try:
            await outcome(connection.pair())
        except (ProtocolError, BaseBumbleError) as error:
            raise AUTHENTICATION_FAILED.error() from error
        session = self._bluez.central.smp_manager.sessions.get(connection.handle)
        if session is None or self.connection is None:
            raise LinkLostError
        self._paired, self.bonded = True, session.bonding
        self._change({"Paired": Variant("b", True), "Bonded": Variant("b", self.bonded)})

    async def _elevate(self, refused: DBusError) -> None:
        if self._pairing is None:
            self._pairing = asyncio.ensure_future(self._pair())
            self._pairing.add_done_callback(self._pairing_done)
        try:
            await outcome(asyncio.shield(self._pairing))
        except (LinkLostError, DBusError):
            raise refused from None

    def _pairing_done(self, pairing: asyncio.Task[None]) -> None:
        if self._pairing is pairing:
            self._pairing = None
        if pairing.done() and not pairing.cancelled():
            pairing.exception()

    async def _resolve(self) -> None:
        peer = self._peer
        assert peer is not None
        try:
            self.mtu = await outcome(peer.request_mtu(MTU))
            await outcome(peer.discover_services())
            await outcome(peer.discover_characteristics())
            await self.services.show(peer.services)
        except (LinkLostError, BaseBumbleError, DBusError):
            return  # the end of the link is told by itself
        if self._peer is peer:
            self._heard.uuids |= {text_of(service.uuid) for service in peer.services}
            self._change(
                {
                    "UUIDs": Variant("as", sorted(self._heard.uuids)),
                    "ServicesResolved": Variant("b", True),
                }
            )

    def _lost(self, connection: Connection) -> None:
        if self.connection is not connection:
            return
        self.connection = self._peer = None
        if self._resolving is not None:
            self._resolving.cancel()
        self.services.link_lost()
        values = {"ServicesResolved": Variant("b", False), "Connected": Variant("b", False)}
        if self._paired and not self.bonded:
            self._paired = False
            values["Paired"] = Variant("b", False)
        self._change(values)
