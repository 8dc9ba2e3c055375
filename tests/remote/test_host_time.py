# SPDX-License-Identifier: MIT
"""How old a message is, though no two clocks agree."""

from __future__ import annotations

from math import inf

import pytest

from upturn.remote.host_time import FAR_S, LET_GO, HostTime

AHEAD_S = 1_700_000_000.0


def heard(*pairs: tuple[float, float]) -> HostTime:
    """Messages that came at the first time and were written at the second."""
    time = HostTime()
    for now_s, at_s in pairs:
        time.heard(now_s, "attic", AHEAD_S + at_s)
    return time


def test_nothing_is_known_before_the_first_message() -> None:
    assert HostTime().now_s(5.0) == -inf


def test_the_fastest_message_counts_as_not_delayed() -> None:
    time = heard((1.0, 0.7), (2.0, 1.9), (3.0, 2.5))
    assert time.now_s(3.0) - AHEAD_S == pytest.approx(2.9, abs=0.002)


def test_what_was_held_up_is_as_old_as_it_is() -> None:
    time = heard((1.0, 1.0), (9.0, 2.0))
    assert time.now_s(9.0) - (AHEAD_S + 2.0) == pytest.approx(7.0, abs=0.01)


def test_a_burst_after_a_pause_is_old_and_its_newest_is_not() -> None:
    time = heard((1.0, 1.0), *((10.0, float(at_s)) for at_s in range(2, 11)))
    assert time.now_s(10.0) - AHEAD_S == pytest.approx(10.0, abs=0.01)


def counted(*pairs: tuple[float, float]) -> list[bool]:
    """Which of such messages count."""
    time = HostTime()
    return [time.heard(now_s, "attic", AHEAD_S + at_s) for now_s, at_s in pairs]


@pytest.mark.parametrize("by_s", [-3600.0, -1.5, FAR_S + 1.0, 70 * 365 * FAR_S])
def test_a_clock_that_is_put_is_believed_when_a_second_later_message_says_so(by_s: float) -> None:
    told = [(2.0, 2.0), (3.0, 3.0 + by_s), (4.0, 4.0 + by_s), (5.0, 5.0 + by_s)]
    assert counted(*told) == [True, False, True, True]
    assert heard(*told).now_s(5.0) - AHEAD_S == pytest.approx(5.0 + by_s, abs=0.01)
    assert heard(*told[:2]).now_s(3.0) - AHEAD_S == pytest.approx(3.0, abs=0.01)


def test_an_old_message_that_is_told_again_changes_nothing_however_often() -> None:
    old = [(n + 0.5, n - 3600.0) for n in range(1, 6)]
    new = [(float(n), float(n)) for n in range(1, 6)]
    assert counted(*sorted(old + new)) == [True, False] * 5
    assert counted((1.0, 1.0), *[(2.0, -3600.0)] * 5) == [True] + [False] * 5


def test_one_that_goes_back_and_one_far_ahead_do_not_prove_each_other() -> None:
    assert counted((1.0, 1.0), (2.0, -50.0), (3.0, 2 * FAR_S)) == [True, False, False]


def test_a_clock_that_is_put_forward_is_believed_at_once() -> None:
    time = heard((1.0, 1.0), (2.0, 3602.0))
    assert time.now_s(2.0) - AHEAD_S == pytest.approx(3602.0)


def test_another_host_has_another_clock() -> None:
    time = heard((1.0, 1.0))
    time.heard(2.0, "cellar", 500.0)
    assert time.now_s(2.0) == pytest.approx(500.0)


def test_a_clock_that_drifts_away_is_followed() -> None:
    """A day of a host whose clock loses 100 ppm: nothing seems older than it is."""
    time = HostTime()
    for now_s in range(0, 86_400, 60):
        at_s = AHEAD_S + now_s * (1.0 - 100e-6)
        time.heard(now_s, "attic", at_s)
        assert time.now_s(now_s) - at_s < 0.01


def test_between_messages_it_goes_on() -> None:
    time = heard((1.0, 1.0))
    assert time.now_s(5.0) - AHEAD_S == pytest.approx(5.0 - 4.0 * LET_GO)
