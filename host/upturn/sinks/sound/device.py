# SPDX-License-Identifier: MIT
"""The system's sound device, by miniaudio: one stream that never ends.

The law: it is believed only while it takes samples. A device that asked for none for 2 s has
failed, whatever the system says of it; and none is taken that never asked. One that plays into
nothing, as sound servers offer where there is no loudspeaker, is none.
"""

from __future__ import annotations

import atexit
import ctypes
import sys
import threading
import time
from collections.abc import Generator

import miniaudio
import numpy as np

from upturn.sinks.sound.outputs import NOTHING_SINK, NowhereError, Output, OutputError
from upturn.sinks.sound.stream import Stream
from upturn.sinks.sound.synth import RATE_HZ, Samples

APP_NAME = "Upturn"
PERIOD_MS = 25
"""Three of them wait in the device: a sound comes out after 75 ms at most, and Python may be late
by as much before a piece is missing. With 20 a loaded computer of two cores lost 6 ms in half a
minute; with more, an alarm would not break in within 0.1 s."""
SILENT_S = 2.0
"""A device that asked for no samples for so long has failed."""
PROOF_READS = 8
"""More than what waits in a device that plays nothing of it."""
PROOF_S = 5.0
"""A loudspeaker that has to wake up, by radio at that, may take 2 s to its first samples."""
CLOSE_S = 1.0
_POLL_S = 0.01

_NOT_USED = (
    miniaudio.Backend.NULL,  # plays into nothing
    miniaudio.Backend.CUSTOM,
    miniaudio.Backend.JACK,  # its library writes to stderr, which is the dashboard's screen
)
_NO_DEVICE = "no sound device can be opened"
_NO_SERVICE = "this computer has no sound service"
REASONS: dict[int, str] = {
    miniaudio.lib.MA_ACCESS_DENIED: "you may not use the sound device: join its group, 'audio'",
    miniaudio.lib.MA_BUSY: "another program has the sound device",
    miniaudio.lib.MA_ALREADY_IN_USE: "another program has the sound device",
    miniaudio.lib.MA_NO_BACKEND: _NO_SERVICE,
    miniaudio.lib.MA_API_NOT_FOUND: _NO_SERVICE,
    miniaudio.lib.MA_FAILED_TO_INIT_BACKEND: _NO_SERVICE,
    miniaudio.lib.MA_NO_DEVICE: "no sound device is there",
    miniaudio.lib.MA_DOES_NOT_EXIST: "no sound device is there",
    miniaudio.lib.MA_FAILED_TO_OPEN_BACKEND_DEVICE: _NO_DEVICE,
    miniaudio.lib.MA_FAILED_TO_START_BACKEND_DEVICE: "the sound device does not start",
}
"""By miniaudio's code."""


def open_output() -> Output:
    """The default device of the first sound system that has one.

    Raises:
        OutputError: there is none that works.
    """
    _hush()
    why = ""
    for backend in sorted(miniaudio.get_enabled_backends(), key=lambda b: int(b.value)):
        if backend in _NOT_USED:
            continue
        try:
            return DeviceOutput(backend)
        except NowhereError:  # what comes after it most likely goes by it
            raise
        except OutputError as error:
            if str(error) != _NO_SERVICE or not why:
                why = str(error)
    raise OutputError(why or _NO_SERVICE)


class DeviceOutput:
    """One device that is open and takes samples."""

    is_loud = True

    def __init__(self, backend: miniaudio.Backend) -> None:
        """Takes up to `PROOF_S`.

        Raises:
            OutputError: it cannot be opened, or it is open and takes nothing.
        """
        self._stream = Stream()
        self._reads = 0
        self._read_s = time.monotonic()
        self._closing = threading.Lock()
        self._closed = False
        try:
            self._device = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.FLOAT32,
                nchannels=1,
                sample_rate=RATE_HZ,
                buffersize_msec=PERIOD_MS,
                backends=[backend],
                app_name=APP_NAME,
            )
        except miniaudio.MiniaudioError as error:
            raise OutputError(_words(error)) from None
        self._context = self._device._context
        atexit.register(self.close)  # a device that runs into the interpreter's end hangs there
        try:
            self.words = f"{self._name()} ({self._device.backend})"
            self._start()
        except BaseException:
            self.close()
            raise

    def play(self, samples: Samples) -> None:
        self._stream.play(samples)

    def cut(self) -> None:
        self._stream.cut()

    def fault(self) -> str:
        if time.monotonic() - self._read_s < SILENT_S:
            return ""
        return f"{self.words} has taken no sound for {SILENT_S:g} s"

    def close(self) -> None:
        """Bounded: a driver that hangs is left to itself."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        atexit.unregister(self.close)
        closer = threading.Thread(target=self._close, name="sound-close", daemon=True)
        closer.start()
        closer.join(CLOSE_S)

    def _close(self) -> None:
        self._device.close()
        # miniaudio leaves it, and with it a connection to the sound server, to nobody.
        miniaudio.lib.ma_context_uninit(self._context)

    def _name(self) -> str:
        """Of the default device.

        Raises:
            NowhereError: it is none.
        """
        ffi, lib = miniaudio.ffi, miniaudio.lib
        info = ffi.new("ma_device_info*")
        kind = miniaudio.DeviceType.PLAYBACK.value
        if lib.ma_context_get_device_info(self._context, kind, ffi.NULL, info) != lib.MA_SUCCESS:
            return "default device"
        if bytes(ffi.buffer(ffi.addressof(info.id))).startswith(NOTHING_SINK.encode()):
            raise NowhereError
        name = ffi.string(info.name).decode(errors="replace")
        return "".join(c for c in name if c.isprintable()).strip() or "default device"

    def _start(self) -> None:
        feeding = self._feed()
        next(feeding)
        try:
            self._device.start(feeding)
        except miniaudio.MiniaudioError as error:
            raise OutputError(_words(error)) from None
        until_s = time.monotonic() + PROOF_S
        while self._reads < PROOF_READS:
            if time.monotonic() > until_s:
                raise OutputError(f"{self.words} takes no sound")
            time.sleep(_POLL_S)

    def _feed(self) -> Generator[Samples, int, None]:
        """In the device's thread: each time it sends how many frames it wants."""
        frames = yield np.zeros(0, dtype=np.float32)
        while True:
            self._read_s = time.monotonic()
            self._reads += 1
            frames = yield self._stream.read(frames)


def _words(error: miniaudio.MiniaudioError) -> str:
    code = next((a for a in error.args if isinstance(a, int)), None)
    if code in REASONS:
        return REASONS[code]
    text = " ".join(str(a) for a in error.args)
    return f"the sound device fails: {text}"


def _ignore(*_args: object) -> None:
    """What libasound thinks of its configuration is for nobody here."""


_HANDLER = ctypes.CFUNCTYPE(None, *(ctypes.c_void_p, ctypes.c_int) * 2, ctypes.c_void_p)(_ignore)
"""Kept here: the library keeps only its address."""
_hushed: list[ctypes.CDLL] = []
"""Kept too: a library that is loaded again has forgotten it."""


def _hush() -> None:
    """ALSA writes its errors to stderr, which is the dashboard's screen."""
    if _hushed or sys.platform != "linux":
        return
    try:
        library = ctypes.CDLL("libasound.so.2")
        library.snd_lib_error_set_handler(_HANDLER)
    except (OSError, AttributeError):  # it is not there, and says nothing then
        return
    _hushed.append(library)
