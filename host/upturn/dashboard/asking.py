# SPDX-License-Identifier: MIT
"""Acts that ask once before they are done: the question stands for a few seconds, then lapses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import ceil

ASK_S = 5.0


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    """The key that asked; pressed again it confirms, as y and Enter do."""
    text: str


class Act(Enum):
    """What is asked for, with its question."""

    SEEN_UPRIGHT = Question("u", "Did you SEE the person upright? This ends the inversion.")
    STAND_DOWN = Question("s", "Stand down? All alarms go off, nobody is watched.")
    QUIT = Question("q", "Quit while someone may be inverted? Nobody is watched then.")


class Asking:
    """At most one question at a time; time is an argument."""

    def __init__(self) -> None:
        self._act: Act | None = None
        self._until_s = 0.0

    def pending(self, now_s: float) -> Act | None:
        if self._act is not None and now_s >= self._until_s:
            self._act = None
        return self._act

    def press(self, act: Act, now_s: float) -> bool:
        """Ask; or, when it is this that is being asked already, True: do it."""
        if self.pending(now_s) is act:
            self._act = None
            return True
        self._act = act
        self._until_s = now_s + ASK_S
        return False

    def confirm(self, now_s: float) -> Act | None:
        """The act that is agreed to now, if one was asked for."""
        act = self.pending(now_s)
        self._act = None
        return act

    def cancel(self) -> None:
        self._act = None

    def text(self, now_s: float) -> str:
        """What to show; empty when nothing is asked."""
        act = self.pending(now_s)
        if act is None:
            return ""
        left = ceil(self._until_s - now_s)
        return f"{act.value.text} {act.value.key}, y or Enter: yes. Esc: no. ({left})"
