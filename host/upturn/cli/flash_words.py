# SPDX-License-Identifier: MIT
"""What `upturn flash` tells a person: what is there, what will be, what is being done, and was."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypedDict

from upturn.cli.stderr import write_line
from upturn.transports.printable import printable

if TYPE_CHECKING:
    from upturn.flash.firmware import Board
    from upturn.flash.work import Looked, Work
    from upturn.wire.messages import Hello

WIDTH = 79


class _Indent(TypedDict):
    initial_indent: str
    subsequent_indent: str


def plan(work: Work) -> Iterator[str]:
    yield f"Board {short(work.board)}"
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


def tell_found(looked: Looked) -> None:
    hello, there, chip = looked.hello, looked.there, looked.chip
    if hello is not None:
        name = printable(hello.name or hello.node_id)
        print(f"A node: {name}, firmware {hello.firmware}, board {printable(hello.board)}")
    elif there is not None:
        version = ".".join(map(str, there.version))
        print(f"MicroPython {version} on {there.platform}, and no node that runs")
    elif chip is not None:
        print(f"A chip, and no MicroPython that answers: {chip.about.partition(';')[0]}")


def tell_done(work: Work, hello: Hello) -> None:
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


def listed() -> Iterator[str]:
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


def short(board: Board) -> str:
    """A line of it."""
    return textwrap.shorten(f"{board.word}: {board.about}", WIDTH - 6, placeholder=" ...")


def say(what: str) -> None:
    print(textwrap.fill(f"{what[0].upper()}{what[1:]} ...", WIDTH), flush=True)


def _indent(columns: int) -> _Indent:
    return {"initial_indent": " " * columns, "subsequent_indent": " " * columns}
