# SPDX-License-Identifier: MIT
"""The batch angle path beside vqf, ahrs Madgwick and scipy.signal.lfilter, in one run.

Run from the top of the checkout: `python -m tests.benchmarks.angle_batch [--json]`. Exit 1 if a
goal of the ratios is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from ahrs.filters import Madgwick
from numpy.typing import NDArray
from scipy.signal import lfilter
from vqf import VQF

from tests.benchmarks.timing import interleaved_medians_s, machine, versions
from upturn.analysis.angle import angle_batch, angles
from upturn.core.mounting import Mounting
from upturn.core.thresholds import FORCE_TAU_S

Floats = NDArray[np.float64]

INTERVAL_S = 0.02
GRAVITY_MPS2 = 9.80665
SIZES = (20_000, 1_000_000)
MADGWICK_SAMPLES = 20_000
"""It takes 40 s for a million; its time a sample does not depend on their number."""
MOUNTING = Mounting.from_axes((0.1, 1.0, -0.05), (0.02, 0.1, 1.0))

OURS_GYRO = "upturn, with gyro"
OURS_FORCE = "upturn, without gyro"
OURS_ALL = "upturn, with gyro, all features"
VQF_BATCH = "vqf updateBatch"
MADGWICK = "ahrs Madgwick"
LFILTER = "scipy lfilter, two axes"
LFILTER_ANGLE = "scipy lfilter, two axes, to an angle"

GOALS = (
    (OURS_GYRO, VQF_BATCH, 1.0),
    (OURS_GYRO, MADGWICK, 100.0),
    (OURS_FORCE, LFILTER_ANGLE, 0.5),
    (OURS_FORCE, LFILTER, None),
)
"""Ours, the yardstick, and the least ratio of samples a second; none where no angle comes out."""


@dataclass(frozen=True)
class Recording:
    t_s: Floats
    a_g: Floats
    g_dps: Floats

    @classmethod
    def simulated(cls, n: int) -> Recording:
        """A table that swings and rests by turns, with an MPU-6050's noise and a gyro bias."""
        rng = np.random.default_rng(20250101)
        t_s = INTERVAL_S * np.arange(1, n + 1, dtype=np.float64)
        swing = np.sin(t_s / 7.0) * (np.sin(t_s / 60.0) > 0.0)
        theta = np.radians(-10.0 + 70.0 * swing)
        rate_dps = np.degrees(np.gradient(theta, INTERVAL_S))
        rows = np.array([MOUNTING.head, MOUNTING.front, MOUNTING.hinge])
        force = np.stack([-np.sin(theta), np.cos(theta), np.zeros(n)], axis=1) @ rows
        force += 0.004 * rng.normal(size=(n, 3))
        rate = -rate_dps[:, None] * rows[2] + 0.05 * rng.normal(size=(n, 3)) + [4.5, 0.1, -1.1]
        return cls(t_s, np.ascontiguousarray(force), np.ascontiguousarray(rate))


@dataclass(frozen=True)
class Ratio:
    ours: str
    yardstick: str
    ratio: float
    least: float | None
    met: bool


@dataclass(frozen=True)
class Result:
    samples: int
    samples_per_s: dict[str, int]
    ratios: list[Ratio]
    largest_difference_from_lfilter_deg: float


def main() -> int:
    parser = argparse.ArgumentParser(description="The batch angle path beside its yardsticks.")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--repeats", type=int, default=7, help="rounds that count (default: 7)")
    args = parser.parse_args()

    results = measure(args.repeats)
    met = all(ratio.met for result in results for ratio in result.ratios)
    packages = versions("numpy", "scipy", "vqf", "ahrs")
    if args.json:
        about = {"machine": machine(), "versions": packages, "repeats": args.repeats, "met": met}
        print(json.dumps({**about, "results": [asdict(result) for result in results]}))
    else:
        print(machine())
        print(", ".join(f"{name} {number}" for name, number in packages.items()))
        for result in results:
            show(result)
    return 0 if met else 1


def measure(repeats: int) -> list[Result]:
    """One result a size; `repeats` rounds of all contenders in turn."""
    return [_run(n, repeats) for n in SIZES]


def _run(n: int, repeats: int) -> Result:
    rec = Recording.simulated(n)
    seconds = interleaved_medians_s(_contenders(rec), repeats)
    samples = {name: min(n, MADGWICK_SAMPLES) if name == MADGWICK else n for name in seconds}
    speed = {name: samples[name] / s for name, s in seconds.items()}
    return Result(
        samples=n,
        samples_per_s={name: round(s) for name, s in speed.items()},
        ratios=[
            Ratio(
                ours,
                yardstick,
                ratio=round(speed[ours] / speed[yardstick], 2),
                least=least,
                met=least is None or speed[ours] >= least * speed[yardstick],
            )
            for ours, yardstick, least in GOALS
        ],
        largest_difference_from_lfilter_deg=_difference_from_lfilter_deg(rec),
    )


def _contenders(rec: Recording) -> dict[str, Callable[[], object]]:
    gyro_radps = np.ascontiguousarray(np.radians(rec.g_dps))
    force_mps2 = np.ascontiguousarray(GRAVITY_MPS2 * rec.a_g)
    few = slice(0, MADGWICK_SAMPLES)

    return {
        OURS_GYRO: lambda: angles(rec.t_s, rec.a_g, rec.g_dps, MOUNTING),
        VQF_BATCH: lambda: VQF(INTERVAL_S).updateBatch(gyro_radps, force_mps2),
        OURS_FORCE: lambda: angles(rec.t_s, rec.a_g, None, MOUNTING),
        LFILTER: lambda: _low_passed(rec.a_g[:, :2].T),
        LFILTER_ANGLE: lambda: _lfilter_angle(rec.a_g),
        OURS_ALL: lambda: angle_batch(rec.t_s, rec.a_g, rec.g_dps, MOUNTING),
        MADGWICK: lambda: Madgwick(gyr=gyro_radps[few], acc=force_mps2[few], Dt=INTERVAL_S),
    }


def _low_passed(axes: Floats) -> Floats:
    """Two axes through the same low-pass, at constant intervals: it can do no others."""
    gain = INTERVAL_S / (FORCE_TAU_S + INTERVAL_S)
    keep = 1.0 - gain
    low, _ = lfilter([gain], [1.0, -keep], axes, zi=keep * axes[:, :1])
    return np.asarray(low, np.float64)


def _lfilter_angle(a_g: Floats) -> Floats:
    """What a script with scipy does for the angle of a recording at constant intervals."""
    front, head = _low_passed(np.array([MOUNTING.front, MOUNTING.head]) @ a_g.T)
    theta: Floats = np.degrees(np.arctan2(-head, front))
    return theta


def _difference_from_lfilter_deg(rec: Recording) -> float:
    """At constant intervals both must say the same, or the timing compares different work."""
    ours, _ = angles(rec.t_s, rec.a_g, None, MOUNTING)
    return float(np.max(np.abs(ours - _lfilter_angle(rec.a_g))))


def show(result: Result) -> None:
    print(f"\n{result.samples:,} samples")
    for name, speed in result.samples_per_s.items():
        print(f"  {name:<38} {speed / 1e6:9.3f} million/s")
    for r in result.ratios:
        goal = "no goal" if r.least is None else f"goal {r.least:g}, {'' if r.met else 'not '}met"
        print(f"  {r.ours} / {r.yardstick}: {r.ratio:g} ({goal})")
    print(f"  from lfilter by {result.largest_difference_from_lfilter_deg:.1e} degrees at most")


if __name__ == "__main__":
    sys.exit(main())
