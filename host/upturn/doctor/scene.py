# SPDX-License-Identifier: MIT
"""What the doctor looks at: what it was asked, and how it reaches the rest of the program.

The law: nothing here can hold up the end. What may block runs in a daemon thread, another program
is ended at its time, and what two rows need is looked at once.
"""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from upturn.errors import InputError

if TYPE_CHECKING:
    from upturn.config import Config
    from upturn.core.mounting import Mounting
    from upturn.sinks.mqtt.broker import Broker

SERIAL = "serial:"
BLE = "ble:"
AUTO = "auto"
PROGRAM_S = 4.0

T = TypeVar("T")


class Calibrated(Protocol):
    """What this computer remembers of a node's calibration."""

    @property
    def date(self) -> str:
        """ISO 8601."""

    @property
    def expected_error_deg(self) -> float: ...

    def is_on(self, mounting: Mounting | None) -> bool:
        """Whether that, as a node tells it, is this one."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How the doctor comes to what others of this program know; each raises what they raise."""

    config: Callable[[], Config]
    broker: Callable[[], Broker | None]
    store_path: Callable[[Config], Path]
    calibrations: Callable[[], Mapping[str, Calibrated]]


@dataclass(slots=True, eq=False)
class Scene:
    reach: Reach
    environ: Mapping[str, str]
    source: str | None = None
    """The one node to look at, as `serial:PORT` or `ble:NAME`; None: all there are."""
    cable: bool = True
    radio: bool = True
    _begun: dict[object, asyncio.Future[Any]] = field(default_factory=dict)

    def settings(self) -> Config:
        """What is in force, or the defaults where the config is refused."""
        from upturn.config import Config  # noqa: PLC0415 - it needs a package that may lack

        try:
            return self.reach.config()
        except InputError:
            return Config()

    def named(self, scheme: str) -> list[str]:
        """What config and `--source` name of that kind, without the scheme; `auto` left out."""
        if self.source is not None:
            sources: list[str | None] = [self.source]
        else:
            sources = [node.source for node in self.settings().nodes]
        found = [s.removeprefix(scheme) for s in sources if s is not None and s.startswith(scheme)]
        return [name for name in dict.fromkeys(found) if name != AUTO]

    async def shared(self, look: Callable[[Scene], Coroutine[Any, Any, T]]) -> T:
        """What that look brings, which is done once for all who want it."""
        if look not in self._begun:
            begun = self._begun[look] = asyncio.ensure_future(look(self))
            begun.add_done_callback(_retrieve)
        return cast("T", await asyncio.shield(self._begun[look]))


def apart(work: Callable[[], T]) -> Awaitable[T]:
    """Run it in a daemon thread: one that hangs is left to itself."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(settling: Callable[[], None]) -> None:
        if not done.done():
            settling()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - whoever waits for it hears it
            fault = error
            settling = lambda: done.set_exception(fault)  # noqa: E731
        else:
            settling = lambda: done.set_result(result)  # noqa: E731
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, settling)

    threading.Thread(target=run, name="doctor", daemon=True).start()
    return done


def said_by(*command: str) -> str | None:
    """What a program of the system tells on stdout; None: it is not there, or gives no answer."""
    try:
        told = subprocess.run(  # noqa: S603 - a program of the system, our own words
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROGRAM_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return told.stdout.decode(errors="replace").strip()


def _retrieve(task: asyncio.Future[Any]) -> None:
    """Nobody may wait for it any more; asyncio complains of a fault that nobody has looked at."""
    if not task.cancelled():
        task.exception()
