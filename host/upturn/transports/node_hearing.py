# SPDX-License-Identifier: MIT
"""Whether a node hears its host: a line may carry one way only, and the other looks well.

Beats are counted, not seconds: a host that stood still has sent none, and finds answers waiting.
"""

from __future__ import annotations

from upturn.wire.messages import Measurement, Short
from upturn.wire.vocabulary import Flag

UNHEARD_BEATS = 3
"""With a beat a second this is as long as a node waits for a host before it says so itself."""

_HOST_SILENT = int(Flag.HOST_SILENT)


class Hearing:
    """Of one node, over one link after another."""

    def __init__(self) -> None:
        self.deaf = False
        self._unheard = 0
        self.begin()

    def begin(self) -> None:
        """On a new link; who was deaf before is so until it has answered."""
        self._unheard = 0
        self._asked = self._answered = self._spoke = self._says_silent = False

    def spoke(self) -> None:
        """Anything came from the node: else silence is what is wrong, and is told elsewhere."""
        self._spoke = True

    def answer(self) -> None:
        """It came to something that was said over this link."""
        self._answered = True

    def measurement(self, said: Measurement | Short) -> None:
        self._says_silent = bool(said.flags & _HOST_SILENT)

    def beat(self) -> None:
        """One goes out: judge by what came since the one before it."""
        if self._asked and self._answered and not self._says_silent:
            self._unheard = 0
            self.deaf = False
        elif self._asked and self._spoke:
            self._unheard += 1
            self.deaf = self.deaf or self._unheard >= UNHEARD_BEATS
        self._asked = True
        self._answered = self._spoke = False
