# SPDX-License-Identifier: MIT
"""The chip's own loader, by esptool: which chip it is, what its flash holds, MicroPython onto it.

What a board's files are is decided by its flash and asked of nobody: where MicroPython's file
system begins, LittleFS says so, and then name, limits, calibration and bonds outlive a new image.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from upturn.flash.image import Image
from upturn.flash.programs import run_tool
from upturn.flash.trouble import LOST, StepError

LOOK_S = 60.0
WRITE_S = 600.0
BAUD = 460_800
SLOW_BAUD = 115_200
"""For a bridge or a cable that does not do the first."""

_CHIP = re.compile(
    r"^Chip type: +(?P<about>(?P<word>ESP32(?:-(?:S2|S3|[CHP]\d+))?)\S*.*)$", re.MULTILINE
)
_FEATURES = re.compile(r"^Features: +(.+)$", re.MULTILINE)
_LITTLEFS = b"littlefs"
_SUPERBLOCKS_BYTES = 0x2000
"""Two blocks; either may be the newer."""


class Chip(NamedTuple):
    word: str
    """As profiles and images have it: esp32, esp32s3."""
    about: str
    """As esptool says it, with what is built in."""


class Loader:
    """The loader behind one port; every call starts the chip anew, into it."""

    def __init__(self, device: str) -> None:
        self._device = device

    def chip(self) -> Chip:
        """Which one answers.

        Raises:
            StepError: none does.
        """
        said = self._run(["flash-id"], LOOK_S)
        found = _CHIP.search(said)
        if found is None:
            raise StepError(
                "esptool does not say which chip it is", "Try again with another cable", said
            )
        features = _FEATURES.search(said)
        about = found["about"].strip() + (f"; {features[1].strip()}" if features else "")
        return Chip(found["word"].replace("-", "").lower(), about)

    def has_files(self, image: Image) -> bool:
        """There is a file system of MicroPython's where this image looks for one.

        Raises:
            StepError: it cannot be read.
        """
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "start"
            span = [f"{image.files_at:#x}", f"{_SUPERBLOCKS_BYTES:#x}"]
            self._run(["read-flash", *span, str(out)], LOOK_S)
            return _LITTLEFS in out.read_bytes()

    def write(self, image: Image, *, erase: bool) -> None:
        """Put it on, checked by the chip's own sum; `erase`: all else goes first.

        Raises:
            StepError: it is not all there.
        """
        words = ["write-flash", *(["--erase-all"] if erase else [])]
        words += [f"{image.starts_at:#x}", str(image.path)]
        chip = ["--chip", image.chip]
        try:
            self._run(words, WRITE_S, *chip, "--baud", str(BAUD))
        except StepError as error:
            if error.what != LOST:
                raise
            self._run(words, WRITE_S, *chip, "--baud", str(SLOW_BAUD))

    def _run(self, words: list[str], timeout_s: float, *before: str) -> str:
        return run_tool("esptool", ["--port", self._device, *before, *words], timeout_s)
