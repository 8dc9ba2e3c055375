# SPDX-License-Identifier: MIT
"""Which sources an export was made of, so that a stale one is seen without the tools.

A folder's `sources.sha256` names sources and exports with their sums, as sha256sum writes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

NAME = "sources.sha256"


def text(folder: Path, files: Iterable[Path]) -> str:
    names = sorted(path.relative_to(folder).as_posix() for path in files)
    return "".join(
        f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names
    )


def write(folder: Path, files: Iterable[Path]) -> None:
    (folder / NAME).write_text(text(folder, files), encoding="utf-8")


def stale(folder: Path, files: Iterable[Path] = ()) -> list[str]:
    """What is not as it was when the exports were made; of `files` also what was not there."""
    stamp = folder / NAME
    if not stamp.is_file():
        return [f"{folder.name}/{NAME} is missing"]
    found, named = [], set()
    for line in stamp.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        path = folder / name
        named.add(name)
        if not path.is_file():
            found.append(f"{folder.name}/{name} is missing")
        elif sha256(path.read_bytes()).hexdigest() != digest:
            found.append(f"{folder.name}/{name} has changed")
    there = {path.relative_to(folder).as_posix() for path in files}
    return found + [f"{folder.name}/{name} is new" for name in sorted(there - named)]
