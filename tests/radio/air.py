# SPDX-License-Identifier: MIT
"""A piece of air: virtual Bluetooth controllers that hear each other, as true as the tests need.

    async with Air() as air:
        host = await air.device("F0:00:00:00:00:01")
        node = await air.device("24:0A:C4:00:00:01")
        air.advertise(node, data, response)

bumble's own link and controller differ from a radio in the ways that `TrueLink` and
`TrueController` mend; tests/radio/test_air.py shows each of them. All addresses are public, as an
ESP32's is. Everything happens in the event loop that entered it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Self

from bumble import controller as bumble_controller
from bumble import hci, ll
from bumble.core import PhysicalTransport
from bumble.device import AdvertisingType, Device, DeviceConfiguration, LegacyAdvertiser
from bumble.host import Host
from bumble.keys import MemoryKeyStore, PairingKeys
from bumble.link import LocalLink
from bumble.pairing import PairingConfig
from bumble.smp import Session
from bumble.transport.common import AsyncPipeSink

SUPERVISION_S = 0.3
"""So long after one side is gone the other finds out. True ones take 0.1 to 32 s."""
ACL_BYTES = 251
_SLOT_S = 0.000_625
_LOST = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR
_CANCELLED = hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR


def public(address: str) -> hci.Address:
    return hci.Address(address, hci.Address.PUBLIC_DEVICE_ADDRESS)


class Air:
    """See the module. Addresses are text, such as `24:0A:C4:00:00:01`."""

    def __init__(self, supervision_s: float = SUPERVISION_S) -> None:
        self._supervision_s = supervision_s
        self.link = TrueLink()
        self._timers: set[asyncio.TimerHandle] = set()

    async def __aenter__(self) -> Self:
        # it logs what a broken link does to it, which here is meant
        logging.getLogger("bumble").setLevel(logging.CRITICAL)
        return self

    async def __aexit__(self, *error: object) -> None:
        for timer in self._timers:
            timer.cancel()
        for controller in list(self.link.controllers):
            self.link.remove_controller(controller)
            controller.le_legacy_advertiser.stop()
            if isinstance(controller.host, Host):
                controller.host.on_transport_lost()  # type: ignore[no-untyped-call]
        await asyncio.sleep(0)

    def controller(self, address: str) -> TrueController:
        """A new controller; there is no other with that address."""
        assert self.find(address) is None, f"{address} is there already"
        return TrueController(address, link=self.link, public_address=public(address))

    def find(self, address: str) -> TrueController | None:
        """The controller that has the address now."""
        for controller in self.link.controllers:
            if controller.public_address == public(address):
                assert isinstance(controller, TrueController)
                return controller
        return None

    async def device(self, address: str, name: str = "bumble") -> Device:
        """A bumble host on a controller of its own, powered on; it bonds with whoever wants."""
        controller = self.controller(address)
        config = DeviceConfiguration(
            name=name,
            address=hci.Address("F" + address[1:]),
            irk=secrets.token_bytes(16),
            address_resolution_offload=True,  # else it scans for an absent peer without end
            identity_address_type=PairingConfig.AddressType.PUBLIC,
        )
        host = Host(controller, AsyncPipeSink(controller))
        device = Device(config=config, host=host)
        device.keystore = MemoryKeyStore()
        device.pairing_config_factory = lambda _connection: PairingConfig(sc=True, mitm=False)
        _store_bonds_only(device)
        await device.power_on()
        return device

    def advertise(
        self,
        device: Device,
        data: bytes,
        response: bytes = b"",
        *,
        connectable: bool = True,
        interval_s: float = 0.02,
    ) -> None:
        """From now on, in place of what it advertised before; a connection ends it."""
        advertiser = self._of(device).le_legacy_advertiser
        kind = (
            AdvertisingType.UNDIRECTED_CONNECTABLE_SCANNABLE
            if connectable
            else AdvertisingType.UNDIRECTED_SCANNABLE
        )
        advertiser.advertising_type = int(kind)
        advertiser.own_address_type = int(hci.OwnAddressType.PUBLIC)
        advertiser.advertising_data = data
        advertiser.scan_response_data = response
        advertiser.advertising_interval_min = round(interval_s / _SLOT_S)
        # the host takes its own address of a new connection from here
        device.legacy_advertiser = LegacyAdvertiser(
            device, kind, hci.OwnAddressType.PUBLIC, hci.Address.ANY, auto_restart=False
        )
        if not advertiser.enabled:
            advertiser.start()

    def stop_advertising(self, device: Device) -> None:
        self._of(device).le_legacy_advertiser.stop()

    def advertising(self, device: Device) -> bool:
        return self._of(device).le_legacy_advertiser.enabled

    def silence(self, a: str, b: str) -> None:
        """Their link stays connected, and no data pass: each side's controller holds them."""
        self.link.silent.add(frozenset((public(a), public(b))))

    def resume(self, a: str, b: str) -> None:
        """What was held goes out in a burst."""
        self.link.silent.discard(frozenset((public(a), public(b))))
        for address in (a, b):
            if controller := self.find(address):
                controller.release()

    def cut(self, a: str, b: str) -> None:
        """A supervision time-out: both sides see their link end."""
        for address, peer in ((a, b), (b, a)):
            if controller := self.find(address):
                controller.lose(public(peer))

    def vanish(self, address: str) -> None:
        """It is gone without a goodbye; its peers find out when supervision times out."""
        gone = self.find(address)
        if gone is None:
            return
        self.link.remove_controller(gone)
        gone.le_legacy_advertiser.stop()
        gone.host = None
        for controller in self.link.controllers:
            assert isinstance(controller, TrueController)
            if connection := controller.le_connections.get(public(address)):
                self._later(controller, connection)

    def _later(self, controller: TrueController, connection: bumble_controller.Connection) -> None:
        def time_out() -> None:
            self._timers.discard(timer)
            controller.lose(connection.peer_address, connection)

        timer = asyncio.get_running_loop().call_later(self._supervision_s, time_out)
        self._timers.add(timer)

    def _of(self, device: Device) -> TrueController:
        controller = self.find(device.public_address.to_string(with_type_qualifier=False))
        assert controller is not None, f"{device.public_address} is gone"
        return controller


@dataclass
class _Advertisement(ll.AdvInd):
    """bumble's has no scan response, and is always connectable."""

    response: bytes = b""
    connectable: bool = True


class TrueLink(LocalLink):
    """Data come from the address that the connection was made with, and nobody has to be there."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.silent: set[frozenset[hci.Address]] = set()

    def send_acl_data(
        self,
        sender_controller: bumble_controller.Controller,
        destination_address: hci.Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        connection = sender_controller.le_connections.get(destination_address)
        receiver = self.find_le_controller(destination_address)
        if connection is not None and receiver is not None:
            asyncio.get_running_loop().call_soon(
                receiver.on_link_acl_data, connection.self_address, transport, data
            )

    def send_advertising_pdu(
        self, sender_controller: bumble_controller.Controller, packet: ll.AdvertisingPdu
    ) -> None:
        if isinstance(packet, ll.ConnectInd):  # at once: of two who answer, one is first
            for controller in self.controllers - {sender_controller}:
                controller.on_ll_advertising_pdu(packet)
        else:
            super().send_advertising_pdu(sender_controller, packet)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        if self.find_le_controller(receiver_address) is not None:
            super().send_ll_control_pdu(sender_address, receiver_address, packet)

    def connectable(self, address: hci.Address) -> bool:
        """Somebody advertises so just now."""
        return any(
            controller.public_address == address
            and controller.le_legacy_advertiser.enabled
            and controller.le_legacy_advertiser.advertising_type
            == AdvertisingType.UNDIRECTED_CONNECTABLE_SCANNABLE
            for controller in self.controllers
        )


class TrueController(bumble_controller.Controller):
    """With legacy advertising only, as MicroPython's; its air is a TrueLink."""

    le_features = bumble_controller.Controller.le_features & ~(
        hci.LeFeatureMask.LE_EXTENDED_ADVERTISING | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
    )
    le_acl_data_packet_length = ACL_BYTES

    def __init__(self, name: str, **setup: Any) -> None:
        super().__init__(name, **setup)
        self.le_legacy_advertiser = _Advertiser(self)
        self._held: dict[int, list[hci.HCI_AclDataPacket]] = defaultdict(list)

    @property
    def air(self) -> TrueLink:
        assert isinstance(self.link, TrueLink)
        return self.link

    def lose(
        self, peer: hci.Address, connection: bumble_controller.Connection | None = None
    ) -> None:
        """The link with that peer, and of several in turn just that one, timed out."""
        current = self.le_connections.get(peer)
        if current is not None and connection in (None, current):
            self.on_le_disconnected(current, _LOST)

    def release(self) -> None:
        for handle in list(self._held):
            for packet in self._held.pop(handle):
                self.on_hci_acl_data_packet(packet)

    def on_hci_acl_data_packet(self, packet: hci.HCI_AclDataPacket) -> None:
        connection = self.find_le_connection_by_handle(packet.connection_handle)
        if connection is None:
            return  # its end has crossed the data on the way
        ends = frozenset((connection.self_address, connection.peer_address))
        if ends in self.air.silent:
            self._held[packet.connection_handle].append(packet)
        else:
            connection.on_hci_acl_data_packet(packet)

    def on_le_disconnected(self, connection: bumble_controller.Connection, reason: int) -> None:
        self._held.pop(connection.handle, None)
        super().on_le_disconnected(connection, reason)

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        assert isinstance(pdu, _Advertisement)
        kinds = hci.HCI_LE_Advertising_Report_Event.EventType
        if self.le_scan_enable:
            self._report(kinds.ADV_IND if pdu.connectable else kinds.ADV_SCAN_IND, pdu, pdu.data)
            if self.le_scan_type:
                self._report(kinds.SCAN_RSP, pdu, pdu.response)
        wanted = self.pending_le_connection
        if (
            wanted is not None
            and wanted.peer_address == pdu.advertiser_address
            and pdu.advertiser_address not in self.le_connections
            and self.air.connectable(pdu.advertiser_address)
        ):
            self.create_le_connection(pdu.advertiser_address)

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """As the specification says, the connection completes then, as one that failed."""
        wanted, self.pending_le_connection = self.pending_le_connection, None
        if wanted is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        failed = hci.HCI_LE_Connection_Complete_Event(
            status=_CANCELLED,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=wanted.peer_address.address_type,
            peer_address=wanted.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, failed)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def _report(self, kind: int, pdu: ll.AdvInd, data: bytes) -> None:
        report = hci.HCI_LE_Advertising_Report_Event.Report(
            event_type=kind,
            address_type=pdu.advertiser_address.address_type,
            address=pdu.advertiser_address,
            data=data,
            rssi=-50,
        )
        self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([report]))


class _Advertiser(bumble_controller.LegacyAdvertiser):
    """Intervals are in slots of 0.625 ms, and a scan response and what kind it is come along."""

    def _on_timer_fired(self) -> None:
        self.send_advertising_data()
        self.timer_handle = asyncio.get_running_loop().call_later(
            self.advertising_interval_min * _SLOT_S, self._on_timer_fired
        )

    def send_advertising_data(self) -> None:
        connectable = self.advertising_type == AdvertisingType.UNDIRECTED_CONNECTABLE_SCANNABLE
        self.controller.send_advertising_pdu(
            _Advertisement(
                self.address, self.advertising_data, self.scan_response_data, connectable
            )
        )


def _store_bonds_only(device: Device) -> None:
    """bumble keeps the keys of a pairing that was to make no bond."""
    manager = device.smp_manager
    store = manager.on_pairing

    async def on_pairing(
        session: Session, identity_address: hci.Address | None, keys: PairingKeys
    ) -> None:
        if session.bonding:
            await store(session, identity_address, keys)
        else:
            device.on_pairing(session.connection, identity_address, keys, session.sc)

    setattr(manager, store.__name__, on_pairing)
