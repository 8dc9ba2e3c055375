# SPDX-License-Identifier: MIT
"""When a node samples, and which of its samples arrive."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from upturn.transports.sim.motion import Floats, span

TICK_S = 0.001  # a node counts whole milliseconds
JITTER_SHARE = 0.03
JITTER_MAX_SHARE = 0.1
LOSS_CHANCE = 0.002
BURST_EVERY_S = 60.0
BURST_S = (0.06, 0.25)


def even_times_s(duration_s: float, rate_hz: float) -> Floats:
    return np.arange(int(duration_s * rate_hz + 1e-9) + 1, dtype=np.float64) / rate_hz


def sample_times_s(duration_s: float, rate_hz: float, rng: np.random.Generator) -> Floats:
    """Jittered times from 0 on, in whole node ticks, as stamped at the sensor."""
    even = even_times_s(duration_s, rate_hz)
    jitter = np.clip(rng.normal(0.0, JITTER_SHARE, even.size), -JITTER_MAX_SHARE, JITTER_MAX_SHARE)
    jitter[0] = 0.0
    times: Floats = np.round(np.round((even + jitter / rate_hz) / TICK_S) * TICK_S, 3)
    return times[times <= duration_s]


def arriving(
    t_s: Floats,
    *,
    gaps: Sequence[tuple[float, float]],
    spared: Sequence[tuple[float, float]],
    rng: np.random.Generator | None,
) -> npt.NDArray[np.bool_]:
    """Which samples arrive: scripted gaps always cut; chance, if any, leaves `spared` alone."""
    keep = np.ones(t_s.size, dtype=np.bool_)
    if rng is not None:
        keep = rng.random(t_s.size) >= LOSS_CHANCE
        at_s = float(rng.exponential(BURST_EVERY_S))
        while at_s < t_s[-1]:
            keep[span(t_s, at_s, at_s + float(rng.uniform(*BURST_S)))] = False
            # Bursts keep apart: many in one place would be a failing link, which is a script's.
            at_s += 10.0 + float(rng.exponential(BURST_EVERY_S))
    for start_s, end_s in spared:
        keep[span(t_s, start_s, end_s)] = True
    for start_s, end_s in gaps:
        keep[span(t_s, start_s, end_s)] = False
    keep[0] = True
    return keep
