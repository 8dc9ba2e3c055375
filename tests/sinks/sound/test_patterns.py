# SPDX-License-Identifier: MIT
"""The patterns in their samples: counted, timed and analysed as an ear would, row by row.

The bounds are those of IEC 60601-1-8 as makers of devices and of generators quote them. What none
of them confirms is marked, and held to what real devices do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from tests.sinks.sound.hearing import gaps_s, pulses, rise_s, steepest
from upturn.core.alarm_table import Kind, Priority
from upturn.sinks.sound.patterns import BURSTS, TEST_TONE, Pattern
from upturn.sinks.sound.synth import QUIETEST_DB, RATE_HZ, gain, samples

BLUR_S = 0.006
"""What the hearing blurs at both edges of a pulse."""


class Bounds(NamedTuple):
    counts: tuple[int, ...]
    pulse_s: tuple[float, float]
    spacing_s: tuple[float, float]
    repeat_s: tuple[float, float]


BOUNDS = {
    Priority.HIGH: Bounds((10,), (0.075, 0.200), (0.050, 0.125), (2.5, 15.0)),
    # Pulse and spacing as for low; between bursts real devices have 5 to 25 s (not confirmed).
    Priority.MEDIUM: Bounds((3,), (0.125, 0.250), (0.125, 0.250), (2.5, 30.0)),
    Priority.LOW: Bounds((1, 2), (0.125, 0.250), (0.125, 0.250), (15.0, 60.0)),
}
HALVES_S = (0.35, 1.3)
PITCHES_HZ = (150.0, 1000.0)
HARMONICS, BAND_HZ, WITHIN_DB = 4, (300.0, 4000.0), 15.0

ROWS = [pytest.param(*key, id=pattern.name) for key, pattern in BURSTS.items()]
EVERY = [pytest.param(p, id=p.name) for p in (*BURSTS.values(), TEST_TONE)]


def test_there_is_a_burst_for_every_priority_and_kind() -> None:
    assert set(BURSTS) == {(priority, kind) for priority in Priority for kind in Kind}


@pytest.mark.parametrize(("priority", "kind"), ROWS)
@pytest.mark.parametrize("height", [0.1, 0.5, 0.9])
def test_the_rhythm_is_within_its_bounds_wherever_an_edge_is_taken_to_be(
    priority: Priority, kind: Kind, height: float
) -> None:
    heard = pulses(samples(BURSTS[priority, kind]), height=height)
    bounds = BOUNDS[priority]
    assert len(heard) in bounds.counts
    assert all(bounds.pulse_s[0] <= p.length_s <= bounds.pulse_s[1] for p in heard)
    short, long = bounds.spacing_s
    gaps = gaps_s(heard)
    if priority is not Priority.HIGH:
        assert all(short <= gap <= long for gap in gaps)
        return
    within = [gap for place, gap in enumerate(gaps) if place not in (2, 4, 7)]
    assert all(short <= gap <= long for gap in within)
    assert HALVES_S[0] <= gaps[4] <= HALVES_S[1]
    assert all(max(within) * 2 < gaps[place] < gaps[4] for place in (2, 7))


@pytest.mark.parametrize("kind", Kind)
def test_a_high_burst_is_three_and_two_and_after_a_pause_the_same_again(kind: Kind) -> None:
    heard = pulses(samples(BURSTS[Priority.HIGH, kind]))
    x, long, pause = 0.080, 0.280, 0.600
    half = [x, x, long, x]
    assert gaps_s(heard) == pytest.approx([*half, pause, *half], abs=BLUR_S)
    assert [p.length_s for p in heard] == pytest.approx([0.120] * 10, abs=BLUR_S)
    pitches = [p.pitch_hz for p in heard]
    assert pitches[:5] == pytest.approx(pitches[5:], abs=2.0)


@pytest.mark.parametrize(("priority", "kind"), ROWS)
def test_it_repeats_within_its_bounds_and_the_urgent_ones_sooner(
    priority: Priority, kind: Kind
) -> None:
    pattern = BURSTS[priority, kind]
    least, most = BOUNDS[priority].repeat_s
    assert least <= pattern.repeat_s <= most
    assert all(
        pattern.repeat_s < lower.repeat_s and pattern.peak >= lower.peak
        for (other, _), lower in BURSTS.items()
        if other < priority
    )


@pytest.mark.parametrize("pattern", EVERY)
def test_every_pulse_has_its_pitch_and_harmonics_enough(pattern: Pattern) -> None:
    heard = pulses(samples(pattern))
    assert [p.pitch_hz for p in heard] == pytest.approx(pattern.pitches_hz, rel=0.01)
    assert all(PITCHES_HZ[0] <= p.pitch_hz <= PITCHES_HZ[1] for p in heard)
    assert all(p.in_band(*BAND_HZ, WITHIN_DB) >= HARMONICS for p in heard)
    assert all(set(p.harmonics_db) == set(pattern.timbre.levels_db) for p in heard)


@pytest.mark.parametrize("pattern", EVERY)
def test_its_edges_are_neither_a_click_nor_a_creep(pattern: Pattern) -> None:
    burst = samples(pattern)
    for edge_s in rise_s(burst):
        assert 0.1 <= edge_s / pattern.pulse_s <= 0.2
    assert burst[0] == pytest.approx(0.0, abs=1e-3)
    assert burst[-1] == pytest.approx(0.0, abs=1e-3)
    edge = round(0.01 * RATE_HZ)
    assert steepest(burst[:edge]) < steepest(burst)
    assert steepest(burst[-edge:]) < steepest(burst)


@pytest.mark.parametrize("pattern", EVERY)
def test_nothing_is_clipped_and_nothing_is_wasted(pattern: Pattern) -> None:
    burst = samples(pattern)
    assert burst.dtype == np.float32
    assert float(np.abs(burst).max()) == pytest.approx(pattern.peak, abs=0.01)
    loudness = float(np.sqrt(np.mean(np.square(burst[np.abs(burst) > 0.0]))))
    assert loudness > 0.2
    assert not burst.flags.writeable
    assert pattern.length_s <= burst.size / RATE_HZ <= pattern.length_s + pattern.pulse_s


@pytest.mark.parametrize("priority", Priority)
def test_person_and_equipment_differ_in_tune_and_in_timbre(priority: Priority) -> None:
    person = pulses(samples(BURSTS[priority, Kind.PERSON]))
    technical = pulses(samples(BURSTS[priority, Kind.TECHNICAL]))
    assert person[1].pitch_hz > person[0].pitch_hz * 1.1
    assert technical[1].pitch_hz < technical[0].pitch_hz / 1.1
    assert all(set(p.harmonics_db) == {1, 2, 3, 4, 5} for p in person)
    assert all(set(p.harmonics_db) == {1, 3, 5, 7, 9} for p in technical)


def test_the_test_tone_is_as_loud_as_the_most_urgent_alarm_and_like_none() -> None:
    heard = pulses(samples(TEST_TONE))
    loudest = max(float(np.abs(samples(p)).max()) for p in BURSTS.values())
    assert float(np.abs(samples(TEST_TONE)).max()) == pytest.approx(loudest, abs=0.01)
    assert min(p.length_s for p in heard) > 2 * max(p.pulse_s for p in BURSTS.values())
    assert not TEST_TONE.repeat_s


def test_volume_goes_down_evenly_to_the_ear_and_never_below_the_floor() -> None:
    def decibels(volume: float) -> float:
        return float(20.0 * np.log10(gain(volume)))

    assert [decibels(v) for v in (1.0, 0.75, 0.5, 0.25, 1e-9)] == pytest.approx(
        [0.0, -3.0, -6.0, -9.0, -12.0]
    )
    assert [decibels(v) for v in (-1.0, 0.0, 2.0)] == pytest.approx([QUIETEST_DB, QUIETEST_DB, 0])
