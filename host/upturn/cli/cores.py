# SPDX-License-Identifier: MIT
"""The cores of a run, as one part of the program sees them: what it is, each of them is told.

The law: a core hears how the part stands once it has a time of its own, and then of every change
until it ends. What is found out in another thread is told in the loop's own, and after the loop's
end to nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from upturn.core.commands import Command

Act = Callable[[Command], str | None]


class Cores:
    """`state` is all that a core that begins has to know."""

    def __init__(self, state: Callable[[], Iterable[Command]]) -> None:
        self._state = state
        self._live: dict[Core, None] = {}
        """Those with a session, in their order: a table that is gone is not told for ever."""
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Inside the loop that runs them."""
        self._loop = asyncio.get_running_loop()

    def soon(self, change: Callable[[], None]) -> None:
        """Have it done in the loop; from any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(change)

    def core(self) -> Core:
        """One table's, over all its sessions."""
        return Core(self._state, self._live)

    def tell(self, commands: Iterable[Command]) -> None:
        told = list(commands)
        for core in list(self._live):
            core.tell(told)


class Core:
    def __init__(self, state: Callable[[], Iterable[Command]], live: dict[Core, None]) -> None:
        self._state = state
        self._live = live
        self._begins: Act | None = None
        self._act: Act | None = None

    def begin(self, act: Act, first: Iterable[Command] = ()) -> None:
        """A session begins, and with it a core that knows nothing yet.

        It is told a moment later: until then it has no time at which anything could be told.
        """
        self._live[self] = None
        self._begins, self._act = act, None
        told = list(first)
        asyncio.get_running_loop().call_soon(lambda: self._begin(act, told))

    def tell(self, commands: Iterable[Command]) -> None:
        act = self._act
        if act is not None:
            for command in commands:
                act(command)

    def end(self) -> None:
        self._live.pop(self, None)
        self._begins = self._act = None

    def _begin(self, act: Act, first: Iterable[Command]) -> None:
        if self._begins is act:  # else it has ended
            self._act = act
            self.tell([*first, *self._state()])
