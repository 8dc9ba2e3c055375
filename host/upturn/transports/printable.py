# SPDX-License-Identifier: MIT
"""Names from outside, fit for a terminal: a file's or a port's may hold anything."""

from __future__ import annotations

import re

LONGEST = 160
"""A word that is longer was not meant to be read; paths of real files are shorter."""
_HEAD, _TAIL = 50, 27
_TOO_LONG = re.compile(rf"\S{{{LONGEST + 1},}}")


def printable(text: str) -> str:
    """With escapes for what a terminal would obey and not show."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def clipped(text: str) -> str:
    """Without the middle of whatever word of it is too long to be shown."""
    return _TOO_LONG.sub(lambda word: f"{word[0][:_HEAD]}...{word[0][-_TAIL:]}", text)
