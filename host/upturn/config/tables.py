# SPDX-License-Identifier: MIT
"""One TOML table, strictly read: every key asked for by name and kind, nothing coerced or ignored.

What does not fit is refused with the file, the line, the key, what is allowed and why.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NoReturn

from upturn.config.lines import item, join
from upturn.core.mounting import Vector
from upturn.errors import InputError

MAX_TEXT = 200
MAX_SHOWN = 40

# In this order: a bool is an int to Python, and a datetime a date; to TOML they are not.
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (str, "text"),
    (int, "a whole number"),
    (float, "a number"),
    (datetime, "a date and time"),
    (date, "a date"),
    (time, "a time"),
    (list, "an array"),
    (dict, "a table"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Which file, and on which line each of its keys stands."""

    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def of(self, path: str) -> str:
        """FILE:LINE of a key, or of the nearest table around it."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return f"{self.file}:{self.lines[path]}" if path else self.file


class Table:
    """A table at `path`; an absent one reads as empty. A key that is not there reads as None."""

    def __init__(
        self, place: Place, path: str, values: Mapping[str, object], known: Iterable[str] | None
    ) -> None:
        """Refuse every key that is not `known`; None takes any (the user names them)."""
        self.path = path
        self._place = place
        self._values = values
        if known is not None:
            self._only(tuple(known))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def where(self, key: str = "") -> str:
        """FILE:LINE of one key, or of the table itself."""
        return self._place.of(join(self.path, key) if key else self.path)

    def refuse(self, key: str, problem: str, remedy: str) -> NoReturn:
        """Say what is wrong with one key, or with the table itself where `key` is empty."""
        path = join(self.path, key) if key else self.path
        raise InputError(f"{path} {problem}", where=self._place.of(path), remedy=remedy)

    def text(self, key: str, *, allowed: str = "text") -> str | None:
        """A piece of text that one line of output can hold."""
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self._wrong_kind(key, value, allowed)
        if not value.strip():
            self.refuse(key, "is empty", f"Allowed: {allowed}")
        if len(value) > MAX_TEXT:
            self.refuse(key, f"has {len(value)} characters", f"Allowed: at most {MAX_TEXT}")
        if not value.isprintable():
            self.refuse(key, f"is {shown(value)}", "Allowed: text without control characters")
        return value

    def required_text(self, key: str, *, allowed: str) -> str:
        value = self.text(key, allowed=allowed)
        if value is None:
            self.refuse("", f"has no {key!r}", f"Add {key} = ...: {allowed}")
        return value

    def choice(self, key: str, choices: Iterable[str]) -> str | None:
        listed = tuple(choices)
        value = self.text(key, allowed=_one_of(listed))
        if value is not None and value not in listed:
            self.refuse(
                key, f"is {shown(value)}", f"{_near(value, listed)}Allowed: {_one_of(listed)}"
            )
        return value

    def flag(self, key: str) -> bool | None:
        value = self._values.get(key)
        if value is not None and not isinstance(value, bool):
            self._wrong_kind(key, value, "true or false")
        return value

    def flag_or_table(self, key: str, known: Iterable[str]) -> bool | Table | None:
        value = self._values.get(key)
        if isinstance(value, bool | None):
            return value
        return self.table(key, known, allowed="true, false or a table")

    def number(
        self, key: str, *, low: float = -math.inf, high: float = math.inf, why: str = ""
    ) -> float | None:
        """A finite number from `low` to `high`; 0 is not in a range that begins there."""
        least = "more than 0" if low == 0.0 else f"at least {low:g}"
        bounds = f", {least} and at most {high:g}: {why}" if why else ""
        allowed = f"a finite number{bounds}"
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong_kind(key, value, allowed)
        number = _as_float(value)
        if not math.isfinite(number) or not low <= number <= high or number == low == 0.0:
            self.refuse(key, f"is {shown(value)}", f"Allowed: {allowed}")
        return number

    def whole(self, key: str, *, low: int, high: int, why: str) -> int | None:
        allowed = f"a whole number from {low} to {high}: {why}"
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong_kind(key, value, allowed)
        if not low <= value <= high:
            self.refuse(key, f"is {shown(value)}", f"Allowed: {allowed}")
        return value

    def vector(self, key: str) -> Vector | None:
        """Three finite numbers."""
        allowed = "three finite numbers, such as [0.0, 1.0, 0.0]"
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, list):
            self._wrong_kind(key, value, allowed)
        if len(value) != 3:
            self.refuse(key, f"has {len(value)} items", f"Allowed: {allowed}")
        for part in value:
            if isinstance(part, bool) or not isinstance(part, int | float):
                self.refuse(key, f"holds {_kind_of(part)}", f"Allowed: {allowed}")
            if not math.isfinite(_as_float(part)):
                self.refuse(key, f"holds {shown(part)}", f"Allowed: {allowed}")
        return (float(value[0]), float(value[1]), float(value[2]))

    def table(
        self, key: str, known: Iterable[str] | None, *, allowed: str = "a table"
    ) -> Table | None:
        value = self._values.get(key)
        path = join(self.path, key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong_kind(key, value, f"{allowed}, headed [{path}]")
        return Table(self._place, path, value, known)

    def required_table(self, key: str, known: Iterable[str]) -> Table:
        """The table under a key that is known to be there."""
        found = self.table(key, known)
        assert found is not None
        return found

    def tables(self, key: str, known: Iterable[str]) -> list[Table]:
        """The tables of an array, in order."""
        path = join(self.path, key)
        allowed = f"tables, each headed [[{path}]]"
        value = self._values.get(key, [])
        if isinstance(value, dict):
            self.refuse(
                key, "is a single table", f"Write [[{path}]], in double brackets: one for each"
            )
        if not isinstance(value, list):
            self._wrong_kind(key, value, allowed)
        found = []
        for position, values in enumerate(value, start=1):
            if not isinstance(values, dict):
                self.refuse(key, f"holds {_kind_of(values)}", f"Allowed: {allowed}")
            found.append(Table(self._place, item(path, position), values, known))
        return found

    def _only(self, known: tuple[str, ...]) -> None:
        for key in self._values:
            if key not in known:
                section = f"[{self.path}]" if self.path else "the config"
                self.refuse(
                    key,
                    "is not a known key",
                    f"{_near(key, known)}Known in {section}: {', '.join(known)}",
                )

    def _wrong_kind(self, key: str, value: object, allowed: str) -> NoReturn:
        self.refuse(key, f"is {_kind_of(value)}", f"Allowed: {allowed}")


def shown(value: object) -> str:
    """A value as an error can quote it: on one line, and not too long."""
    try:
        text = ascii(value) if not isinstance(value, float) else f"{value:g}"
    except ValueError:  # an integer of thousands of digits has no decimal text
        return "a very large number"
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."


def _kind_of(value: object) -> str:
    kind = next(name for kind, name in _KINDS if isinstance(value, kind))
    return f"{kind} ({shown(value)})" if isinstance(value, str | int | float) else kind


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number beyond what a float holds
        return math.inf


def _one_of(choices: Iterable[str]) -> str:
    return "one of " + ", ".join(choices)


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word.lower(), known, n=1)
    return f"Did you mean {near[0]!r}? " if near else ""
