# SPDX-License-Identifier: MIT
"""What stands behind the simulated `machine`: levels of pins, volts, buses, what outlives a reset.

Nothing here knows a table or a sensor; `world` sets the inputs, and the log tells the outputs.
A line of the log: milliseconds since start, what, which, how much, such as `1520 pwm 2 2700`.
Whatever a running node calls again and again allocates nothing.
"""

import time

import ffi

PINS = 64
RETAINED_BYTES = 2048
"""RTC memory of an ESP32."""

EXIT_RESET = 10
EXIT_SOFT_RESET = 11
EXIT_DEEPSLEEP = 12

PWRON_RESET = 1

_libc = ffi.open("libc.so.6")
_exit = _libc.func("v", "_exit", "i")
_ualarm = _libc.func("I", "ualarm", "II")


class Log:
    """Outputs with the node's own time; to nowhere until `open` is called."""

    def __init__(self):
        self._file = None
        self._line = bytearray(48)
        self._at = 0
        self._last_ms = time.ticks_ms()
        self.now_ms = 0

    def open(self, file):
        self._file = file

    def write(self, what, which=0, how_much=0):
        """One line, without allocation; `what` is bytes."""
        file = self._file
        if file is None:
            return
        self._tick()
        self._at = 0
        self._number(self.now_ms)
        self._text(what)
        self._number(which)
        self._number(how_much)
        self._line[self._at - 1] = 0x0A
        file.write(self._line, 0, self._at)

    def note(self, *words):
        """A line of any words."""
        if self._file is not None:
            self._tick()
            self._file.write(" ".join(str(word) for word in (self.now_ms,) + words) + "\n")

    def _tick(self):
        now = time.ticks_ms()
        self.now_ms += time.ticks_diff(now, self._last_ms)
        self._last_ms = now

    def _text(self, text):
        line, at = self._line, self._at
        k = 0
        while k < len(text):
            line[at] = text[k]
            at += 1
            k += 1
        line[at] = 0x20
        self._at = at + 1

    def _number(self, number):
        line, at = self._line, self._at
        if number < 0:
            line[at] = 0x2D
            at += 1
            number = -number
        unit = 1
        while number // unit >= 10:
            unit *= 10
        while unit:
            line[at] = 0x30 + number // unit % 10
            at += 1
            unit //= 10
        line[at] = 0x20
        self._at = at + 1


class Watchdog:
    """Bites by SIGALRM, which nothing in the process can hold up; in virtual time by `check`."""

    def __init__(self, log):
        self._log = log
        self.timeout_ms = 0
        self.virtual = False
        self._fed_ms = 0

    def start(self, timeout_ms):
        self.timeout_ms = timeout_ms
        self._log.write(b"wdt_start", 0, timeout_ms)
        self.feed()

    def feed(self):
        self._log.write(b"wdt", 0, self.timeout_ms)
        self._fed_ms = time.ticks_ms()
        if not self.virtual:
            _ualarm(self.timeout_ms * 1000, 0)

    def check(self):
        starved_ms = time.ticks_diff(time.ticks_ms(), self._fed_ms)
        if self.timeout_ms and starved_ms > self.timeout_ms:
            raise SystemExit("the watchdog was not fed for %d ms" % starved_ms)


log = Log()
watchdog = Watchdog(log)
levels = bytearray(b"\x01" * PINS)
"""Of every pin: buttons of the boards are high until pressed."""
microvolts = {}
"""By pin of an ADC."""
buses = {}
"""(sda, scl) -> what answers there: an object with the methods of machine.I2C."""
unique_id = b"\x24\x0a\xc4\x00\x00\x01"
reset_cause = PWRON_RESET


def end(code):
    """The process ends now, as a chip does: no handler of any kind runs."""
    log.write(b"end", 0, code)
    _exit(code)


class Retained:
    """RTC memory in a file, which outlives a reset; whoever cuts the power removes it.

    The length stands before the data, and all of it is written in one piece and in place.
    """

    def __init__(self):
        self._file = None
        self._piece = bytearray(2 + RETAINED_BYTES)

    def open(self, path):
        try:
            self._file = open(path, "r+b")
        except OSError:
            self._file = open(path, "w+b")
        self._file.readinto(self._piece)

    def read(self):
        piece = self._piece
        return bytes(piece[2 : 2 + (piece[0] << 8 | piece[1])])

    def write(self, data):
        """Allocates nothing."""
        length = len(data)
        if length > RETAINED_BYTES:
            raise ValueError("buffer too long")
        piece = self._piece
        piece[0] = length >> 8
        piece[1] = length & 0xFF
        k = 0
        while k < length:
            piece[2 + k] = data[k]
            k += 1
        if self._file is not None:
            self._file.seek(0)
            self._file.write(piece, 0, 2 + length)


retained = Retained()
