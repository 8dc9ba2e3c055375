# SPDX-License-Identifier: MIT
"""`upturn flash`: MicroPython and Upturn's firmware onto a board, proven by asking the node.

What can be found out is not asked. What is deleted is asked for first, and what was begun and not
ended is never called done.
"""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from upturn.cli import asking
from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.flash_choice import board_named, board_of, image_of, port_of, somebody
from upturn.cli.flash_words import listed, plan, say, tell_done, tell_found
from upturn.cli.stderr import write_line
from upturn.errors import EXIT_DONE, EXIT_INTERRUPTED, InputError, RunError
from upturn.transports.printable import clipped, printable

if TYPE_CHECKING:
    from upturn.flash.work import Work

HALF_DONE = (
    "The board is half done and starts no node until this is repeated: run the same command again"
)
STOPPED = (
    "Its firmware is as it was, but the node was stopped and guards nobody: press its RESET, or "
    "unplug it and plug it in"
)
AS_IT_WAS = "Left. The board is as it was"
NO_ANSWER = "there is nobody to ask"
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
        for line in listed():
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
    chosen = board_named(firmware, board) if board is not None else None
    image = read_image(micropython, chosen.chip if chosen else "") if micropython else None
    need_tools()
    with _interruptible():
        found = port_of(port, ask=ask)
        if found is None:
            return None
        about = f", {found.about}" if found.about else ""
        print(f"Port {clipped(printable(found.device))}{about}")
        device = found.device
        looked = _tried(lambda: look(device, say), ask=ask)
        tell_found(looked)
        chosen = chosen or board_of(firmware, looked, ask=ask)
        if chosen is None:
            return None
        with ours_alone(looked.hello):
            wanted = image_of(image, chosen, looked, erase=erase, only_firmware=only_firmware)
            work = Work(found, chosen, firmware, looked, wanted, erase, say)
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
        if not (left := _left(work)):
            raise
        raise RunError(f"{str(error).rstrip('.')}. {left}") from None
    except KeyboardInterrupt:
        write_line(_left(work) or AS_IT_WAS)
        raise
    tell_done(work, hello)
    return Flashed(work.port.device, work.board.word, hello.node_id, hello.firmware)


def _left(work: Work) -> str:
    """What has to be done with a board that is left now; empty: nothing."""
    if work.begun:
        return HALF_DONE
    return STOPPED if work.stopped else ""


def _tried(step: Callable[[], Result], *, ask: bool) -> Result:
    """Again and again, for as long as a person wants: most of it is a button or a cable."""
    from upturn.flash.trouble import StepError

    while True:
        try:
            return step()
        except StepError as error:
            if not (ask and somebody()):
                raise
            write_line(str(error))
            said = asking.read("Enter to try again, q to leave: ")
            if said is None or said.lower() in asking.LEAVE:
                raise RunError(f"left: {error.what}") from None


def _agreed(work: Work, *, ask: bool) -> bool:
    """Say what will be, and let a person decide; False: not to be done."""
    if work.image is not None and not work.erase and not work.looked.has_micropython:
        say("Looking whether it holds files of MicroPython's")
        work.erase = not work.has_files()
    for line in plan(work):
        print(line)
    if not ask:
        return True
    if not somebody():
        raise RunError(f"{NO_ANSWER}. Say so with --yes")
    said = asking.yes("Go on?", unless_said=None if work.erase else True)
    if not said:
        print(f"{AS_IT_WAS}.")
    return bool(said)


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
