# SPDX-License-Identifier: MIT
"""How much of what a node sends is lost on the way, by the numbers that its samples carry."""

from __future__ import annotations

from collections import deque

from upturn.wire.node_stream import LinkCounts

BEATS = 10
"""Judged over so many beats: one bad moment is no bad line."""
WORTH_SAYING = 0.05
"""A line that loses less is as good as one that loses nothing: the angle is filtered anyway."""


class LineLoss:
    """Beats are counted, not seconds, as by `Hearing`."""

    def __init__(self) -> None:
        self._marks: deque[tuple[int, int]] = deque([(0, 0)], maxlen=BEATS + 1)
        self.part = 0.0
        """Of the samples of the last beats, 0 to 1."""

    @property
    def words(self) -> str:
        """For people; empty while there is little to say."""
        return f"the line loses {self.part:.0%} of the samples" if self.part else ""

    def beat(self, counts: LinkCounts) -> None:
        """Take the counts of now."""
        samples, lost = self._marks[0]
        self._marks.append((counts.samples, counts.lost))
        new, gone = counts.samples - samples, counts.lost - lost
        part = gone / (new + gone) if gone else 0.0
        enough = len(self._marks) > BEATS
        self.part = part if enough and part >= WORTH_SAYING else 0.0
