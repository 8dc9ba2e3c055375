# SPDX-License-Identifier: MIT
"""The host's duties to a connected node: it asks who is there, lives, and hands on the limits.

The node guards by limits of its own, so they have to be those in force here: they are compared by
number with each HELLO, and set where they differ, as after the node was reset or another one took
its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf

from upturn.core.limits import ANGLE_CEILING_DEG, Device, Profile
from upturn.transports.node_talk import NodeTalk, RefusedError, other_version
from upturn.transports.source import LinkState, Wish
from upturn.wire.commands import ACKNOWLEDGE, READ_INFO, Command, heartbeat, set_profile
from upturn.wire.messages import Answer, Goodbye, Hello, NodeLimits
from upturn.wire.node_stream import Described, FaultChanged, Heard, NodeStream, OtherVersion

BEAT_S = 1.0
SILENT_S = 2.0
"""As `signal_lost`."""
NO_ANSWER_S = 6.0
"""A board that starts when its port is opened answers sooner."""
SET_AGAIN_S = 10.0
LONGEST_REST_S = 3600.0
"""A node takes no longer rest; after an hour it is of no matter."""


class NodeKeeper:
    """Keeps one node informed, over one link after another."""

    def __init__(
        self,
        stream: NodeStream,
        now_s: Callable[[], float],
        tell: Callable[[LinkState], None],
    ) -> None:
        self._stream = stream
        self._now_s = now_s
        self._tell = tell
        self._device = ""
        self._talk: NodeTalk | None = None
        self._limits: Profile | None = None
        self._wish = Wish()
        self._beat_now = asyncio.Event()
        self._setting: asyncio.Task[None] | None = None
        self._tried: tuple[int, int] | None = None
        self._tried_s = 0.0
        self._links = 0
        self._greeted = False
        self._opened_s = self._heard_s = -inf
        self._refused = ""
        self._fault = ""
        self._other = ""
        self._left = ""

    @property
    def name(self) -> str:
        """What the node is called, or else its hardware id; empty before it has said so."""
        hello = self._stream.hello
        return (hello.name or hello.node_id) if hello is not None else ""

    def judge_by(self, profile: Profile, device: Device) -> None:
        """The limits that the node shall guard."""
        self._limits = node_limits(profile, device)

    def wish(self, wish: Wish) -> None:
        if wish != self._wish:
            self._wish = wish
            self._beat_now.set()

    def acknowledge(self) -> None:
        if self._talk is not None:
            self._talk.tell(ACKNOWLEDGE)

    def hear(self, heard: Sequence[Heard]) -> None:
        for said in heard:
            if isinstance(said, Answer):
                if self._talk is not None:
                    self._talk.hear(said)
            elif isinstance(said, Described):
                self._greeted = True
                self._beat_now.set()
            elif isinstance(said, OtherVersion):
                self._other = f"{other_version(said.version)}. Update the older of the two"
            elif isinstance(said, FaultChanged):
                self._fault = "" if said.of_sensor else said.words
            elif isinstance(said, Goodbye):
                self._left = said.words
            if not isinstance(said, Goodbye | OtherVersion):
                self._left = self._other = ""
        if heard:
            self._heard_s = self._now_s()
            self._show()

    async def keep(
        self, device: str, write: Callable[[bytes], bool], silence_s: float | None
    ) -> None:
        """Over this link until cancelled, or until the node is silent for `silence_s`."""
        self._device = device
        self._talk = NodeTalk(write)
        self._links += 1
        self._greeted = False
        self._opened_s = self._heard_s = self._now_s()
        try:
            while True:
                self._beat()
                self._show()
                if silence_s is not None and self._now_s() - self._heard_s > silence_s:
                    return
                try:
                    async with asyncio.timeout(BEAT_S):
                        await self._beat_now.wait()
                except TimeoutError:
                    pass
                self._beat_now.clear()
        finally:
            # An end in order: the node is not to go on sounding what was asked of it.
            self._talk.tell(heartbeat(0, paused=False))
            self._talk.fail("the link was lost")
            self._talk = None
            if self._setting is not None:
                self._setting.cancel()

    def _beat(self) -> None:
        talk = self._talk
        assert talk is not None
        if not self._greeted or self._stream.needs_hello:
            talk.tell(READ_INFO)
        priority = self._wish.priority
        talk.tell(heartbeat(int(priority or 0), paused=self._wish.paused))
        hello = self._stream.hello
        if hello is not None and self._greeted and self._limits is not None:
            self._guard_by(self._limits, hello, talk)

    def _guard_by(self, limits: Profile, hello: Hello, talk: NodeTalk) -> None:
        if hello.limits == _numbers(limits):
            self._refused = ""
            return
        start = (self._links, hello.boots)
        setting = self._setting is not None and not self._setting.done()
        again = self._now_s() - self._tried_s >= SET_AGAIN_S
        if not setting and (start != self._tried or again):
            self._tried, self._tried_s = start, self._now_s()
            command = set_profile(limits)
            self._setting = asyncio.create_task(self._set(command, limits, talk), name="limits")

    async def _set(self, command: Command, limits: Profile, talk: NodeTalk) -> None:
        try:
            await talk.ask(command)
        except RefusedError as error:
            self._refused = f"{self.name} does not take the limits of {limits.name}: {error}"
        else:
            self._refused = ""
        self._show()

    def _show(self) -> None:
        self._tell(self._state())

    def _state(self) -> LinkState:
        where = f" on {self._device}"
        if self._other:
            return LinkState(self._other + where, well=False)
        if self._left:
            return LinkState(f"{self.name}{where}: {self._left}", well=False)
        if not self._greeted:
            known = self._now_s() - self._opened_s > NO_ANSWER_S
            why = ": is that a node, with its firmware installed?" if known else ""
            return LinkState(f"no answer yet{where}{why}", well=False)
        if self._now_s() - self._heard_s > SILENT_S:
            return LinkState(f"{self.name}{where} is silent", well=False)
        trouble = "; ".join(filter(None, (self._refused, self._fault)))
        return LinkState(f"connected to {self.name}{where}", well=True, trouble=trouble)


def node_limits(profile: Profile, device: Device) -> Profile:
    """The limits as a node can guard them: no angle where the device judges none."""
    return replace(
        profile,
        rest_s=min(profile.rest_s, LONGEST_REST_S),
        max_angle_deg=profile.max_angle_deg if device.judges_angle else ANGLE_CEILING_DEG,
    )


def _numbers(limits: Profile) -> NodeLimits:
    """As the wire rounds them."""
    times_s = (limits.notice_s, limits.limit_s, limits.rest_s)
    notice_s, limit_s, rest_s = (round(1000 * s) / 1000 for s in times_s)
    return NodeLimits(notice_s, limit_s, rest_s, round(100 * limits.max_angle_deg) / 100)
