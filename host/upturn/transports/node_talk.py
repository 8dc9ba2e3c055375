# SPDX-License-Identifier: MIT
"""Commands to a node and its answers: each waits a second, is said once more, and then given up.

A command may be carried out twice without harm (`PROTOCOL.md`), so that a lost answer costs
nothing but time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from upturn.errors import RunError
from upturn.wire.commands import Command, encode_command
from upturn.wire.messages import Answer, Invalid
from upturn.wire.vocabulary import VERSION, MessageType

ANSWER_S = 1.0
TRIES = 2
_IDS = 256
_KEPT = 16


class RefusedError(RunError):
    """The node did not do what it was told; the text says why, for people."""


class NodeTalk:
    """One side of a conversation; `hear` gets the other's answers."""

    def __init__(self, send: Callable[[bytes], bool]) -> None:
        """`send` takes a message and does not wait."""
        self._send = send
        self._waiting: dict[int, tuple[int, asyncio.Future[Answer | RefusedError]]] = {}
        self._said: deque[tuple[int, int]] = deque(maxlen=_KEPT)
        self._next_id = 0

    def tell(self, command: Command) -> None:
        """Say it and wait for nothing."""
        self._say(self._new_id(), command)

    async def ask(self, command: Command) -> None:
        """Say it until it is done.

        Raises:
            RefusedError: the node refuses it, or does not answer.
        """
        id_ = self._new_id()
        # Without an answer it is given the reason as a result: a future's exception that nobody
        # fetches, for who has waited was cancelled, would be complained of at the exit.
        answered: asyncio.Future[Answer | RefusedError]
        answered = asyncio.get_running_loop().create_future()
        self._waiting[id_] = (command.verb, answered)
        try:
            for _ in range(TRIES):
                self._say(id_, command)
                await asyncio.wait({answered}, timeout=ANSWER_S)
                if answered.done():
                    break
            else:
                raise RefusedError("the node does not answer")
        finally:
            del self._waiting[id_]
        answer = answered.result()
        if isinstance(answer, RefusedError):
            raise answer
        if not answer.done:
            raise RefusedError(answer.words)

    def hear(self, answer: Answer) -> bool:
        """Whoever waits for it has it; False if it is to nothing that was said here of late."""
        verb, answered = self._waiting.get(answer.id, (None, None))
        if answered is not None and verb == answer.verb and not answered.done():
            answered.set_result(answer)
        return (answer.id, answer.verb) in self._said

    def fail(self, why: str) -> None:
        """No answer will come to anything asked so far."""
        for _, answered in self._waiting.values():
            if not answered.done():
                answered.set_result(RefusedError(why))

    def _say(self, id_: int, command: Command) -> None:
        self._said.append((id_, command.verb))
        self._send(encode_command(id_, command))

    def _new_id(self) -> int:
        while True:
            self._next_id = (self._next_id + 1) % _IDS
            if self._next_id not in self._waiting:
                return self._next_id


def other_version(version: int) -> str:
    """What to tell a person whose node speaks another version."""
    return f"the node speaks version {version} of the protocol, and this Upturn version {VERSION}"


def impossible_greeting(said: Invalid | None) -> str:
    """What to tell a person whose node says of itself what cannot be; empty if it does not."""
    if said is None or said.type is not MessageType.HELLO:
        return ""
    return f"answers, but its greeting is impossible: {said.reason}"
