# SPDX-License-Identifier: MIT
"""From a file to a `Config`: find it, read it, and note where each value in force came from."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import platformdirs

from upturn.config.lines import item, join, key_lines
from upturn.config.model import DEFAULT, Config, Setting, TlsConfig, Value
from upturn.config.sections import SECTIONS, read_config
from upturn.config.tables import Place, Table
from upturn.core.limits import PROFILE_FIELDS, Profile
from upturn.errors import InputError

MAX_BYTES = 1_000_000
"""A config of a hundred nodes has 20 kB: what is larger is some other file."""

_TOML_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")


def own_config() -> Path:
    """The user's own, where the platform keeps such files; it may not be there."""
    return platformdirs.user_config_path("upturn", appauthor=False) / "config.toml"


def locate_config() -> Path | None:
    """The user's own config; None if there is none."""
    path = own_config()
    return path if path.exists() else None


def load_config(path: Path | str | None = None) -> Config:
    """The config of a file; of the user's own where none is named; else all defaults.

    Raises:
        InputError: what is wrong with it, and where.
    """
    found = locate_config() if path is None else Path(path)
    if found is None:
        return _with_settings(Config(), Place())
    text = _text_of(found)
    place, values = _parsed(str(found), text)
    config = replace(read_config(Table(place, "", values, SECTIONS)), file=found)
    return _with_settings(config, place)


def _text_of(path: Path) -> str:
    where = str(path)
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise InputError("is a folder", where=where, remedy="Name a TOML file")
        if not stat.S_ISREG(found.st_mode):
            raise InputError("is not a file", where=where, remedy="Name a TOML file")
        if found.st_size > MAX_BYTES:
            raise InputError(
                f"has {found.st_size} bytes", where=where, remedy=f"A config has up to {MAX_BYTES}"
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError("there is no such file", where=where) from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise InputError(f"cannot be read: {reason}", where=where) from None
    try:
        return raw.decode("utf-8-sig")  # some editors put a byte-order mark
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            "is not UTF-8 text", where=f"{where}:{line}", remedy="Save it as UTF-8"
        ) from None


def _parsed(file: str, text: str) -> tuple[Place, dict[str, object]]:
    try:
        values = tomllib.loads(text)
        return Place(file, key_lines(text)), values
    except tomllib.TOMLDecodeError as error:
        problem = str(error)
        found = _TOML_LINE.search(problem)
        where = f"{file}:{found[1]}" if found else file
        problem = _TOML_LINE.sub("", problem).replace("(at end of document)", "at the end")
        raise InputError(f"is not TOML: {problem}", where=where) from None
    except RecursionError:
        raise InputError("is nested too deeply", where=file) from None
    except ValueError as error:  # an integer of thousands of digits
        raise InputError(f"is not TOML: {error}", where=file) from None


def _with_settings(config: Config, place: Place) -> Config:
    settings = tuple(
        Setting(key, value, place.of(key) if key in place.lines else DEFAULT)
        for key, value in _values(config)
    )
    return replace(config, settings=settings)


def _values(config: Config) -> Iterator[tuple[str, Value]]:
    """Every value in force, under the key that sets it."""
    yield "profile", config.profile
    for name, profile in config.profiles.items():
        yield from _record(join("profiles", name), profile)
    for position, node in enumerate(config.nodes, start=1):
        yield from _record(item("node", position), node)
    for name in ("mqtt", "dashboard", "sound", "store"):
        section = getattr(config, name)
        if section is not None:
            yield from _record(name, section)


def _record(path: str, record: object) -> Iterator[tuple[str, Value]]:
    assert is_dataclass(record)
    names = PROFILE_FIELDS if isinstance(record, Profile) else [f.name for f in fields(record)]
    for name in names:
        value = getattr(record, name)
        key = join(path, "calibration" if name == "mounting" else name)
        if value == TlsConfig():
            yield key, True
        elif is_dataclass(value):
            yield from _record(key, value)
        else:
            yield key, value
