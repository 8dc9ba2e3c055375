# SPDX-License-Identifier: MIT
"""What waits to be told, in order, each once: it stays until the broker has confirmed it.

Answers to commands let all else go first, so that a flood of commands delays no alarm.
The queue is bounded. When it is full the least of what waits goes first, the oldest of its kind,
and is counted: an alarm that was raised goes last of all.
"""

from __future__ import annotations

from collections import deque
from enum import IntEnum
from math import inf
from typing import NamedTuple

from upturn.core.events import AlarmChanged, AlarmState, Event

KEPT = 10_000
"""Some weeks of alarms, or 6 MB."""


class Weight(IntEnum):
    ANSWER = 0
    """To a command: of use only at once."""
    RECORD = 1
    STEP = 2
    """Of an alarm that was told of before."""
    ALARM = 3


class Letter(NamedTuple):
    uid: str
    topic: str
    payload: bytes
    weight: Weight
    posted_s: float
    """On any one rising clock."""


class Outbox:
    def __init__(self, kept: int = KEPT) -> None:
        self.given_up = 0
        """Letters that were never sent."""
        self._kept = kept
        self._letters: deque[Letter] = deque()

    def __len__(self) -> int:
        return len(self._letters)

    @property
    def first(self) -> Letter | None:
        return self._letters[0] if self._letters else None

    def put(self, letter: Letter) -> None:
        if len(self._letters) >= self._kept:
            least = min(waiting.weight for waiting in self._letters)
            index = next(i for i, w in enumerate(self._letters) if w.weight is least)
            del self._letters[index]
            self.given_up += 1
        place = len(self._letters)
        if letter.weight is not Weight.ANSWER:  # the first may be on its way: it keeps its place
            while place > 1 and self._letters[place - 1].weight is Weight.ANSWER:
                place -= 1
        self._letters.insert(place, letter)

    def arrived(self, uid: str) -> bool:
        """The broker has it. True if it was the first, the only one that can be on its way."""
        if self._letters and self._letters[0].uid == uid:
            self._letters.popleft()
            return True
        return False

    def forget(self, until_s: float = inf) -> None:
        """What was posted by then is told by somebody else, or of no use any more."""
        while self._letters and self._letters[0].posted_s <= until_s:
            self._letters.popleft()


def weight_of(event: Event) -> Weight:
    """How long it is worth waiting."""
    if isinstance(event, AlarmChanged):
        new = event.state in (AlarmState.RAISED, AlarmState.ESCALATED)
        return Weight.ALARM if new else Weight.STEP
    return Weight.RECORD
