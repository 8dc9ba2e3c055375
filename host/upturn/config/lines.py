# SPDX-License-Identifier: MIT
"""On which line each key of a TOML text stands, so that a refusal can point at it.

The text has been parsed by `tomllib` before, so nothing is judged here: values are only skipped.
Paths are written as people read them: `profiles.mine.limit_s`, `node[1].device`, tables of an
array counted from 1.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_LONG_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"""+|\'\'\'.*?\'\'\'+', re.DOTALL)
_PLAIN = re.compile(r"[^,\]}#\n]*")


def join(path: str, key: str) -> str:
    """The path of `key` inside `path`, quoted where TOML would quote it."""
    written = key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=True)
    return f"{path}.{written}" if path else written


def item(path: str, position: int) -> str:
    """The path of one table of an array; the first is 1."""
    return f"{path}[{position}]"


def key_lines(text: str) -> dict[str, int]:
    """Line of each key and table header; the first one where a table is named repeatedly."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._line_at = 0
        self._lines: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def scan(self) -> dict[str, int]:
        table = ""
        self._skip(_BETWEEN)
        while self._at < len(self._text):
            if self._text.startswith("[[", self._at):
                self._at += 2
                path = self._header(self._keys())
                self._counts[path] = self._counts.get(path, 0) + 1
                table = item(path, self._counts[path])
                self._note(path)
                self._note(table)
                self._at += 2
            elif self._text.startswith("[", self._at):
                self._at += 1
                table = self._header(self._keys())
                self._note(table)
                self._at += 1
            else:
                self._pair(table)
            self._skip(_BETWEEN)
        return self._lines

    def _pair(self, table: str) -> None:
        keys = self._keys()
        path = table
        for key in keys:
            path = join(path, key)
            self._note(path)
        self._at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(path)

    def _value(self, path: str) -> None:
        match self._text[self._at]:
            case "[":
                self._array(path)
            case "{":
                self._at += 1
                self._skip(_BETWEEN)
                while self._text[self._at] != "}":
                    self._pair(path)
                    self._skip(_BETWEEN)
                self._at += 1
            case '"' | "'":
                for kind in (_LONG_STRING, _BASIC, _LITERAL):
                    if self._skip(kind):
                        break
            case _:
                self._skip(_PLAIN)

    def _array(self, path: str) -> None:
        self._at += 1
        self._skip(_BETWEEN)
        position = 0
        while self._text[self._at] != "]":
            position += 1
            self._note(item(path, position))
            self._value(item(path, position))
            self._skip(_BETWEEN)
        self._at += 1

    def _keys(self) -> list[str]:
        """A dotted key, up to what follows it."""
        keys = []
        while True:
            self._skip(_BLANK)
            start = self._at
            if self._skip(_BARE):
                keys.append(self._text[start : self._at])
            elif self._skip(_BASIC) or self._skip(_LITERAL):
                quoted = self._text[start : self._at]
                keys.extend(tomllib.loads(f"{quoted} = 0"))
            self._skip(_BLANK)
            if self._text[self._at] != ".":
                return keys
            self._at += 1

    def _header(self, keys: Sequence[str]) -> str:
        """The path of a header: inside an array of tables it goes into the latest one."""
        path = ""
        for key in keys:
            if path in self._counts:
                path = item(path, self._counts[path])
            path = join(path, key)
        return path

    def _note(self, path: str) -> None:
        self._line += self._text.count("\n", self._line_at, self._at)
        self._line_at = self._at
        self._lines.setdefault(path, self._line)

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self._text, self._at)
        if found is None:
            return False
        self._at = found.end()
        return True
