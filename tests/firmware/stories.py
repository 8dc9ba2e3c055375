# SPDX-License-Identifier: MIT
"""The guard's stories: played by `device/guard_story.py`, whose docstring has the words."""

from __future__ import annotations

from typing import NamedTuple

from tests.firmware import mpy


class Told(NamedTuple):
    timeline: list[str]
    """What sounded, was shown, and why, at each change."""
    end: dict[str, int]
    """Posture and counters at the end."""


def tell(bits: int, story: str) -> Told:
    *timeline, last = mpy.run(bits, "guard_story.py", story).splitlines()
    words = last.split()
    return Told(timeline, dict(zip(words[::2], map(int, words[1::2]), strict=True)))


def timeline(bits: int, story: str) -> list[str]:
    """Without the silence that every story begins with."""
    first, *rest = tell(bits, story).timeline
    assert first == "0.00 silent"
    return rest
