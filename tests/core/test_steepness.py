# SPDX-License-Identifier: MIT
"""The angle against the profile's limit: its margin, its two seconds, its three to clear."""

from __future__ import annotations

from math import inf, nextafter

import pytest

from tests.stories import alarm_lines, events, lines, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.alarms import AlarmBook
from upturn.core.events import AlarmChanged, Event
from upturn.core.limits import DEVICES, PROFILES, DeviceKind, Profile
from upturn.core.steepness import AngleLimit

LIMIT_DEG = 60.0
MARGIN_DEG = 63.0
RAISED = "angle_limit #1 raised **"
CLEARED = "angle_limit #1 cleared **"


def told(*samples: tuple[float, float]) -> list[str]:
    """What is said of angles at times."""
    out: list[Event] = []
    limit = AngleLimit(LIMIT_DEG, AlarmBook(out))
    for t_s, angle_deg in samples:
        limit.on_sample(t_s, angle_deg)
    return lines(out)


def above(value: float) -> float:
    return nextafter(value, inf)


@pytest.mark.parametrize("last_s", [2.0, 2.02, 5.0])
def test_two_seconds_above_the_margin_raise_it(last_s: float) -> None:
    assert told((0.0, above(MARGIN_DEG)), (last_s, above(MARGIN_DEG))) == [
        f"{last_s:.2f} {RAISED}"
    ]


@pytest.mark.parametrize(
    ("angle_deg", "last_s"), [(above(MARGIN_DEG), 1.98), (MARGIN_DEG, 60.0), (61.0, 60.0)]
)
def test_less_time_or_less_angle_does_not(angle_deg: float, last_s: float) -> None:
    assert told((0.0, angle_deg), (last_s, angle_deg)) == []


def test_one_sample_at_the_margin_starts_the_two_seconds_afresh() -> None:
    samples = [(0.0, 70.0), (1.9, MARGIN_DEG), (1.92, 70.0), (3.9, 70.0)]
    assert told(*samples) == []
    assert told(*samples, (3.92, 70.0)) == [f"3.92 {RAISED}"]


RAISE = [(0.0, 70.0), (2.0, 70.0)]


@pytest.mark.parametrize(
    ("angle_deg", "last_s", "cleared"),
    [
        (LIMIT_DEG, 5.98, False),
        (LIMIT_DEG, 6.0, True),
        (LIMIT_DEG, 6.02, True),
        (above(LIMIT_DEG), 60.0, False),
    ],
)
def test_three_seconds_at_the_limit_clear_it(
    angle_deg: float, last_s: float, cleared: bool
) -> None:
    said = told(*RAISE, (3.0, angle_deg), (last_s, angle_deg))
    assert said == [f"2.00 {RAISED}", *([f"{last_s:.2f} {CLEARED}"] if cleared else [])]


def test_one_sample_above_the_limit_starts_the_three_seconds_afresh() -> None:
    samples = [*RAISE, (3.0, 60.0), (5.9, 60.1), (5.92, 60.0), (8.9, 60.0)]
    assert told(*samples) == [f"2.00 {RAISED}"]
    assert told(*samples, (8.92, 60.0)) == [f"2.00 {RAISED}", f"8.92 {CLEARED}"]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_each_profile_is_judged_by_its_own_limit(profile: Profile) -> None:
    limit_deg = profile.max_angle_deg
    story = timeline(
        f"still at {limit_deg + 2.9} 3s; still at {limit_deg + 3.1} 4s; "
        f"still at {limit_deg - 1} 5s"
    )
    said = alarm_lines(events(story, profile), AlarmId.ANGLE_LIMIT)
    assert [line.split()[3] for line in said] == ["raised", "cleared"]


def test_a_guard_lets_no_crossing_pass_unjudged() -> None:
    story = timeline("still at 63.1 2.02s")
    assert alarm_lines(events(story), AlarmId.ANGLE_LIMIT) == [f"2.00 {RAISED}"]


def test_the_message_names_the_limit_in_force() -> None:
    told = events(timeline("still at 70 2.1s"))
    assert [e.message for e in told if isinstance(e, AlarmChanged)] == [
        (
            "Steeper than the angle limit: limit 60 degrees. "
            "Come back to the limit; there is no need to go vertical."
        )
    ]


def test_past_180_is_steep_too() -> None:
    story = timeline("at 120 1s; to 200 in 3s; at 200 5s")
    assert alarm_lines(events(story), AlarmId.ANGLE_LIMIT) == [f"2.00 {RAISED}"]


def test_boots_have_no_angle_alarm_and_no_over_rotation() -> None:
    story = timeline("at 90 3s; at 120 5s")
    assert alarm_lines(events(story, device=DEVICES[DeviceKind.BOOTS])) == []


def test_over_rotation_waits_for_a_person_and_a_return_continues_it() -> None:
    story = timeline(
        "at 80 1s; at 120 2s; at 80 9s; at 120 2s; at 80 11s; at 120 2s; at 80 1s; acknowledge"
    )
    assert alarm_lines(events(story), AlarmId.OVER_ROTATION) == [
        "1.26 over_rotation #1 raised ***",
        "25.26 over_rotation #2 raised ***",
        "28.00 over_rotation #2 acknowledged ***",
        "28.00 over_rotation #2 cleared ***",
    ]
