# SPDX-License-Identifier: MIT
"""No movement while inverted: 30 s, 45 s, what starts the count afresh, what ends it."""

from __future__ import annotations

import pytest

from tests.stories import alarm_lines, events, timeline
from upturn.core.alarm_table import AlarmId

MEDIUM = "30.00 no_movement #1 raised **"
HIGH = "45.00 no_movement #1 escalated ***"


def said(text: str, *, gyro: bool = False) -> list[str]:
    return alarm_lines(events(timeline(text, gyro=gyro)), AlarmId.NO_MOVEMENT)


@pytest.mark.parametrize("gyro", [False, True])
@pytest.mark.parametrize(
    ("last_s", "told"),
    [
        (29.98, []),
        (30.0, [MEDIUM]),
        (30.02, [MEDIUM]),
        (44.98, [MEDIUM]),
        (45.0, [MEDIUM, HIGH]),
        (70.0, [MEDIUM, HIGH]),
    ],
)
def test_stillness_is_medium_at_thirty_and_high_at_forty_five_seconds(
    last_s: float, told: list[str], gyro: bool
) -> None:
    assert said(f"still at 50 {last_s + 0.02:.2f}s", gyro=gyro) == told


def test_stillness_counts_from_the_inversion_at_the_earliest() -> None:
    # Motion of the turn is the last; that of the level rest before does not count.
    told = said("still at -10 60s; to 50 in 2s; still 29s; sway 1s")
    assert told == []


@pytest.mark.parametrize("posture_deg", [-80, -10])
def test_stillness_while_not_inverted_is_no_alarm(posture_deg: int) -> None:
    assert said(f"still at {posture_deg} 60s") == []


def test_a_person_who_moves_is_never_still() -> None:
    assert said("at 50 70s") == []


def test_movement_clears_it_and_starts_the_count_afresh() -> None:
    told = said("still at 50 35s; sway 1s; still 32s")
    assert [line.split(" ", 1)[1] for line in told] == [
        "no_movement #1 raised **",
        "no_movement #1 cleared **",
        "no_movement #2 raised **",
    ]
    times = [float(line.split()[0]) for line in told]
    assert times[0] == 30.0
    assert 35.0 < times[1] < 35.5
    assert times[2] == pytest.approx(66.0, abs=0.3)


def test_trembling_is_movement_though_the_angle_stands() -> None:
    trembling = "; ".join(["force 1.03 for 0.1s; force 0.97 for 0.1s"] * 5)
    assert said(f"still at 50 20s; {trembling}; still 29s") == []


def test_i_am_fine_clears_it_and_starts_the_count_afresh() -> None:
    assert said("still at 50 31s; I am fine; still 30.02s") == [
        MEDIUM,
        "31.00 no_movement #1 cleared **",
        "61.00 no_movement #2 raised **",
    ]


def test_i_am_fine_before_it_starts_the_count_afresh_too() -> None:
    assert said("still at 50 29s; I am fine; still 30.02s") == ["59.00 no_movement #1 raised **"]


def test_i_am_fine_while_upright_is_only_noted() -> None:
    assert said("still at -80 29s; I am fine; still 60s") == []


@pytest.mark.parametrize(
    ("gap_s", "told"), [("0.98", [MEDIUM]), ("1.00", ["51.00 no_movement #1 raised **"])]
)
def test_a_gap_of_over_a_second_starts_the_count_afresh(gap_s: str, told: list[str]) -> None:
    # The step between two samples is the silence and one interval more.
    assert (
        said(f"still at 50 20s; silence {gap_s}s; still {30.02 if '51' in told[0] else 20}s")
        == told
    )


def test_it_clears_with_the_end_of_the_inversion() -> None:
    told = said("still at 50 31s; seen upright; silence 1s")
    assert told == [MEDIUM, "31.00 no_movement #1 cleared **"]


def test_silence_does_not_clear_it() -> None:
    assert said("still at 50 31s; silence 20s") == [MEDIUM]


def test_a_gap_after_motion_starts_the_count_afresh_too() -> None:
    assert said("to 50 in 3s; sway 3s; silence 12s; still 29s") == []


def test_a_gap_does_not_put_off_the_second_call() -> None:
    told = events(timeline("still at 50 31s; silence 3s; still at 50 15s"))
    assert alarm_lines(told, AlarmId.NO_MOVEMENT) == [
        "30.00 no_movement #1 raised **",
        "45.00 no_movement #1 escalated ***",
    ]
