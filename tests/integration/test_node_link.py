# SPDX-License-Identifier: MIT
"""What may break between a node and its host while somebody is upside down, and what must not.

Either side may go at any moment: no exposure is lost, and no alarm is cleared by silence.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.firmware.node import Node
from tests.firmware.node_log import PATIENCE_S, wait
from tests.integration.host import Host, invert

pytestmark = pytest.mark.usefixtures("micropython")

HIGH_HZ = 540
"""What the node's buzzer plays for a high priority; other alarms have other tones."""
SLACK_S = 0.4
"""What a crossing may be off: the swing's dwell is seen on both sides of the wire."""
UNHEARD_S = 3.0
"""A node that hears no host for so long alarms by itself; its beeps may have to end first."""


def test_a_cable_pulled_and_put_back_in_mid_inversion(tmp_path: Path) -> None:
    with Node(tmp_path) as node, Host(tmp_path, node.port, notice_s=4, limit_s=6) as host:
        inverted_s = invert(node, host)
        node.unplug()
        host.wait_for_alarm("signal_lost", priority="high")
        limit = host.wait_for_alarm("time_limit")
        assert limit.t_s - inverted_s == pytest.approx(6, abs=SLACK_S)
        spoken_s = node.spoken_s
        assert alarm_of(node, spoken_s) == pytest.approx(spoken_s + UNHEARD_S, abs=SLACK_S)
        node.plug()
        host.wait_for(kind="signal", state="restored")
        assert host.events(kind="alarm", id="time_limit", state="cleared") == []
        host.wait_for(kind="alarm", id="signal_lost", state="cleared")
        up_s = node.act("go -80 1400")
        ended = host.wait_for(since_s=up_s, kind="inversion_ended")
        assert ended.line["exposure_s"] == pytest.approx(ended.t_s - inverted_s, abs=SLACK_S)


def test_one_byte_in_a_hundred_is_damaged(tmp_path: Path) -> None:
    """Four messages in ten are lost then: the rate is off, and all else is as it was."""
    with Node(tmp_path) as node, Host(tmp_path, node.port, notice_s=2, limit_s=3) as host:
        host.wait_for(kind="posture", to="upright")
        node.flip(0.01, seed=7)
        inverted_s = invert(node, host)
        limit = host.wait_for_alarm("time_limit")
        assert limit.t_s - inverted_s == pytest.approx(3, abs=2 * SLACK_S)
        up_s = node.act("go -80 1400")
        host.wait_for(since_s=up_s, kind="posture", to="upright")
        raised = {event.line["id"] for event in host.events(kind="alarm", state="raised")}
        assert raised - {"sensor_fault"} == {"not_calibrated", "time_limit_near", "time_limit"}


def test_a_host_that_is_killed_leaves_the_alarm_to_the_node(tmp_path: Path) -> None:
    with Node(tmp_path) as node, Host(tmp_path, node.port, limit_s=100) as host:
        invert(node, host)
        host.end(signal.SIGKILL)
        spoken_s = node.spoken_s
        assert alarm_of(node, spoken_s) == pytest.approx(spoken_s + UNHEARD_S, abs=SLACK_S)


def test_a_host_started_again_takes_up_the_exposure_from_the_node(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        with Host(tmp_path, node.port, notice_s=6, limit_s=8) as host:
            inverted_s = host.moment_s(invert(node, host))
            time.sleep(2)
            host.end(signal.SIGKILL)
        with Host(tmp_path, node.port, notice_s=6, limit_s=8) as host:
            limit = host.wait_for_alarm("time_limit")
            assert host.moment_s(limit.t_s) - inverted_s == pytest.approx(8, abs=2 * SLACK_S)


def test_a_node_reset_in_mid_inversion_goes_on_counting(tmp_path: Path) -> None:
    with Node(tmp_path) as node, Host(tmp_path, node.port, notice_s=4, limit_s=6) as host:
        inverted_s = invert(node, host)
        node.reset()
        limit = host.wait_for_alarm("time_limit")
        assert limit.t_s - inverted_s == pytest.approx(6, abs=2 * SLACK_S)
        up_s = node.act("go -80 1400")
        ended = host.wait_for(since_s=up_s, kind="inversion_ended")
        assert ended.line["n"] == 1
        assert ended.line["exposure_s"] == pytest.approx(ended.t_s - inverted_s, abs=2 * SLACK_S)


def test_a_node_that_loses_power_in_mid_inversion_is_counted_on_by_the_host(
    tmp_path: Path,
) -> None:
    with Node(tmp_path) as node, Host(tmp_path, node.port, notice_s=4, limit_s=6) as host:
        inverted_s = invert(node, host)
        node.power_cycle()
        limit = host.wait_for_alarm("time_limit")
        assert limit.t_s - inverted_s == pytest.approx(6, abs=2 * SLACK_S)


def test_a_node_switched_off_upright_says_goodbye_and_nothing_sounds(tmp_path: Path) -> None:
    with Node(tmp_path) as node, Host(tmp_path, node.port) as host:
        host.wait_for(kind="posture", to="upright")
        node.wait_for("wdt_start")  # before, holding the button leads to the prompt
        node.act("button 1")
        node.wait_for("end")
        host.wait_for(kind="posture", to="unknown")
        time.sleep(2.5)
        raised = {event.line["id"] for event in host.events(kind="alarm", state="raised")}
        assert raised == {"not_calibrated"}


def alarm_of(node: Node, since_s: float) -> float:
    """When the node began to sound its highest priority, since then."""

    def look() -> float | None:
        return next((e.at_s for e in node.sounds(since_s) if e.value == HIGH_HZ), None)

    return wait(look, PATIENCE_S, "sound of the node's own alarm")
