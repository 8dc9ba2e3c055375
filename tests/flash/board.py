# SPDX-License-Identifier: MIT
"""A board on a cable that can be flashed: its loader, its MicroPython, its node, one at a time.

    with SimBoard(tmp_path) as board:      # from the box: an empty flash
        flash(str(board.port), ...)

What it does is decided by its flash. Without MicroPython only the loader answers; with it the
process of tests/firmware runs what was copied: `main.py`, or the prompt in its raw mode. Two
things are stood in for. DTR and RTS, which a pseudo-terminal lacks: esptool's sync brings the
loader, and its end a reset. And MicroPython's own code: the image is stored, and the unix port
run; the files in its partition are a folder, and a mark in the flash stands for them.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.firmware import mpy
from tests.firmware.cable import Cable
from tests.flash import images
from tests.flash.rom_loader import ESP32, CableOutError, Kind, RomLoader, asks_for_loader

FLASH_BYTES = 4 * 1024 * 1024
MARK = b"littlefs"
MARK_AT = images.FILES_AT + 8
EXIT_RESETS = (10, 11)
CTRL_C = b"\x03"
_TURN_S = 0.02


class SimBoard:
    def __init__(
        self,
        folder: Path,
        *,
        kind: Kind = ESP32,
        board: str = "m5stickc_plus2",
        machine: str = "Generic ESP32 module with ESP32",
        start_deg: float = -90.0,
        hardware_id: str = "240ac4000001",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = folder / "port"
        self.files = folder / "flash"
        self.files.mkdir()
        self.loader = RomLoader(kind, bytearray(b"\xff" * FLASH_BYTES))
        self.listens = True
        """Its loader can be reached: the button on GPIO0 works."""
        self.mutes_prompt = False
        self.starts = 0
        self._folder = folder
        self._cable = Cable(self.port)
        self._setup: dict[str, Any] = {
            "board": board,
            "sensor": None,
            "start_deg": start_deg,
            "script": [],
            "step_ms": 2,
            "noise": [2, 1],
            "id": hardware_id,
            "retained": str(folder / "retained"),
            "flash": str(self.files),
            "machine": machine,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._log: int | None = None
        self._runs = False
        self._at_prompt = False
        self._log_text = b""
        self._in_loader = False
        self._was_open = False
        self._stop = threading.Event()
        self._lock = threading.RLock()
        self.said = bytearray()

    def __enter__(self) -> Self:
        self._cable.plug()
        with self._lock:
            self.boot()
        self._thread = threading.Thread(target=self._carry, name="board", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            error.add_note(f"the board said: {bytes(self.said[-1500:])!r}")
        self._stop.set()
        self._thread.join()
        self._end()
        self._cable.unplug()

    def install_micropython(self) -> None:
        """As if it had been flashed before."""
        data = images.image()
        with self._lock:
            self.loader.flash[0x1000 : 0x1000 + len(data)] = data
            self.boot()

    def boot(self) -> None:
        """Power on."""
        with self._lock:
            self._end()
            self._in_loader = False
            if not self.has_micropython:
                return
            if self.loader.flash[MARK_AT : MARK_AT + len(MARK)] != MARK:
                shutil.rmtree(self.files)
                self.files.mkdir()
                (self.files / "boot.py").write_text("# of MicroPython\n")
                self.loader.flash[MARK_AT : MARK_AT + len(MARK)] = MARK
            self._start()

    @property
    def has_micropython(self) -> bool:
        at = images.PROGRAM_AT
        return bytes(self.loader.flash[at : at + 1]) == b"\xe9"

    def pull(self) -> None:
        """The cable is out."""
        with self._lock:
            self._cable.unplug()
            self._in_loader = self._was_open = False

    def plug(self) -> None:
        with self._lock:
            self._cable.plug()
            self.boot()

    def act(self, line: str) -> None:
        """As tests/firmware/node.py."""
        with self._lock:
            assert self._channel is not None
            if line.startswith("go "):
                self._setup["start_deg"] = float(line.split()[1])
            self._channel.sendall(line.encode() + b"\n")

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        log_read, log_write = os.pipe()
        setup = {**self._setup, "cause": 5 if self.starts else 1}
        setup |= {"channel_fd": theirs.fileno(), "log_fd": log_write}
        path = self._folder / "setup.json"
        path.write_text(json.dumps(setup))
        self._process = subprocess.Popen(
            mpy.argv(64, "run_board.py", path),
            env=mpy.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[theirs.fileno(), log_write],
            bufsize=0,
        )
        self.starts += 1
        theirs.close()
        os.close(log_write)
        assert self._process.stdout is not None
        for pipe in (log_read, self._process.stdout.fileno()):
            os.set_blocking(pipe, False)
        self._channel, self._log = ours, log_read
        self._runs, self._at_prompt, self._log_text = False, False, b""

    def _end(self) -> None:
        process = self._process
        if process is None:
            return
        process.kill()
        process.wait()
        assert process.stdin is not None
        assert process.stdout is not None
        assert self._channel is not None
        assert self._log is not None
        process.stdin.close()
        process.stdout.close()
        self._channel.close()
        os.close(self._log)
        self._process = self._channel = self._log = None

    def _carry(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                process, line = self._process, self._cable.listening_on()
                pipes = [process.stdout.fileno()] if process and process.stdout else []
                wanted = [*pipes, *([line] if line is not None else [])]
            try:
                select.select(wanted, [], [], _TURN_S)
            except (OSError, ValueError):
                continue  # the test has closed it meanwhile
            with self._lock:
                self._carry_once()

    def _carry_once(self) -> None:
        is_open = self._cable.listening_on() is not None
        if self._was_open and not is_open and self._in_loader:
            self.boot()  # esptool ends with a reset, and lets go
        self._was_open = is_open
        data = self._cable.from_host() if is_open else b""
        if data and self.listens and asks_for_loader(data):
            self._in_loader = True
            self._end()
        if self._in_loader:
            try:
                self._cable.to_host(self.loader.hear(data))
            except CableOutError:
                self.pull()
            return
        self._carry_process(data)

    def _carry_process(self, data: bytes) -> None:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return
        if data and not (self.mutes_prompt and self._at_prompt):
            self._to_process(process, data)
        self._read_log()
        said = _read(process.stdout.fileno())
        self.said += said
        if said:
            self._cable.to_host(said)
        if process.poll() is not None:
            code = process.returncode
            self._end()
            if code in EXIT_RESETS or code == -signal.SIGALRM:
                self._start()

    def _to_process(self, process: subprocess.Popen[bytes], data: bytes) -> None:
        """Ctrl-C interrupts a program, and is a byte like another at the prompt."""
        assert process.stdin is not None
        self._read_log()
        if not self._runs:
            return  # it only starts, and hears nothing
        try:
            if CTRL_C in data and not self._at_prompt:
                process.send_signal(signal.SIGINT)
                data = data.replace(CTRL_C, b"")
            process.stdin.write(data)
        except BrokenPipeError:
            return

    def _read_log(self) -> None:
        if self._log is not None:
            told = self._log_text + _read(self._log)
            self._runs = self._runs or b" run 1" in told
            self._at_prompt = self._at_prompt or b" prompt 1" in told
            self._log_text = told[-20:]  # a word may come in two parts


def _read(pipe: int) -> bytes:
    try:
        return os.read(pipe, 65536)
    except BlockingIOError:
        return b""
