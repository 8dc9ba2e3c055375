# SPDX-License-Identifier: MIT
"""One connection to a node: proved before it is believed, bounded in all that it does.

What comes in is wrapped as on a serial line, so that it is judged and recorded as everything else
is. Nothing is handed on before a command of ours was answered, which a node does over a bonded
link alone, and before the node has said that it is the one that was paired.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError

from upturn.transports.ble.bluetooth import Bluetooth
from upturn.transports.ble.trouble import AGAIN, BLUETOOTH, BleError, Fact, bounded, taken
from upturn.transports.in_use import InUse
from upturn.transports.link import Ears
from upturn.transports.source import Arrival
from upturn.wire import gatt
from upturn.wire.commands import READ_INFO, encode_command
from upturn.wire.decode import decode
from upturn.wire.framing import Deframer, wrap
from upturn.wire.messages import Answer, Hello
from upturn.wire.vocabulary import Verb

GATT_S = 4.0
"""For one read, write or subscription."""
PROOF_S = 4.0
ASKED = 3
ASK_AGAIN_S = 1.0
"""A node drops a command that reaches it before it has heard that the link is encrypted."""
PAIR_S = 30.0
"""A person may be asked by the system."""
CLOSE_S = 3.0
DRAIN_S = 0.5
WAITING = 8
"""Commands that wait to be written: a node takes one at a time."""
FAILURES = 2
"""Writes in a row that failed: the link is no use any more."""
MOST_HZ = 400.0
BURST = 800.0
"""No node sends so much, not after a moment's silence either: it would hold up all others."""
PROOF_ID = 0
"""Of the command that proves a link; `NodeTalk` begins with 1."""

_BROKE_OFF = "the connection broke off"


class BleLink:
    """A `Link`. `reach` first, then `pair` if it has to be, then `prove`."""

    def __init__(
        self,
        bluetooth: Bluetooth,
        device: BLEDevice | str,
        host_s: Callable[[], float],
        in_use: InUse | None = None,
    ) -> None:
        """`in_use` is taken for as long as it lasts."""
        self.device = BLUETOOTH
        self.where = f"by {BLUETOOTH}"
        self.gone = f"the {BLUETOOTH} connection has ended"
        self.ears: Ears = _Nobody()
        self.hello: Hello | None = None
        """Who proved to be there."""
        self.greeting = b""
        """Its HELLO, as `hear` takes it."""
        self.fault: BleError | None = None
        """Why the link was lost, where that is known."""
        self._bluetooth = bluetooth
        self._in_use = in_use
        self._client = bluetooth.client(device, self._ended)
        self._host_s = host_s
        self._open = False
        self._proof: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._proved = False
        self._waiting: deque[bytes] = deque()
        self._stir = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._greeted = False
        """HELLO has come since it was asked for, or is being read."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None
        self._credit = BURST
        self._credit_s = host_s()

    async def reach(self, *, urgent: bool = False) -> None:
        """Connect; `urgent` as `Bluetooth.connect` has it.

        Raises:
            BleError: it cannot be, or not in time; as all that follows.
        """
        if self._in_use is not None:
            await taken(self._in_use)
        self._open = True
        await self._bluetooth.connect(self._client, urgent=urgent)
        if not self._is_a_node():
            raise BleError(
                Fact.OTHER, "what answers there is no node of Upturn's", "Check its address"
            )

    async def pair(self) -> None:
        """Make a bond, where the system does not do so by itself."""
        await bounded(_if_it_can(self._client.pair()), PAIR_S)  # macOS does, at a command

    async def prove(self, node_id: str | None, within_s: float = PROOF_S) -> Hello:
        """Find out that it takes commands of ours, and who it is; None: whoever it is."""
        await bounded(self._client.start_notify(gatt.MEASUREMENT, self._on_message), GATT_S)
        await bounded(self._client.start_notify(gatt.CONTROL, self._on_answer), GATT_S)
        for _ in range(ASKED):
            await bounded(self._write(encode_command(PROOF_ID, READ_INFO)), within_s)
            await asyncio.wait({self._proof}, timeout=ASK_AGAIN_S)
            if self._proof.done():
                break
        await bounded(self._proof, ASK_AGAIN_S)
        if self.hello is None:
            await self._fetch()
        hello = self.hello
        if hello is None:
            raise BleError(Fact.OTHER, "the node does not say who it is", "Update its firmware")
        if node_id is not None and hello.node_id != node_id:
            raise _other_node(hello)
        if not self._open:
            raise self.fault or BleError(Fact.ABSENT, _BROKE_OFF, AGAIN)
        self._proved = True
        self._start(self._write_on())
        return hello

    def send(self, message: bytes) -> bool:
        if not self._open or len(self._waiting) >= WAITING:
            return False
        self._waiting.append(message)
        self._idle.clear()
        self._stir.set()
        return True

    async def drain(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                while self._open and not self._idle.is_set():
                    await self._idle.wait()

    def close(self) -> None:
        """Subscriptions are left to end with it: on a bonded link nodes refuse to undo one."""
        self._open = False
        for task in self._tasks:
            task.cancel()
        if self._closing is None:
            self._closing = asyncio.create_task(self._disconnect(), name="disconnect")

    async def closed(self) -> None:
        if self._closing is not None:
            await asyncio.wait({self._closing})

    async def unpair(self) -> None:
        """Have the system forget the bond; it ends the link."""
        await bounded(_if_it_can(self._client.unpair()), GATT_S)  # on macOS a person does

    def _is_a_node(self) -> bool:
        wanted = (gatt.MEASUREMENT, gatt.FEATURE, gatt.CONTROL)
        try:
            services = self._client.services
            return services.get_service(gatt.SERVICE) is not None and all(
                services.get_characteristic(uuid) for uuid in wanted
            )
        except BleakError:  # it has one of them twice; or has left meanwhile, and has none
            if not self._open:
                raise BleError(Fact.ABSENT, _BROKE_OFF, AGAIN) from None
            return False

    def _on_message(self, _: BleakGATTCharacteristic, data: bytearray) -> None:
        if not self._open or not self._has_credit():
            return
        wrapped = wrap(bytes(data), escape_control=False)
        self._greeted = self._greeted or isinstance(_decoded(wrapped), Hello)
        self._take(wrapped)

    def _on_answer(self, _: BleakGATTCharacteristic, data: bytearray) -> None:
        if not self._open or not self._has_credit():
            return
        wrapped = wrap(bytes(data), escape_control=False)
        said = _decoded(wrapped)
        if isinstance(said, Answer) and said.verb == Verb.READ_INFO:
            if not self._proved and said.id == PROOF_ID and not self._proof.done():
                self._proof.set_result(None)
            elif self._proved and not self._greeted:
                self._greeted = True
                self._start(self._fetch_on())  # an MTU that is too small to notify it
        self._take(wrapped)

    def _take(self, wrapped: bytes) -> None:
        """Hand it on, once the link is proved; whoever it is then stays who it is."""
        said = _decoded(wrapped)
        if isinstance(said, Hello) and not self._proved:
            self.hello, self.greeting = said, wrapped
        elif isinstance(said, Hello) and self.hello and said.node_id != self.hello.node_id:
            self._fail(_other_node(said))
        elif self._proved:
            self.ears.hear(Arrival(self._host_s(), wrapped))

    async def _fetch(self) -> None:
        """HELLO by reading it."""
        value = await bounded(self._client.read_gatt_char(gatt.FEATURE), GATT_S)
        self._take(wrap(bytes(value[: gatt.MAX_MESSAGE]), escape_control=False))

    async def _fetch_on(self) -> None:
        with suppress(BleError):  # the host asks again as long as it has no HELLO
            await self._fetch()

    async def _write(self, message: bytes) -> None:
        self._greeted = self._greeted and message[2] != Verb.READ_INFO
        await self._client.write_gatt_char(gatt.CONTROL, message, response=True)

    async def _write_on(self) -> None:
        failures = 0
        while True:
            await self._stir.wait()
            self._stir.clear()
            while self._waiting:
                try:
                    await bounded(self._write(self._waiting.popleft()), GATT_S)
                    failures = 0
                except BleError as fault:
                    failures += 1
                    if fault.fact is Fact.PAIR_FIRST or failures >= FAILURES:
                        self._fail(fault)
                        return
            self._idle.set()

    def _has_credit(self) -> bool:
        now_s = self._host_s()
        self._credit = min(BURST, self._credit + (now_s - self._credit_s) * MOST_HZ) - 1.0
        self._credit_s = now_s
        if self._credit < 0.0:
            why = "it sends more than any node does"
            self._fail(BleError(Fact.OTHER, why, "Switch it off and on again"))
        return self._credit >= 0.0

    def _fail(self, fault: BleError) -> None:
        self.fault = self.fault or fault
        self._ended()

    def _ended(self) -> None:
        if not self._open:
            return
        self._open = False
        if not self._proof.done():
            self._proof.set_exception(self.fault or BleError(Fact.ABSENT, _BROKE_OFF, AGAIN))
            self._proof.exception()
        if self._proved:
            self.ears.lost()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _disconnect(self) -> None:
        try:
            with suppress(BleError):  # it is gone, or the radio is
                await bounded(self._client.disconnect(), CLOSE_S)
        finally:
            if self._in_use is not None:
                self._in_use.give_back()


class _Nobody:
    """Listens until somebody does."""

    def hear(self, arrival: Arrival) -> None:
        pass

    def lost(self) -> None:
        pass


def _other_node(hello: Hello) -> BleError:
    return BleError(
        Fact.OTHER,
        f"another node ({hello.node_id}) answers at its address",
        "Pair that one, or forget this one",
    )


async def _if_it_can(work: Awaitable[None]) -> None:
    """On systems that have it."""
    with suppress(NotImplementedError):
        await work


def _decoded(wrapped: bytes) -> object:
    """The one message that it is, if it is one."""
    return next((decode(message) for message in Deframer().feed(wrapped)), None)
