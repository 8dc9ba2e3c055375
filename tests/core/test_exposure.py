# SPDX-License-Identifier: MIT
"""The ledger of inverted time, told in calls."""

from __future__ import annotations

from math import inf

import pytest

from upturn.core.exposure import ExposureLedger

FULL_REST_S = 90.0


@pytest.fixture
def ledger() -> ExposureLedger:
    return ExposureLedger(FULL_REST_S)


def inversion(ledger: ExposureLedger, from_s: float, to_s: float) -> float | None:
    """An inversion that is followed by rest; the rest before it."""
    rest_s = ledger.start(from_s, from_s)
    ledger.end(to_s)
    ledger.set_resting(to_s, True)
    return rest_s


def test_a_new_ledger_owes_nothing(ledger: ExposureLedger) -> None:
    assert (ledger.open, ledger.owes_rest, ledger.exposure_s(5.0)) == (False, False, 0.0)
    assert (ledger.inversion_s(5.0), ledger.reaches_s(60.0)) == (0.0, inf)
    assert (ledger.rest_s(5.0), ledger.rest_left_s(5.0), ledger.rest_due_s) == (0.0, 0.0, inf)


def test_an_inversion_counts_from_its_beginning_not_from_its_confirmation(
    ledger: ExposureLedger,
) -> None:
    assert ledger.start(10.5, since_s=10.0) is None
    assert (ledger.open, ledger.inversion_s(12.0), ledger.exposure_s(12.0)) == (True, 2.0, 2.0)
    assert ledger.reaches_s(60.0) == 70.0
    assert ledger.end(20.0) == 10.0


def test_inversions_add_up_until_a_full_rest(ledger: ExposureLedger) -> None:
    inversion(ledger, 0.0, 30.0)
    assert ledger.rest_left_s(40.0) == 80.0
    assert ledger.start(50.0, 50.0) == 20.0
    assert (ledger.exposure_s(60.0), ledger.inversion_s(60.0)) == (40.0, 10.0)
    assert ledger.reaches_s(60.0) == 80.0


@pytest.mark.parametrize(
    ("rested_s", "wiped"), [(89.98, False), (89.9999, False), (90.0, True), (90.02, True)]
)
def test_only_a_full_rest_wipes_the_exposure(
    ledger: ExposureLedger, rested_s: float, wiped: bool
) -> None:
    inversion(ledger, 0.0, 30.0)
    ledger.settle_rest(30.0 + rested_s)
    assert ledger.exposure_s(30.0 + rested_s) == (0.0 if wiped else 30.0)
    assert ledger.owes_rest is not wiped


def test_a_rest_is_wiped_once(ledger: ExposureLedger) -> None:
    inversion(ledger, 0.0, 30.0)
    ledger.settle_rest(120.0)
    assert (ledger.rest_due_s, ledger.rest_left_s(121.0), ledger.rest_s(121.0)) == (inf, 0.0, 91.0)


def test_a_paused_rest_goes_on_where_it_stopped(ledger: ExposureLedger) -> None:
    inversion(ledger, 0.0, 30.0)
    ledger.set_resting(50.0, False)
    ledger.set_resting(51.0, False)
    assert ledger.rest_s(100.0) == 20.0
    assert ledger.rest_due_s == inf
    ledger.set_resting(100.0, True)
    ledger.set_resting(101.0, True)
    assert ledger.rest_due_s == pytest.approx(170.0)
    ledger.settle_rest(170.0)
    assert not ledger.owes_rest


def test_the_end_of_an_inversion_starts_the_rest_at_zero(ledger: ExposureLedger) -> None:
    inversion(ledger, 0.0, 30.0)
    inversion(ledger, 80.0, 90.0)
    assert (ledger.rest_s(100.0), ledger.exposure_s(100.0)) == (10.0, 40.0)


@pytest.mark.parametrize(("gap_s", "rest_s"), [(1.0, 40.0), (1.01, 38.99), (20.0, 20.0)])
def test_a_gap_of_over_a_second_is_no_rest(
    ledger: ExposureLedger, gap_s: float, rest_s: float
) -> None:
    inversion(ledger, 0.0, 30.0)
    ledger.gap(40.0, 40.0 + gap_s)
    assert ledger.rest_s(70.0) == pytest.approx(rest_s)


def test_a_gap_while_not_resting_changes_no_rest(ledger: ExposureLedger) -> None:
    inversion(ledger, 0.0, 30.0)
    ledger.set_resting(40.0, False)
    ledger.gap(41.0, 50.0)
    assert ledger.rest_s(60.0) == 10.0


@pytest.mark.parametrize(("gap_s", "at_least"), [(1.0, False), (1.01, True)])
def test_an_inversion_over_a_gap_is_at_least_what_is_counted(
    ledger: ExposureLedger, gap_s: float, at_least: bool
) -> None:
    ledger.start(0.0, 0.0)
    ledger.gap(10.0, 10.0 + gap_s)
    assert (ledger.exposure_s(20.0), ledger.at_least) == (20.0, at_least)


def test_a_full_rest_forgets_what_was_assumed(ledger: ExposureLedger) -> None:
    ledger.start(0.0, 0.0)
    ledger.gap(10.0, 20.0)
    ledger.end(30.0)
    ledger.set_resting(30.0, True)
    assert ledger.at_least
    ledger.settle_rest(120.0)
    assert not ledger.at_least


@pytest.mark.parametrize(("apart_s", "session"), [(600.0, 1), (600.01, 2)])
def test_inversions_over_ten_minutes_apart_are_two_sessions(
    ledger: ExposureLedger, apart_s: float, session: int
) -> None:
    inversion(ledger, 0.0, 30.0)
    inversion(ledger, 30.0 + apart_s, 50.0 + apart_s)
    assert ledger.session == session
    assert ledger.session_tally.inversions == (2 if session == 1 else 1)
    assert ledger.session_tally.inverted_s == pytest.approx(50.0 if session == 1 else 20.0)


def test_the_totals_hold_all_sessions(ledger: ExposureLedger) -> None:
    inversion(ledger, 0.0, 30.0)
    inversion(ledger, 1000.0, 1020.0)
    total = ledger.total
    assert (total.inversions, total.inverted_s, total.longest_s) == (2, 50.0, 30.0)


def test_the_longest_rest_ever_asked_for_is_shown_to_its_end(ledger: ExposureLedger) -> None:
    inversion(ledger, 0.0, 30.0)
    assert [ledger.rest_left_s(t) for t in (30.0, 75.0, 120.0, 500.0)] == [90.0, 45.0, 0.0, 0.0]
