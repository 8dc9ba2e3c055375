# SPDX-License-Identifier: MIT
"""Asks whether a node is behind a link, and talks to it for a moment, without watching it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from upturn.core.events import Posture
from upturn.transports.link import Ears, Link, LinkError
from upturn.transports.node_talk import NodeTalk, impossible_greeting, other_version
from upturn.transports.source import Arrival
from upturn.wire.commands import READ_INFO
from upturn.wire.messages import Answer, Hello, Measurement, Short
from upturn.wire.node_stream import NodeStream, OtherVersion, Samples

ASK_AGAIN_S = 0.5
"""A board that starts anew when its port is opened may miss the first question."""
NOTHING = "nothing there speaks Upturn's protocol"


class Port(NamedTuple):
    """Where a node may be: a serial port, or one that Bluetooth has seen."""

    device: str
    description: str = ""


class Probe:
    """One port: what is behind it, or why that is not known."""

    def __init__(self, port: Port, reach: Callable[[Ears], Awaitable[Link]]) -> None:
        self.port = port
        self.problem = ""
        """Why nothing is known of a node there; empty if one answered."""
        self.remedy = ""
        self.stream = NodeStream()
        self.said: Measurement | Short | None = None
        self.link: Link | None = None
        self.talk = NodeTalk(self._send)
        self._reach = reach
        self._heard: list[bytes] = []
        self._news = asyncio.Event()
        self._other = ""

    @property
    def hello(self) -> Hello | None:
        return self.stream.hello

    @property
    def name(self) -> str:
        """What the node is called, or else its hardware id."""
        hello = self.hello
        return (hello.name or hello.node_id) if hello is not None else ""

    @property
    def heard(self) -> bytes:
        """All that has come over the link so far."""
        return b"".join(self._heard)

    async def find(self, wait_s: float) -> bool:
        """Open the port and ask who is there; it stays open if a node is."""
        try:
            self.link = await self._reach(self)
        except LinkError as error:
            self.problem, self.remedy = error.why, error.remedy
            return False
        try:
            async with asyncio.timeout(wait_s):
                while not (self.hello or self.problem):
                    self.talk.tell(READ_INFO)
                    await self._for_news(ASK_AGAIN_S)
        except TimeoutError:
            self._give_up()
        finally:
            if self.hello is None:
                self.close()
        return self.hello is not None

    async def first_measurement(self, wait_s: float) -> Measurement | Short | None:
        """What the node measures, if it says so in time."""
        try:
            async with asyncio.timeout(wait_s):
                while self.said is None and not self.problem:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        return self.said

    async def known_posture(self, wait_s: float) -> bool:
        """Whether the node says in time how the table stands: just started, it does not know."""
        try:
            async with asyncio.timeout(wait_s):
                while not self._knows_posture and not self.problem:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        return self._knows_posture

    @property
    def _knows_posture(self) -> bool:
        return self.said is not None and self.said.posture is not Posture.UNKNOWN

    async def next_hello(self, before: Hello | None, wait_s: float) -> Hello | None:
        """What the node says of itself after `before`, if it does so in time."""
        try:
            async with asyncio.timeout(wait_s):
                while self.hello is before and not self.problem:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        return self.hello if self.hello is not before else None

    def hear(self, arrival: Arrival) -> None:
        self._heard.append(arrival.data)
        for said in self.stream.feed(arrival.data, arrival.host_s):
            if isinstance(said, Answer):
                self.talk.hear(said)
            elif isinstance(said, OtherVersion):
                self._other = other_version(said.version)
                if said.node_id is not None and self.hello is None:  # not noise, but its HELLO
                    self._give_up()
            elif isinstance(said, Samples):
                self.said = said.said
        self._news.set()

    def lost(self) -> None:
        self.problem = self.problem or (self.link.gone if self.link else "the link is gone")
        self.remedy = self.remedy or "Look whether the node is on, and try again"
        self.talk.fail(self.problem)
        self._news.set()

    def close(self) -> None:
        if self.link is not None:
            self.link.close()

    async def closed(self) -> None:
        """Wait until the link is let go of."""
        if self.link is not None:
            await self.link.closed()

    def _give_up(self) -> None:
        greeting = impossible_greeting(self.stream.last_invalid)
        if self._other:
            self.problem, self.remedy = self._other, "Update the older of the two"
        elif greeting:
            self.problem, self.remedy = f"a node {greeting}", "Install its firmware anew"
        else:
            self.problem = NOTHING

    def _send(self, message: bytes) -> bool:
        return self.link is not None and self.link.send(message)

    async def _for_news(self, wait_s: float) -> None:
        """Until the node has said something, or for that long."""
        try:
            async with asyncio.timeout(wait_s):
                while not (self.hello or self.problem):
                    await self._news.wait()
                    self._news.clear()
        except TimeoutError:
            return
