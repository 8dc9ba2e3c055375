# SPDX-License-Identifier: MIT
"""A memory for the screen that keeps what it is told in the test's hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from upturn.core.limits import PROFILES, Profile
from upturn.dashboard.memory import GoingOn


@dataclass
class Kept:
    """`problem`: why it keeps nothing; "no words": it fails in a way that nobody foresaw."""

    user: str = "ada"
    problem: str = ""
    told_before: str | None = None
    answers: list[dict[str, bool]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def keep_health(self, answers: Mapping[str, bool]) -> str:
        if self.problem == "no words":
            raise OSError("the disk is on fire")
        self.answers.append(dict(answers))
        return self.problem

    async def felt(self) -> str | None:
        return self.told_before

    async def going_on(self, answer: str, profile: Profile) -> GoingOn:
        self.asked.append((answer, profile.name))
        if answer == "fine":
            return GoingOn(words="Stay with it: 2 sessions so far.")
        return GoingOn(before=PROFILES["first-time"])
