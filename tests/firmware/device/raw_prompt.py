# SPDX-License-Identifier: MIT
"""MicroPython's prompt in its raw mode, as mpremote speaks with it; the unix port has none.

After docs/reference/repl.rst of MicroPython. What is sent is run by MicroPython itself, with the
board's flash as the root; only `sys.platform` and the name of the machine are those of the board.
Raw paste is not offered, which is an answer of that protocol.
"""

import io
import os
import select
import sys

import chip

RAW = "raw REPL; CTRL-B to exit\r\n>"
FRIENDLY = "\r\nMicroPython on a simulated board\r\n>>> "
TURN_MS = 10
_CTRL_A, _CTRL_B, _CTRL_C, _CTRL_D, _CTRL_E = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"


class BoardSys:
    """`sys` of the board that is simulated, where it differs."""

    def __init__(self, machine):
        real = sys.implementation
        self.platform = "esp32"
        self.implementation = Implementation(real, machine)

    def __getattr__(self, name):
        return getattr(sys, name)


class Implementation:
    def __init__(self, real, machine):
        self.name = real.name
        self.version = real.version
        self._mpy = real._mpy
        self._machine = machine


def prompt(world):
    """Until the process is ended, or the board is reset from the prompt."""
    chip.log.note("prompt", 1)
    Prompt(world).run()


class Prompt:
    machine = "Generic ESP32 module with ESP32"

    def __init__(self, world):
        self._world = world
        self._raw = False
        self._globals = {"__name__": "__main__"}
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)
        _forget_modules()

    def run(self):
        self._say(FRIENDLY)
        line = b""
        while True:
            byte = self._byte()
            if byte == _CTRL_A:
                self._raw, line = True, b""
                self._say("\r\n" + RAW)
            elif byte == _CTRL_B:
                self._raw, line = False, b""
                self._say(FRIENDLY)
            elif byte == _CTRL_C:
                line = b""
            elif byte == _CTRL_D and not line:
                self._soft_reset()
            elif byte == _CTRL_D and self._raw:
                self._execute(line)
                line = b""
            elif self._raw and line == _CTRL_E + b"A" and byte == _CTRL_A:
                line = b""
            elif self._raw:
                line += byte
                if line == _CTRL_E + b"A":
                    self._byte()
                    line = b""
                    self._say("R\0")

    def _byte(self):
        while not self._poll.poll(TURN_MS):
            self._world.turn()
        byte = sys.stdin.buffer.read(1)
        if not byte:
            chip.end(0)
        return byte

    def _execute(self, code):
        self._say("OK")
        error = ""
        kept = sys.modules.get("sys")
        sys.modules["sys"] = BoardSys(self.machine)
        try:
            exec(code.decode(), self._globals)  # noqa: S102 - it is what a prompt does
        except SystemExit:
            raise
        except BaseException as caught:
            text = io.StringIO()
            sys.print_exception(caught, text)
            error = text.getvalue()
        if kept is None:
            del sys.modules["sys"]
        else:
            sys.modules["sys"] = kept
        self._say("\x04" + error + "\x04>")

    def _soft_reset(self):
        """`boot.py` runs, and from the raw mode `main.py` does not."""
        self._say("OK\r\nMPY: soft reboot\r\n")
        _forget_modules()
        self._globals = {"__name__": "__main__"}
        if "boot.py" in os.listdir("/"):
            __import__("boot")
        self._say(RAW if self._raw else FRIENDLY)

    def _say(self, text):
        sys.stdout.write(text)


def _forget_modules():
    """Those of the flash: after a soft reset they are loaded anew."""
    for name in list(sys.modules):
        if name in ("board", "boot", "main") or name.startswith("upturn_node"):
            del sys.modules[name]
