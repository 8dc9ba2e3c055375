# SPDX-License-Identifier: MIT
"""The best output that works: opened, watched, given up, and tried again.

The law: whoever plays waits for nothing. Outputs are opened and closed in threads of their own,
and one that hangs in that is passed over. A better output takes over as soon as it works.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from upturn.sinks.sound.outputs import WAYS, MissingError, Output, OutputError, Way
from upturn.sinks.sound.synth import Samples

RETRY_S = 5.0
PATIENCE_S = 2.5
"""For opening: a device that takes longer is waited for, but the next way is tried meanwhile."""
FAREWELL_S = 2.0


class Status(NamedTuple):
    working: bool
    words: str
    """What plays, or why nothing does that an alarm can rely on."""


class _Attempt:
    """To open one output, in a thread: what comes of it is taken by whoever wants it still."""

    def __init__(self, way: Way, began_s: float) -> None:
        self.began_s = began_s
        self.why = ""
        self.is_missing = False
        self.output: Output | None = None
        self.done = False
        self._way = way
        self._wanted = True
        self._lock = threading.Lock()
        _in_background(f"sound-{way.name}", self._open)

    def abandon(self) -> Output | None:
        """Nobody wants it any more. What is open already is the caller's to close."""
        with self._lock:
            self._wanted = False
            return self.output

    def _open(self) -> None:
        output, why = None, ""
        try:
            output = self._way.open()
        except OutputError as error:
            why = str(error)
            self.is_missing = isinstance(error, MissingError)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is told, and tried again
            told = " ".join(str(fault).split()) or type(fault).__name__
            why = f"the {self._way.name} fails: {told}"
        with self._lock:
            wanted = self._wanted
            self.output, self.why, self.done = output, why, True
        if output is not None and not wanted:
            output.close()


@dataclass(slots=True)
class _Tried:
    """What is known of one way."""

    way: Way
    why: str = ""
    """Why it does not work; empty: it was not tried, or it works."""
    is_missing: bool = False
    """It was never there, and does not explain why what was there fails."""
    retry_s: float = float("-inf")
    attempt: _Attempt | None = None


class Loudspeaker:
    """Used by one thread alone, which calls `look` several times a second."""

    def __init__(self, ways: Sequence[Way] = WAYS) -> None:
        self._tried = [_Tried(way) for way in ways]
        self._output: Output | None = None
        self._place = len(self._tried)
        """Of the output among the ways."""
        self._broken = ""
        """How the output failed in use."""
        self._closing: list[threading.Thread] = []
        self.status: Status | None = None
        """None until the first output works, or all have failed."""

    @property
    def is_loud(self) -> bool:
        return self._output is not None and self._output.is_loud

    def play(self, samples: Samples) -> None:
        if self._output is not None:
            try:
                self._output.play(samples)
            except Exception as fault:  # noqa: BLE001 - whatever a driver raises, it has failed
                self._broken = f"it failed ({_line(fault)})"

    def cut(self) -> None:
        if self._output is not None:
            try:
                self._output.cut()
            except Exception as fault:  # noqa: BLE001
                self._broken = f"it failed ({_line(fault)})"

    def look(self, now_s: float) -> bool:
        """Watch the output and look for a better one; True: another one plays from now on."""
        if self._output is not None and (why := self._fault()):
            self._give_up(now_s, why)
        changed = False
        for place in range(len(self._tried)):
            changed |= self._take_up(now_s, place)
        self._try_next(now_s)
        self._judge()
        return changed

    def _fault(self) -> str:
        assert self._output is not None
        broken, self._broken = self._broken, ""
        try:
            return broken or self._output.fault()
        except Exception as fault:  # noqa: BLE001
            return f"it failed ({_line(fault)})"

    def close(self) -> None:
        """Give everything back; a driver that hangs is left to itself."""
        for tried in self._tried:
            if tried.attempt is not None and (output := tried.attempt.abandon()) is not None:
                self._let_go(output)
            tried.attempt = None
        if self._output is not None:
            self.cut()
            self._let_go(self._output)
            self._output = None
        for thread in self._closing:
            thread.join(FAREWELL_S)

    def _give_up(self, now_s: float, why: str) -> None:
        assert self._output is not None
        self._let_go(self._output)
        failed = self._tried[self._place]
        failed.why = why
        failed.retry_s = now_s + RETRY_S
        self._output = None
        self._place = len(self._tried)
        self.status = Status(working=False, words=why)

    def _take_up(self, now_s: float, place: int) -> bool:
        """See how an attempt went; True: its output plays from now on."""
        tried = self._tried[place]
        attempt = tried.attempt
        if attempt is None or not attempt.done:
            return False
        tried.attempt = None
        tried.why = attempt.why
        tried.is_missing = attempt.is_missing
        tried.retry_s = now_s + RETRY_S
        if attempt.output is None:
            return False
        if place >= self._place:
            self._let_go(attempt.output)
            return False
        if self._output is not None:
            self.cut()
            self._let_go(self._output)
        self._broken = ""
        self._output = attempt.output
        self._place = place
        return True

    def _try_next(self, now_s: float) -> None:
        """Of the ways that are better than what plays, the best that is not failing just now."""
        for tried in self._tried[: self._place]:
            if tried.attempt is not None:
                if now_s - tried.attempt.began_s < PATIENCE_S:
                    return
                tried.why = f"the {tried.way.name} does not answer"
            elif now_s >= tried.retry_s:
                tried.attempt = _Attempt(tried.way, now_s)
                return

    def _judge(self) -> None:
        failing = [t for t in self._tried[: self._place] if t.why]
        # One reason is enough: of the best that is there at all.
        why = min(failing, key=lambda t: t.is_missing).why if failing else "there is no output"
        if self._output is not None and self._output.is_loud:
            self.status = Status(working=True, words=self._output.words)
        elif self._output is not None:
            words = f"{why}; {self._output.words} rings" if failing else self._output.words
            self.status = Status(working=False, words=words)
        elif len(failing) == len(self._tried):
            self.status = Status(working=False, words=why)

    def _let_go(self, output: Output) -> None:
        self._closing = [t for t in self._closing if t.is_alive()]
        self._closing.append(_in_background("sound-close", output.close))


def _line(fault: Exception) -> str:
    return " ".join(str(fault).split()) or type(fault).__name__


def _in_background(name: str, act: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=act, name=name, daemon=True)
    thread.start()
    return thread
