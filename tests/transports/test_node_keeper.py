# SPDX-License-Identifier: MIT
"""What is said of a node from which no samples come: whether it goes on answering, or is silent.

Not whether its last word was an answer or a sample: of what falls silent all at once either is.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.transports.fake_speaker import FakeSpeaker
from tests.vectors import reference
from upturn.transports.node_keeper import NodeKeeper
from upturn.transports.source import LinkState
from upturn.wire.node_stream import NodeStream
from upturn.wire.vocabulary import Verb

LAST_S = 10.0
"""When the last samples came."""
WELL = "connected to den by Bluetooth"
SILENT = "den by Bluetooth is silent"
ANSWERS = "den by Bluetooth answers, but sends no samples"


class Node(FakeSpeaker):
    """Heard by a keeper at once, at the time that it is."""

    def __init__(self) -> None:
        super().__init__(name="den", node_id="240ac4000001")
        self.now_s = 0.0
        self.states: list[LinkState] = []
        self._stream = NodeStream()
        self.keeper = NodeKeeper(
            self._stream, lambda: self.now_s, self.states.append, lambda _: None
        )
        self.keeper.begin("by Bluetooth")

    def say(self, message: str, fields: dict[str, Any]) -> None:
        line = reference.line(self.sealed(message, fields), from_host=False)
        self.keeper.hear(self._stream.feed(line, self.now_s))

    def sends_samples(self) -> None:
        self.say("MEASUREMENT", self.measurement())
        self._sent += self.samples

    def answers(self) -> None:
        self.say("ANSWER", {"id": 1, "verb": Verb.HEARTBEAT, "result": 0, "reason": ""})

    def words_at(self, now_s: float) -> str:
        """How the keeper's next beat finds it."""
        self.now_s = now_s
        self.keeper._show()
        return self.states[-1].words


@pytest.fixture
def node() -> Node:
    """Greeted, and well until `LAST_S`."""
    node = Node()
    node.say("HELLO", node.hello())
    for tenth in range(10 * int(LAST_S) + 1):
        node.now_s = tenth / 10
        node.sends_samples()
    assert node.words_at(LAST_S) == WELL
    return node


@pytest.mark.parametrize("answered_s", [0.0, 0.05, 0.2, 0.4])
def test_one_that_falls_silent_all_at_once_is_silent_from_the_first_word(
    node: Node, answered_s: float
) -> None:
    """However long after its last samples its last answer came, within half a second."""
    node.now_s = LAST_S + answered_s
    node.answers()
    told = [node.words_at(LAST_S + 1.9 + after_s / 20) for after_s in range(20)]
    assert set(told) == {WELL, SILENT}
    assert told == sorted(told)


@pytest.mark.parametrize("beat_s", [0.2, 0.6, 0.95])
def test_one_that_goes_on_answering_is_never_called_silent(node: Node, beat_s: float) -> None:
    told = []
    for beat in range(4):
        node.now_s = LAST_S + beat + beat_s
        node.answers()
        told.append(node.states[-1].words)
    assert told == [WELL, WELL, ANSWERS, ANSWERS]
    assert node.words_at(LAST_S + 2.01) == ANSWERS


def test_one_that_answers_no_more_either_is_silent_then(node: Node) -> None:
    for after_s in (1.0, 2.0, 3.0):
        node.now_s = LAST_S + after_s
        node.answers()
    assert [node.words_at(LAST_S + after_s) for after_s in (4.9, 5.1)] == [ANSWERS, SILENT]
    node.sends_samples()
    assert node.states[-1].words == WELL
