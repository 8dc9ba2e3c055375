# SPDX-License-Identifier: MIT
"""Times on a core's axis as a calendar has them."""

from __future__ import annotations

import math
from datetime import datetime

import pytest

from upturn.sinks.mqtt.wall import WallClock, iso

NOON_S = 1_795_262_400.0


def clock(speed: float = 1.0) -> WallClock:
    return WallClock(speed, lambda: NOON_S)


def test_a_moment_is_written_with_milliseconds_in_utc() -> None:
    assert iso(NOON_S + 0.1234) == "2026-11-21T12:00:00.123Z"
    assert datetime.fromisoformat(iso(NOON_S)).timestamp() == NOON_S


@pytest.mark.parametrize(
    ("speed", "t_s", "at"),
    [
        (1.0, 100.0, "2026-11-21T12:00:00.000Z"),
        (1.0, 97.5, "2026-11-21T11:59:57.500Z"),
        (1.0, 130.0, "2026-11-21T12:00:30.000Z"),
        (4.0, 98.0, "2026-11-21T11:59:59.500Z"),
        (math.inf, 3.0, "2026-11-21T12:00:00.000Z"),
    ],
)
def test_an_event_has_its_own_time_however_late_it_is_told(
    speed: float, t_s: float, at: str
) -> None:
    assert clock(speed).at(t_s, 100.0) == at


def test_now_is_now() -> None:
    assert clock().now() == "2026-11-21T12:00:00.000Z"
