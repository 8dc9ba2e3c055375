# SPDX-License-Identifier: MIT
"""One board from what it is to a node that says who it is, step by step.

Nothing here asks a person anything: `look` finds out what is there, whoever calls decides, and
`Work` does it. A step that fails leaves a board that can be begun with again.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from upturn.errors import RunError
from upturn.flash.firmware import Board, Firmware, compiled, sums
from upturn.flash.image import Image
from upturn.flash.loader import Chip, Loader
from upturn.flash.node import Asked, ask_node, stop_node, wait_for_node
from upturn.flash.ports import Found, again, boards_here
from upturn.flash.prompt import FIRST_LOOK_S, FIRST_TRIES, Prompt, There, prompt_answers
from upturn.flash.trouble import StepError
from upturn.wire.messages import Hello

START_S = 30.0
"""A first start makes the file system, and a node waits 3 s before it speaks."""
PORT_S = 15.0
SETTLE_S = 1.0
"""A port of the chip's own is still there for a moment after a reset."""

CHIPS_OF = {
    "feather_esp32_v2_lis3dh": ("PICO-V3-02", "PICO-MINI-02"),
    "m5stickc_plus2": ("PICO-V3-02",),
    "m5stickc_plus": ("PICO-D4",),
    "devkitc_gy521": ("D0WD", "U4WD", "S0WD"),
    "atoms3": ("Embedded Flash 8MB",),
    "xiao_esp32s3": ("Embedded PSRAM 8MB",),
}
"""What esptool says of the chip on each board; it narrows a choice and makes none."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Looked:
    """What is behind a port; at most one of the three answers."""

    asked: Asked
    there: There | None = None
    chip: Chip | None = None

    @property
    def hello(self) -> Hello | None:
        return self.asked.hello

    @property
    def board_name(self) -> str:
        """As the node says it, or as its profile on the board does."""
        if self.hello is not None:
            return self.hello.board
        return self.there.board if self.there is not None else ""

    @property
    def has_micropython(self) -> bool:
        return self.hello is not None or self.there is not None


def look(device: str, say: Say) -> Looked:
    """Ask for a node, else for MicroPython's prompt, else for the chip's loader.

    Raises:
        RunError: nothing answers, and what to hold or press then.
    """
    say("Asking whether a node is there")
    asked = ask_node(device)
    if asked.hello is not None:
        return Looked(asked)
    say(f"{asked.other or 'No node answers'}. Asking for MicroPython's prompt")
    if prompt_answers(device):
        say("It answers. Looking what is on the board")
        return Looked(asked, there=Prompt(device).look(FIRST_TRIES, FIRST_LOOK_S))
    say("No prompt answers. Asking the chip's loader")
    return Looked(asked, chip=Loader(device).chip())


def likely(firmware: Firmware, looked: Looked) -> list[Board]:
    """The boards that it can be, by the chip; those with just this chip first."""
    chip = looked.chip.word if looked.chip else looked.there.chip if looked.there else ""
    boards = [board for board in firmware.boards.values() if not chip or board.chip == chip]
    if looked.chip is None:
        return boards
    about = looked.chip.about
    fits = [b for b in boards if any(word in about for word in CHIPS_OF.get(b.word, ()))]
    return [*fits, *(board for board in boards if board not in fits)]


@dataclass
class Work:
    """`begun`: the board is not what it was, and not yet what it is to be. `stopped`: its node is
    whole, and guards nobody until it starts anew.
    """

    port: Found
    board: Board
    firmware: Firmware
    looked: Looked
    image: Image | None
    erase: bool
    say: Say
    begun: bool = False
    stopped: bool = False

    def has_files(self) -> bool:
        """What a board without MicroPython holds of an earlier one.

        Raises:
            RunError: it cannot be found out.
        """
        assert self.image is not None
        return Loader(self.port.device).has_files(self.image)

    def stop(self) -> None:
        """Raises: RunError: the node refuses."""
        if self.looked.hello is None:
            return
        self.say("Asking the node to stop")
        stop_node(self.port.device)
        self.stopped = True
        self._started_anew()

    def put_micropython(self) -> None:
        """Raises: RunError: it is not all on the board."""
        assert self.image is not None
        chip = Loader(self.port.device).chip()
        if chip.word != self.image.chip:
            raise RunError(
                f"the board's chip is an {chip.about}, and {self.image.path.name} is for an "
                f"{self.image.chip.upper()}. Nothing was changed; name another file or --board"
            )
        deleted = "Deleting all that is on the board, and putting" if self.erase else "Putting"
        version = f" {self.image.version}" if self.image.version else ""
        self.say(f"{deleted} MicroPython{version} on it; this takes a minute")
        self.begun = True
        Loader(self.port.device).write(self.image, erase=self.erase)
        self._started_anew()

    def put_firmware(self) -> None:
        """Raises: RunError: it is not all on the board."""
        self.say("Looking what is on it")
        there = self._prompt()
        if there.fault:
            raise RunError(
                f"{there.fault}. Give it another: --micropython FILE.bin "
                f"({self.board.micropython} from micropython.org/download)"
            )
        if there.chip and there.chip != self.board.chip:
            raise RunError(
                f"the board has an {there.chip.upper()}, and {self.board.word} an "
                f"{self.board.chip.upper()}. Name the right one: --board, see "
                "'upturn flash --list'"
            )
        with tempfile.TemporaryDirectory() as folder:
            files = compiled(self.firmware, self.board, Path(folder))
            wanted = sums(files)
            self.say(f"Copying firmware {self.firmware.version} to it; this takes a minute")
            prompt = Prompt(self.port.device)
            prompt.install(there, files, wanted, self.firmware.boots(), before_change=self._begin)
        self.say("All of it was read back, and is right. Starting the node")
        prompt.reset()
        self.stopped = False
        self._started_anew()

    def prove(self) -> Hello:
        """What the node says of itself now.

        Raises:
            RunError: nothing, or that it is another.
        """
        self.say("Asking the node who it is")
        hello = wait_for_node(self.port.device, START_S)
        if hello is None:
            raise RunError(
                "all is on the board, but no node answers. Press its RESET, or unplug it and plug "
                "it in; then look with 'upturn scan'"
            )
        found = hello.firmware, hello.board
        wanted = self.firmware.version, self.board.name
        if found != wanted:
            raise RunError(
                f"a node answers, but with firmware {found[0]} for {found[1]}, and not "
                f"{wanted[0]} for {wanted[1]}. Try again"
            )
        self.begun = False
        return hello

    def _begin(self) -> None:
        self.begun = True

    def _prompt(self) -> There:
        end_s = time.monotonic() + START_S
        while True:
            try:
                return Prompt(self.port.device).look()
            except StepError as error:
                if time.monotonic() > end_s:
                    pressed = "Press RESET on the board, or unplug it and plug it in"
                    raise RunError(f"{error.what}. {pressed}, and run this again") from None

    def _started_anew(self) -> None:
        time.sleep(SETTLE_S)
        self.port = again(
            self.port, os.path.exists if os.name == "posix" else _listed, PORT_S, boards_here
        )


def _listed(device: str) -> bool:
    return any(port.device == device for port in boards_here())
