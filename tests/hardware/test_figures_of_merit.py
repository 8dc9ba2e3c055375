# SPDX-License-Identifier: MIT
"""Run time, lever arm, loudness and the way a box sits: the sums behind the documents."""

from __future__ import annotations

import ast
from dataclasses import replace
from math import atan2, cos, degrees, inf, isclose, nan, radians, sin
from pathlib import Path

import pytest

from hardware import axes, builds, lever, loudness
from hardware.power import budget
from hardware.power.budget import Current, Span
from upturn.core.mounting import Mounting

ROWS = budget.read()
ROW = Current("a", "watching", "all", 10, 20, 40, "estimate", "")
SIGNALS = Path(__file__).parents[2] / "firmware" / "upturn_node" / "signals.py"


def test_every_build_has_a_current_for_every_state() -> None:
    assert budget.problems(ROWS) == []
    assert {(row.build, row.state) for row in ROWS} == {
        (key, state) for key in builds.load() for state in budget.STATES
    }


def test_every_figure_is_measured_published_or_called_an_estimate() -> None:
    assert {row.basis for row in ROWS} <= set(budget.BASES)
    assert all(row.source for row in ROWS if row.basis != "estimate")


def test_what_is_in_use_draws_more_than_what_waits() -> None:
    for key in builds.load():
        drawn = [budget.current(ROWS, key, state).typical for state in budget.STATES]
        assert drawn == sorted(drawn)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"state": "dozing"}, "no such state"),
        ({"basis": "a friend"}, "no such basis"),
        ({"low_ma": 0.0}, "needs 0 < low <= typical <= high"),
        ({"low_ma": 21.0}, "needs 0 < low <= typical <= high"),
        ({"high_ma": 19.0}, "needs 0 < low <= typical <= high"),
        ({"high_ma": inf}, "needs 0 < low <= typical <= high"),
        ({"typical_ma": nan}, "needs 0 < low <= typical <= high"),
        ({"basis": "measured"}, "measured needs a source"),
    ],
)
def test_a_row_of_currents_that_cannot_be_is_told(change: dict[str, float], problem: str) -> None:
    assert problem in budget.problems([replace(ROW, **change)])[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a,off,all,1,x,3,estimate,", "power.csv, row 2: could not convert string to float: 'x'"),
        ("a,off,all,1,2,3,estimate", "power.csv, row 2: has to have the columns build, state"),
        ("a,off,all,1,2,3,estimate,,more", "power.csv, row 2: has to have the columns build"),
    ],
)
def test_a_table_of_currents_that_cannot_be_read_is_refused_with_its_row(
    tmp_path: Path, row: str, told: str
) -> None:
    head = budget.TABLE.read_text(encoding="utf-8").partition("\n")[0]
    (tmp_path / "power.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=told):
        budget.read(tmp_path / "power.csv")


def test_a_row_twice_would_count_twice_and_is_told() -> None:
    assert budget.problems([ROW, ROW]) == ["a, watching, all: twice"]


def test_currents_of_a_state_add_up_and_the_highest_makes_the_shortest_time() -> None:
    rows = [ROW, replace(ROW, part="light", low_ma=1, typical_ma=5, high_ma=10)]
    drawn = budget.current(rows, "a", "watching")
    assert drawn == Span(11, 25, 50)
    assert budget.run_time(drawn, 250, 0.8) == Span(4, 8, 200 / 11)


@pytest.mark.parametrize(("capacity_mah", "usable"), [(0, 0.8), (-1, 0.8), (200, 0), (200, 1.01)])
def test_a_cell_that_cannot_be_has_no_run_time(capacity_mah: float, usable: float) -> None:
    with pytest.raises(ValueError, match="needs a capacity"):
        budget.run_time(Span(1, 1, 1), capacity_mah, usable)


def test_a_state_that_nobody_wrote_down_has_no_current() -> None:
    with pytest.raises(ValueError, match="no currents of build a in state off"):
        budget.current([ROW], "a", "off")


def felt_deg(theta_deg: float, r_m: float, rate_dps: float, acceleration_dps2: float) -> float:
    """What a sensor at r towards the head feels, as `notes` on tilt have it, read as an angle."""
    t, w, a = radians(theta_deg), radians(rate_dps), radians(acceleration_dps2)
    head = -sin(t) - w * w * r_m / lever.G_M_S2
    front = cos(t) - a * r_m / lever.G_M_S2
    return degrees(atan2(-head, front))


@pytest.mark.parametrize("r_m", lever.DISTANCES_M)
@pytest.mark.parametrize(("rate_dps", "acceleration_dps2"), [(60, 0), (60, 120), (0, 120)])
def test_the_worst_error_of_a_lever_arm_is_the_worst_of_all_angles(
    r_m: float, rate_dps: float, acceleration_dps2: float
) -> None:
    errors = [
        abs((felt_deg(deg, r_m, rate_dps, acceleration_dps2) - deg + 180) % 360 - 180)
        for deg in range(-180, 180)
    ]
    worst = lever.worst_error_deg(r_m, rate_dps, acceleration_dps2)
    assert worst == pytest.approx(max(errors), rel=2e-3)
    assert worst >= max(errors) - 1e-9


def test_the_lever_arm_agrees_with_the_figures_that_were_worked_out_before() -> None:
    assert lever.worst_error_deg(0.5, 60) == pytest.approx(3.2, abs=0.05)
    assert lever.worst_error_deg(0.15, 60) == pytest.approx(1.0, abs=0.05)
    seen = [lever.rocking_seen_deg(r_m, 1, 3) for r_m in (0.5, 0.9, -0.5)]
    assert seen == pytest.approx([0.78, 0.60, 1.22], abs=0.01)
    assert lever.worst_error_deg(100, 600) == 90


def test_at_the_hinge_there_is_no_lever() -> None:
    assert lever.worst_error_deg(0, 120, 500) == 0
    assert lever.rocking_seen_deg(0, 5, 3) == 5


def test_the_sounder_is_judged_by_the_tone_that_the_firmware_plays() -> None:
    tree = ast.parse(SIGNALS.read_text(encoding="utf-8"))
    tunes = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TUNES"
    )
    high = 3
    assert tunes[high][0] == loudness.TONE_HZ
    assert loudness.TONE_HZ * loudness.HARMONIC == 2700


def test_loudness_is_the_data_sheet_s_where_it_was_measured_and_falls_by_distance() -> None:
    piezo = loudness.PIEZO_30_MM
    assert loudness.spl_db(piezo, 10, 0.1, harmonic=1) == 92
    twice_as_far = loudness.spl_db(piezo, 10, 0.1) - loudness.spl_db(piezo, 10, 0.2)
    assert isclose(twice_as_far, 6.02, abs_tol=0.01)
    assert isclose(
        loudness.spl_db(piezo, 20, 1) - loudness.spl_db(piezo, 10, 1), 6.02, abs_tol=0.01
    )


@pytest.mark.parametrize("reading", axes.READINGS)
@pytest.mark.parametrize("theta_deg", [-90, 0])
def test_what_a_node_reads_that_sits_so_is_what_the_table_says(
    reading: axes.Reading, theta_deg: int
) -> None:
    said = {-90: reading.upright_deg, 0: reading.level_deg}[theta_deg]
    read = axes.read_deg(theta_deg, reading.head, reading.front)
    assert cos(radians(read - said)) == pytest.approx(1)


def test_two_ways_of_sitting_never_read_alike() -> None:
    assert len({(r.upright_deg, r.level_deg) for r in axes.READINGS}) == len(axes.READINGS)


@pytest.mark.parametrize("reading", axes.READINGS)
def test_the_axes_that_a_box_has_are_a_calibration_that_the_monitor_takes(
    reading: axes.Reading,
) -> None:
    mounting = Mounting.from_axes(reading.head, reading.front)
    t = radians(37)
    force = [-sin(t) * h + cos(t) * f for h, f in zip(mounting.head, mounting.front, strict=True)]
    head = sum(f * h for f, h in zip(force, mounting.head, strict=True))
    front = sum(f * n for f, n in zip(force, mounting.front, strict=True))
    assert degrees(atan2(-head, front)) == pytest.approx(37)
