# SPDX-License-Identifier: MIT
"""From a pattern to samples: harmonics, rise and fall, and how loud.

The law: no sample is beyond full scale and nothing clicks, so that what is heard is the pattern
and not the loudspeaker's distress.
"""

from __future__ import annotations

from functools import lru_cache
from math import acos, pi

import numpy as np
import numpy.typing as npt

from upturn.sinks.sound.patterns import Pattern, Timbre

Samples = npt.NDArray[np.float32]
"""One channel, within -1 and 1."""

RATE_HZ = 44_100
RISE = 0.15
"""Of the pulse: from a tenth to nine tenths of its height, and back. IEC 60601-1-8 has 0.1 to 0.2:
no click, and no creeping up either."""
_RAMP = RISE * pi / (acos(-0.8) - acos(0.8))  # the whole ramp, a half cosine, for that rise

QUIETEST_DB = -12.0
"""What the smallest volume of the config comes to. To the ear that is a bit less than half as loud
as full volume: still above talk in a room where full volume is loud. Anything less would be a way
to switch alarms off without saying so; who wants that says `enabled = false`, and it shows."""


def gain(volume: float) -> float:
    """The factor for a share of full volume, (0, 1]: even steps to the ear, down to the floor."""
    share = min(1.0, max(0.0, volume))
    return float(10.0 ** ((1.0 - share) * QUIETEST_DB / 20.0))


@lru_cache(maxsize=32)
def samples(pattern: Pattern) -> Samples:
    """One burst at full volume. It is shared: nobody may write to it."""
    ramp_s = _RAMP * pattern.pulse_s
    out = np.zeros(round((pattern.length_s + ramp_s) * RATE_HZ) + 1)
    start_s = 0.0
    for pitch_hz, gap_s in zip(pattern.pitches_hz, (*pattern.gaps_s, 0.0), strict=True):
        pulse = _pulse(pitch_hz, pattern.pulse_s, ramp_s, pattern.timbre)
        first = round(start_s * RATE_HZ)
        out[first : first + pulse.size] += pulse
        start_s += pattern.pulse_s + gap_s
    burst = (out * pattern.peak).astype(np.float32)
    burst.flags.writeable = False
    return burst


def _pulse(
    pitch_hz: float, pulse_s: float, ramp_s: float, timbre: Timbre
) -> npt.NDArray[np.float64]:
    """Of peak 1; half a ramp longer at either end, so that it is `pulse_s` between the halves."""
    t_s = np.arange(round((pulse_s + ramp_s) * RATE_HZ)) / RATE_HZ
    wave = np.zeros(t_s.size)
    for place, (harmonic, level_db) in enumerate(timbre.levels_db.items()):
        # Schroeder's phases keep the peaks of the harmonics apart: louder for the same peak.
        phase = pi * place * (place + 1) / len(timbre.levels_db)
        wave += 10.0 ** (level_db / 20.0) * np.sin(2 * pi * pitch_hz * harmonic * t_s + phase)
    from_the_edge_s = np.minimum(t_s, t_s[::-1])
    envelope = 0.5 - 0.5 * np.cos(pi * np.minimum(1.0, from_the_edge_s / ramp_s))
    return envelope * (wave / float(np.abs(wave).max()))
