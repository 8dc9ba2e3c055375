# SPDX-License-Identifier: MIT
"""A guess of how loud a sounder is at the ear, from a data sheet's one figure. Not measured.

The firmware plays a square wave of 540 Hz, whose fifth part falls on a piezo's resonance and has
a fifth of the strength. Sound falls by 6 dB with each doubling of the distance, in the open; the
enclosure, the backrest and the room are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

TONE_HZ = 540
HARMONIC = 5  # 2,700 Hz


@dataclass(frozen=True)
class Sounder:
    """A data sheet's figure: so many dB at a distance, driven with so many volts peak to peak."""

    spl_db: float
    at_m: float
    at_vpp: float


PIEZO_30_MM = Sounder(92, 0.1, 10)  # CUI CEP-1126, least value, 2.8 kHz


def spl_db(sounder: Sounder, vpp: float, distance_m: float, harmonic: int = HARMONIC) -> float:
    return (
        sounder.spl_db
        + 20 * log10(vpp / sounder.at_vpp)
        - 20 * log10(harmonic)
        - 20 * log10(distance_m / sounder.at_m)
    )
