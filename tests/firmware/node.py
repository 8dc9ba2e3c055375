# SPDX-License-Identifier: MIT
"""A simulated node: the unmodified firmware under MicroPython, behind a serial port.

    with Node(tmp_path, bits=64) as node:
        open_serial(node.port)          # a pseudo-terminal
        node.act("go 60 2000")          # the table swings to 60 degrees within 2 s
        node.reset()

With a `radio` its board has Bluetooth; without one there is no module `bluetooth` on it.

One thread carries the bytes, restarts the process where a board would start again, and damages the
line as told. Whatever happens to the test, the process ends with it: its channel is closed then.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tests.firmware import mpy
from tests.firmware.cable import Cable
from tests.firmware.node_log import PATIENCE_S, Entry, LogLines, wait

if TYPE_CHECKING:
    from tests.radio.node_radio import NodeRadio

EXIT_RESET = 10
EXIT_SOFT_RESET = 11
EXIT_DEEPSLEEP = 12
WATCHDOG = -signal.SIGALRM

CAUSES = {"power": 1, "pin": 2, "watchdog": 3, "wake": 4, "program": 5}
"""machine.reset_cause() of an ESP32."""

_CAUSE_OF_EXIT = {EXIT_RESET: "program", EXIT_SOFT_RESET: "program", WATCHDOG: "watchdog"}
_LASTING = ("battery", "button", "sway", "turn", "slip", "scale", "bias")
"""Acts that are of the surroundings, and not of the moment."""
_PRIORITY = -15
_KEPT_BYTES = 20_000
_TURN_S = 0.02
_PRESS_S = 0.15
"""Held for less it may be a bounce."""


class Node:
    """See the module. Everything public may be called from the thread of the test."""

    def __init__(
        self,
        folder: Path,
        *,
        bits: int = 64,
        board: str = "m5stickc_plus2",
        sensor: str | None = None,
        start_deg: float = -90.0,
        script: Sequence[tuple[int, str]] = (),
        noise: tuple[int, int] = (2, 1),
        files: dict[str, bytes] | None = None,
        hardware_id: str = "240ac4000001",
        heapsize: str | None = None,
        radio: NodeRadio | None = None,
    ) -> None:
        self.port = folder / "port"
        self._cable = Cable(self.port)
        self.flash = folder / "flash"
        self._folder = folder
        self._bits = bits
        self._heapsize = heapsize
        self._radio = radio
        self._setup: dict[str, Any] = {
            "board": board,
            "sensor": sensor,
            "start_deg": start_deg,
            "script": [list(entry) for entry in script],
            "step_ms": 2,
            "noise": list(noise),
            "id": hardware_id,
            "retained": str(folder / "retained"),
            "flash": str(self.flash),
        }
        lay_out_flash(self.flash, board, files or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._log: list[Entry] = []
        self._log_lines = LogLines()
        self._log_pipe: int | None = None
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._said = bytearray()
        self._lasting: dict[str, str] = {}
        self.spoken_s = -math.inf
        """When its host last said anything over the cable, on time.monotonic()."""
        self.exits: list[int] = []
        """How each process of this node ended, in order."""

    def __enter__(self) -> Self:
        self.plug()
        self._start("power")
        self._thread = threading.Thread(target=self._carry, name="node", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            error.add_note(f"the node ended by {self.exits} and printed: {self.printed()}")
        self._stop.set()
        self._thread.join()
        with self._lock:
            self._end()
            self.unplug()

    def act(self, line: str) -> float:
        """Do something to the simulated world, a line of tests/firmware/device/world.py; when.

        A node that starts again finds the table where it was going, and what else lasts.
        """
        with self._lock:
            verb, *words = line.split()
            if verb == "go":
                self._setup["start_deg"] = float(words[0])
            elif verb in _LASTING:
                self._lasting[verb] = line
            self._send(line)
            return time.monotonic()

    def press(self) -> None:
        """Its button, shortly: as long as a finger does, once the node has seen it go down."""
        presses = len(self.log("button"))
        self.act("button 1")
        wait(lambda: self.log("button")[presses:] or None, PATIENCE_S, "press")
        time.sleep(_PRESS_S)
        self.act("button 0")

    def plug(self) -> None:
        """The cable is in: `port` is there."""
        with self._lock:
            self._cable.plug()

    def unplug(self) -> None:
        """The cable is out: `port` vanishes, and whoever has it open gets an error."""
        with self._lock:
            self._cable.unplug()

    def inject(self, data: bytes) -> None:
        """Other text on the line, between two messages."""
        with self._lock:
            self._cable.inject(data)

    def flip(self, ratio: float, seed: int = 0) -> None:
        """Turn that share of the bytes, both ways, into other bytes."""
        with self._lock:
            self._cable.flip(ratio, seed)

    def reset(self, cause: str = "pin") -> None:
        """As by the reset pin: the program starts again, RTC memory is kept."""
        with self._lock:
            self._end()
            self._start(cause)

    def power_cycle(self) -> None:
        with self._lock:
            self.kill()
            self._start("power")

    def kill(self) -> None:
        """The power is gone, and so is the RTC memory."""
        with self._lock:
            self._end()
            Path(self._setup["retained"]).unlink(missing_ok=True)

    def printed(self) -> str:
        """The newest traceback among what it has said, or nothing."""
        with self._lock:
            text = bytes(self._said).decode(errors="replace")
        start = text.rfind("Traceback")
        return text[start : start + 1500] if start >= 0 else ""

    def log(self, what: str | None = None, since_s: float = 0.0) -> list[Entry]:
        """What the node has done so far, across restarts."""
        with self._lock:
            return [
                entry
                for entry in self._log
                if (what is None or entry.what == what) and entry.at_s >= since_s
            ]

    def sounds(self, since_s: float = 0.0) -> list[Entry]:
        """When its buzzer began (by frequency) and stopped (0)."""
        return self.log("pwm", since_s)

    def wait_for(self, what: str, since_s: float = 0.0, timeout_s: float = PATIENCE_S) -> Entry:
        """The first such entry of the log."""
        return wait(lambda: next(iter(self.log(what, since_s)), None), timeout_s, what)

    def _send(self, line: str) -> None:
        assert self._channel is not None, "the node is off"
        self._channel.sendall(line.encode() + b"\n")

    def _start(self, cause: str) -> None:
        ours, theirs = socket.socketpair()
        log_read, log_write = os.pipe()
        setup = {
            **self._setup,
            "cause": CAUSES[cause],
            "channel_fd": theirs.fileno(),
            "log_fd": log_write,
        }
        passed = [theirs.fileno(), log_write]
        radio = self._radio.plug() if self._radio is not None else None
        if radio is not None:
            setup["radio_fd"] = radio.fileno()
            passed.append(radio.fileno())
        path = self._folder / "setup.json"
        path.write_text(json.dumps(setup))
        self._process = subprocess.Popen(
            mpy.argv(self._bits, "run_node.py", path, heapsize=self._heapsize),
            env=mpy.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=passed,
            bufsize=0,
        )
        with contextlib.suppress(PermissionError):  # a true node has a processor of its own
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _PRIORITY)
        theirs.close()
        if radio is not None:
            radio.close()
        os.close(log_write)
        assert self._process.stdout is not None
        for pipe in (log_read, self._process.stdout.fileno()):
            os.set_blocking(pipe, False)
        self._channel = ours
        self._log_pipe = log_read
        self._log_lines = LogLines()
        self._setup["script"] = []  # it is played once
        for line in self._lasting.values():
            self._send(line)

    def _end(self) -> None:
        """Kill the process if there is one, and read its log to the end."""
        process = self._process
        if process is None:
            return
        process.kill()
        self.exits.append(process.wait())
        while self._read_log():
            pass
        assert self._channel is not None
        assert self._log_pipe is not None
        assert process.stdin is not None
        assert process.stdout is not None
        self._channel.close()
        os.close(self._log_pipe)
        process.stdin.close()
        process.stdout.close()
        self._process = self._channel = self._log_pipe = None

    def _carry(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                wanted = self._readable()
            # what the test closes meanwhile is none of ours, and the next turn sees it
            with contextlib.suppress(OSError, ValueError):
                select.select(wanted, [], [], _TURN_S)
            with self._lock:
                self._carry_once()

    def _readable(self) -> list[int]:
        process = self._process
        stdout = process.stdout.fileno() if process is not None and process.stdout else None
        wanted = (stdout, self._log_pipe, self._cable.listening_on())
        return [number for number in wanted if number is not None]

    def _carry_once(self) -> None:
        """Whatever is there; nothing here waits."""
        process = self._process
        from_host = self._cable.from_host()
        if process is None or process.stdin is None or process.stdout is None:
            return
        self._read_log()
        if from_host:
            self.spoken_s = time.monotonic()
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(from_host)
        said = _read(process.stdout.fileno())
        if said:
            self._said += said
            del self._said[:-_KEPT_BYTES]
            self._cable.to_host(said)
        if process.poll() is not None:
            self._ended(process.returncode)

    def _ended(self, code: int) -> None:
        cause = _CAUSE_OF_EXIT.get(code)
        self._end()
        if cause is not None:
            self._start(cause)

    def _read_log(self) -> bool:
        assert self._log_pipe is not None
        data = _read(self._log_pipe)
        self._log.extend(self._log_lines.feed(data))
        return bool(data)


def _read(pipe: int) -> bytes:
    """What is there."""
    try:
        return os.read(pipe, 65536)
    except BlockingIOError:
        return b""


def lay_out_flash(flash: Path, board: str, files: dict[str, bytes]) -> None:
    """As firmware/README.md tells to install it, the package itself by a link."""
    library = flash / "lib"
    library.mkdir(parents=True)
    (library / "upturn_node").symlink_to(mpy.FIRMWARE / "upturn_node")
    for source in [mpy.FIRMWARE / "main.py", *(mpy.FIRMWARE / "boards" / board).glob("*.py")]:
        (flash / source.name).symlink_to(source)
    for name, content in files.items():
        (flash / name).unlink(missing_ok=True)  # not through the link
        (flash / name).write_bytes(content)
