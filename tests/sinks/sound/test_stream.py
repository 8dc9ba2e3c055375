# SPDX-License-Identifier: MIT
"""One sound at a time in a stream that never ends, without a click between two."""

from __future__ import annotations

import numpy as np
import pytest

from tests.sinks.sound.hearing import steepest
from upturn.core.alarm_table import Kind, Priority
from upturn.sinks.sound.patterns import BURSTS
from upturn.sinks.sound.stream import FADE_S, Stream
from upturn.sinks.sound.synth import RATE_HZ, Samples, samples

BURST = samples(BURSTS[Priority.HIGH, Kind.PERSON])
FADE = round(FADE_S * RATE_HZ)
IN_A_PULSE = round(0.06 * RATE_HZ)


def full(size: int, level: float = 0.5) -> Samples:
    return np.full(size, level, dtype=np.float32)


def test_silence_for_as_long_as_nothing_is_played() -> None:
    stream = Stream()
    assert np.array_equal(stream.read(7), np.zeros(7))
    assert stream.read(0).size == 0


@pytest.mark.parametrize("chunk", [1, 63, 882, 1_000_000])
def test_a_sound_comes_out_as_it_went_in_whatever_the_pieces(chunk: int) -> None:
    stream = Stream()
    stream.play(BURST[:2000])
    pieces = [stream.read(chunk) for _ in range(2000 // chunk + 1)]
    heard = np.concatenate(pieces)
    assert np.array_equal(heard[:2000], BURST[:2000])
    assert not heard[2000:].any()


def test_what_is_cut_fades_in_a_few_milliseconds_and_without_a_click() -> None:
    stream = Stream()
    stream.play(BURST)
    before = stream.read(IN_A_PULSE)
    stream.cut()
    after = stream.read(1000)
    assert not after[FADE:].any()
    assert np.abs(after[: FADE // 2]).max() > 0.1
    assert steepest(np.concatenate([before, after])) <= steepest(BURST) * 1.05


def test_what_comes_next_begins_at_once_over_the_fade() -> None:
    stream = Stream()
    stream.play(full(1000))
    stream.read(10)
    stream.play(full(1000, -0.25))
    heard = stream.read(1000)
    assert heard[0] == pytest.approx(0.25)
    assert np.all(heard[FADE:] == -0.25)


def test_two_cuts_in_one_moment_lose_no_fade() -> None:
    stream = Stream()
    stream.play(full(1000))
    stream.read(10)
    stream.play(full(10))
    stream.cut()
    stream.cut()
    heard = stream.read(1000)
    assert heard[0] == pytest.approx(1.0)
    assert heard[FADE - 2] > 0.0
    assert not heard[FADE:].any()


def test_nothing_passes_full_scale() -> None:
    stream = Stream()
    stream.play(full(1000, 0.9))
    stream.read(10)
    stream.play(full(1000, 0.9))
    assert float(stream.read(1000).max()) == 1.0
