# SPDX-License-Identifier: MIT
"""One node held open for a calibration: its samples as they come, and at the end one order to it.

While it is open it is told once a second that a host lives, as a watch does: a table that is held
head-down for a pose must not alarm for a host that only listens. Its limits stay in force.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from upturn.cli.calibrations import same_mounting
from upturn.cli.node_orders import reach
from upturn.core.mounting import Mounting
from upturn.core.sample import Sample
from upturn.errors import RunError
from upturn.transports.ble.bluetooth import this_bluetooth
from upturn.transports.ble.known import KnownNodes
from upturn.transports.node_probe import Probe
from upturn.transports.node_talk import RefusedError
from upturn.transports.source import Arrival
from upturn.wire import commands as wire
from upturn.wire.messages import Answer, Hello
from upturn.wire.node_stream import FaultChanged, Samples

BEAT_S = 1.0
DATA_S = 5.0
"""Without samples for so long there is nothing to measure."""
READ_BACK_S = 3.0
LOOK_S = 0.1


class NodeLine:
    """As an `Ears`; `lost` and a sensor that is not to be believed end every waiting."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._on_sample: Callable[[Sample], None] = _nobody
        self._problem = ""
        self._news = asyncio.Event()
        self._newest_s = self._now_s()
        assert probe.link is not None
        probe.link.ears = self
        self._beats = asyncio.create_task(self._beat(), name="heartbeat")

    @property
    def hello(self) -> Hello:
        assert self._probe.hello is not None
        return self._probe.hello

    @property
    def name(self) -> str:
        return self._probe.name

    def listen(self, on_sample: Callable[[Sample], None]) -> None:
        """Who gets every sample from here on."""
        self._on_sample = on_sample
        self._newest_s = self._now_s()

    def check(self) -> None:
        """Whether there is something to measure with.

        Raises:
            RunError: the link is gone, no data comes, or they are not to be believed.
        """
        info = self._probe.stream.info
        if self._problem:
            raise RunError(f"{self.name}: {self._problem}. Nothing was changed")
        if info is not None and info.angle_only:
            raise RunError(
                f"{self.name}: this link carries its angle alone, and a calibration needs the "
                "force. Connect it by cable"
            )
        if self._now_s() - self._newest_s > DATA_S:
            raise RunError(
                f"{self.name}: no data for {DATA_S:g} s. Look whether it is on, and try again"
            )

    async def news(self, wait_s: float) -> None:
        """Until samples have come, or for that long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._news.wait()
        self._news.clear()

    async def write(self, mounting: Mounting) -> None:
        """Let the node keep it, and see in what it says of itself that it does.

        Raises:
            RunError: it does not.
        """
        node_id = self.hello.node_id
        try:
            await self._probe.talk.ask(wire.set_calibration(mounting))
            before = self.hello
            await self._probe.talk.ask(wire.READ_INFO)
        except RefusedError as error:
            raise RunError(f"{self.name}: {error}. The calibration was not kept") from None
        end_s = self._now_s() + READ_BACK_S
        while self.hello is before and not self._problem and self._now_s() < end_s:
            await self.news(LOOK_S)
        said = self.hello
        if said.node_id != node_id:
            raise RunError(f"another node ({said.node_id}) answers now. Calibrate it by itself")
        if said is before:
            raise RunError(f"{self.name}: it does not say what it has set. Try again")
        if said.mounting is None or not same_mounting(said.mounting, mounting):
            raise RunError(
                f"{self.name}: it answers 'done' but has not changed its calibration. "
                "Update its firmware"
            )

    def hear(self, arrival: Arrival) -> None:
        for said in self._probe.stream.feed(arrival.data, arrival.host_s):
            if isinstance(said, Samples):
                self._newest_s = self._now_s()
                for sample in said.samples:
                    self._on_sample(sample)
            elif isinstance(said, Answer):
                self._probe.talk.hear(said)
            elif isinstance(said, FaultChanged) and said.words and said.of_sensor:
                self._problem = said.words
        self._news.set()

    def lost(self) -> None:
        link = self._probe.link
        self._problem = link.gone if link is not None else "the link is gone"
        self._probe.talk.fail(self._problem)
        self._news.set()

    async def close(self) -> None:
        self._beats.cancel()
        with suppress(asyncio.CancelledError):
            await self._beats
        KnownNodes().learn_name(self.hello.node_id, self.hello.name)
        self._probe.close()
        await self._probe.closed()

    async def _beat(self) -> None:
        while True:
            self._probe.talk.tell(wire.heartbeat(0, paused=False))
            if self._probe.stream.needs_hello:
                self._probe.talk.tell(wire.READ_INFO)
            await asyncio.sleep(BEAT_S)

    @staticmethod
    def _now_s() -> float:
        return asyncio.get_running_loop().time()


async def open_line(source: str | None) -> NodeLine:
    """As `reach`."""
    try:
        return NodeLine(await reach(source))
    finally:
        await this_bluetooth().end()


def _nobody(_: Sample) -> None:
    pass
