# SPDX-License-Identifier: MIT
"""What alarms sound like: one row of figures for each priority and kind, and the test tone.

The law: the number of pulses and their rhythm tell the priority, after IEC 60601-1-8; the tune and
the timbre tell whether it is about the person (rising, full) or about the equipment (falling,
hollow). Nothing here makes a sound: `synth` does, and the tests hold every row to the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass

from upturn.core.alarm_table import Kind, Priority

# Pitches are notes of one key, so that two tables' sounds in a row are no discord.
_A3_HZ, _A4_HZ = 220.0, 440.0
_G4_HZ, _B4_HZ, _D5_HZ, _G5_HZ = 392.0, 493.9, 587.3, 784.0


@dataclass(frozen=True, slots=True)
class Timbre:
    """Which harmonics a pulse has, and how loud: {1: 0.0} would be a pure tone."""

    levels_db: dict[int, float]
    """By the number of the harmonic, 1 being the fundamental; the loudest has 0."""

    def __hash__(self) -> int:
        return hash(tuple(self.levels_db.items()))


FULL = Timbre({1: 0.0, 2: -1.0, 3: -3.0, 4: -5.0, 5: -7.0})
"""Of all harmonics; they reach 3.9 kHz at the highest pitch, where small loudspeakers are best."""
HOLLOW = Timbre({1: -2.0, 3: 0.0, 5: -2.0, 7: -5.0, 9: -7.0})
"""Of odd ones alone, as a clarinet's."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One burst and how it repeats. Times are between the halves of rise and fall."""

    name: str
    pitches_hz: tuple[float, ...]
    """The fundamental of each pulse."""
    pulse_s: float
    gaps_s: tuple[float, ...]
    """After each pulse but the last."""
    repeat_s: float
    """From the end of a burst to the next one; 0: it does not repeat."""
    timbre: Timbre
    peak: float
    """Of full scale."""

    @property
    def length_s(self) -> float:
        return len(self.pitches_hz) * self.pulse_s + sum(self.gaps_s)


# Short spacing x, and 2x + a pulse between three and two: it is heard as 3 + 2, pause, 3 + 2.
_HIGH_PULSE_S, _X_S = 0.120, 0.080
_HALF = (_X_S, _X_S, 2 * _X_S + _HIGH_PULSE_S, _X_S)
_HIGH_GAPS_S = (*_HALF, 0.600, *_HALF)
_HIGH_REPEAT_S = 3.0  # 2.5 is the least; a short phrase of the voice fits in
_PULSE_S, _GAP_S = 0.200, 0.200
_MEDIUM_REPEAT_S = 5.0
_LOW_REPEAT_S = 25.0
_HIGH_PEAK, _MEDIUM_PEAK, _LOW_PEAK = 0.9, 0.8, 0.7  # a lower priority is never the louder


def _high(kind: Kind, half_hz: tuple[float, ...], timbre: Timbre) -> Pattern:
    return Pattern(
        f"high, {kind}",
        half_hz * 2,
        _HIGH_PULSE_S,
        _HIGH_GAPS_S,
        _HIGH_REPEAT_S,
        timbre,
        _HIGH_PEAK,
    )


def _slow(
    name: str, pitches_hz: tuple[float, ...], repeat_s: float, timbre: Timbre, peak: float
) -> Pattern:
    gaps_s = (_GAP_S,) * (len(pitches_hz) - 1)
    return Pattern(name, pitches_hz, _PULSE_S, gaps_s, repeat_s, timbre, peak)


BURSTS: dict[tuple[Priority, Kind], Pattern] = {
    (Priority.HIGH, Kind.PERSON): _high(
        Kind.PERSON, (_G4_HZ, _B4_HZ, _D5_HZ, _D5_HZ, _G5_HZ), FULL
    ),
    (Priority.HIGH, Kind.TECHNICAL): _high(
        Kind.TECHNICAL, (_A4_HZ, _A3_HZ, _A3_HZ, _A4_HZ, _A3_HZ), HOLLOW
    ),
    (Priority.MEDIUM, Kind.PERSON): _slow(
        "medium, person", (_G4_HZ, _B4_HZ, _D5_HZ), _MEDIUM_REPEAT_S, FULL, _MEDIUM_PEAK
    ),
    (Priority.MEDIUM, Kind.TECHNICAL): _slow(
        "medium, technical", (_A4_HZ, _A3_HZ, _A3_HZ), _MEDIUM_REPEAT_S, HOLLOW, _MEDIUM_PEAK
    ),
    (Priority.LOW, Kind.PERSON): _slow(
        "low, person", (_G4_HZ, _B4_HZ), _LOW_REPEAT_S, FULL, _LOW_PEAK
    ),
    (Priority.LOW, Kind.TECHNICAL): _slow(
        "low, technical", (_A4_HZ, _A3_HZ), _LOW_REPEAT_S, HOLLOW, _LOW_PEAK
    ),
}

TEST_TONE = Pattern("test tone", (_G5_HZ, _D5_HZ), 0.500, (0.200,), 0.0, FULL, _HIGH_PEAK)
"""As loud as the most urgent alarm, and as none of them: two long notes, a doorbell's."""
