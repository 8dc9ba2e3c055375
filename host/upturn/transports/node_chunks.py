# SPDX-License-Identifier: MIT
"""From what a link brings to chunks for the core: the same way live and from a recording."""

from __future__ import annotations

from dataclasses import replace

from upturn.core.commands import Command, Goodbye, NodeFault
from upturn.core.mounting import Mounting
from upturn.core.sample import Sample, StreamInfo
from upturn.transports.source import Arrival, Chunk
from upturn.wire import messages
from upturn.wire.node_stream import Described, FaultChanged, Heard, NodeStream, Samples


class NodeChunks:
    """One node's stream, cut where it arrived; the first chunk of an arrival carries it."""

    def __init__(self, mounting: Mounting | None = None) -> None:
        """`mounting` holds while the node does not know how it sits."""
        self.mounting = mounting
        self.stream = NodeStream()
        self._fault = ""

    def axis_s(self, host_s: float) -> float:
        return self.stream.clock.axis_s(host_s)

    def take(self, arrival: Arrival) -> tuple[list[Chunk], list[Heard]]:
        """The chunks, at least one, and everything that was heard."""
        heard = self.stream.feed(arrival.data, arrival.host_s)
        at_s = self.axis_s(arrival.host_s)
        chunks: list[Chunk] = []
        info: StreamInfo | None = None
        samples: list[Sample] = []
        commands: list[Command] = []
        for said in heard:
            described = isinstance(said, Described)
            if commands if isinstance(said, Samples) else described and (samples or commands):
                chunks.append(Chunk(at_s, samples, tuple(commands), info))
                info, samples, commands = None, [], []
            if isinstance(said, Samples):
                samples += said.samples
            elif isinstance(said, Described):
                info = self._info(said.info)
            else:
                commands += self._commands(said)
        chunks.append(Chunk(at_s, samples, tuple(commands), info))
        silent_s = None if arrival.since_s is None else self.axis_s(arrival.since_s)
        chunks[0] = chunks[0]._replace(arrival=arrival, silent_s=silent_s)
        return chunks, heard

    def _info(self, info: StreamInfo) -> StreamInfo:
        """The user's own calibration, where the node has none.

        It says nothing of angles that the node made without it.
        """
        if info.mounting is not None or info.angle_only:
            return info
        return replace(info, mounting=self.mounting)

    def _commands(self, said: Heard) -> list[Command]:
        if isinstance(said, messages.Goodbye):
            return [Goodbye()]
        if isinstance(said, FaultChanged):
            words = said.words if said.of_sensor else ""
            if words != self._fault:
                self._fault = words
                return [NodeFault(words)]
        return []
