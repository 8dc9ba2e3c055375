# SPDX-License-Identifier: MIT
"""A power cut in mid-inversion: computer and node both go, and only the disk knows what was so."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.firmware.node import Node
from tests.integration.host import Host, invert

pytestmark = pytest.mark.usefixtures("micropython")

SLACK_S = 1.0
"""The state is written once a second."""


def host_of(folder: Path, node: Node) -> Host:
    return Host(
        folder,
        node.port,
        environment={"UPTURN_STORE": "on"},
        config=f'[store]\npath = "{folder / "sessions.sqlite3"}"\n',
        notice_s=6,
        limit_s=8,
    )


def test_after_a_power_cut_the_right_alarm_comes_with_the_right_exposure(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        with host_of(tmp_path, node) as host:
            inverted_s = host.moment_s(invert(node, host))
            time.sleep(3)
            host.end(signal.SIGKILL)
        node.power_cycle()
        with host_of(tmp_path, node) as host:
            limit = host.wait_for_alarm("time_limit")
            assert host.moment_s(limit.t_s) - inverted_s == pytest.approx(8, abs=SLACK_S)
            up_s = node.act("go -80 1400")
            ended = host.wait_for(since_s=up_s, kind="inversion_ended")
            assert ended.line["n"] == 1
            hung_s = host.moment_s(ended.t_s) - inverted_s
            assert ended.line["exposure_s"] == pytest.approx(hung_s, abs=2 * SLACK_S)
    shown = subprocess.run(
        [
            *(sys.executable, "-m", "upturn", "history"),
            *("--config", str(tmp_path / "upturn.toml")),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "1 session" in shown.stdout
