# SPDX-License-Identifier: MIT
"""The computer stays awake while somebody is watched: who sleeps sounds no alarm.

The law: it never delays a watch and never ends one, and it ends with the watch, however that
ends: a lock goes with its file, a helper with our process. Its lid is left alone: who closes a
laptop and carries it away must not carry a hot one. Where it cannot be had, that is said, once.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, NamedTuple

VARIABLE = "UPTURN_AWAKE"
"""`off`: nobody is asked, and nothing is said."""
ASK_S = 5.0
LOGIN = "org.freedesktop.login1"
WHY = "an inversion table is being watched"
TIERS = (
    ("sleep:idle", "this computer does not go to sleep while it watches"),
    ("idle", "this computer does not fall asleep by itself while it watches"),
)
"""What is asked of logind, and what that means; a user who is not at the screen may be refused the
first."""
DBUS_WORDS = {
    "org.freedesktop.DBus.Error.ServiceUnknown": "there is no systemd-logind",
    "org.freedesktop.DBus.Error.NameHasNoOwner": "there is no systemd-logind",
    "org.freedesktop.DBus.Error.AccessDenied": "systemd-logind does not allow it",
    "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired": (
        "systemd-logind does not allow it"
    ),
}
CONTINUOUS, SYSTEM_REQUIRED = 0x80000000, 0x00000001


class Awake(NamedTuple):
    """How it stands, for people."""

    held: bool
    words: str


class CannotHoldError(Exception):
    """Why not, in words."""


Say = Callable[[Awake], None]
Keeper = Callable[[], AbstractAsyncContextManager[str]]
"""Holds as long as its block is open; gives the words for what that means."""


@asynccontextmanager
async def kept_awake(
    say: Say, *, platform: str = sys.platform, environment: Mapping[str, str] = os.environ
) -> AsyncIterator[asyncio.Event]:
    """As long as the block is open. `say` hears how it stands; the event tells that it has."""
    said = asyncio.Event()
    if environment.get(VARIABLE) == "off":
        said.set()
        yield said
        return
    ended = asyncio.Event()
    holding = asyncio.create_task(_hold(platform, say, said, ended), name="awake")
    try:
        yield said
    finally:
        ended.set()
        if not said.is_set():
            holding.cancel()
        await asyncio.wait({holding}, timeout=ASK_S)


async def _hold(platform: str, say: Say, said: asyncio.Event, ended: asyncio.Event) -> None:
    try:
        async with _keeper(platform)() as words:
            say(Awake(held=True, words=words))
            said.set()
            await ended.wait()
    except CannotHoldError as why:
        say(Awake(held=False, words=f"nothing keeps this computer awake: {why}"))
    except Exception as fault:  # noqa: BLE001 - whatever it is, the watch goes on
        say(Awake(held=False, words=f"nothing keeps this computer awake: {_text(fault)}"))
    finally:
        said.set()


def _keeper(platform: str) -> Keeper:
    if platform not in KEEPERS:
        raise CannotHoldError(f"it is not known how, on {platform}")
    return KEEPERS[platform]


@asynccontextmanager
async def _logind() -> AsyncIterator[str]:
    """A lock is an open file: logind lets go of it when that is closed, or we are gone."""
    try:
        async with asyncio.timeout(ASK_S):
            file, words = await _lock()
    except TimeoutError:
        raise CannotHoldError("systemd-logind does not answer") from None
    try:
        yield words
    finally:
        os.close(file)


async def _lock() -> tuple[int, str]:
    # With bleak on Linux; loaded late, for it takes longer than a look at a config.
    from dbus_fast import BusType, Message, MessageType  # noqa: PLC0415
    from dbus_fast.aio import MessageBus  # noqa: PLC0415

    try:
        bus = await MessageBus(bus_type=BusType.SYSTEM, negotiate_unix_fd=True).connect()
    except Exception as error:  # noqa: BLE001 - dbus-fast raises anything where there is no bus
        raise CannotHoldError(f"there is no system bus ({_text(error)})") from None
    try:
        why = ""
        for what, words in TIERS:
            reply = await bus.call(
                Message(
                    destination=LOGIN,
                    path="/org/freedesktop/login1",
                    interface=f"{LOGIN}.Manager",
                    member="Inhibit",
                    signature="ssss",
                    body=[what, "Upturn", WHY, "block"],
                )
            )
            if reply.message_type is MessageType.METHOD_RETURN:
                return reply.unix_fds[reply.body[0]], words
            name = reply.error_name or ""
            why = DBUS_WORDS.get(name, f"systemd-logind refuses it ({name})")
        raise CannotHoldError(why)
    except (OSError, EOFError) as error:
        raise CannotHoldError(f"the system bus fails ({_text(error)})") from None
    finally:
        with suppress(Exception):
            bus.disconnect()


@asynccontextmanager
async def _caffeinate() -> AsyncIterator[str]:
    """It ends with our process by itself."""
    try:
        helper = await asyncio.create_subprocess_exec(
            *("caffeinate", "-i", "-w", str(os.getpid())),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise CannotHoldError(f"caffeinate cannot be started ({_text(error)})") from None
    try:
        yield TIERS[1][1]
    finally:
        with suppress(ProcessLookupError):
            helper.terminate()
        await helper.wait()


@asynccontextmanager
async def _execution_state() -> AsyncIterator[str]:
    """It is the thread's that asks, and ends with it: this is the thread of the loop."""
    kernel = kernel32()
    if not kernel.SetThreadExecutionState(CONTINUOUS | SYSTEM_REQUIRED):
        raise CannotHoldError("Windows refuses it")
    try:
        yield TIERS[1][1]
    finally:
        kernel.SetThreadExecutionState(CONTINUOUS)


def kernel32() -> Any:
    """Where Windows has its calls; `ctypes` has the name there only."""
    return vars(ctypes)["windll"].kernel32


def _text(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join((text or type(error).__name__).split())


KEEPERS: dict[str, Keeper] = {
    "linux": _logind,
    "darwin": _caffeinate,
    "win32": _execution_state,
}
"""By `sys.platform`."""
