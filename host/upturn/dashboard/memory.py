# SPDX-License-Identifier: MIT
"""What the dashboard asks of whoever keeps what people say, and nothing else.

All take their time, for they read and write files; none raises anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from upturn.core.limits import Profile


class GoingOn(NamedTuple):
    """What the sessions of a person say about the next ones."""

    before: Profile | None = None
    """A shorter profile to go on with, after symptoms."""
    words: str = ""


class MemoryControl(Protocol):
    user: str
    """Whose sessions these are; empty: nobody said."""

    async def keep_health(self, answers: Mapping[str, bool]) -> str:
        """The answers to all the questions before; empty when they are kept, else why not."""
        ...

    async def felt(self) -> str | None:
        """What was answered after the newest session; None: nothing."""
        ...

    async def going_on(self, answer: str, profile: Profile) -> GoingOn:
        """After a session on `profile` that felt like `answer`, as far as it is known."""
        ...
