# SPDX-License-Identifier: MIT
"""Names from outside, fit for a terminal: a file's or a port's may hold anything."""

from __future__ import annotations


def printable(text: str) -> str:
    """With escapes for what a terminal would obey and not show."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
