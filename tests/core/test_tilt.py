# SPDX-License-Identifier: MIT
"""The angle: exact on ideal readings, near on spoilt ones, and the guards of its judge."""

from __future__ import annotations

from cmath import phase
from collections.abc import Callable
from math import cos, degrees, inf, nan, pi, radians, sin

import pytest

from tests.stories import stream, timeline
from upturn.core.sample import NodeReport, Sample
from upturn.core.thresholds import FAST_TILT_DPS
from upturn.core.tilt import Block, Reading, Tilt

RATE_HZ = 50.0
AXIS = (1.0, 0.0, 0.0)
"""The hinge of the assumed mounting."""
Motion = Callable[[float], float]


class Recorder:
    """A judge that keeps what it is handed; unless it is to see everything, what guards let by."""

    def __init__(self, *, everything: bool = True) -> None:
        self.readings: list[Reading] = []
        self.blocks: list[Block] = []
        self.due_s = -inf if everything else inf
        self.low_deg = -inf
        self.motion_matters = False

    def on_sample(self, reading: Reading) -> None:
        self.readings.append(reading)

    def on_block(self, block: Block) -> None:
        self.blocks.append(block)


def moving(
    theta_deg: Motion,
    seconds: float,
    *,
    bias_dps: float = 0.0,
    times_s: list[float] | None = None,
) -> list[Sample]:
    """Ideal readings of a motion, with the gyro's true rate at each instant and its bias."""
    samples = []
    step_s = 1e-4
    for t_s in times_s or [i / RATE_HZ for i in range(round(seconds * RATE_HZ))]:
        theta = radians(theta_deg(t_s))
        rate_dps = (theta_deg(t_s + step_s) - theta_deg(t_s - step_s)) / (2 * step_s)
        force = (0.0, -sin(theta), cos(theta))
        samples.append(Sample(t_s, *force, bias_dps - rate_dps, 0.3 * bias_dps, 0.0))
    return samples


def angles_deg(samples: list[Sample], *, gyro: bool) -> list[float]:
    recorder = Recorder()
    Tilt(stream(gyro=gyro), [0.0]).feed(samples, recorder)
    return [reading.theta_deg for reading in recorder.readings]


def worst_deg(samples: list[Sample], theta_deg: Motion, *, gyro: bool, after_s: float) -> float:
    """Largest error after a time, around the circle."""
    told = zip(samples, angles_deg(samples, gyro=gyro), strict=True)
    return max(
        abs((angle_deg - theta_deg(s.t_s) + 180.0) % 360.0 - 180.0)
        for s, angle_deg in told
        if s.t_s >= after_s
    )


def rocking(t_s: float) -> float:
    return 20.0 + 40.0 * sin(2 * pi * t_s / 4.0)


def rest_then_rocking(t_s: float) -> float:
    return -80.0 if t_s < 5.0 else -80.0 + 60.0 * (1.0 - cos(2 * pi * (t_s - 5.0) / 6.0))


both = pytest.mark.parametrize("gyro", [False, True], ids=["force", "gyro"])


@both
@pytest.mark.parametrize("angle_deg", [-179.5, -135.0, -90.0, 0.0, 15.0, 90.0, 135.0, 180.0])
def test_at_rest_the_angle_is_exact_all_around_the_circle(angle_deg: float, gyro: bool) -> None:
    told = angles_deg(moving(lambda _: angle_deg, 2.0), gyro=gyro)
    assert told == pytest.approx([angle_deg] * 100, abs=1e-9)


def test_with_a_gyro_a_moving_table_is_followed_without_lag() -> None:
    assert worst_deg(moving(rocking, 20.0), rocking, gyro=True, after_s=0.0) < 0.6
    assert worst_deg(moving(rocking, 40.0), rocking, gyro=True, after_s=20.0) < 0.2


def test_without_a_gyro_the_angle_lags_by_a_tenth_of_a_second() -> None:
    def late(t_s: float) -> float:
        return rocking(t_s - 0.09)

    assert worst_deg(moving(rocking, 20.0), late, gyro=False, after_s=1.0) < 1.0


@pytest.mark.parametrize("bias_dps", [-20.0, -3.0, 0.0, 5.0, 20.0])
def test_a_gyros_bias_is_learned_at_rest(bias_dps: float) -> None:
    samples = moving(rest_then_rocking, 35.0, bias_dps=bias_dps)
    assert worst_deg(samples, rest_then_rocking, gyro=True, after_s=0.0) < 0.5


def test_a_bias_that_drifts_is_followed_while_still() -> None:
    warm = [s._replace(gx_dps=s.gx_dps + 0.01 * s.t_s) for s in moving(lambda _: -80.0, 120.0)]
    assert worst_deg(warm, lambda _: -80.0, gyro=True, after_s=0.0) < 0.5


@both
def test_turning_through_180_is_no_jump(gyro: bool) -> None:
    def turning(t_s: float) -> float:
        return 150.0 + 10.0 * max(0.0, t_s - 1.0)

    recorder = Recorder()
    Tilt(stream(gyro=gyro), [0.0]).feed(moving(turning, 7.0), recorder)
    late = [r for r in recorder.readings if r.t_s > 2.0]
    assert [r.rate_dps for r in late] == pytest.approx([10.0] * len(late), abs=0.2)
    assert late[-1].theta_deg == pytest.approx(turning(6.98) - 360.0, abs=1.2)


@pytest.mark.parametrize(
    ("gap_s", "afresh"), [(0.98, False), (1.0, False), (1.02, True), (100.0, True)]
)
@both
def test_after_a_gap_of_over_a_second_the_angle_starts_afresh(
    gap_s: float, afresh: bool, gyro: bool
) -> None:
    samples = moving(lambda _: -80.0, 2.0)
    (after,) = moving(lambda _: 50.0, 0.0, times_s=[samples[-1].t_s + gap_s])
    told = angles_deg([*samples, after], gyro=gyro)[-1]
    assert (told == pytest.approx(50.0, abs=1e-6)) is afresh


def test_a_bias_outlives_a_gap() -> None:
    samples = moving(lambda _: -80.0, 10.0, bias_dps=15.0)
    after = moving(rocking, 0.0, bias_dps=15.0, times_s=[20.0 + i / 50 for i in range(500)])
    assert worst_deg([*samples, *after], rocking, gyro=True, after_s=20.0) < 0.6


@both
def test_drop_outs_and_jitter_cost_little(gyro: bool) -> None:
    # A fixed pattern: every third and every seventh sample is missing, times wander by 4 ms.
    times_s = [i / RATE_HZ + 0.004 * sin(i * 12.9898) for i in range(3000) if i % 3 and i % 7]
    samples = moving(rest_then_rocking, 0.0, times_s=times_s)
    limit_deg = 0.1 if gyro else 9.0
    assert worst_deg(samples, rest_then_rocking, gyro=gyro, after_s=0.0) < limit_deg


@both
def test_a_force_that_vanishes_leaves_a_finite_angle(gyro: bool) -> None:
    samples = [Sample(i * 0.02, 0.0, 0.0, 0.0) for i in range(50)]
    assert all(-180.0 <= told <= 180.0 for told in angles_deg(samples, gyro=gyro))


def test_a_shaken_table_trusts_its_gyro() -> None:
    samples = moving(lambda _: 20.0, 5.0)
    shaken = [
        s if s.t_s < 3.0 else s._replace(ay_g=s.ay_g + (1.5 if i % 2 else -1.2))
        for i, s in enumerate(samples)
    ]
    gyro = max(abs(a - 20.0) for a in angles_deg(shaken, gyro=True))
    force = max(abs(a - 20.0) for a in angles_deg(shaken, gyro=False))
    assert gyro < 3.0 < force


@pytest.mark.parametrize("turn_dps", [-50.0, 30.0])
def test_without_a_gyro_the_rate_is_the_slope_of_the_angle(turn_dps: float) -> None:
    recorder = Recorder()
    Tilt(stream(), [0.0]).feed(moving(lambda t_s: turn_dps * t_s, 2.0), recorder)
    rates = [r.rate_dps for r in recorder.readings]
    assert rates[:12] == [0.0] * 12
    assert rates[12] != 0.0
    assert rates[60:] == pytest.approx([turn_dps] * 40, abs=0.5)


def test_blocks_are_fifths_of_a_second_of_whole_samples() -> None:
    recorder = Recorder()
    samples = timeline("still at -80 1.02s").samples
    Tilt(stream(), [0.0]).feed(samples, recorder)
    assert [(b.from_s, b.to_s, b.t_s, b.n) for b in recorder.blocks] == [
        pytest.approx((k / 5, k / 5 + 0.18, k / 5 + 0.2, 10)) for k in range(5)
    ]
    first = recorder.blocks[0]
    x, y, z = (sum(axis) for axis in zip(*(s[1:4] for s in samples[:10]), strict=True))
    assert first.sum_g == pytest.approx((x, y, z))
    assert first.sum_force_g == pytest.approx(10.0)
    assert (first.from_deg, first.to_deg) == pytest.approx((-80.0, -80.0))


def test_a_block_tells_when_a_reading_last_changed() -> None:
    recorder = Recorder()
    Tilt(stream(), [0.0]).feed(timeline("still at -80 0.5s; frozen 1s").samples, recorder)
    assert recorder.blocks[-1].changed_s == pytest.approx(0.48)


def test_a_gap_ends_a_block_and_the_next_starts_with_the_sample_after_it() -> None:
    recorder = Recorder()
    story = timeline("still at -80 0.3s; silence 0.5s; still 0.3s")
    Tilt(stream(), [0.0]).feed(story.samples, recorder)
    assert [(b.from_s, b.to_s) for b in recorder.blocks] == [
        pytest.approx((0.0, 0.18)),
        pytest.approx((0.2, 0.28)),
        pytest.approx((0.8, 0.98)),
    ]


def judged_at(samples: list[Sample], recorder: Recorder, **guards: float | bool) -> list[float]:
    """Times of the samples that were handed over, after the first, which always is."""
    for name, value in guards.items():
        setattr(recorder, name, value)
    Tilt(stream(gyro=True), [-45.0, 15.0]).feed(samples, recorder)
    return [round(r.t_s, 2) for r in recorder.readings][1:]


def unjudged() -> Recorder:
    return Recorder(everything=False)


REST = moving(lambda _: 0.0, 1.0)


def test_a_sample_that_matters_to_nobody_is_judged_by_nobody() -> None:
    assert judged_at(REST, unjudged()) == []


def test_a_sample_that_is_due_is_judged() -> None:
    assert judged_at(REST, unjudged(), due_s=0.9) == [0.9, 0.92, 0.94, 0.96, 0.98]


def test_a_sample_at_or_below_the_low_guard_is_judged() -> None:
    assert len(judged_at(REST, unjudged(), low_deg=-0.001)) == 0
    assert len(judged_at(REST, unjudged(), low_deg=0.001)) == 49


def test_each_passing_of_a_border_is_judged_once() -> None:
    def there_and_back(t_s: float) -> float:
        return 30.0 * sin(2 * pi * t_s / 4.0)

    judged = judged_at(moving(there_and_back, 4.0), unjudged())
    assert judged == [pytest.approx(t, abs=0.03) for t in (1 / 3, 5 / 3)]


def test_a_gap_a_report_and_an_unusual_force_or_rate_are_judged() -> None:
    samples = moving(lambda _: 0.0, 2.0)
    samples[10] = samples[10]._replace(report=NodeReport())
    samples[20] = samples[20]._replace(az_g=1.41)
    samples[30] = samples[30]._replace(az_g=0.69)
    samples[40] = samples[40]._replace(gx_dps=-FAST_TILT_DPS - 1.0)
    samples[41] = samples[41]._replace(gx_dps=FAST_TILT_DPS + 1.0)
    del samples[60:62]
    assert judged_at(samples, unjudged()) == [0.2, 0.4, 0.6, 0.8, 0.82, 1.24]


def test_motion_is_judged_only_where_it_matters() -> None:
    def nod(t_s: float) -> float:
        return 5.0 + min(1.0, max(0.0, 5.0 * (t_s - 1.0)))

    assert judged_at(moving(nod, 1.4), unjudged()) == []
    assert judged_at(moving(nod, 1.4), unjudged(), motion_matters=True)[0] == pytest.approx(
        1.1, abs=0.1
    )


def test_the_first_motion_is_when_the_angle_leaves_its_mean() -> None:
    tilt = Tilt(stream(), [0.0])
    tilt.feed(timeline("still at 50 3s").samples, unjudged())
    assert tilt.moved_s == -inf
    tilt.feed(timeline("at 50 1s", start_s=3.0).samples, unjudged())
    assert 3.0 < tilt.moved_s < 4.0


def test_the_peak_since_the_last_judged_sample_is_kept() -> None:
    tilt = Tilt(stream(), [50.0])
    recorder = unjudged()
    tilt.feed(timeline("still at 10 1s; to 30 in 2s; to 10 in 2s").samples, recorder)
    assert tilt.pending_peak_deg == pytest.approx(30.0, abs=0.5)
    recorder.due_s = -inf
    tilt.feed(timeline("still at 10 0.02s", start_s=5.0).samples, recorder)
    assert recorder.readings[-1].peak_deg == pytest.approx(30.0, abs=0.5)
    assert tilt.pending_peak_deg == -inf


def test_the_zero_of_time_is_the_first_sample_that_counts() -> None:
    tilt = Tilt(stream(), [0.0])
    recorder = Recorder()
    tilt.feed([Sample(nan, 0.0, 1.0, 0.0), Sample(1.7e9, 0.0, 1.0, 0.0)], recorder)
    assert (tilt.origin_s, tilt.rejected, tilt.samples) == (1.7e9, 1, 1)
    assert (recorder.readings[0].t_s, recorder.readings[0].before_s) == (0.0, -inf)
    assert degrees(0.0) == recorder.readings[0].rate_dps


def noise(i: int, kind: int) -> float:
    """As good as random in -0.5 to 0.5, and the same everywhere."""
    return (sin(i * 12.9898 + kind * 78.233) * 43758.5453) % 1.0 - 0.5


def spoilt_session(first_rate_dps: float) -> list[Sample]:
    """Rest, rocking with knocks, rest, a gap, motion again; noisy, biased and uneven in time."""

    def motion(t_s: float) -> float:
        return -80.0 if t_s < 3.0 or 20.0 < t_s < 45.0 else rocking(t_s) - 30.0

    times_s = [i * 0.02 + 0.004 * noise(i, 0) for i in range(3000) if not 2500 < i < 2600]
    samples = []
    for i, s in enumerate(moving(motion, 0.0, bias_dps=4.0, times_s=times_s)):
        knock = 1.0 + 0.2 * noise(i, 5) * (600 < i < 800)
        samples.append(
            s._replace(
                ax_g=0.03 * noise(i, 1),
                ay_g=knock * s.ay_g + 0.03 * noise(i, 2),
                az_g=knock * s.az_g + 0.03 * noise(i, 3),
                gx_dps=(first_rate_dps if i == 0 else s.gx_dps) + 1.5 * noise(i, 4),
            )
        )
    return samples


def by_the_notes(samples: list[Sample]) -> list[float]:
    """The angle by the filter as the project's notes state it, written another way."""
    told = []
    z, bias, rate_before, still_s, last_s = 0j, 0.0, 0.0, 0.0, -inf
    mean_head = mean_front = mean_rate = force_var = rate_var = 0.0
    for s in samples:
        dt, head, front, rate = s.t_s - last_s, s.ay_g, s.az_g, -s.gx_dps
        size = (s.ax_g**2 + head**2 + front**2) ** 0.5
        gravity = complex(front, -head) / (size + 0.001)
        if dt > 1.0:
            if last_s == -inf and abs(rate) <= 20.0:
                bias = rate
            z, mean_head, mean_front, mean_rate = gravity, head, front, rate
            force_var, rate_var = 10.0 * 0.020**2, 10.0
        else:
            gain = dt / (0.5 + dt)
            off = (head - mean_head) ** 2 + (front - mean_front) ** 2
            off_rate = (rate - mean_rate) ** 2
            mean_head += gain * (head - mean_head)
            mean_front += gain * (front - mean_front)
            mean_rate += gain * (rate - mean_rate)
            force_var += gain * (off - force_var)
            rate_var += gain * (off_rate - rate_var)
            if force_var**0.5 < 0.020 and rate_var**0.5 < 1.0:
                still_s += dt
                bias += dt / min(still_s, 15.0) * (rate - bias)
            tau_s = 2.0 if still_s > 0.0 else 0.4
            gate = max(0.02, 1.0 - abs(size - 1.0) / 0.15)
            pull = gate * dt / (tau_s + dt)
            turn = radians(((rate + rate_before) / 2.0 - bias) * dt)
            z = (1.0 - pull) * z * complex(cos(turn), sin(turn)) + pull * gravity
        rate_before, last_s = rate, s.t_s
        told.append(degrees(phase(z)))
    return told


@pytest.mark.parametrize("first_rate_dps", [-4.0, -19.0, -24.0])
def test_the_filter_is_that_of_the_notes(first_rate_dps: float) -> None:
    samples = spoilt_session(first_rate_dps)
    assert angles_deg(samples, gyro=True) == pytest.approx(by_the_notes(samples), abs=1e-6)


def test_without_a_gyro_the_force_is_averaged_over_a_tenth_of_a_second() -> None:
    samples = spoilt_session(0.0)
    told, z, last_s = [], 0j, -inf
    for s in samples:
        dt, force = s.t_s - last_s, complex(s.az_g, -s.ay_g)
        z = force if dt > 1.0 else z + dt / (0.1 + dt) * (force - z)
        last_s = s.t_s
        told.append(degrees(phase(z)))
    assert angles_deg(samples, gyro=False) == pytest.approx(told, abs=1e-9)


def test_motion_is_seen_as_the_thresholds_say() -> None:
    samples = [s for s in spoilt_session(0.0) if s.t_s < 49.0]
    recorder = Recorder()
    Tilt(stream(gyro=False), [0.0]).feed(samples, recorder)
    moved, mean_deg, mean_g, var, last_s = [], 0.0, 0.0, 0.0, -inf
    for s, reading in zip(samples, recorder.readings, strict=True):
        dt, theta_deg, size = s.t_s - last_s, reading.theta_deg, reading.force_g
        if dt > 1.0:
            mean_deg, mean_g, seen = theta_deg, size, False
        else:
            off_deg, off_g = theta_deg - mean_deg, size - mean_g
            mean_deg += dt / (4.0 + dt) * off_deg
            mean_g += dt / (0.5 + dt) * off_g
            var += dt / (1.0 + dt) * (off_g**2 - var)
            seen = abs(off_deg) > 0.45 or var**0.5 > 0.012
        last_s = s.t_s
        moved.append(seen)
    assert [reading.moved_s == reading.t_s for reading in recorder.readings] == moved
    assert 0.1 < sum(moved) / len(moved) < 0.9


def test_a_force_that_vanishes_turns_nothing() -> None:
    held = timeline("still at 50 2s").samples
    dead = [Sample(2.0 + 0.02 * i, 0.0, 0.0, 0.0) for i in range(5000)]
    tilt = Tilt(stream(), [])
    tilt.feed(held, Recorder())
    before_deg = tilt.theta_deg
    tilt.feed(dead, Recorder())
    assert tilt.theta_deg == before_deg
