# SPDX-License-Identifier: MIT
"""A keyboard that cannot end the watch: what is no key is passed over.

Textual's driver stops at the first byte that is not UTF-8 (a key of an old terminal, noise on a
serial console, a mouse's report in an old form), and takes the app with it.
"""

from __future__ import annotations

import time
from typing import Any

from textual.driver import Driver

BYTES = "textual.drivers.linux_driver"
"""The one that reads bytes; on Windows terminals deliver characters."""
AGAIN_S = 0.1
"""A keyboard that fails at once, each time, costs no more than that."""


def sturdy(found: type[Driver]) -> type[Driver]:
    """The driver that Textual chose, made to bear any input."""
    if found.__module__ != BYTES:
        return found
    base: Any = found

    class SturdyDriver(base):  # type: ignore[misc]
        def run_input_thread(self) -> None:
            while not self.exit_event.is_set():
                try:
                    super().run_input_thread()
                except Exception:  # noqa: BLE001 - what came is no input; the next may be
                    time.sleep(AGAIN_S)

    return SturdyDriver
