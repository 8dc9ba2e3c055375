# SPDX-License-Identifier: MIT
"""The least host there can be: plain pyserial, the wire, and a heartbeat."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import serial

from tests.firmware.node import Node
from tests.firmware.node_log import PATIENCE_S
from upturn.core.sample import Sample
from upturn.wire import commands
from upturn.wire.framing import wrap
from upturn.wire.messages import Answer, Hello, Status
from upturn.wire.node_stream import Described, Heard, NodeStream, Samples


class Listener:
    """Keeps what it heard; `listen` does all the work, in the thread of the test."""

    def __init__(self, node: Node) -> None:
        self.stream = NodeStream()
        self.heard: list[Heard] = []
        self.heartbeats = True
        self.received_bytes = 0
        self._port = serial.Serial(str(node.port), timeout=0.02, exclusive=True)
        self._next_heartbeat_s = 0.0
        self._id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._port.close()

    def tell(self, command: commands.Command) -> int:
        """Send a command; its id."""
        self._id = (self._id + 1) % 256
        self._port.write(wrap(commands.encode_command(self._id, command)))
        return self._id

    def ask(self, command: commands.Command, timeout_s: float = PATIENCE_S) -> Answer:
        """Send a command until it is answered."""
        end_s = time.monotonic() + timeout_s
        while time.monotonic() < end_s:
            id = self.tell(command)
            for heard in self.listen(1.0, until_answer=id):
                if isinstance(heard, Answer) and heard.id == id:
                    return heard
        raise TimeoutError(f"no answer to {command}")

    def listen(self, seconds: float, until_answer: int | None = None) -> list[Heard]:
        """What comes in within that time."""
        new: list[Heard] = []
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            now_s = time.monotonic()
            if self.heartbeats and now_s >= self._next_heartbeat_s:
                self._next_heartbeat_s = now_s + 1.0
                self.tell(commands.heartbeat(0, paused=False))
            data = self._port.read(max(1, self._port.in_waiting))
            self.received_bytes += len(data)
            if data:
                new += self.stream.feed(data, time.monotonic())
            if any(isinstance(h, Answer) and h.id == until_answer for h in new):
                break
        self.heard += new
        return new

    def hello(self) -> Hello:
        """Ask until the node has said what it is."""
        assert self.ask(commands.READ_INFO).done
        assert self.stream.hello is not None
        return self.stream.hello


def samples(heard: list[Heard]) -> list[Sample]:
    return [sample for h in heard if isinstance(h, Samples) for sample in h.samples]


def statuses(heard: list[Heard]) -> list[Status]:
    return [h for h in heard if isinstance(h, Status)]


def described(heard: list[Heard]) -> list[Described]:
    return [h for h in heard if isinstance(h, Described)]
