# SPDX-License-Identifier: MIT
"""The dashboard's side of a run's memory: answers given on the screen are kept as others are.

Files are read and written in a thread of their own: a slow disk stops no watch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from upturn.cli.memory import Memory
from upturn.core.checklist import VERSION
from upturn.core.limits import Profile
from upturn.dashboard.memory import GoingOn
from upturn.store.rows import SessionRow


class ScreenMemory:
    """A `MemoryControl`; of a memory that has a writer."""

    def __init__(self, memory: Memory, user: str, progress_after: int) -> None:
        assert memory.writer is not None
        self.user = user
        self._memory = memory
        self._path = memory.writer.path
        self._after = progress_after

    async def keep_health(self, answers: Mapping[str, bool]) -> str:
        from upturn.store.trouble import StoreError

        try:
            await asyncio.to_thread(self._keep, answers)
        except StoreError as error:
            return str(error)
        await self._memory.look()
        return ""

    async def felt(self) -> str | None:
        from upturn.store.trouble import StoreError

        try:
            past = await asyncio.to_thread(self._past)
        except StoreError:
            return None
        return past[-1].answer if past else None

    async def going_on(self, answer: str, profile: Profile) -> GoingOn:
        from upturn.store.trouble import StoreError

        try:
            return await asyncio.to_thread(self._going_on, answer, profile)
        except StoreError:
            return GoingOn()  # the writer tells that it fails, and why

    def _keep(self, answers: Mapping[str, bool]) -> None:
        from upturn.store.checklists import save_checklist
        from upturn.store.database import Store
        from upturn.store.rows import ChecklistRow

        row = ChecklistRow(self.user, datetime.now(tz=UTC), VERSION, dict(answers))
        with Store.open(self._path) as store:
            save_checklist(store, row)

    def _past(self) -> list[SessionRow]:
        from upturn.store.database import Store
        from upturn.store.reading import sessions

        with Store.open(self._path, readonly=True) as store:
            return sessions(store, user=self.user)

    def _going_on(self, answer: str, profile: Profile) -> GoingOn:
        from upturn.store.progression import FINE, Step, suggest

        past = self._past()
        if past:  # the answer is on its way to the newest
            past[-1] = replace(past[-1], answer=answer)
        found = suggest(past, profile, after=self._after)
        if answer == FINE:
            return GoingOn(words=found.words)
        return GoingOn(before=found.suggested if found.step is Step.SHORTER else None)
