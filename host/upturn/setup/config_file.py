# SPDX-License-Identifier: MIT
"""Changes a config as a person would: what is there stays, with its comments and its order.

The law: the file that stands there is replaced by one that `load_config` takes, or not at all. So
a config that is refused is never touched, and one that was changed meanwhile neither.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from upturn.config import load_config
from upturn.errors import InputError, RunError
from upturn.whole_file import PRIVATE, put_aside, unwritable

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
HEAD = "# Upturn's settings; 'upturn check-config' says what is in force. Yours to edit."

Value = str | float | bool | None
"""None takes the key out."""


def target_of(path: Path) -> Path:
    """The file that is meant: a link to one elsewhere stays a link.

    Raises:
        InputError: the link leads to nothing but itself.
    """
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise InputError(
                "is a link that leads back to itself", where=str(path), remedy="Remove it"
            ) from None
    return path.resolve()


def set_values(path: Path, section: str | None, values: Mapping[str, Value]) -> None:
    """Keys of a section, or of the top; the section is made if there is none.

    Raises:
        InputError: what stands there is refused, or what would.
        RunError: the file cannot be written.
    """

    def change(document: tomlkit.TOMLDocument) -> None:
        if section is not None and section not in document:
            document.append(section, tomlkit.table())
        _put(document if section is None else document[section], values)

    _edit(path, change)


def set_node(path: Path, name: str, values: Mapping[str, Value]) -> None:
    """Keys of the [[node]] of that name, which is added if there is none; `name` renames it.

    Raises:
        InputError: what stands there is refused, or what would.
        RunError: the file cannot be written.
    """

    def change(document: tomlkit.TOMLDocument) -> None:
        nodes: Any = document.get("node")
        if nodes is None:
            nodes = tomlkit.aot()
            document.append("node", nodes)
            nodes = document["node"]
        for node in nodes:
            if node["name"] == name:
                _put(node, values)
                return
        new: Any = tomlkit.table() if isinstance(nodes, AoT) else tomlkit.inline_table()
        _put(new, {"name": name, **values})
        nodes.append(new)

    _edit(path, change)


def _edit(path: Path, change: Callable[[tomlkit.TOMLDocument], None]) -> None:
    target = target_of(path)
    before = _bytes_of(target)
    if before is not None:
        load_config(path)  # refused with its line, before anything is made of it
    text = before.decode("utf-8-sig") if before is not None else f"{HEAD}\n\n"
    try:
        document = tomlkit.parse(text)
        change(document)
        after = tomlkit.dumps(document)
    except (TOMLKitError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise InputError(
            f"is written in a way that setup cannot change ({error})",
            where=str(path),
            remedy="Change it by hand, or name another with --config",
        ) from None
    marked = BOM if before is not None and before.startswith(BOM.encode()) else ""
    mode = stat.S_IMODE(target.stat().st_mode) if before is not None else PRIVATE
    aside = put_aside(target, (marked + after).encode(), mode)
    try:
        _check(aside, path)
        if _bytes_of(target) != before:
            raise RunError(f"{path}: was changed by another program meanwhile. Try again")
        aside.replace(target)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        aside.unlink(missing_ok=True)


def _put(table: Any, values: Mapping[str, Value]) -> None:
    for key, value in values.items():
        if value is not None:
            table[key] = value
        elif key in table:
            del table[key]


def _check(aside: Path, path: Path) -> None:
    """Raises InputError: what would stand there is refused."""
    try:
        load_config(aside)
    except InputError as refused:
        where = refused.where.replace(str(aside), str(path))
        raise InputError(refused.what, where=where, remedy=refused.remedy) from None


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        load_config(path)  # says what it is
        raise RunError(f"{path}: cannot be read") from None
