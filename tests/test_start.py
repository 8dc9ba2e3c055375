# SPDX-License-Identifier: MIT
"""From the first moment: a signal that comes while the program still loads ends it in order."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LOADING = """
import os, signal, sys
from importlib.abc import MetaPathFinder

class Interrupting(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "upturn.cli.main":
            os.kill(os.getpid(), signal.{signal})

sys.meta_path.insert(0, Interrupting())
sys.argv = ["upturn", "profiles"]
from upturn.start import entry
entry()
"""


@pytest.mark.parametrize(("signal", "code"), [("SIGINT", 130), ("SIGTERM", 0)])
def test_a_signal_while_loading_ends_without_a_traceback(signal: str, code: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADING.format(signal=signal)], capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, b"", b"")


@pytest.mark.parametrize(("home", "found"), [("", None), ("here", None), ("/srv/ann", "/srv/ann")])
def test_a_home_that_is_no_place_counts_as_none(home: str, found: str | None) -> None:
    shown = LOADING.format(signal="SIGTERM").replace(
        "os.kill(os.getpid(), signal.SIGTERM)",
        "print(os.environ.get('HOME'), end='', flush=True); os._exit(7)",
    )
    ended = subprocess.run(
        [sys.executable, "-c", shown],
        capture_output=True,
        check=False,
        env={**os.environ, "HOME": home},
    )
    assert (ended.returncode, ended.stdout.decode()) == (7, str(found))
