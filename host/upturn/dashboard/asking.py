# SPDX-License-Identifier: MIT
"""Acts that ask once before they are done: the question stands for a few seconds, then lapses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import ceil

ASK_S = 5.0
LISTEN_S = 20.0
"""To walk to the person's place, and to turn up the sound."""


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    """The key that asked; pressed again it confirms, as y and Enter do."""
    text: str
    stands_s: float = ASK_S
    again: bool = True
    """False: its own key does no more than ask once more."""


class Act(Enum):
    """What is asked for, with its question."""

    SEEN_UPRIGHT = Question("u", "Did you SEE the person upright? This ends the inversion.")
    STAND_DOWN = Question("s", "Stand down? Alarms are switched off, nobody is watched.")
    INSPECTED = Question("i", "Did you inspect the table, and are BOTH ankle locks closed?")
    OVERRIDE = Question(
        "!", "READY all the same? What stands against it is logged and stays shown."
    )
    QUIT = Question("q", "Quit while someone may be inverted? Nobody is watched then.")
    HEARD = Question(
        "t", "Did you HEAR the tone, where it has to be heard?", LISTEN_S, again=False
    )


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
        if self.pending(now_s) is act and act.value.again:
            self._act = None
            return True
        self._act = act
        self._until_s = now_s + act.value.stands_s
        return False

    def confirm(self, now_s: float) -> Act | None:
        """The act that is agreed to now, if one was asked for."""
        act = self.pending(now_s)
        self._act = None
        return act

    def cancel(self) -> None:
        self._act = None

    def text(self, now_s: float, words: str = "") -> str:
        """What to show; empty when nothing is asked.

        `words`: the question as it is here and now, where it is not always the same.
        """
        act = self.pending(now_s)
        if act is None:
            return ""
        left = ceil(self._until_s - now_s)
        yes = f"{act.value.key}, y or Enter: yes" if act.value.again else "y: yes"
        return f"{words or act.value.text} {yes}. Esc: no. ({left})"
