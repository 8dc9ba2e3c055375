# SPDX-License-Identifier: MIT
"""One open serial port on the loop: what it brings, with its time of arrival, and its end.

Where the loop can watch a file it does; else, as on Windows, one daemon thread reads. Whatever a
port raises means the same: the device is gone.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import suppress

import serial

from upturn.transports.link import Ears
from upturn.transports.printable import printable
from upturn.transports.serial_ports import PORT_ERRORS, PortError, open_port
from upturn.transports.source import Arrival
from upturn.wire.framing import wrap

OPEN_S = 5.0
DRAIN_S = 0.1
"""A driver that hangs, or a port without a device, can hold an opening up for longer."""
READ_BYTES = 4096


class SerialLink:
    """A `Link`; it is lost when the device is gone."""

    def __init__(
        self,
        port: serial.Serial,
        ears: Ears,
        host_s: Callable[[], float],
        *,
        threaded: bool = False,
    ) -> None:
        self.device = str(port.port)
        self.where = f"on {printable(self.device)}"
        self.gone = f"{printable(self.device)} is gone"
        self._port = port
        self.ears = ears
        self._host_s = host_s
        self._loop = asyncio.get_running_loop()
        self._open = True
        self._thread: threading.Thread | None = None
        if not threaded:
            try:
                self._loop.add_reader(port.fileno(), self._on_readable)
            except (NotImplementedError, OSError):  # the loop of Windows; a port without a file
                threaded = True
        if threaded:
            self._thread = threading.Thread(target=self._read_all, name="serial", daemon=True)
            self._thread.start()

    def send(self, message: bytes) -> bool:
        return self.write(wrap(message))

    def write(self, data: bytes) -> bool:
        """Send bytes as they are, without waiting; False if the line did not take all of it."""
        if not self._open:
            return False
        try:
            if os.name == "posix":  # pyserial's own would spin while the line is full
                return os.write(self._port.fileno(), data) == len(data)
            return self._port.write(data) == len(data)
        except BlockingIOError:
            return False
        except PORT_ERRORS:
            self._end()
            return False

    async def drain(self) -> None:
        """Wait until all is sent, for a tenth of a second at most."""
        with suppress(*PORT_ERRORS, TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                while self._open and self._port.out_waiting:  # noqa: ASYNC110 - it has no event
                    await asyncio.sleep(DRAIN_S / 20)

    def close(self) -> None:
        """Let go of the port. What was not sent yet is not: a dead device must not delay us."""
        if not self._open:
            return
        self._open = False
        with suppress(*PORT_ERRORS):
            if self._port.out_waiting:  # of a pseudo-terminal it would take what has arrived, too
                self._port.reset_output_buffer()
        if self._thread is None:
            self._loop.remove_reader(self._port.fileno())
        else:
            with suppress(*PORT_ERRORS):
                self._port.cancel_read()
            self._thread.join()
        with suppress(*PORT_ERRORS):
            self._port.close()

    async def closed(self) -> None:
        pass

    def _on_readable(self) -> None:
        try:
            data = os.read(self._port.fileno(), READ_BYTES)
        except BlockingIOError:
            return
        except PORT_ERRORS:
            data = b""
        if data:
            self.ears.hear(Arrival(self._host_s(), data))
        else:
            self._end()

    def _read_all(self) -> None:
        """In the thread; everything else is on the loop."""
        with suppress(*PORT_ERRORS):
            while self._open:
                data = self._port.read(self._port.in_waiting or 1)
                if data:
                    self._tell(self._hear, Arrival(self._host_s(), data))
        if self._open:
            self._tell(self._end)

    def _tell(self, whom: Callable[..., None], *what: object) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody listens any more
            self._loop.call_soon_threadsafe(whom, *what)

    def _hear(self, arrival: Arrival) -> None:
        if self._open:
            self.ears.hear(arrival)

    def _end(self) -> None:
        if self._open:
            self.close()
            self.ears.lost()


async def open_link(
    device: str, ears: Ears, host_s: Callable[[], float], *, threaded: bool = False
) -> SerialLink:
    """Open a port without holding up the loop.

    Raises:
        PortError: why it cannot be opened, and what to do.
    """
    try:
        async with asyncio.timeout(OPEN_S):
            port = await _apart(lambda: open_port(device))
    except TimeoutError:
        raise PortError(
            device, f"did not open within {OPEN_S:g} s", "Plug the node out and in again"
        ) from None
    return SerialLink(port, ears, host_s, threaded=threaded)


async def _apart(opening: Callable[[], serial.Serial]) -> serial.Serial:
    """Run it in a daemon thread: one of asyncio's own would be waited for at the exit."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[serial.Serial] = loop.create_future()

    def settle(port: serial.Serial | None, fault: Exception | None) -> None:
        if done.cancelled():
            if port is not None:
                port.close()
        elif port is not None:
            done.set_result(port)
        elif fault is not None:
            done.set_exception(fault)

    def work() -> None:
        port: serial.Serial | None = None
        fault: Exception | None = None
        try:
            port = opening()
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller hears it
            fault = error
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, port, fault)

    threading.Thread(target=work, name="open", daemon=True).start()
    return await done
