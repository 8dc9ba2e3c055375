# SPDX-License-Identifier: MIT
"""The pages that lie over the middle of the screen, at most one: help, the questions before a
session, the one after it.

The laws: the banner stays in sight above them, and so do all keys. A set of answers is kept when
the last is given; who closes the page before has said nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum, auto

from rich.text import Text

from upturn.core import after
from upturn.core.checklist import Part, part
from upturn.core.limits import Profile
from upturn.core.questions import Questions
from upturn.dashboard.acts import SHOW_FIRST, Acts
from upturn.dashboard.memory import GoingOn, MemoryControl
from upturn.dashboard.painters.questions import (
    KEYS,
    PLAIN,
    QUIET,
    STRONG,
    TITLE,
    after_page,
    question_page,
)
from upturn.dashboard.palette import Palette
from upturn.dashboard.tables import Tables

NO_MEMORY = "Nothing is kept here, so nothing is asked: 'upturn check' shows what there is."
NOT_YET = "There was no session yet: this is asked after one."
INVERTED = "Somebody is inverted: this is asked afterwards."
Start = Callable[[Awaitable[None]], object]
"""Runs something beside the screen."""


class Page(Enum):
    HELP = auto()
    CHECK = auto()
    AFTER = auto()


class Pages:
    def __init__(
        self, tables: Tables, acts: Acts, memory: MemoryControl | None, start: Start
    ) -> None:
        self._tables = tables
        self._acts = acts
        self._memory = memory
        self._start = start
        self._asking = Questions(())
        self._answer: str | None = None
        self._going_on = GoingOn()
        self._inverted = False
        self.page: Page | None = None

    def close(self) -> None:
        self.page = None

    def help(self) -> None:
        self._toggle(Page.HELP)

    def check(self) -> None:
        """Anew from the first question each time."""
        self._acts.drop()
        if self._memory is None:
            self._acts.say(NO_MEMORY, whose=())
            return
        self._asking = Questions(part(Part.HEALTH))
        self._toggle(Page.CHECK)

    def felt(self) -> None:
        """With what was answered, if somebody did."""
        self._acts.drop()
        table = self._tables.shown
        snapshot = table.feed.snapshot()
        why = "" if snapshot.session else NOT_YET
        why = INVERTED if snapshot.inverted else why
        why = SHOW_FIRST if self._tables.overview else why
        if why and self.page is not Page.AFTER:
            self._acts.say(why)
            return
        self._answer = table.deeds.felt
        self._going_on = GoingOn()
        self._toggle(Page.AFTER)
        if self.page is not None and self._memory is not None:
            self._start(self._recall(self._memory, snapshot.profile))

    def say(self, *, yes: bool) -> bool:
        """Whether there was a question for it."""
        if self.page is not Page.CHECK or self._asking.now is None:
            return False
        self._asking.answer(yes)
        answers = self._asking.answers
        if answers is not None:
            self._start(self._keep(answers))
        return True

    def back(self) -> None:
        if self.page is Page.CHECK and self._asking.now is not None:
            self._asking.back()

    def digit(self, digit: int) -> bool:
        """Whether the page takes it; else it is the number of a table."""
        if self.page is not Page.AFTER:
            return False
        answer = after.of_key(str(digit))
        table = self._tables.shown
        if answer is not None and self._acts.tell_felt(answer):
            table.after.answered(table.feed.snapshot().session)
            self._answer, self._going_on = answer, GoingOn()
            self._ask_how_to_go_on(answer, table.feed.snapshot().profile)
        return True

    def drawn(self, palette: Palette, width: int) -> Text:
        """The page that asks; help draws itself."""
        if self.page is Page.CHECK:
            lines = question_page(
                self._asking, width, who=self._memory.user if self._memory else ""
            )
        else:
            before, more = self._going_on
            lines = after_page(self._answer, width, before=before, more=more)
        styles = {
            TITLE: palette.quiet,
            PLAIN: palette.plain,
            STRONG: palette.strong,
            QUIET: palette.quiet,
            KEYS: palette.strong,
        }
        parts = [(text, styles[mark]) for line in lines for mark, text in (*line, (PLAIN, "\n"))]
        return Text.assemble(*parts)

    def gives_way(self) -> bool:
        """Somebody inverts now: what counts for them lies under the page."""
        inverted = any(view.snapshot.inverted for view in self._tables.views)
        before, self._inverted = self._inverted, inverted
        return self.page is not None and inverted and not before

    def _toggle(self, page: Page) -> None:
        self._acts.drop()
        self.page = None if self.page is page else page

    async def _keep(self, answers: dict[str, bool]) -> None:
        assert self._memory is not None
        problem = await self._memory.keep_health(answers)
        said = f"The answers are not kept: {problem}" if problem else "The answers are kept."
        self._acts.say(said, whose=())

    def _ask_how_to_go_on(self, answer: str, profile: Profile) -> None:
        if self._memory is not None:
            self._start(self._learn(self._memory, answer, profile))

    async def _recall(self, memory: MemoryControl, profile: Profile) -> None:
        """What was told before, maybe to a watch before this one."""
        told = self._answer or await memory.felt()
        if told is not None and self.page is Page.AFTER and self._answer in (None, told):
            self._answer = told
            self._going_on = await memory.going_on(told, profile)

    async def _learn(self, memory: MemoryControl, answer: str, profile: Profile) -> None:
        learnt = await memory.going_on(answer, profile)
        if self.page is Page.AFTER and self._answer == answer:
            self._going_on = learnt
