# SPDX-License-Identifier: MIT
"""A run as a service manager sees it: ready, alive, hung, stopped. Where systemd itself can be
started, `test_service_systemd` has it; here a socket of the tests listens in its place.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.notified import manager
from tests.transports.fake_node import FakeNode

FAULT = Path(__file__).parents[1] / "service" / "hanging"
START_S = 30.0
WATCHDOG_S = 1.0
SILENT_S = 3 * WATCHDOG_S


@pytest.mark.parametrize(("how", "code"), [("wait", 0), ("block", -signal.SIGKILL)])
def test_a_run_feeds_its_watchdog_until_its_loop_hangs(
    tmp_path: Path, how: str, code: int
) -> None:
    (tmp_path / "hang").mkdir()
    with FakeNode(tmp_path / "tty") as node, manager(tmp_path) as heard:
        environment = {
            "NOTIFY_SOCKET": heard.address,
            "WATCHDOG_USEC": f"{WATCHDOG_S * 1e6:.0f}",
            "PYTHONPATH": str(FAULT),
            "UPTURN_TESTS_HANG": str(tmp_path / "hang"),
        }
        with subprocess.Popen(
            [sys.executable, "-m", "upturn", "run", "--source", node.source, "--headless"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment},
        ) as running:
            try:
                assert heard.wait_for("READY=1", START_S)
                assert heard.wait_for("STATUS=upright; ", START_S)
                assert heard.wait_for("WATCHDOG=1", START_S)
                (tmp_path / "hang" / how).touch()
                while (tmp_path / "hang" / how).exists():
                    assert running.poll() is None
                heard.hear()
                assert not heard.wait_for("WATCHDOG=1", SILENT_S), "it is fed by something else"
                assert running.poll() is None
                running.send_signal(signal.SIGTERM if code == 0 else signal.SIGKILL)
                assert running.wait(START_S) == code
            finally:
                running.kill()
        assert heard.wait_for("STOPPING=1", 0.5) is (code == 0)
