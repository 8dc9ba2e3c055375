# SPDX-License-Identifier: MIT
"""The JSON contract of events: every kind, whole lines."""

from __future__ import annotations

import json
from typing import get_args

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
    to_json,
)

CONTRACT: list[tuple[Event | Summary, str | None]] = [
    (
        PostureChanged(1.0, Posture.UNKNOWN, Posture.UPRIGHT, -80.126),
        (
            '{"t_s": 1.000, "kind": "posture", "from": "unknown", "to": "upright", '
            '"angle_deg": -80.13}'
        ),
    ),
    (
        InversionStarted(8.2404, 1, 15.0, 7.74, None),
        (
            '{"t_s": 8.240, "kind": "inversion_started", "n": 1, "angle_deg": 15.00, '
            '"since_s": 7.740, "rest_s": null}'
        ),
    ),
    (
        InversionStarted(8.0, 2, 15.0, 7.5, 12.3456),
        (
            '{"t_s": 8.000, "kind": "inversion_started", "n": 2, "angle_deg": 15.00, '
            '"since_s": 7.500, "rest_s": 12.346}'
        ),
    ),
    (
        InversionEnded(70.0, 1, 62.0, 50.0, 62.0),
        (
            '{"t_s": 70.000, "kind": "inversion_ended", "n": 1, "duration_s": 62.000, '
            '"peak_angle_deg": 50.00, "exposure_s": 62.000}'
        ),
    ),
    (
        AlarmChanged(60.0, AlarmId.TIME_LIMIT, 1, Priority.HIGH, AlarmState.RAISED, 'über "60" s'),
        (
            '{"t_s": 60.000, "kind": "alarm", "id": "time_limit", "occurrence": 1, '
            '"priority": "high", "state": "raised", "message": "\\u00fcber \\"60\\" s"}'
        ),
    ),
    (
        SignalChanged(3.0, lost=True, gap_s=2.0),
        '{"t_s": 3.000, "kind": "signal", "state": "lost", "gap_s": 2.000}',
    ),
    (
        SignalChanged(5.0, lost=False, gap_s=4.0),
        '{"t_s": 5.000, "kind": "signal", "state": "restored", "gap_s": 4.000}',
    ),
    (
        Summary(
            9.0, 450, 3, 9.0, 1, 2.0, 2.0, 51.5, "standard", {AlarmId.IMPACT: 2, AlarmId.FALL: 1}
        ),
        (
            '{"t_s": 9.000, "kind": "summary", "samples": 450, "samples_lost": 3, '
            '"duration_s": 9.000, "inversions": 1, "inverted_s": 2.000, "longest_s": 2.000, '
            '"peak_angle_deg": 51.50, "alarms": {"fall": 1, "impact": 2}, "profile": "standard"}'
        ),
    ),
    (Noted(1.0, "seen upright"), None),
]


@pytest.mark.parametrize(("event", "line"), CONTRACT)
def test_each_event_is_one_line_of_the_contract(event: Event | Summary, line: str | None) -> None:
    assert to_json(event) == line


@pytest.mark.parametrize("line", [line for _, line in CONTRACT if line is not None])
def test_each_line_is_json(line: str) -> None:
    assert json.loads(line)["t_s"] >= 0.0


def test_every_kind_of_event_is_in_the_contract() -> None:
    assert {type(event) for event, _ in CONTRACT} == {*get_args(Event), Summary}


def test_a_negative_zero_is_written_as_zero() -> None:
    event = PostureChanged(-1e-9, Posture.LEVEL, Posture.LEVEL, -1e-9)
    assert to_json(event) == (
        '{"t_s": 0.000, "kind": "posture", "from": "level", "to": "level", "angle_deg": 0.00}'
    )
