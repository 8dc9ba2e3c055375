# SPDX-License-Identifier: MIT
"""Commands to a node and its answers: each waits a second, is said once more, and then given up.

A command may be carried out twice without harm (`PROTOCOL.md`), so that a lost answer costs
nothing but time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from upturn.errors import RunError
from upturn.wire.commands import Command, encode_command
from upturn.wire.framing import wrap
from upturn.wire.messages import Answer
from upturn.wire.vocabulary import VERSION

ANSWER_S = 1.0
TRIES = 2
_IDS = 256


class RefusedError(RunError):
    """The node did not do what it was told; the text says why, for people."""


class NodeTalk:
    """One side of a conversation; `hear` gets the other's answers."""

    def __init__(self, write: Callable[[bytes], bool]) -> None:
        self._write = write
        self._waiting: dict[int, tuple[int, asyncio.Future[Answer]]] = {}
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
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
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
        if not answer.done:
            raise RefusedError(answer.words)

    def hear(self, answer: Answer) -> None:
        """Whoever waits for it has it; one that is late or of another is nobody's."""
        verb, answered = self._waiting.get(answer.id, (None, None))
        if answered is not None and verb == answer.verb and not answered.done():
            answered.set_result(answer)

    def fail(self, why: str) -> None:
        """No answer will come to anything asked so far."""
        for _, answered in self._waiting.values():
            if not answered.done():
                answered.set_exception(RefusedError(why))

    def _say(self, id_: int, command: Command) -> None:
        self._write(wrap(encode_command(id_, command)))

    def _new_id(self) -> int:
        while True:
            self._next_id = (self._next_id + 1) % _IDS
            if self._next_id not in self._waiting:
                return self._next_id


def other_version(version: int) -> str:
    """What to tell a person whose node speaks another version."""
    return f"the node speaks version {version} of the protocol, and this Upturn version {VERSION}"
