# SPDX-License-Identifier: MIT
"""The connection to the broker, kept for as long as the program runs, whatever the broker does.

Nothing here is waited for by a core: tables hand over what there is to tell and go on. A
connection that breaks is made again, sooner at first and then every few seconds, and everything
is announced anew on it; what had not been confirmed is told then, once.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress

from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.client import DaemonThreads
from upturn.sinks.mqtt.payloads import Origin
from upturn.sinks.mqtt.session import Session
from upturn.sinks.mqtt.table import MqttTable
from upturn.sinks.mqtt.wall import WallClock
from upturn.sinks.mqtt.words import REFUSALS, code_of, is_silence, why

BACK_OFF_S = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Before each attempt after a failure; the last for all further ones."""
REFUSED_S = 30.0
"""Where the broker says no: what it says will not change in a second."""
STEADY_S = 10.0
"""A connection that lasted so long was a good one."""
FAREWELL_S = 2.0
UNTRIED = "not connected yet"


class MqttLink:
    """All tables of this host at one broker."""

    def __init__(
        self,
        broker: Broker,
        *,
        clock: Callable[[], float] = time.monotonic,
        back_off_s: tuple[float, ...] = BACK_OFF_S,
    ) -> None:
        """`broker.id` has to be this program's alone, of all at the broker."""
        self.broker = broker
        self.clock = clock
        self.tables: list[MqttTable] = []
        self.failure = UNTRIED
        """Why it does not work now; empty while it does."""
        self.on_change: Callable[[str], None] = lambda _: None
        """Told whenever `failure` is another."""
        self.reached = False
        """It was connected once: the home knows of this host."""
        self._back_off_s = back_off_s
        self._session: Session | None = None
        self._ends = asyncio.Event()
        self._news = asyncio.Event()

    def table(
        self,
        source: str,
        *,
        name: str = "",
        model: str = "",
        fallback_id: str = "",
        origin: Origin = Origin.LIVE,
        speed: float = 1.0,
    ) -> MqttTable:
        """Something to be watched; `source` is where its samples come from, in a user's words.

        `name` is what people call it, where the node's own name shall not be used.
        """
        table = MqttTable(
            self.broker,
            source=source,
            name=name,
            fallback_id=fallback_id,
            origin=origin,
            model=model,
            wall=WallClock(speed),
            wake=self.wake,
            clock=self.clock,
        )
        self.tables.append(table)
        self.wake()
        return table

    @property
    def ends(self) -> bool:
        return self._ends.is_set()

    @property
    def connected(self) -> bool:
        return self._session is not None and self._session.connected

    @property
    def parted(self) -> bool:
        """The home knows that nobody is watched any more."""
        return self._session is not None and self._session.parted

    @property
    def untold(self) -> int:
        """Events that the broker has not got, and that are this host's to tell."""
        return sum(len(table.outbox) + table.outbox.given_up for table in self._telling)

    async def run(self) -> None:
        """Connect, tell, and connect again, until `stop`."""
        asyncio.get_running_loop().set_default_executor(DaemonThreads())
        failures = 0
        while not self.ends:
            session = self._session = Session(self, anew=not self.reached)
            began_s = self.clock()
            try:
                await session.run()
            except Exception as error:  # noqa: BLE001 - any fault of a sink is an alarm, not an end
                steady = session.connected and self.clock() - began_s >= STEADY_S
                failures = 0 if steady else failures + 1
                refused = code_of(error) in REFUSALS
                if not session.connected or failures > 1 or refused or is_silence(error):
                    self._fails(why(error))
                self.reached |= session.connected
                await self._rest(failures, refused=refused)

    async def stop(self) -> None:
        """Tell what waits, and that nobody is watched any more; not for longer than 2 s."""
        for table in self.tables:
            table.close()
        deadline_s = self.clock() + FAREWELL_S
        while self.failure in ("", UNTRIED) and any(len(table.outbox) for table in self._telling):
            if self.clock() >= deadline_s:
                break
            await asyncio.sleep(0.01)
        self._ends.set()
        self.wake()

    def wake(self) -> None:
        self._news.set()

    async def woken(self, timeout_s: float) -> None:
        """Until there is something to tell, or so long."""
        try:
            async with asyncio.timeout(timeout_s):  # asyncio.wait_for may lose a cancelling
                await self._news.wait()
        except TimeoutError:
            return
        self._news.clear()

    def works(self, refused: str) -> None:
        """It is connected; `refused` says what the broker does not take nevertheless."""
        if refused:
            self._fails(refused)
        elif self.failure:
            self._say("")

    @property
    def _telling(self) -> list[MqttTable]:
        return [table for table in self.tables if self.failure or not table.elsewhere]

    def _fails(self, words: str) -> None:
        self._say(f"{self.broker.described}: {words}")

    def _say(self, failure: str) -> None:
        changed = failure != self.failure
        self.failure = failure
        if changed:
            self.on_change(failure)
        for table in self.tables:
            table.report(failure)

    async def _rest(self, failures: int, *, refused: bool) -> None:
        """A while, and less or more of it, so that not all come back to a broker at once."""
        step = min(failures, len(self._back_off_s) - 1)
        pause_s = REFUSED_S if refused else self._back_off_s[step]
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s * random.uniform(0.8, 1.2)):  # noqa: S311
                await self._ends.wait()
