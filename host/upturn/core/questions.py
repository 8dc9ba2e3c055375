# SPDX-License-Identifier: MIT
"""Going through questions: one after the other, back, and no answer before the last is given.

The law: half a set of answers is none. Whoever stops on the way has said nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from upturn.core.checklist import Item


class Questions:
    def __init__(self, items: Sequence[Item]) -> None:
        self.items = tuple(items)
        self._given: list[bool] = []

    @property
    def at(self) -> int:
        """How many have been answered."""
        return len(self._given)

    @property
    def now(self) -> Item | None:
        """The one that waits for its answer; None: there is none left."""
        return self.items[self.at] if self.at < len(self.items) else None

    @property
    def answers(self) -> dict[str, bool] | None:
        """All of them by id; None before the last is given."""
        if self.now is not None:
            return None
        return {item.id: yes for item, yes in zip(self.items, self._given, strict=True)}

    def answer(self, yes: bool) -> None:
        assert self.now is not None
        self._given.append(yes)

    def back(self) -> bool:
        """To the one before, whose answer is taken back; False: there is none."""
        if self._given:
            self._given.pop()
            return True
        return False

    def newest(self, count: int) -> list[tuple[Item, bool]]:
        """The last answers that were given, the newest last."""
        given = list(zip(self.items, self._given, strict=False))
        return given[-count:]
