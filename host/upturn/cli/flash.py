# SPDX-License-Identifier: MIT
"""`upturn flash`: MicroPython and Upturn's firmware onto a board, proven by asking the node.

What can be found out is not asked. What is deleted is asked for first, and what was begun and not
ended is never called done.
"""

from __future__ import annotations

import argparse
import signal
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TypedDict, TypeVar

from upturn.cli import asking
from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.stderr import write_line
from upturn.errors import EXIT_DONE, EXIT_INTERRUPTED, InputError, RunError
from upturn.transports.printable import printable

if TYPE_CHECKING:
    from upturn.flash.firmware import Board, Firmware
    from upturn.flash.image import Image
    from upturn.flash.ports import Found
    from upturn.flash.work import Looked, Work
    from upturn.wire.messages import Hello

HALF_DONE = (
    "The board is half done and starts no node until this is repeated: run the same command again"
)
NO_ANSWER = "there is nobody to ask"
WIDTH = 79
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Flashed:
    """A node that has said so itself."""

    port: str
    board: str
    """As --board takes it."""
    node_id: str
    firmware: str


class _Indent(TypedDict):
    initial_indent: str
    subsequent_indent: str


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers,
        "flash",
        epilog="A node that is only updated keeps its name, limits, calibration and the computers "
        "that it is paired with. firmware/README.md tells what to do by hand.",
    )
    parser.add_argument("--port", metavar="PORT", help="where the board is; else the only one")
    parser.add_argument("--board", metavar="NAME", help="which board it is; see --list")
    parser.add_argument(
        "--micropython", metavar="FILE", type=Path, help="put this MicroPython (.bin) on it first"
    )
    parser.add_argument(
        "--only-firmware",
        action="store_true",
        help="leave its MicroPython as it is; refuse where there is none",
    )
    parser.add_argument(
        "--erase",
        action="store_true",
        help="delete all that is on it first; takes a MicroPython",
    )
    parser.add_argument("--yes", action="store_true", help="ask nothing; say yes")
    parser.add_argument("--list", action="store_true", help="list boards and ports, and end")


def run(args: argparse.Namespace) -> int:
    if args.list:
        for line in _listed():
            print(line)
        return EXIT_DONE
    if args.only_firmware and (args.micropython is not None or args.erase):
        raise InputError(
            "goes neither with --micropython nor with --erase",
            where="--only-firmware",
            remedy="Leave one out",
        )
    flashed = flash(
        args.port,
        args.board,
        micropython=args.micropython,
        erase=args.erase,
        ask=not args.yes,
        only_firmware=args.only_firmware,
    )
    return EXIT_DONE if flashed is not None else EXIT_INTERRUPTED


def flash(
    port: str | None,
    board: str | None,
    *,
    micropython: Path | None,
    erase: bool = False,
    ask: bool = True,
    only_firmware: bool = False,
) -> Flashed | None:
    """Put on a board what it lacks; None: the person left, and the board is as it was.

    `ask`: a person is there to be asked. Without, what is deleted is deleted, and what cannot be
    found out has to be named.

    Raises:
        InputError: a board, a port or a file that will not do.
        RunError: it failed, and what to hold, press or try.
    """
    from upturn.flash.firmware import find_firmware
    from upturn.flash.image import read_image
    from upturn.flash.node import ours_alone
    from upturn.flash.programs import need_tools
    from upturn.flash.work import Work, look

    firmware = find_firmware()
    chosen = _named_board(firmware, board) if board is not None else None
    image = read_image(micropython, chosen.chip if chosen else "") if micropython else None
    need_tools()
    with _interruptible():
        found = _port(port, ask=ask)
        if found is None:
            return None
        print(f"Port {printable(found.device)}{f', {found.about}' if found.about else ''}")
        device = found.device
        looked = _tried(lambda: look(device, _say), ask=ask)
        _tell_found(looked)
        chosen = chosen or _board(firmware, looked, ask=ask)
        if chosen is None:
            return None
        with ours_alone(looked.hello):
            wanted = _image(image, chosen, looked, erase=erase, only_firmware=only_firmware)
            work = Work(found, chosen, firmware, looked, wanted, erase, _say)
            return _done(work, ask=ask) if _agreed(work, ask=ask) else None


def _done(work: Work, *, ask: bool) -> Flashed:
    """All of it, each step said before it is begun."""
    try:
        work.stop()
        if work.image is not None:
            _tried(work.put_micropython, ask=ask)
        _tried(work.put_firmware, ask=ask)
        hello = work.prove()
    except RunError as error:
        if not work.begun:
            raise
        raise RunError(f"{str(error).rstrip('.')}. {HALF_DONE}") from None
    except KeyboardInterrupt:
        write_line(HALF_DONE if work.begun else "Left. The board is as it was")
        raise
    _tell_done(work, hello)
    return Flashed(work.port.device, work.board.word, hello.node_id, hello.firmware)


def _tried(step: Callable[[], Result], *, ask: bool) -> Result:
    """Again and again, for as long as a person wants: most of it is a button or a cable."""
    from upturn.flash.trouble import StepError

    while True:
        try:
            return step()
        except StepError as error:
            if not (ask and _somebody()):
                raise
            write_line(str(error))
            said = asking.read("Enter to try again, q to leave: ")
            if said is None or said.lower() in asking.LEAVE:
                raise RunError(f"left: {error.what}") from None


def _port(port: str | None, *, ask: bool) -> Found | None:
    from upturn.flash.ports import boards_here, named, only_one

    if port is not None:
        return named(port)
    here = boards_here()
    if len(here) < 2 or not (ask and _somebody()):
        return only_one(here)
    rows = [f"{printable(one.device)}, {one.about}" for one in here]
    at = asking.choose("Which port is the board on?", rows)
    return here[at] if at is not None else None


def _named_board(firmware: Firmware, name: str) -> Board:
    board = firmware.board_named(name)
    if board is None:
        known = ", ".join(firmware.boards)
        raise InputError(f"there is no board {name!r}", where="--board", remedy=f"Name: {known}")
    return board


def _board(firmware: Firmware, looked: Looked, *, ask: bool) -> Board | None:
    """As the node says, else as the person does; None: the person left."""
    from upturn.flash.work import likely

    said = firmware.board_named(looked.board_name) if looked.board_name else None
    if said is not None:
        return said
    boards = likely(firmware, looked)
    if not boards:
        chip = looked.chip.about if looked.chip else "this chip"
        raise RunError(f"no board of Upturn's has {chip}. See 'upturn flash --list'")
    if not (ask and _somebody()):
        names = ", ".join(board.word for board in boards)
        raise RunError(f"which board it is cannot be seen. Name it: --board, one of {names}")
    rows = [_short(board) for board in boards]
    at = asking.choose("Which board is it?", rows)
    return boards[at] if at is not None else None


def _image(
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


def _agreed(work: Work, *, ask: bool) -> bool:
    """Say what will be, and let a person decide; False: not to be done."""
    if work.image is not None and not work.erase and not work.looked.has_micropython:
        _say("Looking whether it holds files of MicroPython's")
        work.erase = not work.has_files()
    for line in _plan(work):
        print(line)
    if not ask:
        return True
    if not _somebody():
        raise RunError(f"{NO_ANSWER}. Say so with --yes")
    said = asking.yes("Go on?", unless_said=None if work.erase else True)
    if not said:
        print("Left. The board is as it was.")
    return bool(said)


def _plan(work: Work) -> Iterator[str]:
    yield f"Board {_short(work.board)}"
    if work.image is not None:
        version = work.image.version or work.image.path.name
        yield f"It gets MicroPython {version} and firmware {work.firmware.version}."
    else:
        yield f"It gets firmware {work.firmware.version}; its MicroPython stays."
    if work.erase:
        yield "ALL THAT IS ON IT IS DELETED: other programs, and a node's name, limits,"
        yield "calibration and paired computers."
    else:
        yield "A node's name, limits, calibration and paired computers stay."


def _tell_found(looked: Looked) -> None:
    hello, there, chip = looked.hello, looked.there, looked.chip
    if hello is not None:
        name = printable(hello.name or hello.node_id)
        print(f"A node: {name}, firmware {hello.firmware}, board {printable(hello.board)}")
    elif there is not None:
        version = ".".join(map(str, there.version))
        print(f"MicroPython {version} on {there.platform}, and no node that runs")
    elif chip is not None:
        print(f"A chip, and no MicroPython that answers: {chip.about.partition(';')[0]}")


def _tell_done(work: Work, hello: Hello) -> None:
    from upturn.wire.vocabulary import fault

    before = work.looked.hello
    name = printable(hello.name or hello.node_id)
    print(f"Done: {name} answers, with firmware {hello.firmware} for {work.board.word}.")
    if words := fault(hello.fault).words:
        print(f"It reports a fault: {words}. firmware/README.md tells what to do.")
    if before is not None and not work.erase and before.mounting != hello.mounting:
        write_line("its calibration is not what it was. Calibrate it anew: 'upturn calibrate'")
    elif hello.mounting is None:
        print("It is not calibrated: 'upturn calibrate'.")


def _listed() -> Iterator[str]:
    from upturn.flash.firmware import find_firmware
    from upturn.flash.ports import NO_PORT, boards_here

    firmware = find_firmware()
    width = max(map(len, firmware.boards)) + 2
    yield f"Boards, for --board, with firmware {firmware.version}:"
    for board in firmware.boards.values():
        yield f"  {board.word:<{width}}{board.micropython}"
        yield from textwrap.wrap(board.about, WIDTH, **_indent(width + 2))
    ports = boards_here()
    yield "Ports that may have a board, for --port:"
    for port in ports:
        yield f"  {printable(port.device)}  {port.about}"
    if not ports:
        yield from textwrap.wrap(f"{NO_PORT[0].upper()}{NO_PORT[1:]}.", WIDTH, **_indent(2))


def _indent(columns: int) -> _Indent:
    return {"initial_indent": " " * columns, "subsequent_indent": " " * columns}


def _short(board: Board) -> str:
    """A line of it."""
    return textwrap.shorten(f"{board.word}: {board.about}", WIDTH - 6, placeholder=" ...")


def _say(what: str) -> None:
    print(textwrap.fill(f"{what[0].upper()}{what[1:]} ...", WIDTH), flush=True)


def _somebody() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal end a step in order, with the program that does it."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {number: signal.signal(number, leave) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
