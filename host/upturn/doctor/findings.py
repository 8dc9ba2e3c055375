# SPDX-License-Identifier: MIT
"""What the doctor has found: a verdict, words for people, and what to do.

The law: whatever comes from outside (a name, a path, an address, another program's words) stands
in the words as `private(...)`. A person at the screen reads it; who is handed a bundle reads what
kind of thing it was. What nobody marked was written in this program.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

from upturn.transports.printable import printable

_BEGIN, _KIND, _END = "\x02", "\x1f", "\x03"
"""No text from outside has these: `printable` turns them into escapes."""
_MARKED = re.compile(f"{_BEGIN}([^{_KIND}]*){_KIND}([^{_END}]*){_END}")
_ADDRESS = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]?){6}")
_MAKER = 3
"""Bytes of an address that say who made the chip, and not which it is."""


class Verdict(StrEnum):
    OK = "ok"
    NOTE = "note"
    """Worth knowing; a watch works all the same."""
    NOT_WELL = "not well"


@dataclass(frozen=True, slots=True)
class Finding:
    verdict: Verdict
    words: str
    remedy: str = ""
    """What to do; never empty where something is not well."""


def ok(words: str) -> Finding:
    return Finding(Verdict.OK, words)


def note(words: str, remedy: str = "") -> Finding:
    return Finding(Verdict.NOTE, words, remedy)


def not_well(words: str, remedy: str) -> Finding:
    return Finding(Verdict.NOT_WELL, words, remedy)


def private(text: object, kind: str) -> str:
    """`text`, as people at this computer read it; others read of what `kind` it was."""
    return f"{_BEGIN}{printable(str(text))}{_KIND}{printable(kind)}{_END}"


def known(text: str, ours: Container[str], kind: str = "its words") -> str:
    """`text` as it is where it is one of our own, else as what is private."""
    return text if text in ours else private(text, kind)


def shaped(text: str, shape: str, kind: str) -> str:
    """`text` as it is where it has a shape in which nothing can be hidden."""
    return text if re.fullmatch(shape, text) else private(text, kind)


def address(text: str) -> str:
    """Of a node: a bundle has of it only who made the chip."""
    digits = re.sub("[:-]", "", text)
    short = f"{digits[: 2 * _MAKER].lower()}..." if _ADDRESS.fullmatch(text) else "an address"
    return private(text, short)


def shown(words: str) -> str:
    """For who sits at this computer."""
    return _MARKED.sub(r"\1", words)


class Curtain:
    """Words for everybody: what is private is numbered by its kind, the same one alike."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[str, int]] = {}

    @property
    def hidden(self) -> list[str]:
        """All that was behind it so far."""
        return [text for texts in self._numbers.values() for text in texts]

    def __call__(self, words: str) -> str:
        return _MARKED.sub(self._named, words)

    def _named(self, found: re.Match[str]) -> str:
        text, kind = found.groups()
        numbers = self._numbers.setdefault(kind, {})
        return f"<{kind} {numbers.setdefault(text, len(numbers) + 1)}>"
