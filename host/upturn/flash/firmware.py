# SPDX-License-Identifier: MIT
"""The node's firmware as this computer has it: beside the program, or in its own repository.

The boards are its profiles, read as data and never imported: they are MicroPython's.
"""

from __future__ import annotations

import ast
import hashlib
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import upturn
from upturn.errors import RunError

LIBRARY = "/lib/upturn_node"
"""Where the modules go; everything else there is removed."""
MAIN = "/main.py"
"""What starts the node: without it a board waits at its prompt."""
BOOT = "/boot.py"
COMPILE_S = 120.0

NOT_HERE = "the node's firmware is not with this installation. Install Upturn anew"


@dataclass(frozen=True, slots=True)
class Board:
    """What a profile says of its board."""

    name: str
    """As the node says it."""
    folder: Path
    """Called as the board is on the command line, and in firmware/README.md."""
    chip: str
    """MicroPython's word for it, in small letters: esp32, esp32s3."""
    micropython: str
    """What MicroPython's makers call the image."""
    about: str
    usb: bool
    """The chip has a plug of its own: the port goes away while it starts."""

    @property
    def word(self) -> str:
        return self.folder.name


@dataclass(frozen=True, slots=True)
class Firmware:
    folder: Path
    version: str
    boards: Mapping[str, Board]
    """By the name of their folder."""

    def board_named(self, name: str) -> Board | None:
        """By either of its names."""
        same = (board for board in self.boards.values() if name in (board.name, board.word))
        return next(same, None)

    def boots(self) -> frozenset[str]:
        """The sums of every boot.py of ours: of another board, it does not belong on this."""
        found = self.folder.glob("boards/*/boot.py")
        return frozenset(_sum(path) for path in found)


def find_firmware(package: Path = Path(upturn.__file__).parent) -> Firmware:
    """In the installed package, else in the clone that the package is in.

    Raises:
        RunError: it is in neither.
    """
    for folder in (package / "firmware", package.parents[1] / "firmware"):
        if (folder / "upturn_node" / "__init__.py").is_file():
            boards = [_board(path.parent) for path in sorted(folder.glob("boards/*/board.py"))]
            return Firmware(folder, _version(folder), {board.word: board for board in boards})
    raise RunError(NOT_HERE)


def compiled(firmware: Firmware, board: Board, into: Path) -> dict[str, Path]:
    """What is to be on the board, and where each file is here; the modules as bytecode.

    Raises:
        RunError: it does not compile.
    """
    done = subprocess.run(  # noqa: S603 - a file of ours
        [sys.executable, str(firmware.folder / "compile.py"), str(into)],
        capture_output=True,
        text=True,
        timeout=COMPILE_S,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise RunError(f"the firmware does not compile: {last}. Install Upturn anew")
    modules = into / "upturn_node"
    files = {
        f"{LIBRARY}/{path.relative_to(modules).as_posix()}": path
        for path in sorted(modules.rglob("*.mpy"))
    }
    files |= {f"/{path.name}": path for path in sorted(board.folder.glob("*.py"))}
    return {**files, MAIN: firmware.folder / "main.py"}


def sums(files: Mapping[str, Path]) -> dict[str, str]:
    """SHA-256 of each, by its place on the board."""
    return {place: _sum(path) for place, path in files.items()}


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _version(folder: Path) -> str:
    parts = _assigned(folder / "upturn_node" / "__init__.py", "VERSION")
    return ".".join(str(part) for part in parts)


def _board(folder: Path) -> Board:
    path = folder / "board.py"
    facts = _assigned(path, "BOARD")
    about = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or folder.name
    first = about.splitlines()[0].rstrip(".")
    usb = facts["serial"] == "usb"
    return Board(facts["name"], folder, facts["mcu"], facts["micropython"], first, usb)


def _assigned(path: Path, name: str) -> Any:
    """The literal that a module gives that name."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise RunError(f"{path}: {name} is missing. Install Upturn anew")
