# SPDX-License-Identifier: MIT
"""Every alarm that a node can cause, from the registers of a simulated sensor to the host's line.

Real time: MicroPython, a pseudo-terminal and the host's own process. Each story runs through many
rows, because minutes are dear.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.firmware.node import Node
from tests.integration.host import Host

pytestmark = pytest.mark.usefixtures("micropython")

UP = "go -80 1500"
"""The stop where people get on and off."""
KNOCK_MS = 12


@contextmanager
def table(folder: Path, node: Node, **limits: Any) -> Iterator[Host]:
    """A node and its host, once the person is seen standing."""
    with node, Host(folder, node.port, **limits) as host:
        host.wait_for(kind="posture", to="upright")
        yield host


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_staying_too_long_goes_from_notice_to_no_return_and_no_movement(
    tmp_path: Path, whole: bool
) -> None:
    """The swing is small, because stillness counts from where the 4 s mean has settled."""
    node = Node(tmp_path, start_deg=14)
    with node, Host(tmp_path, node.port, notice_s=3, limit_s=4) as host:
        host.wait_for(kind="posture", to="level")
        host.wait_for_alarm("not_calibrated", priority="medium")
        node.act("go 17 200")
        start_s = float(host.wait_for(kind="inversion_started", n=1).line["since_s"])

        def after_s(id: str, priority: str, state: str = "raised") -> float:
            line = host.wait_for_alarm(id, 60, state, priority=priority).line
            return float(line["t_s"]) - start_s

        assert after_s("time_limit_near", priority="medium") == pytest.approx(3, abs=0.2)
        assert after_s("time_limit", priority="high") == pytest.approx(4, abs=0.2)
        assert after_s("no_return", priority="high") == pytest.approx(4 + 15, abs=0.2)
        if whole:
            asked_s = after_s("no_movement", priority="medium")
            assert 30 <= asked_s < 41
            urged_s = after_s("no_movement", state="escalated", priority="high")
            assert urged_s - asked_s == pytest.approx(15, abs=0.2)
        up_s = node.act(UP)
        if whole:
            host.wait_for(kind="alarm", id="no_movement", state="cleared")
        host.wait_for(since_s=up_s, kind="inversion_ended", n=1)


def test_a_session_with_everything_that_a_table_does(tmp_path: Path) -> None:
    node = Node(tmp_path)
    with table(tmp_path, node, notice_s=150, limit_s=200, max_angle_deg=30) as host:
        node.act(f"jolt 4 {KNOCK_MS}")
        host.wait_for_alarm("impact", priority="medium")

        node.act("go 40 500")  # 240 degrees/s
        host.wait_for_alarm("fast_tilt", priority="medium")
        host.wait_for_alarm("angle_limit", priority="medium")

        node.act(f"knocks 1.2 {KNOCK_MS} 3 350")
        taps = host.wait_for_alarm("distress", priority="high")
        node.act("button 1")
        press = host.wait_for_alarm("distress", occurrence=2)
        node.act("button 0")
        assert press.line["message"] != taps.line["message"]

        node.act("go 110 1500")
        host.wait_for_alarm("over_rotation", priority="high")

        coming_s = node.act("go -80 2500")
        host.wait_for(since_s=coming_s, kind="posture", to="upright")
        node.act("go 25 1500")
        host.wait_for_alarm("rest_short", priority="medium")

        node.act("weightless 250")
        time.sleep(0.25)
        node.act(f"jolt 5 {KNOCK_MS}")
        host.wait_for_alarm("fall", priority="high")


def test_a_sensor_that_slips_or_lies_and_a_cell_that_is_empty(tmp_path: Path) -> None:
    node = Node(tmp_path, script=[(0, "battery 3400")])
    with table(tmp_path, node) as host:
        host.wait_for_alarm("battery_low", priority="low")

        node.act("go 0 1500")
        host.wait_for(kind="posture", to="level")
        node.act("turn 30")
        host.wait_for_alarm("sensor_moved", priority="medium")
        node.act("turn 0")

        node.act("go 50 1500")
        host.wait_for(kind="posture", to="inverted")
        node.act("scale 180")
        host.wait_for_alarm("sensor_fault", priority="high")
        node.act("scale 100")
        host.wait_for(kind="alarm", id="sensor_fault", state="cleared")

        node.act("bus stuck 1")
        host.wait_for_alarm("sensor_fault", occurrence=2, priority="high")


def test_a_node_that_falls_silent_while_inverted(tmp_path: Path) -> None:
    node = Node(tmp_path)
    with table(tmp_path, node) as host:
        node.act("go 50 1500")
        host.wait_for(kind="posture", to="inverted")
        node.kill()
        gone_s = time.monotonic()
        lost = host.wait_for_alarm("signal_lost", priority="high")
        assert 1.5 < host.moment_s(lost.t_s) - gone_s < 3
        assert host.wait_for(kind="signal", state="lost").line["gap_s"] == pytest.approx(
            2, abs=0.2
        )
        host.wait_for_alarm("time_limit", priority="high")


def test_a_port_where_nothing_but_a_prompt_answers(tmp_path: Path) -> None:
    node = Node(tmp_path, files={"main.py": b""})
    with node, Host(tmp_path, node.port) as host:
        late = host.wait_for_alarm("no_signal_yet", 60, priority="medium")
        assert late.t_s == pytest.approx(15, abs=0.5)


def test_a_node_without_its_sensor_says_so_and_takes_it_up_when_it_is_there(
    tmp_path: Path,
) -> None:
    node = Node(tmp_path, script=[(0, "sensor absent 1")])
    with node, Host(tmp_path, node.port) as host:
        host.wait_for_alarm("sensor_fault", priority="medium")
        assert node.wait_for("pwm").value > 0
        node.act("sensor absent 0")
        host.wait_for(kind="alarm", id="sensor_fault", state="cleared")
        host.wait_for(kind="posture", to="upright")
