# SPDX-License-Identifier: MIT
"""Where the program starts: signals first, for loading the rest takes long enough to be stopped.

Until a run has a loop that ends in order, there is nothing to be put in order: Ctrl-C and SIGTERM
end the process at once, and no traceback shows where it was.
"""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import NoReturn

from upturn.errors import EXIT_DONE, EXIT_INTERRUPTED


def entry() -> NoReturn:
    """The console script."""
    signal.signal(signal.SIGINT, _leave)
    signal.signal(signal.SIGTERM, _leave)
    if not os.path.isabs(os.environ.get("HOME", "/")):  # noqa: PTH117 - pathlib takes its time
        # It means nothing; without it, the system's account does. PulseAudio's library complains
        # of such a one to stderr, which is the dashboard's screen.
        os.environ.pop("HOME", None)
    from upturn.cli.main import entry as main_entry  # noqa: PLC0415 - after the signals

    main_entry()


def _leave(number: int, _frame: FrameType | None) -> None:
    os._exit(EXIT_INTERRUPTED if number == signal.SIGINT else EXIT_DONE)
