# SPDX-License-Identifier: MIT
"""What turning does to an angle that is taken from the direction of gravity alone.

A sensor at the distance r from the hinge feels, besides gravity, w² r towards the hinge and a r
across. Both stand still in the table's frame while gravity turns, so that the worst angle of
their sum is asin(r sqrt(w⁴ + a²) / g). A gyro takes most of it out; a filter cannot.
"""

from __future__ import annotations

from math import asin, degrees, hypot, pi, radians

G_M_S2 = 9.80665

DISTANCES_M = (0.05, 0.15, 0.3, 0.5, 0.7, 0.9)
STEADY_DPS = 60.0
STARTING_DPS2 = 120.0  # to 60 degrees a second within half a second
ROCK_DEG = 5.0
ROCK_PERIOD_S = 3.0


def worst_error_deg(r_m: float, rate_dps: float, acceleration_dps2: float = 0.0) -> float:
    w, a = radians(rate_dps), radians(acceleration_dps2)
    return degrees(asin(min(r_m * hypot(w * w, a) / G_M_S2, 1.0)))


def rocking_seen_deg(r_m: float, rock_deg: float, period_s: float) -> float:
    """What a rocking about head-down of so many degrees looks like."""
    w = 2 * pi / period_s
    return rock_deg * (1 - r_m * w * w / G_M_S2)
