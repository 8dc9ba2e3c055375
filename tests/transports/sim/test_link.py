# SPDX-License-Identifier: MIT
"""Sample times and losses."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from upturn.transports.sim import link


@given(seed=st.integers(0, 10_000), rate_hz=st.floats(10.0, 200.0))
def test_sample_times_start_at_zero_rise_and_are_whole_milliseconds(
    seed: int, rate_hz: float
) -> None:
    t_s = link.sample_times_s(20.0, rate_hz, np.random.default_rng(seed))
    steps = np.diff(t_s)
    assert t_s[0] == 0.0
    assert t_s[-1] <= 20.0
    assert steps.min() > 0.0
    assert abs(steps - 1.0 / rate_hz).max() <= 0.2 / rate_hz + 0.001 + 1e-9
    assert np.array_equal(t_s, np.round(t_s, 3))


def test_without_chance_only_the_scripted_gaps_are_lost() -> None:
    t_s = np.arange(100) / 10.0
    keep = link.arriving(t_s, gaps=[(2.0, 3.0), (9.0, float("inf"))], spared=[], rng=None)
    assert np.array_equal(np.flatnonzero(~keep), [*range(20, 30), *range(90, 100)])


def test_chance_loses_singles_and_short_bursts_but_never_the_first_or_the_spared() -> None:
    t_s = np.arange(500_000) / 50.0
    spared = [(100.0, 4000.0)]
    keep = link.arriving(t_s, gaps=[], spared=spared, rng=np.random.default_rng(1))
    kept_s = t_s[keep]
    lost_share = 1.0 - keep.mean()
    assert 0.002 < lost_share < 0.01
    assert keep[0]
    assert keep[(t_s >= 100.0) & (t_s < 4000.0)].all()
    assert np.diff(kept_s).max() < 0.5
