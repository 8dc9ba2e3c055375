# SPDX-License-Identifier: MIT
"""MicroPython's prompt on a board, by mpremote: what is there, and the firmware onto it.

The law: `main.py` is gone before anything is changed, and comes back last, when all else was read
back from the board and has the right sum. Whatever interrupts that leaves a board that starts no
node, and the same work again mends it. No file is touched but the firmware's own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from upturn.flash.device import INVENTORY, REMOVE, RESET, SAY
from upturn.flash.firmware import BOOT, LIBRARY, MAIN
from upturn.flash.image import OLDEST, OLDEST_TEXT
from upturn.flash.programs import run_tool
from upturn.flash.trouble import StepError
from upturn.transports.serial_ports import PORT_ERRORS, open_port

ANSWER_S = 4.0
"""As long as a node takes that starts anew into its prompt, for its watchdog runs."""
AGAIN_S = 0.5
LOOK_S = 45.0
FIRST_LOOK_S = 12.0
"""A prompt that has just answered tells in 3 s what is there, on a slow computer in twice that."""
FIRST_TRIES = 2
COPY_S = 300.0
TRIES = 3
"""A node whose watchdog runs is started anew by the first try, into its prompt."""
MPY = 6
"""Of the bytecode that the compiler makes."""
_INTERRUPT = b"\r\x03\x02\r\x01"
"""Ctrl-C, out of the raw mode, and into it: then every prompt shows itself in it."""
_RAW = b"raw REPL; CTRL-B to exit"
"""What mpremote waits for. A banner is no proof: a port may repeat one whatever it is asked."""
_LEAVE = b"\x02"
SHADOW = "/upturn_node"
"""MicroPython looks here before it looks in the library."""


class There(NamedTuple):
    """What the prompt says of its board."""

    platform: str
    chip: str
    """Empty where MicroPython does not say."""
    version: tuple[int, int]
    mpy: int
    free_bytes: int
    board: str
    """The profile that is on it; empty for none."""
    sums: Mapping[str, str]
    """SHA-256 of the firmware's files, or of what is in their places."""
    folders: tuple[str, ...]
    """In a place that hides the firmware's, the inner first."""

    @property
    def fault(self) -> str:
        """Why the firmware cannot run there; empty if it can."""
        if self.platform != "esp32":
            return f"it is MicroPython for {self.platform}, and the node needs an ESP32"
        if self.version < OLDEST or self.mpy != MPY:
            found = ".".join(map(str, self.version))
            return f"its MicroPython is {found}, and the firmware is for {OLDEST_TEXT} and later"
        return ""


def prompt_answers(device: str) -> bool:
    """Something like it does, in short; mpremote takes ten seconds to say that none does.

    Raises:
        PortError: the port cannot be opened.
    """
    heard, found = b"", False
    try:
        with open_port(device) as port:
            end_s = time.monotonic() + ANSWER_S
            again_s = 0.0
            while not found and (now_s := time.monotonic()) < end_s:
                if now_s >= again_s:  # a board that only starts hears none of it
                    port.write(_INTERRUPT)
                    again_s = now_s + AGAIN_S
                heard = heard[-len(_RAW) :] + port.read(port.in_waiting or 1)
                found = _RAW in heard
            if found:
                port.write(_LEAVE)
    except PORT_ERRORS:
        return False
    return found


class Prompt:
    """The prompt behind one port; every call interrupts what runs there."""

    def __init__(self, device: str) -> None:
        self._device = device

    def look(self, tries: int = TRIES, within_s: float = LOOK_S) -> There:
        """What is there; each try ends in that time.

        Raises:
            StepError: no prompt answers.
        """
        for left in range(tries - 1, -1, -1):
            try:
                return self._inventory(within_s)
            except StepError:
                if not left:
                    raise
        raise AssertionError

    def install(
        self,
        there: There,
        files: Mapping[str, Path],
        wanted: Mapping[str, str],
        foreign_boots: frozenset[str],
        *,
        before_change: Callable[[], None],
    ) -> None:
        """Make the firmware's places on the board hold `files`, which have the sums `wanted`.

        Raises:
            StepError: they do not; nothing of it starts then.
        """
        before_change()
        self._run(
            [
                "exec",
                REMOVE.format(
                    paths=[MAIN, *_stale(there, wanted, foreign_boots)],
                    folders=list(there.folders),
                ),
            ],
            LOOK_S,
        )
        first = [place for place in files if _is_root(place) and place != MAIN]
        self._copy({place: files[place] for place in first})  # who repeats this is not asked again
        self._copy_modules(there, files, wanted)
        self._check({place: wanted[place] for place in wanted if place != MAIN}, foreign_boots)
        self._copy({MAIN: files[MAIN]})
        self._check(wanted, foreign_boots)

    def reset(self) -> None:
        """Let the board start as at power-on."""
        self._run(["exec", "--no-follow", RESET], LOOK_S)

    def _copy_modules(
        self, there: There, files: Mapping[str, Path], wanted: Mapping[str, str]
    ) -> None:
        """Those alone that are other, where there are folders for them: that spares a minute."""
        other = {
            place: path
            for place, path in files.items()
            if not _is_root(place) and there.sums.get(place) != wanted[place]
        }
        folders = {place.rpartition("/")[0] for place in there.sums}
        if all(place.rpartition("/")[0] in folders for place in other):
            self._copy(other)
        else:
            modules = files[f"{LIBRARY}/__init__.mpy"]
            self._run(["fs", "cp", "-r", str(modules.parent), ":/lib/"], COPY_S)

    def _copy(self, files: Mapping[str, Path]) -> None:
        words: list[str] = []
        for place, path in files.items():
            words += ["+", "fs", "cp", str(path), f":{place}"]
        if words:
            self._run(words[1:], COPY_S)

    def _check(self, wanted: Mapping[str, str], foreign_boots: frozenset[str]) -> None:
        there = self._inventory()
        own = {p: s for p, s in there.sums.items() if p in wanted or not _is_root(p)}
        wrong = sorted(place for place in {*wanted, *own} if own.get(place) != wanted.get(place))
        if wrong or there.folders or _stale(there, wanted, foreign_boots):
            raise StepError(
                f"the board does not hold what was copied ({', '.join(wrong[:3]) or SHADOW})",
                "Try again; if it stays, begin anew with --erase",
            )

    def _inventory(self, within_s: float = LOOK_S) -> There:
        said = self._run(
            [
                "exec",
                INVENTORY.format(library=LIBRARY, shadow=SHADOW, boot=BOOT, main=MAIN, say=SAY),
            ],
            within_s,
        )
        line = next((text for text in said.splitlines() if text.startswith(SAY)), None)
        try:
            facts: dict[str, Any] = json.loads((line or "").removeprefix(SAY))
            return There(
                facts["platform"],
                facts["chip"],
                tuple(facts["version"]),
                facts["mpy"],
                facts["free"],
                facts["board"],
                facts["sums"],
                tuple(facts["folders"]),
            )
        except (ValueError, KeyError, TypeError):
            raise StepError(
                "MicroPython's prompt answers, but not to the question",
                "Press RESET on the board, and try again",
                said,
            ) from None

    def _run(self, words: list[str], timeout_s: float) -> str:
        return run_tool("mpremote", ["connect", self._device, *words], timeout_s)


def _is_root(place: str) -> bool:
    return place.count("/") == 1


def _stale(there: There, wanted: Mapping[str, str], foreign_boots: frozenset[str]) -> list[str]:
    """Files of another version or board; a .py of ours would go before its bytecode."""
    modules = [place for place in there.sums if not _is_root(place) and place not in wanted]
    boot = there.sums.get(BOOT)
    return modules + ([BOOT] if BOOT not in wanted and boot in foreign_boots else [])
