# SPDX-License-Identifier: MIT
"""`upturn analyze`: the summary of `upturn replay`, byte for byte, by another path."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.stories import timeline
from tests.transports.writing import csv_of, recorder_of
from upturn.analysis.angle import angle_batch
from upturn.cli.main import main
from upturn.core.commands import (
    Acknowledge,
    Command,
    Distress,
    ImFine,
    SeenUpright,
    StandDown,
)
from upturn.core.mounting import Mounting
from upturn.core.sample import Sample
from upturn.transports.sim import SCRIPTS, simulate
from upturn.transports.sim.sensors import CHIPS
from upturn.transports.source import Chunk
from upturn.transports.trace import Trace, read_trace

Capture = pytest.CaptureFixture[str]

REAL = Path(__file__).parents[2].parent / "shared" / "real-data" / "mpu6050"
NAMES = (
    "roll-and-tilt-45-90",
    "still-long",
    "still-x-up",
    "tilt-about-y",
    "turn-360-about-y",
    "turn-about-x",
)
real = pytest.mark.skipif(not REAL.is_dir(), reason="the recordings are not ours to hand on")


def summary(capsys: Capture, command: str, *words: str | Path) -> str:
    """The last line that a command prints."""
    assert main([command, *map(str, words), "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    if command == "analyze":
        assert out.count("\n") == 1
    return out.splitlines(keepends=True)[-1]


def agreed(capsys: Capture, *words: str | Path) -> dict[str, object]:
    """The summary that both paths give."""
    batch = summary(capsys, "analyze", *words)
    assert batch == summary(capsys, "replay", *words)
    said: dict[str, object] = json.loads(batch)
    return said


@pytest.mark.parametrize(
    ("script", "chip"),
    [(script, list(CHIPS)[i % len(CHIPS)]) for i, script in enumerate(SCRIPTS)],
)
def test_the_two_paths_agree_about_every_script(
    script: str, chip: str, tmp_path: Path, capsys: Capture
) -> None:
    simulation = simulate(script, chip=chip, seed=11)
    path = tmp_path / "a.csv"
    path.write_text(csv_of(simulation.info, simulation.samples))
    said = agreed(capsys, path)
    assert said["samples"] == len(simulation.samples)


def test_the_two_paths_agree_about_a_recording_with_commands(
    tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "a.jsonl.gz"
    simulation = simulate("too-long", seed=3)
    recorder = recorder_of(path, simulation.info, "first-time")
    acts: list[Command] = [Distress(), Acknowledge(), SeenUpright(), ImFine(), StandDown()]
    parts = np.array_split(np.arange(len(simulation.samples)), len(acts) + 1)
    for part, act in zip(parts, [*acts, None], strict=True):
        samples = simulation.samples[part[0] : part[-1] + 1]
        recorder.piece(Chunk(samples[-1].t_s, samples, (act,) if act is not None else ()))
    recorder.piece(Chunk(simulation.duration_s + 30.0, []))
    recorder.close()
    assert agreed(capsys, path)["profile"] == "first-time"
    agreed(capsys, path, "--profile", "extended")


def test_people_get_the_sum_in_words(tmp_path: Path, capsys: Capture) -> None:
    story = timeline("upright 2s; to 50 in 2s; inverted 2s; to -80 in 2s; upright 1s")
    path = tmp_path / "a.csv"
    path.write_text(csv_of(story.info, story.samples))
    assert main(["analyze", str(path)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[0] == "9.0 s watched, profile standard; 450 samples"
    assert out.splitlines()[2] == "alarms: none"


def test_one_row_is_enough(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "a.csv"
    path.write_text("t_s,ax_g,ay_g,az_g\n5,0,1,0\n")
    assert agreed(capsys, path) == {
        "t_s": 5.0,
        "kind": "summary",
        "samples": 1,
        "samples_lost": 0,
        "duration_s": 0.0,
        "inversions": 0,
        "inverted_s": 0.0,
        "longest_s": 0.0,
        "peak_angle_deg": -90.0,
        "alarms": {"not_calibrated": 1},
        "profile": "standard",
    }


def real_trace(name: str) -> Trace:
    return read_trace(REAL / f"{name}.csv.gz")


@real
@pytest.mark.parametrize("name", NAMES)
def test_a_real_recording_replays_and_the_paths_agree(name: str, capsys: Capture) -> None:
    said = agreed(capsys, REAL / f"{name}.csv.gz")
    assert said["samples"] == len(real_trace(name))
    assert said["samples_lost"] == 0  # times come in bursts, and nothing is missing in them


def force_g(trace: Trace) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.column_stack([trace.columns[name] for name in ("ax_g", "ay_g", "az_g")])


@real
@pytest.mark.parametrize(("name", "size_g"), [("still-long", 1.037), ("still-x-up", 0.997)])
def test_gravity_has_the_size_that_this_sensor_reads_by_face(name: str, size_g: float) -> None:
    sizes = np.linalg.norm(force_g(real_trace(name)), axis=1)
    assert sizes.mean() == pytest.approx(size_g, abs=0.005)
    assert sizes.std() < 0.007


@real
@pytest.mark.parametrize(
    ("name", "mounting", "turns"),
    [
        ("turn-360-about-y", Mounting.from_axes((1, 0, 0), (0, 0, 1)), 2),
        ("turn-about-x", Mounting.from_axes((0, 1, 0), (0, 0, 1)), 2),
        ("still-long", Mounting.from_axes((0, 1, 0), (0, 0, 1)), 0),
    ],
)
def test_full_turns_are_counted_from_the_force(name: str, mounting: Mounting, turns: int) -> None:
    trace = real_trace(name)
    t_s = np.array(trace.columns["t_s"])
    theta_deg = angle_batch(t_s, force_g(trace), None, mounting).theta_deg
    total = np.ptp(np.unwrap(theta_deg, period=360.0)[[0, -1]]) / 360.0
    assert total == pytest.approx(turns, abs=0.1)


@real
@pytest.mark.parametrize(
    ("name", "head", "front", "alarms"),
    [
        ("still-x-up", "-1,0,0", "0,0,1", set()),
        ("still-x-up", "0,0,1", "-1,0,0", set()),
        ("still-long", "0,0,-1", "1,0,0", set()),
        ("still-long", "1,0,0", "0,0,-1", set()),
        (
            "still-long",
            "0,0,1",
            "1,0,0",
            {"angle_limit", "no_movement", "no_return", "time_limit", "time_limit_near"},
        ),
        ("turn-360-about-y", "1,0,0", "0,0,1", None),
        ("turn-about-x", "0,1,0", "0,0,1", None),
    ],
)
def test_a_real_sensor_raises_no_alarm_that_its_motion_does_not_mean(
    name: str,
    head: str,
    front: str,
    alarms: set[str] | None,
    tmp_path: Path,
    capsys: Capture,
) -> None:
    trace = real_trace(name)
    path = tmp_path / "a.csv"
    text = csv_of(trace.info, [Sample(*sample) for sample in trace.samples()])
    path.write_text(f"# head: {head}\n# front: {front}\n{text}")
    assert main(["replay", str(path), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    if alarms is not None:
        assert set(lines[-1]["alarms"]) == alarms
    else:  # a full turn is over-rotated on its way, and fast; it lasts no minute
        high = {line["id"] for line in lines if line.get("priority") == "high"}
        assert high <= {"over_rotation"}
