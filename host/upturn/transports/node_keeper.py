# SPDX-License-Identifier: MIT
"""The host's duties to a connected node: it asks who is there, lives, and hands on the limits.

The node guards by limits of its own, so they have to be those in force here: they are compared by
number with each HELLO, and set where they differ, as after the node was reset or another one took
its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from math import inf

from upturn.core.commands import SinkStatus
from upturn.core.limits import Device, Profile
from upturn.transports.node_hearing import Hearing
from upturn.transports.node_limits import GuardedLimits, guarded_limits
from upturn.transports.node_loss import LineLoss
from upturn.transports.node_talk import NodeTalk, RefusedError, impossible_greeting, other_version
from upturn.transports.source import LinkState, Wish
from upturn.wire.commands import ACKNOWLEDGE, READ_INFO, heartbeat
from upturn.wire.messages import Answer, Goodbye, Hello
from upturn.wire.node_stream import (
    Described,
    FaultChanged,
    Heard,
    NodeStream,
    OtherVersion,
    Samples,
)

BEAT_S = 1.0
SILENT_S = 2.0
"""As `signal_lost`."""
_GOES_ON = 0.25
"""Of that: who is heard so long after its last sample goes on answering. Between two messages of
a node that fell silent there is less, and before the second answer of one that did not, more."""
NO_ANSWER_S = 6.0
"""A board that starts when its port is opened answers sooner."""
SET_AGAIN_S = 10.0
DEAF = "the node does not hear this computer: its buzzer and limits act alone"
NODE = "node"
"""What it is called among the ways by which an alarm goes out."""
_SAME_BEAT = 0.9
"""Of a beat's length: a timer may be a little early."""


class NodeKeeper:
    """Keeps one node informed, over one link after another."""

    def __init__(
        self,
        stream: NodeStream,
        now_s: Callable[[], float],
        tell: Callable[[LinkState], None],
        note: Callable[[SinkStatus], None],
    ) -> None:
        """`tell` gets how the link stands; `note` whether alarms reach the node's buzzer."""
        self._stream = stream
        self._now_s = now_s
        self._tell = tell
        self._note = note
        self._where = ""
        self._talk: NodeTalk | None = None
        self._limits: GuardedLimits | None = None
        self._wish = Wish()
        self._beat_now = asyncio.Event()
        self._hearing = Hearing()
        self._loss = LineLoss()
        self._counted_s = self._hello_beat_s = -inf
        self._setting: asyncio.Task[None] | None = None
        self._tried: tuple[int, int] | None = None
        self._tried_s = 0.0
        self._links = 0
        self._greeted = False
        self._opened_s = self._heard_s = self._sampled_s = -inf
        self._refused = ""
        self._invalid = stream.last_invalid
        self._greeting = ""
        """Why the last HELLO cannot be; empty if it can."""
        self._fault = ""
        self._sensor_fault = False
        self._other = ""
        self._left = ""

    @property
    def name(self) -> str:
        """What the node is called, or else its hardware id; empty before it has said so."""
        hello = self._stream.hello
        return (hello.name or hello.node_id) if hello is not None else ""

    def judge_by(self, profile: Profile, device: Device) -> None:
        """The limits that the node shall guard."""
        self._limits = guarded_limits(profile, device)

    def wish(self, wish: Wish) -> None:
        if wish != self._wish:
            self._wish = wish
            self._beat_now.set()

    def acknowledge(self) -> None:
        if self._talk is not None:
            self._talk.tell(ACKNOWLEDGE)

    def hear(self, heard: Sequence[Heard]) -> None:
        self._hear_invalid()
        for said in heard:
            if isinstance(said, Answer):
                if self._talk is not None and self._talk.hear(said):
                    self._hearing.answer()
            elif isinstance(said, Samples):
                self._hearing.measurement(said.said)
                self._sampled_s = self._now_s()
            elif isinstance(said, Described) and said.greeted:
                self._greeted = True
                self._greeting = ""
                if self._now_s() - self._hello_beat_s >= BEAT_S:
                    self._hello_beat_s = self._now_s()
                    self._beat_now.set()
            elif isinstance(said, OtherVersion):
                self._other = f"{other_version(said.version)}. Update the older of the two"
            elif isinstance(said, FaultChanged):
                self._fault = "" if said.of_sensor else said.words
                self._sensor_fault = said.of_sensor
            elif isinstance(said, Goodbye):
                self._left = said.words
            if not isinstance(said, Goodbye | OtherVersion):
                self._left = self._other = ""
        if heard:
            self._hearing.spoke()
            self._heard_s = self._now_s()
            self._show()

    def begin(self, where: str) -> None:
        """A link was opened; what is heard from now on comes over it."""
        self._where = where
        self._links += 1
        self._greeted = False
        self._greeting = ""
        self._hearing.begin()
        self._loss.begin(self._stream.counts)
        self._opened_s = self._heard_s = self._sampled_s = self._now_s()

    async def keep(self, send: Callable[[bytes], bool], silence_s: float | None) -> None:
        """Over this link until cancelled, or until no sample came for `silence_s`.

        Answers alone are no sign of life: a subscription can be lost while they go on. Only a node
        that says that its sensor is at fault has none to send.
        """
        self._talk = NodeTalk(send)
        try:
            while True:
                self._beat()
                self._show()
                lived_s = self._heard_s if self._sensor_fault else self._sampled_s
                if silence_s is not None and self._now_s() - lived_s > silence_s:
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
        self._judge_hearing()
        priority = self._wish.priority
        talk.tell(heartbeat(int(priority or 0), paused=self._wish.paused))
        hello = self._stream.hello
        if hello is not None and self._greeted and self._limits is not None:
            self._guard_by(self._limits, hello, talk)

    def _judge_hearing(self) -> None:
        now_s = self._now_s()
        if now_s - self._counted_s < _SAME_BEAT * BEAT_S:
            return
        self._counted_s = now_s
        was_deaf = self._hearing.deaf
        self._hearing.beat()
        self._loss.beat(self._stream.counts)
        if self._hearing.deaf != was_deaf:
            reason = "" if was_deaf else "it does not hear this computer"
            self._note(SinkStatus(NODE, working=was_deaf, reason=reason))

    def _hear_invalid(self) -> None:
        invalid = self._stream.last_invalid
        if invalid is not self._invalid:
            self._invalid = invalid
            self._greeting = impossible_greeting(invalid) or self._greeting

    def _guard_by(self, limits: GuardedLimits, hello: Hello, talk: NodeTalk) -> None:
        if hello.limits == limits.numbers:
            self._refused = ""
            return
        start = (self._links, hello.boots)
        setting = self._setting is not None and not self._setting.done()
        again = self._now_s() - self._tried_s >= SET_AGAIN_S
        if not setting and (start != self._tried or again):
            self._tried, self._tried_s = start, self._now_s()
            self._setting = asyncio.create_task(self._set(limits, talk), name="limits")

    async def _set(self, limits: GuardedLimits, talk: NodeTalk) -> None:
        try:
            await talk.ask(limits.command)
        except RefusedError as error:
            self._refused = f"{self.name} does not take the limits of {limits.name}: {error}"
        else:
            self._refused = ""
        self._show()

    def _show(self) -> None:
        self._tell(self._state())

    def _state(self) -> LinkState:
        where = f" {self._where}"
        if self._other:
            return LinkState(self._other + where, well=False)
        if self._left:
            return LinkState(f"{self.name}{where}: {self._left}", well=False)
        if not self._greeted and self._greeting:
            return LinkState(f"a node{where} {self._greeting}", well=False)
        if not self._greeted:
            known = self._now_s() - self._opened_s > NO_ANSWER_S
            why = ": is that a node, with its firmware installed?" if known else ""
            return LinkState(f"no answer yet{where}{why}", well=False)
        if self._now_s() - self._heard_s > SILENT_S:
            return LinkState(f"{self.name}{where} is silent", well=False)
        if not self._sensor_fault and self._now_s() - self._sampled_s > SILENT_S:
            answers = self._heard_s - self._sampled_s > _GOES_ON * SILENT_S
            what = "answers, but sends no samples" if answers else "is silent"
            return LinkState(f"{self.name}{where} {what}", well=False)
        deaf = DEAF if self._hearing.deaf else ""
        greeting = f"the node {self._greeting}" if self._greeting else ""
        unseen = self._stream.unseen
        trouble = "; ".join(
            filter(None, (deaf, greeting, self._refused, self._fault, self._loss.words, unseen))
        )
        return LinkState(f"connected to {self.name}{where}", well=True, trouble=trouble)
