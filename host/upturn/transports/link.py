# SPDX-License-Identifier: MIT
"""What a link to a node is, whatever carries it: bytes with their time, messages, an end."""

from __future__ import annotations

from typing import Protocol

from upturn.errors import RunError
from upturn.transports.source import Arrival


class Ears(Protocol):
    """Who listens to a link."""

    def hear(self, arrival: Arrival) -> None:
        """Messages wrapped as on a serial line, so that every link records and replays alike."""
        ...

    def lost(self) -> None:
        """The link is gone; said once."""
        ...


class Link(Protocol):
    """Open until `close`, or until it is lost."""

    device: str
    """What it goes by, for people: a port, or Bluetooth."""
    where: str
    """How it carries a node: "on /dev/ttyUSB0", "by Bluetooth"."""
    gone: str
    """What to say when it is lost."""
    ears: Ears

    def send(self, message: bytes) -> bool:
        """One message of the protocol, without waiting; False if the link does not take it."""
        ...

    async def drain(self) -> None:
        """Wait until all is sent, for a short while at most."""
        ...

    def close(self) -> None:
        """Let go of it; nothing is heard from here on."""
        ...

    async def closed(self) -> None:
        """Wait until it is let go of, for a bounded time."""
        ...


class LinkError(RunError):
    """A link that cannot be had: `why` is the reason alone."""

    def __init__(self, device: str, why: str, remedy: str) -> None:
        self.device = device
        self.why = why
        self.remedy = remedy
        super().__init__(f"{device}: {why}. {remedy}")
