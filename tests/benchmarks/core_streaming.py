# SPDX-License-Identifier: MIT
"""Samples a second through the whole core: angle, posture, exposure, every alarm condition.

Run from the top of the checkout: `python -m tests.benchmarks.core_streaming`. Beside it, in turns,
the streaming update of `vqf` on the same samples, which gives an orientation and judges nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from vqf import VQF

from tests.benchmarks.timing import interleaved_medians_s, machine
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.core.sample import Sample, StreamInfo
from upturn.transports.sim import simulate

GOAL_PER_S = 300_000
CHUNK = 5
"""Samples that arrive together on a link: 10 notifications a second at 50 Hz."""

WITH_GYRO = "upturn core, with gyro"
WITHOUT_GYRO = "upturn core, without gyro"
IN_CHUNKS = f"upturn core, with gyro, {CHUNK} samples a call"
VQF_STREAM = "vqf update, one sample a call"


@dataclass(frozen=True)
class Speed:
    name: str
    samples_per_s: int
    goal: int | None

    @property
    def met(self) -> bool:
        return self.goal is None or self.samples_per_s >= self.goal


def measure(repeats: int) -> list[Speed]:
    gyro_info, gyro = _session("mpu6050")
    force_info, force = _session("lis3dh")
    rates = [np.radians(np.array(s[4:7])) for s in gyro]
    forces = [9.81 * np.array(s[1:4]) for s in gyro]
    seconds = interleaved_medians_s(
        {
            WITH_GYRO: lambda: Pipeline(gyro_info, STANDARD).feed(gyro),
            WITHOUT_GYRO: lambda: Pipeline(force_info, STANDARD).feed(force),
            IN_CHUNKS: lambda: _in_chunks(gyro_info, gyro),
            VQF_STREAM: lambda: _vqf(rates, forces),
        },
        repeats,
    )
    counts = {WITHOUT_GYRO: len(force)}
    goals = {WITH_GYRO: GOAL_PER_S, WITHOUT_GYRO: GOAL_PER_S}
    return [
        Speed(name, round(counts.get(name, len(gyro)) / s), goals.get(name))
        for name, s in seconds.items()
    ]


def _session(chip: str) -> tuple[StreamInfo, list[Sample]]:
    simulation = simulate("two-inversions", seed=1, chip=chip, rate_hz=100.0)
    return simulation.info, simulation.samples


def _in_chunks(info: StreamInfo, samples: list[Sample]) -> None:
    pipeline = Pipeline(info, STANDARD)
    for start in range(0, len(samples), CHUNK):
        pipeline.feed(samples[start : start + CHUNK])


def _vqf(rates: list[np.ndarray], forces: list[np.ndarray]) -> None:
    filter_ = VQF(0.01)
    for rate, force in zip(rates, forces, strict=True):
        filter_.update(rate, force)


def main() -> None:
    print(machine())
    for speed in measure(7):
        goal = (
            ""
            if speed.goal is None
            else f"  (goal {speed.goal:,}: {'met' if speed.met else 'MISSED'})"
        )
        print(f"  {speed.name:<42} {speed.samples_per_s:>10,} samples/s{goal}")


if __name__ == "__main__":
    main()
