# SPDX-License-Identifier: MIT
"""The computer's Bluetooth, shared by every node of a program.

One scan serves all who look for something, and one connection is made at a time, without a scan
beside it: adapters and systems differ in whether they can do both, and none says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import NamedTuple
from weakref import WeakKeyDictionary

from bleak import BleakClient, BleakScanner
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakError

from upturn.transports.ble.trouble import BleError, bounded, explained
from upturn.wire.advertisement import Advertised, advertised

SCAN_S = 10.0
"""A scan of a radio that has gone away just finds nothing; beginning anew tells."""
START_S = 5.0
CONNECT_S = 8.0
CROWDED_S = 3.0
HURRIED_S = 0.5
"""Over a good radio it takes less than a second. A node that is there and cannot be connected to
must not keep another, whose person may be upside down, from coming back."""
TURN_S = 0.1


class Sighting(NamedTuple):
    """One that advertises."""

    device: BLEDevice
    address: str
    name: str
    """As it advertises; empty where it has not yet said."""
    rssi: int
    said: Advertised | None
    """What it says of itself as a node of ours; None where it has not said so (yet)."""

    @property
    def bonded(self) -> bool | None:
        """Whether the system has a bond with it; None where the system does not tell."""
        details = self.device.details
        properties = details.get("props") if isinstance(details, Mapping) else None
        paired = properties.get("Paired") if isinstance(properties, Mapping) else None
        return paired if isinstance(paired, bool) else None


Wanted = Callable[[Sighting], bool]


class Bluetooth:
    """`scanner_backend` and `client_backend` take the place of the platform's own."""

    def __init__(
        self,
        scanner_backend: type[BaseBleakScanner] | None = None,
        client_backend: type[BaseBleakClient] | None = None,
    ) -> None:
        self._scanner_backend = scanner_backend
        self._client_backend = client_backend
        self._looking: dict[asyncio.Future[Sighting], Wanted] = {}
        self._seen: dict[str, Sighting] = {}
        self._scanning: asyncio.Task[None] | None = None
        self._radio = asyncio.Lock()
        """Whoever has it scans or connects; who waits gets it in turn."""
        self._let_go = asyncio.Event()
        """The scan is to make room."""
        self._urgent = 0
        self._waiting = 0
        """Who connects, or waits to: they go before a scan."""

    async def sight(self, wanted: Wanted, timeout_s: float) -> Sighting | None:
        """The first that advertises from now on and is wanted; None if none did in that time.

        Raises:
            BleError: there can be no scan.
        """
        found: asyncio.Future[Sighting] = asyncio.get_running_loop().create_future()
        self._looking[found] = wanted
        if self._scanning is None or self._scanning.done():
            self._scanning = asyncio.create_task(self._scan(), name="scan")
        try:
            async with asyncio.timeout(timeout_s):
                return await found
        except TimeoutError:
            return None
        finally:
            del self._looking[found]
            if not self._looking:
                self._let_go.set()

    async def sightings(self, seconds: float, enough: Wanted = lambda _: False) -> list[Sighting]:
        """All that advertise in that time, or until one is `enough`; the strongest first.

        Raises:
            BleError: there can be no scan.
        """
        seen: dict[str, Sighting] = {}

        def note(sighting: Sighting) -> bool:
            seen[sighting.address] = sighting
            return enough(sighting)

        await self.sight(note, seconds)
        return sorted(seen.values(), key=lambda sighting: -sighting.rssi)

    def client(self, device: BLEDevice | str, on_end: Callable[[], None]) -> BleakClient:
        """A connection to be; `on_end` is called when it has ended, by whomever.

        Raises:
            BleError: no program can use Bluetooth here.
        """
        try:
            return BleakClient(
                device,
                disconnected_callback=lambda _: on_end(),
                timeout=CONNECT_S,
                backend=self._client_backend,
            )
        except BleakError as error:
            raise explained(error) from None

    @contextmanager
    def urgent(self) -> Iterator[None]:
        """For who has just lost a node and wants it back: nobody else is connected to before."""
        self._urgent += 1
        try:
            yield
        finally:
            self._urgent -= 1

    async def connect(self, client: BleakClient, *, urgent: bool = False) -> None:
        """Nobody else connects meanwhile, and nobody scans. Who is needed has less patience.

        Raises:
            BleError: it cannot be, or not in time.
        """
        while self._urgent and not urgent:  # noqa: ASYNC110 - bounded by who is in a hurry
            await asyncio.sleep(TURN_S)
        self._let_go.set()
        self._waiting += 1
        try:
            async with self._radio:
                await bounded(
                    client.connect(),
                    CONNECT_S,
                    enough=lambda tried_s: self._is_long_enough(tried_s, urgent),
                )
        finally:
            self._waiting -= 1

    async def end(self) -> None:
        """Wait until a scan that nobody needs any more has stopped."""
        if self._scanning is not None:
            await asyncio.wait({self._scanning})

    def _is_long_enough(self, tried_s: float, urgent: bool) -> bool:
        """Somebody else needs the radio."""
        if self._urgent and not urgent:
            return tried_s >= HURRIED_S
        return tried_s >= CROWDED_S and self._waiting > 1

    async def _scan(self) -> None:
        """As long as somebody looks."""
        while self._looking:
            async with self._radio:
                if self._waiting:  # who connects goes first; a lock that is free does not wait
                    await asyncio.sleep(0)
                    continue
                try:
                    await self._scan_once()
                except BleError as fault:
                    for found in self._looking:
                        if not found.done():
                            found.set_exception(BleError(fault.fact, fault.why, fault.remedy))
                    return

    async def _scan_once(self) -> None:
        if not self._looking:
            return
        self._let_go.clear()
        self._seen.clear()
        try:
            scanner = BleakScanner(self._notice, backend=self._scanner_backend)
        except BleakError as error:
            raise explained(error) from None
        try:
            await bounded(scanner.start(), START_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(SCAN_S):
                    await self._let_go.wait()
        finally:
            with suppress(BleError):  # of a radio that is gone; the next start tells
                await bounded(scanner.stop(), START_S)

    def _notice(self, device: BLEDevice, data: AdvertisementData) -> None:
        """A node says in turns who it is and what it is called."""
        before = self._seen.get(device.address)
        sighting = Sighting(
            device,
            device.address,
            data.local_name or device.name or (before.name if before else ""),
            data.rssi,
            advertised(data.service_data) or (before.said if before else None),
        )
        self._seen[device.address] = sighting
        for found, wanted in list(self._looking.items()):
            if not found.done() and wanted(sighting):
                found.set_result(sighting)


_OF_LOOP: WeakKeyDictionary[asyncio.AbstractEventLoop, Bluetooth] = WeakKeyDictionary()


def this_bluetooth() -> Bluetooth:
    """That of this computer: there is one for all that runs on this loop."""
    loop = asyncio.get_running_loop()
    if loop not in _OF_LOOP:
        _OF_LOOP[loop] = Bluetooth()
    return _OF_LOOP[loop]
