# SPDX-License-Identifier: MIT
"""The batch path against a plain loop written from the filters' definition, and against itself."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, degrees, inf, radians, sin, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upturn.analysis import angle, scan
from upturn.analysis.angle import Features, Floats, angle_batch, angles
from upturn.core.mounting import Mounting, Vector, dot
from upturn.core.sample import Sample, StreamInfo
from upturn.core.thresholds import TIME_EPSILON_S, UNSETTLED_TAU_S
from upturn.core.tilt import Block, Reading, Tilt

TOLERANCE_DEG = 1e-9
RATE_TOLERANCE_DPS = 4e-9
"""A slope divides the difference of two angles by a quarter of a second."""
EXTRA = 37
"""Samples past a whole number of chunks, so that the last one is filled up."""


@dataclass(frozen=True)
class Recording:
    t_s: Floats
    a_g: Floats
    g_dps: Floats
    mounting: Mounting


def _recording(seed: int, n: int, interval_s: float = 0.02) -> Recording:
    """A turning, at times resting table under random times, drop-outs, gaps and mounting."""
    rng = np.random.default_rng(seed)
    steps_s = interval_s * rng.uniform(0.2, 1.8, n)
    steps_s[rng.random(n) < 0.02] = rng.uniform(0.1, 0.9)
    steps_s[rng.random(n) < 4.0 / n] = rng.uniform(1.1, 30.0)
    t_s = rng.uniform(-1e3, 1e5) + np.cumsum(steps_s)
    resting = np.cumsum(rng.random(n) < 0.002) % 2 == 0
    turn_dps = np.where(resting, 0.0, rng.choice([30.0, 150.0, 700.0]) * np.sin(t_s))
    theta = np.radians(-90.0 + np.cumsum(turn_dps * steps_s))
    square, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    mounting = Mounting.from_axes(_vector(square[0]), _vector(square[1]))
    rows = np.array([mounting.head, mounting.front, mounting.hinge])
    noise_g = np.where(resting, 0.004, 0.1)[:, None] * rng.normal(size=(n, 3))
    force = np.stack([-np.sin(theta), np.cos(theta), np.zeros(n)], axis=1) @ rows + noise_g
    rate = -turn_dps[:, None] * rows[2] + 0.1 * rng.normal(size=(n, 3)) + rng.uniform(-20, 20, 3)
    fitted = Mounting(
        _vector(1.03 * rows[0] + 0.02 * rows[1]),
        _vector(0.98 * rows[1] + 0.01 * rows[2]),
        mounting.hinge,
        head_offset_g=0.03,
        front_offset_g=-0.05,
    )
    return Recording(t_s, force, rate, fitted)


def _vector(x: Floats) -> Vector:
    return (float(x[0]), float(x[1]), float(x[2]))


def _wrapped(theta_deg: float) -> float:
    return 180.0 - (180.0 - theta_deg) % 360.0


def _reference(rec: Recording, has_gyro: bool) -> dict[str, list[float]]:
    """The definition, sample by sample, with nothing shared with the code under test."""
    out: dict[str, list[float]] = {"theta": [], "rate": [], "force": [], "moving": []}
    z, last_w, bias, still_s = 0j, 0.0, 0.0, 0.0
    mb = mn = mw = va = vw = mean_deg = mean_g = variance = unwrapped = 0.0
    history: list[tuple[float, float]] = []
    last_t = -inf
    times_s = (rec.t_s - rec.t_s[0]).tolist()
    rows = zip(times_s, rec.a_g.tolist(), rec.g_dps.tolist(), strict=True)
    for t, a, g in rows:
        dt = t - last_t
        restart = dt > 1.0
        fb = dot(rec.mounting.head, a) + rec.mounting.head_offset_g
        fn = dot(rec.mounting.front, a) + rec.mounting.front_offset_g
        m = sqrt(dot(a, a))
        w = -dot(rec.mounting.hinge, g)
        target = complex(fn, -fb)
        if has_gyro:
            if last_t == -inf and abs(w) <= 20.0:
                bias = w
            if restart:
                mb, mn, mw = fb, fn, w
                va, vw = 10.0 * 0.02**2, 10.0 * 1.0**2
                z = target / (m + 1e-3)
            else:
                ka = dt / (0.5 + dt)
                db, dn, dw = fb - mb, fn - mn, w - mw
                mb, mn, mw = mb + ka * db, mn + ka * dn, mw + ka * dw
                va += ka * (db * db + dn * dn - va)
                vw += ka * (dw * dw - vw)
                if va < 0.02**2 and vw < 1.0:
                    still_s += dt
                    bias += dt / min(still_s, 15.0) * (w - bias)
                turn = radians(0.5 * (w + last_w) - bias) * dt
                k = (
                    max(1.0 - abs(m - 1.0) / 0.15, 0.02)
                    * dt
                    / ((2.0 if still_s else UNSETTLED_TAU_S) + dt)
                )
                z = (1.0 - k) * z * complex(cos(turn), sin(turn)) + k / (m + 1e-3) * target
        else:
            z = target if restart else z + dt / (0.1 + dt) * (target - z)
        theta = _wrapped(degrees(atan2(z.imag, z.real)))
        if restart:
            history = []
            unwrapped = mean_deg = theta
            mean_g, variance, lead = m, 0.0, 0.0
        else:
            unwrapped += _wrapped(theta - unwrapped)
            lead = unwrapped - mean_deg
            mean_deg += dt / (4.0 + dt) * lead
            d = m - mean_g
            mean_g += dt / (0.5 + dt) * d
            variance += dt / (1.0 + dt) * (d * d - variance)
        history.append((t, unwrapped))
        rate = w - bias
        if not has_gyro:
            older = [h for h in history[-200:] if h[0] <= t - 0.24 + TIME_EPSILON_S]
            rate = (unwrapped - older[-1][1]) / (t - older[-1][0]) if older else 0.0
        out["theta"].append(theta)
        out["rate"].append(rate)
        out["force"].append(m)
        out["moving"].append(abs(lead) > 0.45 or variance > 0.012**2)
        last_t, last_w = t, w
    return out


def _gyro(rec: Recording, has_gyro: bool) -> Floats | None:
    return rec.g_dps if has_gyro else None


def _batch(rec: Recording, has_gyro: bool, block: int = scan.BLOCK) -> Features:
    return angle_batch(rec.t_s, rec.a_g, _gyro(rec, has_gyro), rec.mounting, block=block)


def _apart_deg(a: Floats, b: Floats | list[float]) -> float:
    """Largest distance on the circle."""
    return float(np.max(np.abs((a - np.asarray(b) + 180.0) % 360.0 - 180.0), initial=0.0))


def _assert_same(a: Features, b: Features) -> None:
    assert _apart_deg(a.theta_deg, b.theta_deg) <= TOLERANCE_DEG
    np.testing.assert_allclose(a.rate_dps, b.rate_dps, rtol=0.0, atol=RATE_TOLERANCE_DPS)
    np.testing.assert_allclose(a.force_g, b.force_g, rtol=0.0, atol=1e-12)
    assert a.moving.tolist() == b.moving.tolist()
    assert a.state.angle_lead_deg == pytest.approx(b.state.angle_lead_deg, abs=TOLERANCE_DEG)


@pytest.mark.parametrize("has_gyro", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_the_batch_path_equals_the_definition(seed: int, has_gyro: bool) -> None:
    rec = _recording(seed, 6000, interval_s=(0.02, 0.01, 0.1)[seed % 3])
    expect = _reference(rec, has_gyro)
    got = _batch(rec, has_gyro)
    assert _apart_deg(got.theta_deg, expect["theta"]) <= TOLERANCE_DEG
    assert -180.0 < got.theta_deg.min() < 0.0 < got.theta_deg.max() <= 180.0
    np.testing.assert_allclose(got.rate_dps, expect["rate"], rtol=0.0, atol=RATE_TOLERANCE_DPS)
    np.testing.assert_allclose(got.force_g, expect["force"], rtol=0.0, atol=1e-12)
    assert got.moving.tolist() == expect["moving"]


def test_the_recordings_rest_and_move_and_have_gaps() -> None:
    """What the other tests compare would be little if these never happened."""
    recs = [_recording(seed, 6000) for seed in range(6)]
    moving = np.concatenate([_batch(rec, True).moving for rec in recs])
    bias_moved = [_batch(rec, True).state.still_s for rec in recs]
    gaps = sum(int(np.sum(np.diff(rec.t_s) > 1.0)) for rec in recs)
    assert 0.1 < moving.mean() < 0.9
    assert max(bias_moved) > 15.0
    assert gaps > 6


@pytest.mark.parametrize("has_gyro", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_the_batch_path_equals_the_streaming_path(seed: int, has_gyro: bool) -> None:
    rec = _recording(seed, 5000)
    judge = _EverySample()
    tilt = Tilt(StreamInfo(has_gyro=has_gyro, mounting=rec.mounting), [])
    table = np.column_stack([rec.t_s, rec.a_g, rec.g_dps]).tolist()
    tilt.feed([Sample(*row) for row in table], judge)
    got = _batch(rec, has_gyro)
    assert _apart_deg(got.theta_deg, [r.theta_deg for r in judge.readings]) <= TOLERANCE_DEG
    np.testing.assert_allclose(
        got.rate_dps, [r.rate_dps for r in judge.readings], rtol=0.0, atol=RATE_TOLERANCE_DPS
    )
    assert got.moving.tolist() == [r.moved_s == r.t_s for r in judge.readings]


class _EverySample:
    """A judge that asks for all samples."""

    due_s = -inf
    low_deg = inf
    motion_matters = True

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def on_sample(self, reading: Reading) -> None:
        self.readings.append(reading)

    def on_block(self, block: Block) -> None:
        """Blocks have no counterpart in the batch path."""


@pytest.mark.parametrize("has_gyro", [True, False])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), block=st.integers(1, 1200), n=st.integers(1, 1000))
def test_the_block_size_changes_nothing(has_gyro: bool, seed: int, block: int, n: int) -> None:
    rec = _recording(seed, n)
    _assert_same(_batch(rec, has_gyro, block), _batch(rec, has_gyro))


@pytest.mark.parametrize("has_gyro", [True, False])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), cuts=st.lists(st.integers(0, 600), max_size=4))
def test_a_split_recording_gives_what_the_whole_gives(
    has_gyro: bool, seed: int, cuts: list[int]
) -> None:
    rec = _recording(seed, 600)
    whole = _batch(rec, has_gyro)
    state, theta_only_state = None, None
    parts: list[Features] = []
    theta_only: list[Floats] = []
    borders = [0, *sorted(cuts), 600]
    for first, end in pairwise(borders):
        g = rec.g_dps[first:end] if has_gyro else None
        t, a = rec.t_s[first:end], rec.a_g[first:end]
        parts.append(angle_batch(t, a, g, rec.mounting, state))
        state = parts[-1].state
        theta, theta_only_state = angles(t, a, g, rec.mounting, theta_only_state)
        theta_only.append(theta)
    joined = Features(
        np.concatenate([p.theta_deg for p in parts]),
        np.concatenate([p.rate_dps for p in parts]),
        np.concatenate([p.force_g for p in parts]),
        np.concatenate([p.moving for p in parts]),
        parts[-1].state,
    )
    _assert_same(joined, whole)
    assert _apart_deg(np.concatenate(theta_only), whole.theta_deg) <= TOLERANCE_DEG


@pytest.mark.parametrize("has_gyro", [True, False])
def test_chunks_of_any_length_join(has_gyro: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    rec = _recording(3, 10 * 128 + EXTRA)
    whole = _batch(rec, has_gyro)
    monkeypatch.setattr(angle, "CHUNK", 128)
    monkeypatch.setattr(scan, "CHUNK", 64)
    monkeypatch.setattr(scan, "LOOP_BELOW", 2)
    _assert_same(_batch(rec, has_gyro), whole)


def test_a_state_may_be_used_twice() -> None:
    """A state belongs to its moment; going on from it does not change it."""
    rec = _recording(5, 400)
    state = angle_batch(rec.t_s[:200], rec.a_g[:200], rec.g_dps[:200], rec.mounting).state
    rest = (rec.t_s[200:], rec.a_g[200:], rec.g_dps[200:], rec.mounting, state)
    once = angle_batch(*rest)
    again = angle_batch(*rest)
    assert once.theta_deg.tolist() == again.theta_deg.tolist()


@pytest.mark.parametrize("has_gyro", [True, False])
def test_half_a_turn_reads_plus_180(has_gyro: bool) -> None:
    """The angle's range is (-180, 180], also where the front axis points down exactly."""
    t_s = np.linspace(0.0, 0.08, 5)
    a_g = np.tile([0.0, 0.0, -1.0], (5, 1))
    got = angle_batch(
        t_s,
        a_g,
        np.zeros((5, 3)) if has_gyro else None,
        Mounting.from_axes((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    )
    assert got.theta_deg.tolist() == [180.0] * 5


@pytest.mark.parametrize("turn_deg", [175.0, -175.0])
@pytest.mark.parametrize("start_deg", [-170.0, 0.0, 170.0])
def test_a_step_is_taken_the_short_way_round(start_deg: float, turn_deg: float) -> None:
    """The lead of the angle over its mean, across +-180 as elsewhere."""
    theta = np.radians([start_deg, start_deg + turn_deg])
    a_g = np.stack([np.zeros(2), -np.sin(theta), np.cos(theta)], axis=1)
    turning_dps = np.array([[0.0, 0.0, 0.0], [-2.0 * turn_deg, 0.0, 0.0]])
    mounting = Mounting.from_axes((0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    got = angle_batch(np.array([0.0, 1.0]), a_g, turning_dps, mounting)
    assert got.state.angle_lead_deg == pytest.approx(turn_deg * 4.0 / 5.0, abs=1e-6)


@pytest.mark.parametrize(("first_dps", "rate_dps"), [(20.0, 0.0), (-20.0, 0.0), (20.1, 20.1)])
def test_a_first_rate_is_bias_unless_it_is_motion(first_dps: float, rate_dps: float) -> None:
    mounting = Mounting.from_axes((0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    a_g, g_dps = np.array([[0.0, 1.0, 0.0]]), np.array([[-first_dps, 0.0, 0.0]])
    got = angle_batch(np.zeros(1), a_g, g_dps, mounting)
    assert got.rate_dps.tolist() == [rate_dps]


@pytest.mark.parametrize("has_gyro", [True, False])
def test_a_recording_may_be_empty(has_gyro: bool) -> None:
    empty = np.empty((0, 3))
    mounting = Mounting.from_axes((0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    got = angle_batch(np.empty(0), empty, empty if has_gyro else None, mounting)
    assert (got.theta_deg.size, got.moving.size) == (0, 0)


def test_samples_far_apart_each_start_afresh() -> None:
    """Every step a gap: each angle is that sample's force alone."""
    rec = _recording(1, 300)
    t_s = np.linspace(0.0, 448.5, 300)
    expect = np.degrees(
        np.arctan2(
            -(rec.a_g @ np.array(rec.mounting.head) + rec.mounting.head_offset_g),
            rec.a_g @ np.array(rec.mounting.front) + rec.mounting.front_offset_g,
        )
    )
    for g in (None, rec.g_dps):
        got = angle_batch(t_s, rec.a_g, g, rec.mounting)
        assert _apart_deg(got.theta_deg, expect) <= TOLERANCE_DEG
        assert not got.moving.any()
