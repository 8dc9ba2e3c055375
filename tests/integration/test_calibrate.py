# SPDX-License-Identifier: MIT
"""`upturn calibrate` as a person sees it, at a terminal, with the firmware on its simulated table.

The clip sits askew, turned out of the plane and about the hinge, and its sensor has a bias.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians, sin
from pathlib import Path

import pytest

from tests.firmware.node import Node
from tests.terminal import Terminal
from upturn.cli.calibrations import CalibrationRecord, records
from upturn.cli.node_orders import carry_out
from upturn.core.calibration import Method, rest_angle_deg
from upturn.core.mounting import Mounting, Vector, added, scaled
from upturn.wire.messages import Hello

pytestmark = pytest.mark.usefixtures("micropython")

STOP_DEG = -82.0
TURN_DEG, SLIP_DEG = 25.0, 10.0
BIAS_G: Vector = (0.020, -0.015, 0.030)
ENTER = b"\r"


@dataclass
class Desk:
    """A node on its table, and what this computer keeps."""

    node: Node
    folder: Path

    @property
    def words(self) -> list[str]:
        return [
            sys.executable,
            "-m",
            "upturn",
            "calibrate",
            "--source",
            f"serial:{self.node.port}",
        ]

    @property
    def environment(self) -> dict[str, str]:
        return {"XDG_DATA_HOME": str(self.folder)}

    @property
    def file(self) -> Path:
        return self.folder / "upturn" / "calibrations.json"

    def terminal(self, *words: str) -> Terminal:
        return Terminal([*self.words, *words], self.environment)

    def told(self) -> Hello:
        """What the node says of itself."""
        outcome = asyncio.run(carry_out(f"serial:{self.node.port}", [], show=True))
        assert outcome.probe.hello is not None
        return outcome.probe.hello

    def record(self) -> CalibrationRecord:
        (record,) = records(self.file).values()
        return record


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Node(tmp_path, start_deg=STOP_DEG) as node:
        node.act(f"turn {TURN_DEG}")
        node.act(f"slip {SLIP_DEG}")
        node.act("bias " + " ".join(f"{round(1000 * g)}" for g in BIAS_G))
        yield Desk(node, tmp_path / "data")


def felt(angle_deg: float) -> Vector:
    """What that sensor reads at rest; as tests/firmware/device/table.py has it."""
    t, s, a = radians(TURN_DEG), radians(SLIP_DEG), radians(angle_deg)
    head = (-sin(s) * sin(t), cos(s), -sin(s) * cos(t))
    front = (cos(s) * sin(t), sin(s), cos(s) * cos(t))
    return added(added(scaled(head, -sin(a)), scaled(front, cos(a))), BIAS_G)


def worst_deg(mounting: Mounting) -> float:
    return max(
        abs(rest_angle_deg(mounting, felt(angle)) - angle) for angle in range(-100, 101, 10)
    )


def hold(desk: Desk, terminal: Terminal, angle_deg: float) -> None:
    """The pose is asked for; the table is brought there, and its angle stated."""
    desk.node.act(f"go {angle_deg} 1200")
    terminal.reads_next("What does the level show?")
    terminal.reads_next("q to leave:")
    terminal.press(f"{angle_deg:g}".encode() + ENTER)


def prove(desk: Desk, terminal: Terminal) -> None:
    """The way back to the stop, and the tilt."""
    desk.node.act(f"go {STOP_DEG} 1200")
    terminal.reads_next("Enter when the empty table stands at its stop, q to leave:")
    terminal.press(ENTER)
    terminal.reads_next("Proof 2 of 2")
    desk.node.act("go 50 2400")


def test_a_node_that_sits_askew_is_calibrated_proved_and_remembered(desk: Desk) -> None:
    assert desk.told().mounting is None
    with desk.terminal() as terminal:
        terminal.reads_next("upturn-0001 is not calibrated.")
        terminal.reads_next("Enter when it stands there, q to leave:")
        terminal.press(ENTER)
        hold(desk, terminal, STOP_DEG)
        hold(desk, terminal, 1.0)
        hold(desk, terminal, 62.0)
        assert not desk.file.exists()
        prove(desk, terminal)
        terminal.reads_next("Proved.")
        terminal.reads_next("error    about 1 degree (1 sigma, estimated)")
        assert terminal.end() == 0
    record = desk.record()
    assert worst_deg(record.mounting) < 0.3
    told = desk.told()
    assert record.is_on(told.mounting)
    assert (record.node_id, record.node, record.firmware) == (
        told.node_id,
        "upturn-0001",
        told.firmware,
    )
    assert (record.method, record.angles_deg) == (Method.THREE_POSES, (STOP_DEG, 1.0, 62.0))
    assert record.bias_g == pytest.approx(0.039, abs=0.005)
    assert (record.idle_deg, record.tilt_deg) == pytest.approx((STOP_DEG, 50.0), abs=0.5)
    assert record.turn_ratio == pytest.approx(1.0, abs=0.02)
    assert record.axis_off_deg == pytest.approx(0.0, abs=1.0)


def test_who_leaves_leaves_the_node_as_it_was(desk: Desk) -> None:
    before = desk.told()
    with desk.terminal() as terminal:
        terminal.reads_next("Enter when it stands there, q to leave:")
        terminal.press(ENTER)
        terminal.reads_next("held")
        terminal.press(b"q")
        terminal.reads_next("Left; the node is as it was")
        assert terminal.end() == 1
    assert desk.told().mounting == before.mounting
    assert not desk.file.exists()


def test_ctrl_c_ends_it_at_once(desk: Desk) -> None:
    with desk.terminal() as terminal:
        terminal.reads_next("Enter when it stands there, q to leave:")
        terminal.press(ENTER)
        terminal.reads_next("held")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130


def test_a_node_that_is_watched_is_busy(desk: Desk) -> None:
    watch = [sys.executable, "-m", "upturn", "run", "--headless", "--json", "--source"]
    with subprocess.Popen(
        [*watch, f"serial:{desk.node.port}"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        ended = subprocess.run(
            desk.words, capture_output=True, text=True, timeout=30, check=False, input="\n"
        )
        running.terminate()
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert "in use" in ended.stderr or "another program" in ended.stderr


def test_a_node_that_is_unplugged_meanwhile_is_one_line(desk: Desk) -> None:
    with desk.terminal() as terminal:
        terminal.reads_next("Enter when it stands there, q to leave:")
        terminal.press(ENTER)
        terminal.reads_next("held")
        desk.node.unplug()
        terminal.reads_next("upturn: upturn-0001: ")
        terminal.reads_next("is gone. Nothing was changed")
        assert terminal.end() == 1


@pytest.mark.soak
def test_head_and_feet_exchanged_are_refused_at_the_stop_and_nothing_is_written(
    desk: Desk,
) -> None:
    desk.node.act("go 80 500")
    with desk.terminal("--angles", "-80,0,60") as terminal:
        terminal.reads_next("Enter when it stands there, q to leave:")
        terminal.press(ENTER)
        for angle in (0, -60):
            terminal.reads_next("taken at")
            desk.node.act(f"go {angle} 1200")
        terminal.reads_next("taken at")
        desk.node.act("go -80 1200")
        terminal.reads_next("Enter when the empty table stands at its stop, q to leave:")
        time.sleep(1.5)
        terminal.press(ENTER)
        terminal.reads_next("head and feet are exchanged")
        terminal.press(b"q" + ENTER)
        assert terminal.end() == 1
    assert desk.told().mounting is None
    assert not desk.file.exists()


@pytest.mark.soak
def test_without_a_terminal_each_change_is_a_line_and_json_is_the_record(desk: Desk) -> None:
    words = [*desk.words, "--poses", "2", "--angles", f"{STOP_DEG:g},0", "--json"]
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **desk.environment},
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdin.write("\n\n")
        running.stdin.flush()  # and kept open: its end would say that the person has left
        told = []
        for line in running.stderr:
            told.append(line.rstrip())
            if line.startswith("Pose 2: level"):
                desk.node.act("go 0 1000")
            elif line.startswith("Pose 2 taken"):
                desk.node.act(f"go {STOP_DEG} 200")
            elif line.startswith("Proof 2 of 2"):
                desk.node.act("go 45 2400")
        record = json.loads(running.stdout.read())
    assert running.returncode == 0
    assert record["method"] == "two poses"
    assert record["expected_error_deg"] == 2.5
    assert desk.record().is_on(desk.told().mounting)
    assert any(line.startswith("  ") and line.endswith(": still") for line in told)


@pytest.mark.soak
def test_the_bias_measured_at_the_desk_makes_two_poses_as_good_as_three(desk: Desk) -> None:
    faces = ("1000 0 0", "-995 90 0", "0 1000 0", "0 -1000 0", "50 0 998", "0 0 -1000")
    desk.node.act(f"lie {faces[0]}")
    with desk.terminal("--bias") as terminal:
        for number, face in enumerate(faces, 1):
            desk.node.act(f"lie {face}")
            terminal.reads_next(f"{number} of 6: ")
        terminal.reads_next("Kept here")
        assert terminal.end() == 0
    desk.node.act(f"go {STOP_DEG} 100")
    with desk.terminal("--poses", "2", "--angles", f"{STOP_DEG:g},0") as terminal:
        terminal.reads_next("right to about 1 degree; the sensor's bias is known.")
        terminal.reads_next("Enter when it stands there, q to leave:")
        terminal.press(ENTER)
        terminal.reads_next("taken at")
        desk.node.act("go 0 1000")
        terminal.reads_next("taken at")
        prove(desk, terminal)
        terminal.reads_next("Proved.")
        assert terminal.end() == 0
    assert desk.record().bias_removed
    assert worst_deg(desk.record().mounting) < 0.5
