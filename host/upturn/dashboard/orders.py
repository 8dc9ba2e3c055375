# SPDX-License-Identifier: MIT
"""An alarm's advice taken apart: what to do, which is to be read from afar, and why."""

from __future__ import annotations

from collections.abc import Sequence

REASONS = frozenset(
    {
        "Inversion time adds up until a full rest.",
        "Nobody is watched.",
        "The angle cannot be trusted.",
        "Angles assume a default mounting.",
    }
)
"""Sentences of an advice that ask for nothing."""


def sentences(text: str) -> Sequence[str]:
    parts = [part.rstrip(".") for part in text.split(". ") if part]
    return [part if part.endswith(("?", "!")) else f"{part}." for part in parts]


def orders(advice: str) -> tuple[Sequence[str], str]:
    """The sentences that say what to do, and the rest; all of them where none does."""
    said = sentences(advice)
    asked = [sentence for sentence in said if sentence not in REASONS]
    if not asked:
        return said, ""
    return asked, " ".join(sentence for sentence in said if sentence in REASONS)
