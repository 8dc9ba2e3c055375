# SPDX-License-Identifier: MIT
"""Which port, which board and which MicroPython: found out where it can be, else asked for.

The law: what cannot be found out and is not asked is refused, and never guessed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from upturn.cli import asking
from upturn.cli.flash_words import short
from upturn.errors import InputError, RunError
from upturn.transports.printable import printable

if TYPE_CHECKING:
    from upturn.flash.firmware import Board, Firmware
    from upturn.flash.image import Image
    from upturn.flash.ports import Found
    from upturn.flash.work import Looked


def port_of(port: str | None, *, ask: bool) -> Found | None:
    from upturn.flash.ports import boards_here, named, only_one

    if port is not None:
        return named(port)
    here = boards_here()
    if len(here) < 2 or not (ask and somebody()):
        return only_one(here)
    rows = [f"{printable(one.device)}, {one.about}" for one in here]
    at = asking.choose("Which port is the board on?", rows)
    return here[at] if at is not None else None


def board_named(firmware: Firmware, name: str) -> Board:
    board = firmware.board_named(name)
    if board is None:
        known = ", ".join(firmware.boards)
        raise InputError(f"there is no board {name!r}", where="--board", remedy=f"Name: {known}")
    return board


def board_of(firmware: Firmware, looked: Looked, *, ask: bool) -> Board | None:
    """As the node says, else as the person does; None: the person left."""
    from upturn.flash.work import likely

    said = firmware.board_named(looked.board_name) if looked.board_name else None
    if said is not None:
        return said
    boards = likely(firmware, looked)
    if not boards:
        chip = looked.chip.about if looked.chip else "this chip"
        raise RunError(f"no board of Upturn's has {chip}. See 'upturn flash --list'")
    if not (ask and somebody()):
        names = ", ".join(board.word for board in boards)
        raise RunError(f"which board it is cannot be seen. Name it: --board, one of {names}")
    rows = [short(board) for board in boards]
    at = asking.choose("Which board is it?", rows)
    return boards[at] if at is not None else None


def image_of(
    given: Image | None, board: Board, looked: Looked, *, erase: bool, only_firmware: bool
) -> Image | None:
    """The MicroPython to put on it; None: the one there stays.

    Raises:
        RunError: one is needed, and none is there.
    """
    from upturn.flash.image import DOWNLOADS, kept_by_mpflash, read_image

    if given is not None:
        read_image(given.path, board.chip)
        return given
    old = looked.there.fault if looked.there is not None else ""
    if looked.has_micropython and not erase and not old:
        return None
    why = old or ("--erase deletes it" if looked.has_micropython else "no MicroPython answers")
    if only_firmware:
        raise RunError(f"{why}, and --only-firmware puts none on it. Leave that out")
    kept = kept_by_mpflash(board.micropython)
    if kept is None:
        raise RunError(
            f"{why}. Download {board.micropython} (.bin) from {DOWNLOADS}/{board.micropython} "
            f"and name it: --micropython FILE.bin; or run 'mpflash download --board "
            f"{board.micropython}', whose files are found"
        )
    print(f"Taking {kept}, which mpflash has downloaded")
    return read_image(kept, board.chip)


def somebody() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
