# SPDX-License-Identifier: MIT
"""A line on loopback that can be cut, slowed and delayed, in front of a server.

    with TcpProxy(broker.port) as line:                 the program connects to line.port
        line.cut()                                      every connection is reset, new ones too
        line.cut(silently=True)                         nothing gets through, and nobody is told
        line.restore()                                  what was connected before goes on
        line.delay_s = 0.2; line.bytes_per_s = 1000     each way, from the next piece on

It holds next to nothing itself: whoever sends into a slow line or a silent cut has to wait, as
soon as the system's small buffers are full. It runs in a thread; every call returns when it is
done, and may be made from a coroutine.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from tests.mosquitto import HOST, free_port

PIECE_BYTES = 4096
BUFFER_BYTES = 16_384
STEP_S = 0.05
"""A slow line passes on what takes so long at a time."""
DONE_S = 10.0

_RESET = struct.pack("ii", 1, 0)
"""For SO_LINGER: a close is a reset."""


class TcpProxy:
    def __init__(self, target_port: int, target_host: str = HOST) -> None:
        self.host = HOST
        self.port = free_port()
        self.delay_s = 0.0
        """At least; a piece that comes while another waits takes up to twice as long."""
        self.bytes_per_s: float | None = None
        """None is as fast as it goes."""
        self.connections = 0
        """So often somebody connected, let through or not."""
        self.passed_bytes = 0
        """Both ways together."""
        self._target = (target_host, target_port)
        self._reset = False
        self._open = asyncio.Event()
        self._open.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self, *, silently: bool = False) -> None:
        """Until `restore`: reset what is connected and what connects, or let nothing through."""
        self._do(self._cut(silently))

    def restore(self) -> None:
        """As it was; what connected in silence is reset, for no line would have let it connect."""
        self._do(self._restore())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(DONE_S)

    # All that follows runs in the thread.

    async def _start(self) -> None:
        listening = socket.create_server((HOST, self.port))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._server = await asyncio.start_server(self._serve, sock=listening, limit=PIECE_BYTES)

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._reset_all()
        here = asyncio.current_task()
        rest = [task for task in asyncio.all_tasks() if task is not here]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _cut(self, silently: bool) -> None:
        if silently:
            self._open.clear()
        else:
            self._reset = True
            await self._reset_all()

    async def _restore(self) -> None:
        self._reset = False
        self._open.set()

    async def _reset_all(self) -> None:
        writers = list(self._writers)
        for writer in writers:
            _reset(writer)
        await asyncio.gather(*(w.wait_closed() for w in writers), return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        ends = [writer]
        self._writers.add(writer)
        try:
            if not self._reset and self._open.is_set():
                back, there = await asyncio.open_connection(*self._target, limit=PIECE_BYTES)
                ends.append(there)
                self._writers.add(there)
                await asyncio.gather(self._pass(reader, there), self._pass(back, writer))
            else:
                await self._open.wait()
                _reset(writer)
        except OSError:
            _reset(writer)
        finally:
            for end in ends:
                end.close()
            await asyncio.gather(*(e.wait_closed() for e in ends), return_exceptions=True)
            self._writers.difference_update(ends)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One way, until its end, which is passed on."""
        writer.transport.set_write_buffer_limits(PIECE_BYTES)
        while True:
            piece = await reader.read(self._step_bytes())
            rate = self.bytes_per_s
            await asyncio.sleep(self.delay_s + (len(piece) / rate if rate else 0.0))
            await self._open.wait()
            if not piece:
                with suppress(OSError):
                    writer.write_eof()
                return
            writer.write(piece)
            await writer.drain()
            self.passed_bytes += len(piece)

    def _step_bytes(self) -> int:
        if self.bytes_per_s is None:
            return PIECE_BYTES
        return min(PIECE_BYTES, max(1, int(self.bytes_per_s * STEP_S)))


def _reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    with suppress(OSError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
