# SPDX-License-Identifier: MIT
"""What is heard in samples: pulses with times, pitch and harmonics. It knows no pattern."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from upturn.sinks.sound.synth import RATE_HZ, Samples

WINDOW_S = 0.005
"""Of the envelope: a little more than one period of the lowest pitch."""
FAINT = 0.02
"""Of full scale: less than that is silence."""
LEAST_DB = -25.0
"""Of the loudest harmonic: below that there is none."""


@dataclass(frozen=True, slots=True)
class Pulse:
    start_s: float
    end_s: float
    pitch_hz: float
    harmonics_db: dict[int, float]
    """Those that are there, by number, with 0 for the loudest."""

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s

    def in_band(self, low_hz: float, high_hz: float, within_db: float) -> int:
        """How many harmonics lie there and are so near to the fundamental's level."""
        base_db = self.harmonics_db[1]
        return sum(
            low_hz <= n * self.pitch_hz <= high_hz and abs(db - base_db) <= within_db
            for n, db in self.harmonics_db.items()
        )


def pulses(samples: Samples, *, height: float = 0.5) -> list[Pulse]:
    """Each from where it passes so much of its own height to where it falls below."""
    envelope = _envelope(samples)
    found = []
    for first, last in _runs(envelope > FAINT):
        part = envelope[first:last]
        above = np.flatnonzero(part >= height * part.max()) + first
        pitch_hz, harmonics_db = _spectrum(samples[first:last])
        start_s, end_s = above[0] / RATE_HZ, (above[-1] + 1) / RATE_HZ
        found.append(Pulse(float(start_s), float(end_s), pitch_hz, harmonics_db))
    return found


def gaps_s(heard: list[Pulse]) -> list[float]:
    return [b.start_s - a.end_s for a, b in pairwise(heard)]


def rise_s(samples: Samples) -> tuple[float, float]:
    """From a tenth to nine tenths of the first pulse's height, and of the last one's back."""
    low, high = pulses(samples, height=0.1), pulses(samples, height=0.9)
    return high[0].start_s - low[0].start_s, low[-1].end_s - high[-1].end_s


def steepest(samples: Samples) -> float:
    """The largest step between two samples; a click is a large one."""
    return float(np.abs(np.diff(samples, prepend=0.0, append=0.0)).max())


def _envelope(samples: Samples) -> Samples:
    """The loudest within half a window before and after."""
    half = round(WINDOW_S * RATE_HZ / 2)
    padded = np.pad(np.abs(samples), half)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    loudest: Samples = windows.max(axis=1)
    return loudest


def _runs(on: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(on.astype(np.int8), prepend=0, append=0))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _spectrum(pulse: Samples) -> tuple[float, dict[int, float]]:
    """The fundamental, being the lowest peak that is not faint, and how loud its multiples are."""
    size = 1 << 17
    magnitudes = np.abs(np.fft.rfft(pulse * np.hanning(pulse.size), size))
    levels_db = 20.0 * np.log10(np.maximum(magnitudes, 1e-12) / magnitudes.max())
    bin_hz = RATE_HZ / size
    is_peak = np.zeros(levels_db.size, dtype=bool)
    is_peak[1:-1] = (levels_db[1:-1] >= levels_db[:-2]) & (levels_db[1:-1] > levels_db[2:])
    peaks = np.flatnonzero(is_peak & (levels_db > LEAST_DB))
    pitch_hz = float(peaks[0] * bin_hz)
    numbers = {round(p * bin_hz / pitch_hz): float(levels_db[p]) for p in peaks}
    return pitch_hz, numbers
