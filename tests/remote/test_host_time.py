# SPDX-License-Identifier: MIT
"""How old a message is, though no two clocks agree."""

from __future__ import annotations

from math import inf

import pytest

from upturn.remote.host_time import LET_GO, HostTime

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


def test_a_clock_that_is_put_back_is_believed_at_once() -> None:
    time = heard((1.0, 1.0), (2.0, 2.0), (3.0, -3597.0))
    assert time.now_s(3.0) - AHEAD_S == pytest.approx(-3597.0)


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
