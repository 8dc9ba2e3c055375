# SPDX-License-Identifier: MIT
"""A sound card made of ALSA's own parts: what is played into it comes out of a pipe, to be heard.

ALSA's `file` plugin writes each sample to a pipe before its `null` device takes it; that one is
always ready, so the reader of the pipe gives the pace: at a loudspeaker's speed, or faster.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from tests.programs import REQUIRED
from upturn.sinks.sound.synth import RATE_HZ, Samples

LIBRARY, PACKAGE = "libasound.so.2", "libasound2"
PIPE_BYTES = 4096
CHUNK = 441
BYTES = 4  # float32, one channel: as the device was asked for
_CONFIG = """
pcm.!default {{ type file slave.pcm nothing file "{pipe}" format "raw" }}
pcm.nothing {{ type null }}
"""


class Loopback:
    """The default device of this process, from `open` on; `speed` times as fast as a real one."""

    def __init__(self, folder: Path, speed: float) -> None:
        self.config = folder / "asound.conf"
        self._speed = speed
        self._heard: list[bytes] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._going = threading.Event()
        self._going.set()
        pipe = folder / "card"
        os.mkfifo(pipe)
        self.config.write_text(_CONFIG.format(pipe=pipe))
        self._pipe = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def hang(self) -> None:
        """Take no more samples, as a driver does that has lost its hardware."""
        self._going.clear()
        with suppress(BlockingIOError):  # it is full
            while True:
                os.write(self._pipe, bytes(BYTES))

    def recover(self) -> None:
        self._going.set()

    @property
    def now_s(self) -> float:
        """How much was heard, silence included: the card's own clock."""
        with self._lock:
            return sum(map(len, self._heard)) / BYTES / RATE_HZ

    def heard(self) -> Samples:
        with self._lock:
            return np.frombuffer(b"".join(self._heard), dtype="<f4")

    def close(self) -> None:
        """The pipe goes last: ALSA's plugin aborts the process when it cannot write its rest."""
        self._going.set()
        for thread in threading.enumerate():
            if thread.name == "sound-close":
                thread.join(5.0)
        self._closing.set()
        self._thread.join(5.0)
        os.close(self._pipe)

    def _read(self) -> None:
        """As fast as a card plays, and no faster; nothing comes while nobody plays."""
        due_s = time.monotonic()
        while not self._closing.is_set():
            self._going.wait(1.0)
            if not self._going.is_set():
                continue
            due_s = max(due_s, time.monotonic() - 0.05) + CHUNK / RATE_HZ / self._speed
            time.sleep(max(0.0, due_s - time.monotonic()))
            try:
                piece = os.read(self._pipe, CHUNK * BYTES)
            except BlockingIOError:
                continue
            with self._lock:
                self._heard.append(piece)


def alsa() -> None:
    """The test ends here where there is no ALSA; it fails where it has to be."""
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        reason = f"{LIBRARY} is not installed: apt install {PACKAGE}"
        if REQUIRED in os.environ:
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


def only_alsa(patch: pytest.MonkeyPatch, config: Path) -> None:
    """No sound of a test reaches the developer's loudspeakers."""
    patch.setenv("ALSA_CONFIG_PATH", str(config))
    patch.setenv("PULSE_SERVER", f"unix:{config.parent / 'no-server'}")
