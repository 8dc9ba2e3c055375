# SPDX-License-Identifier: MIT
"""When a step between two samples is a gap, and how many samples it has swallowed."""

from __future__ import annotations

import pytest

from upturn.core.sample import Sample, StreamInfo


def test_a_declared_rate_makes_a_gap_of_one_and_a_half_intervals() -> None:
    assert StreamInfo(nominal_s=0.01, rate_hz=100.0).gap_s == pytest.approx(0.015)


def test_without_a_declared_rate_bursts_of_arrival_times_are_no_gaps() -> None:
    assert StreamInfo(nominal_s=0.02).gap_s == 0.35
    assert StreamInfo(nominal_s=0.5).gap_s == 0.75


@pytest.mark.parametrize(
    ("step_s", "lost"), [(0.0, 0), (0.02, 0), (0.029, 0), (0.031, 1), (0.04, 1), (10.0, 499)]
)
def test_a_gap_has_swallowed_the_samples_of_its_nominal_intervals(
    step_s: float, lost: int
) -> None:
    assert StreamInfo(nominal_s=0.02, rate_hz=50.0).samples_lost(step_s) == lost


def test_the_order_of_a_samples_fields_is_part_of_the_contract() -> None:
    assert Sample._fields == (
        "t_s",
        "ax_g",
        "ay_g",
        "az_g",
        "gx_dps",
        "gy_dps",
        "gz_dps",
        "report",
    )
