# SPDX-License-Identifier: MIT
"""The facade, its bus and its air in a thread of their own, for programs that are run from a test.

    with BluezWorld(tmp_path) as world:
        node = world.do(Peripheral.appear, world.air, "24:0A:C4:00:00:01")
        subprocess.Popen([...], env=os.environ | world.environment())
        world.do(world.bluez.power, False)

Everything in it lives in one event loop; `do` runs a function or a coroutine there and returns
what it returns, however the test itself waits.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar, overload

from tests.bluez.bluez import Bluez
from tests.bluez.private_bus import PrivateBus
from tests.radio.air import Air

ADAPTER = "F0:00:00:00:00:01"
DO_S = 60.0

P = ParamSpec("P")
T = TypeVar("T")


class BluezWorld:
    air: Air
    bluez: Bluez

    def __init__(self, folder: Path, *, refused: str | None = None) -> None:
        """Not there yet; the arguments are PrivateBus's."""
        self.bus = PrivateBus(folder, refused=refused)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="bluez-world", daemon=True)
        self._stack = AsyncExitStack()

    def __enter__(self) -> Self:
        self.bus.start()
        self._thread.start()
        self.do(self._enter)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.do(self._stack.aclose)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(DO_S)
            self._loop.close()
            self.bus.kill()

    def environment(self) -> dict[str, str]:
        """For a program that is to find this Bluetooth and no other."""
        return self.bus.environment()

    @overload
    def do(self, work: Callable[P, Awaitable[T]], *args: P.args, **options: P.kwargs) -> T: ...

    @overload
    def do(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T: ...

    def do(self, work: Callable[..., object], *args: object, **options: object) -> object:
        """What it returns, or raises, in the world's loop; bounded."""

        async def run() -> object:
            done = work(*args, **options)
            return await done if inspect.isawaitable(done) else done

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(DO_S)

    def until(self, fact: Callable[[], bool]) -> None:
        """Waits for what is looked at in the world's loop."""

        async def wait() -> None:
            async with asyncio.timeout(DO_S):
                while True:
                    if fact():
                        return
                    await asyncio.sleep(0.002)

        self.do(wait)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _enter(self) -> None:
        self.air = await self._stack.enter_async_context(Air())
        central = await self.air.device(ADAPTER)
        self.bluez = await self._stack.enter_async_context(Bluez(self.bus.address, central))
