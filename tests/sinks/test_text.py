# SPDX-License-Identifier: MIT
"""Events as lines for people."""

from __future__ import annotations

import pytest

from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.events import (
    AlarmChanged,
    AlarmState,
    Event,
    InversionEnded,
    InversionStarted,
    Noted,
    Posture,
    PostureChanged,
    SignalChanged,
    Summary,
)
from upturn.sinks.text import line, summary_lines


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (
            PostureChanged(3.456, Posture.UPRIGHT, Posture.LEVEL, -34.96),
            "      3.46 s       posture    upright -> level at -35.0 degrees",
        ),
        (
            InversionStarted(61.5, 1, 21.0, 61.0, None),
            "     61.50 s       inversion  1 since 61.00 s",
        ),
        (
            InversionStarted(161.5, 2, 21.0, 161.0, 29.6),
            "    161.50 s       inversion  2 since 161.00 s, after 30 s of rest",
        ),
        (
            InversionEnded(99.0, 2, 38.04, 51.26, 76.0),
            (
                "     99.00 s       inversion  2 ended after 38.0 s, up to 51.3 degrees; "
                "exposure 76.0 s"
            ),
        ),
        (
            AlarmChanged(7.0, AlarmId.FALL, 3, Priority.HIGH, AlarmState.RAISED, "Go there."),
            "      7.00 s  ***  alarm      fall #3 raised: Go there.",
        ),
        (
            AlarmChanged(7.0, AlarmId.IMPACT, 1, Priority.LOW, AlarmState.CLEARED, "Look."),
            "      7.00 s  *    alarm      impact #1 cleared: Look.",
        ),
        (
            SignalChanged(12.0, True, 2.0),
            "     12.00 s       signal     lost, 2.0 s since the last sample",
        ),
        (
            SignalChanged(13.0, False, 3.0),
            "     13.00 s       signal     restored, 3.0 s since the last sample",
        ),
        (Noted(1e6, "seen upright"), "1000000.00 s       note       seen upright"),
    ],
)
def test_an_event_is_one_line(event: Event, text: str) -> None:
    assert line(event) == text


def test_a_summary_is_three_lines() -> None:
    alarms = {AlarmId.TIME_LIMIT: 2, AlarmId.FALL: 1}
    summary = Summary(90.0, 4500, 3, 90.0, 2, 76.0, 40.04, 51.26, "standard", alarms)
    assert summary_lines(summary) == [
        "90.0 s watched, profile standard; 4500 samples, 3 lost",
        "2 inversions, 76.0 s inverted, longest 40.0 s, steepest 51.3 degrees",
        "alarms: fall 1x, time_limit 2x",
    ]


def test_a_quiet_summary_says_so() -> None:
    summary = Summary(9.0, 450, 0, 9.0, 0, 0.0, 0.0, -80.0, "extended")
    assert summary_lines(summary) == [
        "9.0 s watched, profile extended; 450 samples",
        "0 inversions, 0.0 s inverted, longest 0.0 s, steepest -80.0 degrees",
        "alarms: none",
    ]
