# SPDX-License-Identifier: MIT
"""One JSON object out of a message, read field by field: each is of its kind, or it is refused.

The law: nothing is coerced, and nothing that is missing gets a default. Fields that nobody here
knows are passed over, for a newer host may tell more. Text is made fit for a terminal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

from upturn.sinks.mqtt.topics import is_id

MAX_SECONDS = 1e9
MAX_COUNT = 2**53
MAX_TEXT = 1000
MAX_ITEMS = 64
YEARS = range(2000, 2101)
"""Of any wall clock that was ever set."""
MIN_DEG, MAX_DEG = -180.0, 225.0
_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", re.ASCII)
_QUOTED = 40


class Refused(ValueError):  # noqa: N818 - it is an answer, as `commands.Refused` is
    """A message that is none of ours, and why, in one line."""


def json_fields(payload: bytes) -> Fields:
    """The one object that a message is.

    Raises:
        Refused: it is anything else, or has a key twice.
    """
    try:
        said = json.loads(payload, object_pairs_hook=_once, parse_constant=_no_number)
    except Refused:
        raise
    except (ValueError, RecursionError):
        raise Refused("is no JSON") from None
    if not isinstance(said, dict):
        raise Refused("is no JSON object")
    return Fields(said)


class Fields:
    """Every getter raises Refused for what is missing or of another kind."""

    def __init__(self, said: Mapping[str, object], where: str = "") -> None:
        self._said = said
        self._where = where

    def has(self, key: str) -> bool:
        """An older host leaves out what came later."""
        return key in self._said

    def is_null(self, key: str) -> bool:
        return self._get(key) is None

    def flag(self, key: str) -> bool:
        value = self._get(key)
        return value if isinstance(value, bool) else self._refuse(key, "true or false")

    def flag_or_none(self, key: str) -> bool | None:
        return None if self._get(key) is None else self.flag(key)

    def count(self, key: str, least: int = 0) -> int:
        value = self._get(key)
        if type(value) is not int or not least <= value <= MAX_COUNT:
            self._refuse(key, f"a whole number from {least}")
        return value

    def number(self, key: str, least: float = -MAX_SECONDS, most: float = MAX_SECONDS) -> float:
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._refuse(key, "a number")
        if not least <= value <= most:  # an integer may be too large to be a float
            self._refuse(key, f"a number from {least:g} to {most:g}")
        return float(value)

    def seconds(self, key: str) -> float:
        return self.number(key, 0.0)

    def seconds_or_none(self, key: str) -> float | None:
        return None if self._get(key) is None else self.seconds(key)

    def degrees(self, key: str) -> float:
        return self.number(key, MIN_DEG, MAX_DEG)

    def degrees_or_none(self, key: str) -> float | None:
        return None if self._get(key) is None else self.degrees(key)

    def number_or_none(self, key: str, *, most: float) -> float | None:
        return None if self._get(key) is None else self.number(key, 0.0, most)

    def text(self, key: str) -> str:
        value = self._get(key)
        if not isinstance(value, str) or len(value) > MAX_TEXT:
            self._refuse(key, "a text")
        return shown(value)

    def text_or_none(self, key: str) -> str | None:
        return None if self._get(key) is None else self.text(key)

    def word(self, key: str, *allowed: str) -> str:
        value = self._get(key)
        if not isinstance(value, str) or value not in allowed:
            self._refuse(key, " or ".join(allowed) if len(allowed) < 4 else "known here")
        return value

    def id(self, key: str) -> str:
        """A node's or a host's."""
        value = self._get(key)
        return value if isinstance(value, str) and is_id(value) else self._refuse(key, "an id")

    def at_s(self, key: str) -> float:
        """A moment of the wall clock, in seconds of the epoch."""
        value = self._get(key)
        if not isinstance(value, str) or not _AT.fullmatch(value):
            self._refuse(key, "a time")
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self._refuse(key, "a time")
        if at.year not in YEARS:
            self._refuse(key, f"a time from {YEARS[0]} to {YEARS[-1]}")
        return at.timestamp()

    def at_s_or_none(self, key: str) -> float | None:
        return None if self._get(key) is None else self.at_s(key)

    def fields(self, key: str) -> Fields:
        value = self._get(key)
        if not isinstance(value, dict):
            self._refuse(key, "an object")
        return Fields(value, f"{self._where}{key}.")

    def objects(self, key: str) -> list[Fields]:
        items = self._list(key)
        if not all(isinstance(item, dict) for item in items):
            self._refuse(key, "a list of objects")
        return [
            Fields(item, f"{self._where}{key}[{n}].")
            for n, item in enumerate(items)
            if isinstance(item, dict)
        ]

    def texts(self, key: str) -> tuple[str, ...]:
        items = self._list(key)
        if not all(isinstance(item, str) and len(item) <= MAX_TEXT for item in items):
            self._refuse(key, "a list of texts")
        return tuple(shown(item) for item in items if isinstance(item, str))

    def _list(self, key: str) -> list[object]:
        value = self._get(key)
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            self._refuse(key, f"a list of up to {MAX_ITEMS}")
        return value

    def _get(self, key: str) -> object:
        if key not in self._said:
            raise Refused(f"lacks {self._where}{key}")
        return self._said[key]

    def _refuse(self, key: str, kind: str) -> NoReturn:
        value = shown(json.dumps(self._said[key], ensure_ascii=False, default=str)[:_QUOTED])
        raise Refused(f"{self._where}{key} is {value}, which is not {kind}")


def shown(text: str) -> str:
    """Without anything that a terminal would obey."""
    return "".join(c if c.isprintable() else "�" for c in text)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Refused("has a field twice")
    return fields


def _no_number(text: str) -> NoReturn:
    raise Refused(f"holds {text}, which is no number")
