# SPDX-License-Identifier: MIT
"""The guard's buzzer over time. Limits are 45 s notice, 60 s, 90 s rest, 60 degrees."""

from __future__ import annotations

import pytest

from tests.firmware import mpy
from tests.firmware.stories import tell, timeline


def test_a_session_within_the_limits_is_silent(bits: int) -> None:
    assert timeline(bits, "host; upright 5s; inverted 40s; level 20s; upright 5s") == []


def test_never_heard_a_host_three_beeps_and_then_the_limits_alone(bits: int) -> None:
    assert timeline(bits, "upright 5s; inverted 61s; upright 3s; inverted 1s; upright 1s") == [
        "5.50 3 beeps",
        "50.00 medium: time_limit_near",
        "65.00 high: time_limit_near time_limit",
        "66.00 high: (time_limit)",
        "69.50 3 beeps",
        "69.50 high: time_limit_near time_limit",
        "70.00 high: (time_limit)",
    ]


def test_the_limit_passes_with_the_host_gone(bits: int) -> None:
    assert timeline(
        bits, "host; upright 5s; inverted 50s; host gone; inverted 12s; upright 2s"
    ) == [
        "50.00 medium: time_limit_near",
        "57.00 high: time_limit_near host_silent",
        "65.00 high: time_limit_near time_limit host_silent",
        "67.00 high: (time_limit)",
    ]


def test_a_host_that_falls_silent_while_inverted_alarms_after_3_s_until_it_is_back(
    bits: int,
) -> None:
    story = "host; upright 5s; inverted 20s; host gone; inverted 5s; host; inverted 5s; upright 2s"
    assert timeline(bits, story) == ["27.00 high: host_silent", "30.00 silent"]


def test_a_host_gone_while_upright_alarms_from_the_next_inversion_on(bits: int) -> None:
    story = "host; upright 3s; host gone; upright 60s; inverted 3s; upright 3s"
    assert timeline(bits, story) == ["63.50 high: host_silent", "66.00 silent"]


def test_a_host_silent_for_just_under_3_s_is_no_alarm(bits: int) -> None:
    story = "host; inverted 10.02s; host gone; inverted 2.98s; host; inverted 1s"
    assert timeline(bits, story) == []


def test_silence_of_the_host_cannot_be_paused_while_inverted(bits: int) -> None:
    story = "host; upright 1s; inverted 5s; host gone; inverted 5s; acknowledge; inverted 1s"
    assert timeline(bits, story) == ["8.00 high: host_silent", "10.98 refused"]


def test_the_limit_comes_at_its_moment_and_not_a_sample_before(bits: int) -> None:
    assert timeline(bits, "host; upright 1s; inverted 45s; upright 1s") == []
    assert timeline(bits, "host; upright 1s; inverted 45.02s; upright 1s") == [
        "46.00 medium: time_limit_near",
        "46.02 silent",
    ]
    assert timeline(bits, "host; upright 1s; inverted 60s; upright 1s")[1:] == ["61.00 silent"]
    assert timeline(bits, "host; upright 1s; inverted 60.02s; upright 1s")[1:] == [
        "61.00 high: time_limit_near time_limit",
        "61.02 high: (time_limit)",
    ]


def test_a_notice_at_the_limit_is_never_heard_alone(bits: int) -> None:
    story = "host; limits 60 60 90 60; upright 1s; inverted 61s"
    assert timeline(bits, story) == ["61.00 high: time_limit_near time_limit"]


def test_acknowledged_by_the_host_the_limit_is_silent_until_no_return_breaks_in(bits: int) -> None:
    story = "host; upright 1s; inverted 63s; acknowledge; inverted 20s; acknowledge; upright 2s"
    assert timeline(bits, story) == [
        "46.00 medium: time_limit_near",
        "61.00 high: time_limit_near time_limit",
        "63.98 silent, shows high: time_limit_near time_limit",
        "76.00 high: time_limit_near time_limit no_return",
        "83.98 refused",
        "84.00 high: (no_return)",
    ]


def test_a_pause_while_inverted_is_30_s_long(bits: int) -> None:
    story = "host; upright 1s; inverted 50s; acknowledge; inverted 40s"
    assert timeline(bits, "limits 45 200 90 60; " + story) == [
        "46.00 medium: time_limit_near",
        "50.98 silent, shows medium: time_limit_near",
        "80.98 medium: time_limit_near",
    ]


def test_a_pause_otherwise_is_120_s_long_and_shrinks_when_an_inversion_begins(bits: int) -> None:
    steep = "host; limits 200 200 90 10; at 14 3s; acknowledge; "
    assert timeline(bits, steep + "at 14 130s") == [
        "2.00 medium: angle_limit",
        "2.98 silent, shows medium: angle_limit",
        "122.98 medium: angle_limit",
    ]
    assert timeline(bits, steep + "inverted 40s")[-1] == "33.50 medium: angle_limit"


def test_upright_with_nothing_but_latched_alarms_the_button_acknowledges(bits: int) -> None:
    story = "host; upright 1s; inverted 61s; upright 5s; press; upright 1s"
    assert timeline(bits, story)[-2:] == ["62.00 high: (time_limit)", "66.98 silent"]


def test_at_any_other_time_the_button_calls_for_help(bits: int) -> None:
    story = "host; upright 1s; press; upright 1s; press; inverted 2s; press; level 2s; acknowledge"
    assert timeline(bits, story) == [
        "0.98 high: (distress)",
        "1.98 silent",
        "3.98 high: (distress)",
        "5.98 silent",
    ]


def test_level_is_not_upright_so_the_button_calls_there(bits: int) -> None:
    story = "host; upright 1s; inverted 61s; level 5s; press; level 1s"
    assert timeline(bits, story)[-1] == "66.98 high: (time_limit) (distress)"


def test_three_taps_call_for_help_until_acknowledged(bits: int) -> None:
    story = "host; upright 1s; inverted 5s; taps; inverted 5s; acknowledge; inverted 1s"
    assert timeline(bits, story) == ["5.98 high: (distress)", "10.98 silent"]


def test_a_call_breaks_a_pause(bits: int) -> None:
    story = "host; upright 1s; inverted 50s; acknowledge; inverted 5s; taps; acknowledge"
    assert timeline(bits, story)[1:] == [
        "50.98 silent, shows medium: time_limit_near",
        "55.98 high: time_limit_near (distress)",
        "55.98 silent, shows medium: time_limit_near",
    ]


def test_no_return_comes_after_15_s_of_unbroken_limit(bits: int) -> None:
    limit = "61.00 high: time_limit_near time_limit"
    held = timeline(bits, "host; upright 1s; inverted 75s; upright 1s")
    assert held[1:] == [limit, "76.00 high: (time_limit)"]
    assert timeline(bits, "host; upright 1s; inverted 75.02s; upright 1s")[1:] == [
        limit,
        "76.00 high: time_limit_near time_limit no_return",
        "76.02 high: (time_limit) (no_return)",
    ]


def test_on_the_way_up_is_two_degrees_below_the_lowest_within_5_s(bits: int) -> None:
    begun = "host; upright 1s; inverted 61s; "

    def no_return_at(story: str) -> list[str]:
        return [line.split()[0] for line in timeline(bits, begun + story) if "no_return" in line]

    assert no_return_at("inverted 12s; at 48 10s") == ["79.00"]  # 5 s after the last progress
    assert no_return_at("inverted 12s; at 48.01 10s") == ["76.00"]  # not two degrees
    assert no_return_at("inverted 8.98s; at 48 10s") == ["76.00"]  # too long ago
    assert no_return_at("to 16 in 60s") == []  # steadily, 0.57 degrees a second
    assert no_return_at("at 40 2s; at 50 2s; at 40 2s; at 50 2s; at 40 9s") == ["76.00"]  # rocking


def test_once_raised_no_return_stays_until_the_inversion_ends(bits: int) -> None:
    story = "host; upright 1s; inverted 77s; to 16 in 30s; at 16 3s; level 1s; acknowledge"
    assert timeline(bits, story)[2:] == [
        "76.00 high: time_limit_near time_limit no_return",
        "111.00 high: (time_limit) (no_return)",
        "111.98 silent",
    ]


def test_too_steep_is_over_the_limit_and_its_margin_for_2_s(bits: int) -> None:
    assert timeline(bits, "host; upright 1s; at 63 9s; at 50 1s") == []
    assert timeline(bits, "host; upright 1s; at 63.01 2s; at 50 1s") == []
    story = "host; upright 1s; at 63.01 2.02s; at 60.01 3s; at 60 3s; at 60.01 1s; at 60 3.02s"
    assert timeline(bits, story) == ["3.00 medium: angle_limit", "13.02 silent"]


def test_over_rotation_is_100_degrees_for_a_fifth_of_a_second(bits: int) -> None:
    begun = "host; limits 45 60 90 90; upright 1s; "
    assert timeline(bits, begun + "at 99.99 1s; at 50 1s") == []
    assert timeline(bits, begun + "at 100 0.2s; at 50 1s") == []
    assert timeline(bits, begun + "at 100 0.22s; at 95 1s; at 94.99 0.5s") == [
        "1.20 high: over_rotation",
        "2.22 high: (over_rotation)",
    ]


def test_over_rotation_that_was_acknowledged_alarms_anew_when_it_returns(bits: int) -> None:
    story = "host; limits 200 200 90 90; upright 1s; over 1s; level 5s; acknowledge; over 1s"
    assert timeline(bits, story) == [
        "1.20 high: over_rotation",
        "2.00 high: (over_rotation)",
        "6.98 silent",
        "7.20 high: over_rotation",
    ]


def test_past_180_the_table_is_over_rotated_still_up_to_225(bits: int) -> None:
    story = "host; limits 200 200 90 90; upright 1s; over 1s; to 225 in 5s; at 225 2s; at 170 1s"
    told = tell(bits, story)
    assert told.timeline[1:] == [
        "1.20 high: over_rotation",
        "3.00 high: angle_limit over_rotation",
    ]
    assert told.end["posture"] == 4
    turned_on = story.replace("at 170 1s", "at 225.01 0.5s")
    assert tell(bits, turned_on).end["posture"] == 0


def test_in_boots_no_angle_is_too_steep_and_none_over_rotated_and_the_time_counts(
    bits: int,
) -> None:
    told = tell(bits, "host; boots; upright 1s; at 92 30s; over 31s; upright 1s; press")
    assert told.timeline == [
        "0.00 silent",
        "46.00 medium: time_limit_near",
        "61.00 high: time_limit_near time_limit",
        "62.00 high: (time_limit)",
        "62.98 silent",
    ]


def test_from_boots_to_a_table_and_back_the_angle_counts_from_then_on(bits: int) -> None:
    story = "host; boots; upright 1s; at 89 9s; limits 45 60 90 60; at 89 3s; boots; at 89 1s"
    assert timeline(bits, story) == ["12.00 medium: angle_limit", "13.00 silent"]
    assert timeline(bits, story.replace("60; at 89 3s", "60; at 50 3s")) == []


def test_without_samples_for_2_s_while_inverted_it_alarms_and_the_time_counts(bits: int) -> None:
    story = "host; upright 1s; inverted 30s; no samples 40s; inverted 1s; upright 2s"
    told = tell(bits, story)
    assert told.timeline[1:] == [
        "32.98 high: no_samples",
        "46.00 high: time_limit_near no_samples",
        "61.00 high: time_limit_near time_limit no_samples",
        "71.00 high: time_limit_near time_limit",
        "72.00 high: (time_limit)",
    ]
    assert told.end["inverted"] == 71_000


def test_without_samples_while_upright_it_is_silent(bits: int) -> None:
    assert timeline(bits, "host; upright 5s; no samples 60s; upright 1s") == []


def test_the_host_asks_and_the_larger_of_the_two_sounds(bits: int) -> None:
    story = (
        "host asks low; upright 2s; inverted 50s; host asks high; inverted 1s; host; inverted 1s"
    )
    assert timeline(bits, story) == [
        "0.00 low",
        "47.00 medium: time_limit_near",
        "52.00 high: time_limit_near",
        "53.00 medium: time_limit_near",
    ]


def test_what_the_host_has_paused_is_shown_and_not_heard(bits: int) -> None:
    story = "host asks high; upright 2s; host asks high paused; upright 2s"
    assert timeline(bits, story) == ["0.00 high", "2.00 silent, shows high"]


def test_a_high_alarm_outlives_its_host_until_the_button_acknowledges(bits: int) -> None:
    story = "host asks high paused; upright 2s; host gone; upright 4s; press; upright 1s"
    assert timeline(bits, story) == ["0.00 silent, shows high", "4.00 high", "5.98 silent"]


def test_lesser_alarms_of_a_host_go_with_it(bits: int) -> None:
    story = "host asks medium; upright 2s; host gone; upright 4s"
    assert timeline(bits, story) == ["0.00 medium", "4.00 silent"]


def test_a_press_for_a_high_alarm_of_the_host_is_the_hosts_to_judge(bits: int) -> None:
    story = "host asks high; upright 2s; press; upright 0.5s"
    assert timeline(bits, story) == ["0.00 high"]


def test_a_reset_in_mid_inversion_counts_what_passed(bits: int) -> None:
    told = tell(bits, "inverted 50s; reset 12s; no samples 1s; inverted 3s; upright 3s")
    assert told.timeline[1:] == [
        "0.50 3 beeps",
        "45.00 medium: time_limit_near",
        "61.98 restored",
        "61.98 high: time_limit_near time_limit no_samples",
        "63.00 high: time_limit_near time_limit",
        "66.00 high: (time_limit)",
    ]
    assert told.end == {
        "posture": 1, "inversions": 1, "inverted": 66_000, "exposure": 66_000, "rest": 2_980,
    }  # fmt: skip


def test_after_a_reset_inverted_means_inverted_until_a_sample_says_otherwise(bits: int) -> None:
    begun = "host; upright 1s; inverted 30s; reset 0.1s; "
    silent = tell(bits, begun + "no samples 3s")
    assert silent.timeline[1:] == ["31.08 restored", "32.98 high: no_samples"]
    assert (silent.end["posture"], silent.end["inverted"]) == (3, 33_080)
    level = tell(bits, begun + "level 0.02s")
    assert (level.end["posture"], level.end["inversions"]) == (2, 1)


def test_a_host_silent_over_the_reset_is_silent_after_it(bits: int) -> None:
    story = "host; upright 1s; inverted 9s; host gone; reset 4s; inverted 1s"
    assert timeline(bits, story) == [
        "13.98 restored",
        "13.98 high: host_silent no_samples",
        "14.00 high: host_silent",
    ]


def test_a_latched_alarm_outlives_a_reset(bits: int) -> None:
    story = "host; upright 1s; inverted 61s; upright 1s; reset 1s; upright 1s; press; upright 1s"
    assert timeline(bits, story)[-3:] == [
        "62.00 high: (time_limit)",
        "63.98 restored",
        "64.98 silent",
    ]


def test_a_pause_outlives_a_reset_and_so_does_the_way_to_no_return(bits: int) -> None:
    story = "host; upright 1s; inverted 62s; acknowledge; reset 1s; inverted 13s"
    assert timeline(bits, story)[-3:] == [
        "62.98 silent, shows high: time_limit_near time_limit",
        "63.98 restored",
        "76.00 high: time_limit_near time_limit no_return",
    ]


def test_a_damaged_memory_counts_as_power_on(bits: int) -> None:
    told = tell(bits, "host; upright 1s; inverted 50s; host gone; reset damaged; inverted 3s")
    assert told.timeline[-3:] == ["51.98 started anew, epoch 8", "51.98 silent", "52.50 3 beeps"]
    assert told.end["inverted"] == 2_980


def test_thirteen_days_wrap_nothing(bits: int) -> None:
    code = """
from upturn_node.guard import Guard
guard = Guard(0)
guard.heard()
for _ in range(50):
    guard.sample(20, 5000)
for _ in range(13 * 24 * 60):
    guard.idle(60000)
counters = guard.exposure
print([c >> 30 or c - (1 << 30) for c in
       (counters.inversion_ms, counters.exposure_ms, counters.inverted_ms, guard.silent_ms)])
for _ in range(13 * 24 * 60):
    guard.idle(60000)
print(guard.sound_priority, guard.host_silent, guard.inverted)
guard.sample(20, -8000)
guard.acknowledge()
counters.rest_ms = (1 << 30) - 5000  # as after 12 days of samples
for _ in range(10):
    guard.sample(1000, -8000)
print(guard.sound_priority, counters.rest_ms - (1 << 30), counters.exposure_ms)
"""
    assert mpy.run(bits, code).splitlines() == ["[-1, -1, -1, -1]", "3 True True", "0 -1 0"]


@pytest.mark.parametrize(
    ("story", "exposure_ms"),
    [
        ("inverted 61s; upright 89.98s; inverted 1s", 61_980),
        ("inverted 61s; upright 90s; inverted 1s", 980),
        ("inverted 61s; at 5 90s; inverted 1s", 980),
        ("inverted 61s; level 45s; upright 45.04s; inverted 1s", 980),
        ("inverted 61s; at 5.01 11s; at 5 85s; inverted 1s", 71_980),
        ("inverted 61s; level 45s; at 5.01 30s; upright 45.06s; inverted 1s", 980),
        ("inverted 61s; level 45s; at 5.01 30s; upright 44s; inverted 1s", 61_980),
        ("inverted 61s; upright 45s; no samples 30s; upright 44s; inverted 1s", 61_980),
        ("inverted 61s; upright 89s; no samples 0.9s; upright 0.14s; inverted 1s", 980),
    ],
)
def test_only_a_full_rest_at_5_degrees_or_less_and_with_samples_wipes_the_exposure(
    bits: int, story: str, exposure_ms: int
) -> None:
    assert tell(bits, story).end["exposure"] == exposure_ms
