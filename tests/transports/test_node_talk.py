# SPDX-License-Identifier: MIT
"""Commands and answers: each waits, is said once more, and is given up in one clear line."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

import pytest

from upturn.transports import node_talk
from upturn.transports.node_talk import NodeTalk, RefusedError
from upturn.wire.commands import IDENTIFY, READ_INFO, heartbeat
from upturn.wire.messages import Answer
from upturn.wire.vocabulary import Result, Verb

Reply = Callable[[int, int], Answer | None]


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_talk, "ANSWER_S", 0.02)


class Far:
    """The other side: keeps what it is told, and answers as `reply` says."""

    def __init__(self, reply: Reply = lambda _id, _verb: None) -> None:
        self.heard: list[tuple[int, int]] = []
        self.reply = reply
        self.talk = NodeTalk(self.send)

    def send(self, message: bytes) -> bool:
        self.heard.append((message[1], message[2]))
        answer = self.reply(message[1], message[2])
        if answer is not None:
            asyncio.get_running_loop().call_soon(self.talk.hear, answer)
        return True


async def test_a_command_that_is_done_returns() -> None:
    far = Far(lambda id_, verb: Answer(id_, verb, Result.DONE))
    await far.talk.ask(IDENTIFY)
    assert far.heard == [(1, Verb.IDENTIFY)]


async def test_a_command_without_an_answer_is_said_once_more_with_its_id() -> None:
    far = Far()
    far.reply = lambda id_, verb: Answer(id_, verb, 0) if len(far.heard) == 2 else None
    await far.talk.ask(IDENTIFY)
    assert far.heard == [(1, Verb.IDENTIFY), (1, Verb.IDENTIFY)]


async def test_then_it_is_given_up() -> None:
    far = Far()
    with pytest.raises(RefusedError, match=r"^the node does not answer$"):
        await far.talk.ask(IDENTIFY)
    assert len(far.heard) == 2


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((Result.NOT_NOW, "inverted"), "not now: inverted"),
        ((Result.UNKNOWN_VERB, ""), "the node does not know the command"),
        ((99, ""), "number 99 of a newer node"),
    ],
)
async def test_a_refusal_says_why(answer: tuple[int, str], told: str) -> None:
    far = Far(lambda id_, verb: Answer(id_, verb, *answer))
    with pytest.raises(RefusedError) as caught:
        await far.talk.ask(IDENTIFY)
    assert str(caught.value) == told


@pytest.mark.parametrize("wrong", [(2, Verb.IDENTIFY), (1, Verb.READ_INFO)])
async def test_an_answer_to_something_else_is_nobodys(wrong: tuple[int, Verb]) -> None:
    far = Far(lambda _id, _verb: Answer(*wrong, Result.DONE))
    with pytest.raises(RefusedError, match="does not answer"):
        await far.talk.ask(IDENTIFY)


async def test_an_answer_that_comes_twice_is_taken_once() -> None:
    far = Far()
    asking = asyncio.create_task(far.talk.ask(IDENTIFY))
    await asyncio.sleep(0)
    far.talk.hear(Answer(1, Verb.IDENTIFY, Result.DONE))
    far.talk.hear(Answer(1, Verb.IDENTIFY, Result.NOT_NOW))
    await asking


async def test_a_link_that_ends_ends_all_that_waits() -> None:
    far = Far()
    asking = [asyncio.create_task(far.talk.ask(command)) for command in (IDENTIFY, READ_INFO)]
    await asyncio.sleep(0)
    far.talk.fail("the link was lost")
    far.talk.fail("twice")
    for task in asking:
        with pytest.raises(RefusedError, match="the link was lost"):
            await task


async def test_an_id_that_is_waited_for_is_not_used_again() -> None:
    far = Far()
    asking = asyncio.create_task(far.talk.ask(IDENTIFY))
    await asyncio.sleep(0)
    for _ in range(256):
        far.talk.tell(heartbeat(0, paused=False))
    used = [id_ for id_, verb in far.heard if verb == Verb.HEARTBEAT]
    assert 1 not in used
    assert used[:2] == [2, 3]
    far.talk.hear(Answer(1, Verb.IDENTIFY, Result.DONE))
    await asking


async def test_who_was_cancelled_while_the_link_was_lost_leaves_no_complaint() -> None:
    far = Far()
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, said: complaints.append(said))
    asking = asyncio.create_task(far.talk.ask(IDENTIFY))
    await asyncio.sleep(0)
    far.talk.fail("the link was lost")
    asking.cancel()
    await asyncio.wait({asking})
    del asking
    gc.collect()
    await asyncio.sleep(0)
    assert complaints == []
