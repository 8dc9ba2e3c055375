# SPDX-License-Identifier: MIT
"""Makes the simulated traces of this folder again: python tests/traces/make.py

Each is a row of `TRACES`: a script of the simulator, with the seed and the chip that were chosen
so that the set has every chip, with and without a gyro. The head of each file says how it was
made.
"""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from pathlib import Path

from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    Acknowledge,
    Command,
    Distress,
    HostStalled,
    ImFine,
    Resume,
    SeenUpright,
    SinkStatus,
    StandDown,
)
from upturn.core.sample import NodeReport, Sample
from upturn.transports.recording import Recorder
from upturn.transports.sim import CHIPS, Simulation, simulate
from upturn.transports.simulated import SimulatedSource

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Trace:
    script: str
    seed: int = 0
    chip: str = "mpu6050"
    rate_hz: float = 50.0

    @property
    def name(self) -> str:
        return f"{self.script}-{self.chip}"


TRACES = (
    Trace("normal", 1),
    Trace("normal", 2, "lis3dh"),
    Trace("normal", 3, "adxl345", 25.0),
    Trace("two-inversions", 4, "mpu6886", 25.0),
    Trace("over-rest", 5, "lis3dh", 25.0),
    Trace("mounting-bumps", 6, "mpu6500"),
    Trace("slow-return", 7),
    Trace("staged-rest", 8, "mpu6886"),
    Trace("demo", 0),
    Trace("too-long", 9, "lis3dh"),
    Trace("no-return", 10, "mpu6500", 25.0),
    Trace("rocking", 11, "mpu6050", 25.0),
    Trace("short-rest", 12, "adxl345", 25.0),
    Trace("steep", 13),
    Trace("over-rotated", 14, "mpu6886"),
    Trace("past-180", 15),
    Trace("fast-tilt", 16),
    Trace("fast-tilt", 17, "lis3dh"),
    Trace("unresponsive", 18, "mpu6050", 25.0),
    Trace("distress-button", 19, "mpu6886", 25.0),
    Trace("distress-taps", 20, "lis3dh"),
    Trace("impact", 21),
    Trace("fall", 22),
    Trace("fall", 23, "lis3dh", 100.0),
    Trace("sensor-moved", 24),
    Trace("stop-shifted", 25),
    Trace("sensor-frozen", 26, "lis3dh", 25.0),
    Trace("sensor-saturated", 27),
    Trace("sensor-bad-scale", 28, "lis3dh", 25.0),
    Trace("slow-rate", 29),
    Trace("angle-mismatch", 30, "mpu6886", 25.0),
    Trace("not-calibrated", 31, "lis3dh", 25.0),
    Trace("battery-low", 32, "mpu6050", 25.0),
    Trace("signal-loss", 33),
    Trace("signal-loss-upright", 34, "mpu6886", 25.0),
    Trace("signal-gone", 35, "lis3dh", 25.0),
)


@dataclass(frozen=True)
class Acted:
    """A session with what people and the shell did in it: kept as a raw recording."""

    name: str
    script: str
    seed: int
    commands: tuple[tuple[float, Command], ...]
    chip: str = "lis3dh"
    rate_hz: float = 25.0


ACTED = (
    Acted(
        "acknowledged",
        "no-return",
        40,
        (
            (66.0, Acknowledge(AlarmId.TIME_LIMIT_NEAR)),
            (80.0, Acknowledge(AlarmId.TIME_LIMIT, 1)),
            (100.0, Acknowledge()),
            (190.0, Acknowledge()),
        ),
    ),
    Acted("seen-upright", "signal-gone", 41, ((50.0, Acknowledge()), (60.0, SeenUpright()))),
    Acted("stood-down", "two-inversions", 42, ((5.0, StandDown()), (100.0, Resume()))),
    Acted(
        "called-for-help",
        "normal",
        43,
        ((30.0, Distress()), (40.0, Acknowledge(AlarmId.DISTRESS, 1))),
    ),
    Acted("answered", "unresponsive", 44, ((70.0, ImFine()),)),
    Acted("host-stalled", "normal", 45, ((30.0, HostStalled(6.5)), (60.0, Acknowledge()))),
    Acted(
        "sink-failed",
        "normal",
        46,
        (
            (10.0, SinkStatus("mqtt", working=False, reason="broker is gone")),
            (70.0, SinkStatus("mqtt", working=True)),
        ),
    ),
)

_REPORTED = ("angle_deg", "button", "tap", "battery_v", "peak_g")
_EMPTY = NodeReport()


def as_csv(simulation: Simulation, trace: Trace) -> str:
    """The simulation in the format of sample traces."""
    info = simulation.info
    names = ["t_s", "ax_g", "ay_g", "az_g"]
    if info.has_gyro:
        names += ["gx_dps", "gy_dps", "gz_dps"]
    reports = [s.report for s in simulation.samples if s.report is not None]
    said = [n for n in _REPORTED if any(getattr(r, n) is not None for r in reports)]
    keys = {
        "sensor": CHIPS[trace.chip].name,
        "node": "simulated",
        "origin": f"simulated: script {trace.script}, seed {trace.seed}, chip {trace.chip}; "
        "python -m tests.traces.make makes it again",
        "rate_hz": f"{trace.rate_hz:g}",
    }
    if info.mounting is not None:
        for key, axis in (("head", info.mounting.head), ("front", info.mounting.front)):
            keys[key] = ",".join(f"{x:.6f}" for x in axis)
    if "angle_deg" in said:
        keys["angle"] = "upturn"
    out = io.StringIO()
    out.writelines(f"# {key}: {value}\n" for key, value in keys.items())
    out.write(",".join([*names, *said]) + "\n")
    out.writelines(_row(s, info.has_gyro, said) + "\n" for s in simulation.samples)
    return out.getvalue()


def _row(sample: Sample, has_gyro: bool, said: list[str]) -> str:
    fields = [f"{sample.t_s:.3f}", *(f"{x:.4f}" for x in sample[1:4])]
    if has_gyro:
        fields += [f"{x:.2f}" for x in sample[4:7]]
    report = sample.report or _EMPTY
    for name in said:
        value = getattr(report, name)
        fields.append("" if value is None else f"{float(value):.4g}")
    return ",".join(fields)


def main() -> None:
    for trace in TRACES:
        simulation = simulate(
            trace.script, seed=trace.seed, chip=trace.chip, rate_hz=trace.rate_hz
        )
        path = HERE / f"{trace.name}.csv.gz"
        packed = gzip.compress(as_csv(simulation, trace).encode(), mtime=0)
        path.write_bytes(packed)
        print(f"{path.name}: {len(simulation.samples)} samples, {len(packed)} bytes")
    for acted in ACTED:
        _record(acted)


def _record(acted: Acted) -> None:
    simulation = simulate(acted.script, seed=acted.seed, chip=acted.chip, rate_hz=acted.rate_hz)
    simulation.commands.extend(acted.commands)
    source = SimulatedSource(simulation)
    path = HERE / f"{acted.name}.jsonl"
    path.unlink(missing_ok=True)
    recorder = Recorder(path, source, source.info, "standard")
    for chunk in source.chunks(paced=False):
        recorder.piece(chunk)
    recorder.close()
    packed = gzip.compress(path.read_bytes(), mtime=0)
    path.unlink()
    path.with_suffix(".jsonl.gz").write_bytes(packed)
    print(f"{path.name}.gz: {len(simulation.samples)} samples, {len(packed)} bytes")


if __name__ == "__main__":
    main()
