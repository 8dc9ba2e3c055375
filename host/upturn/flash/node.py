# SPDX-License-Identifier: MIT
"""The node itself, by cable: who it is, and whether it lets itself be stopped.

It is the one that knows whether somebody is upside down on it, and then it refuses.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from upturn.clock import HostClock
from upturn.errors import RunError
from upturn.transports.in_use import HAS_IT, REMEDY, InUse, default_folder
from upturn.transports.node_probe import NOTHING, Port, Probe
from upturn.transports.node_talk import RefusedError
from upturn.transports.printable import printable
from upturn.transports.serial_probe import serial_probe
from upturn.wire.commands import MAINTENANCE
from upturn.wire.messages import Hello

ASK_S = 6.0
"""A board that starts when its port is opened waits 3 s for who wants to install something."""
PAUSE_S = 0.3
JUDGE_S = 3.0
"""A node that has just started does not know yet whether somebody is upside down, and would let
itself be stopped. One whose sensor is dead never knows, and needs its firmware all the same."""


@dataclass(frozen=True, slots=True)
class Asked:
    hello: Hello | None
    other: str
    """What speaks there that is no node of this version, for people; empty for silence."""


def ask_node(device: str) -> Asked:
    """Who is there.

    Raises:
        RunError: the port cannot be opened, or goes away.
    """
    return asyncio.run(_ask(device, ASK_S, stop=False))


def stop_node(device: str) -> None:
    """Let it wait at its prompt, without its watchdog.

    Raises:
        RunError: somebody is inverted, or it does not do so.
    """
    asyncio.run(_ask(device, ASK_S, stop=True))


def wait_for_node(device: str, wait_s: float) -> Hello | None:
    """What it says of itself when it has started; None: nothing, in all that time."""
    end_s = time.monotonic() + wait_s
    while True:
        try:
            hello = ask_node(device).hello
        except RunError:  # a plug of the chip's own is away while it starts
            hello = None
        if hello is not None or time.monotonic() > end_s:
            return hello
        time.sleep(PAUSE_S)


@contextmanager
def ours_alone(hello: Hello | None) -> Iterator[None]:
    """No watch of this computer takes the node meanwhile.

    Raises:
        RunError: one has it.
    """
    if hello is None:
        yield
        return
    in_use = InUse(default_folder(), hello.node_id)
    if not asyncio.run(in_use.take()):
        raise RunError(f"{hello.name or hello.node_id} is busy: {HAS_IT}. {REMEDY}")
    try:
        yield
    finally:
        in_use.give_back()


async def _ask(device: str, wait_s: float, *, stop: bool) -> Asked:
    probe = serial_probe(Port(device), HostClock().now_s)
    try:
        await probe.find(wait_s)
        if probe.link is None or probe.problem == probe.link.gone:
            raise RunError(f"{printable(device)}: {probe.problem}. {probe.remedy}")
        if stop:
            await _stop(probe)
        return Asked(probe.hello, "" if probe.problem == NOTHING else probe.problem)
    finally:
        probe.close()
        await probe.closed()


async def _stop(probe: Probe) -> None:
    if probe.hello is None:
        raise RunError(f"{printable(probe.port.device)}: the node is silent now. Try again")
    await probe.known_posture(JUDGE_S)
    try:
        await probe.talk.ask(MAINTENANCE)
    except RefusedError as error:
        raise RunError(
            f"{probe.name} does not let itself be stopped: {error}. "
            "Let nobody be upside down on it, and try again"
        ) from None
