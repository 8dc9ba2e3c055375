# SPDX-License-Identifier: MIT
"""What a step is, how it stands, and how going through it can end.

The law: how a step stands is asked of the world each time, not of a diary. What was passed over is
shown as such, and never called done.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import NamedTuple, Protocol

from upturn.setup.place import Place


class State(StrEnum):
    DONE = "done"
    TODO = "to do"
    SKIPPED = "skipped"
    WITHOUT = "left out"
    """A person wants none of it, or there is nothing to do here; it stands against nothing."""


SETTLED = (State.DONE, State.WITHOUT)


class Standing(NamedTuple):
    state: State
    words: str
    """What is known, or what is missing; a few words."""


class Outcome(Enum):
    WENT = auto()
    """To its end; its standing says what came of it."""
    SKIPPED = auto()
    LEFT = auto()
    """The person left."""


class StepModule(Protocol):
    """What a step's module has to offer."""

    def standing(self, place: Place) -> Standing:
        """How it stands now.

        Raises:
            UpturnError: that cannot be known, and why.
        """
        ...

    def run(self, place: Place) -> Outcome:
        """Go through it, whether it is done already or not.

        Raises:
            UpturnError: it failed; it can be tried again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table."""

    name: str
    module: str
    heading: str
    skippable: bool
    """Those that come after it can be done without it."""
    needed: bool = True
    """READY waits for it."""
