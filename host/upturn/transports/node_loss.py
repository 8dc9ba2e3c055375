# SPDX-License-Identifier: MIT
"""How much of what a node sends is lost on the way, by the numbers that its samples carry."""

from __future__ import annotations

from collections import deque

from upturn.wire.node_stream import LinkCounts

BEATS = 10
"""Judged over so many beats: one bad moment is no bad line."""
STEPS = (0.05, 0.1, 0.25, 0.5)
"""What is said is the largest that is reached: a figure that changes each second says no more. A
line that loses less than the first is as good as any: the angle is filtered."""


class LineLoss:
    """Beats are counted, not seconds, as by `Hearing`."""

    def __init__(self) -> None:
        self._marks: deque[tuple[int, int]] = deque(maxlen=BEATS + 1)
        self._begun = 0
        self.words = ""
        """For people; empty while there is little to say."""

    def begin(self, counts: LinkCounts) -> None:
        """On a new link: what was missed while there was none was not lost on it."""
        self._marks.clear()
        self._begun = counts.samples
        self.words = ""

    def beat(self, counts: LinkCounts) -> None:
        """Take the counts of now."""
        if not self._marks and counts.samples == self._begun:
            return
        self._marks.append((counts.samples, counts.lost))
        samples, lost = self._marks[0]
        new, gone = counts.samples - samples, counts.lost - lost
        part = gone / (new + gone) if gone else 0.0
        reached = [step for step in STEPS if part >= step] if len(self._marks) > BEATS else []
        self.words = f"the line loses {reached[-1]:.0%} of the samples or more" if reached else ""
