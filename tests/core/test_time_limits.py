# SPDX-License-Identifier: MIT
"""Time head-down against the profile, to the sample: notice, limit, no return, short rest."""

from __future__ import annotations

import pytest

from tests.stories import alarm_lines, events, judge, pipeline, tell, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.events import InversionStarted
from upturn.core.limits import PROFILES, STANDARD, Profile

TIME = (AlarmId.TIME_LIMIT_NEAR, AlarmId.TIME_LIMIT, AlarmId.NO_RETURN, AlarmId.REST_SHORT)
profiles = pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)


def said(text: str, profile: Profile = STANDARD, until_s: float | None = None) -> list[str]:
    return alarm_lines(events(timeline(text), profile, until_s=until_s), *TIME)


def inverted_until(last_sample_s: float) -> str:
    return f"at 20 {last_sample_s + 0.02:.2f}s"


@profiles
def test_the_notice_comes_with_its_sample_and_not_one_before(profile: Profile) -> None:
    at_s = profile.notice_s
    told = [f"{at_s:.2f} time_limit_near #1 raised **"]
    assert said(inverted_until(at_s - 0.02), profile) == []
    assert said(inverted_until(at_s), profile) == told
    assert said(inverted_until(at_s + 0.02), profile) == told


@profiles
def test_the_limit_comes_with_its_sample_and_not_one_before(profile: Profile) -> None:
    near = f"{profile.notice_s:.2f} time_limit_near #1 raised **"
    told = [near, f"{profile.limit_s:.2f} time_limit #1 raised ***"]
    assert said(inverted_until(profile.limit_s - 0.02), profile) == [near]
    assert said(inverted_until(profile.limit_s), profile) == told
    assert said(inverted_until(profile.limit_s + 0.02), profile) == told


@pytest.mark.parametrize(("until_s", "raised"), [(59.99, False), (60.0, True), (60.01, True)])
def test_the_limit_comes_due_by_the_clock_alone(until_s: float, raised: bool) -> None:
    core = pipeline(story := timeline(inverted_until(59.9)))
    tell(core, story)
    assert core.next_deadline_s() == pytest.approx(60.0)
    assert alarm_lines(core.tick(until_s)) == (
        ["60.00 time_limit #1 raised ***"] if raised else []
    )


def test_a_limit_between_two_samples_is_told_at_its_own_time() -> None:
    story = timeline("at 20 60.2s")
    first, *rest = story.samples
    story.samples = [first, *(s._replace(t_s=s.t_s + 0.007) for s in rest)]
    assert alarm_lines(events(story), AlarmId.TIME_LIMIT) == ["60.00 time_limit #1 raised ***"]


def test_a_session_within_its_limits_says_nothing_but_its_inversion() -> None:
    assert judge(timeline("upright 3s; to 50 in 4s; inverted 38s; to -10 in 4s; level 5s")) == [
        "0.00 posture unknown -> upright",
        "4.70 posture upright -> level",
        "6.24 posture level -> inverted",
        "6.24 inversion 1 since 5.74",
        "47.80 posture inverted -> level",
        "47.80 inversion 1 ended: 42.06 s, peak 51, exposure 42.06",
    ]


def test_inversions_without_a_full_rest_are_judged_by_their_sum() -> None:
    story = timeline(
        "at 50 30s; to -10 in 3s; level 20s; to 50 in 3s; inverted 40s; to -10 in 3s; level 1s"
    )
    assert judge(story) == [
        "0.50 posture unknown -> inverted",
        "0.50 inversion 1 since 0.00",
        "32.14 posture inverted -> level",
        "32.14 inversion 1 ended: 32.14 s, peak 51, exposure 32.14",
        "54.94 posture level -> inverted",
        "54.94 inversion 2 since 54.44, rest 21.94",
        "54.94 rest_short #1 raised **",
        "67.30 time_limit_near #1 raised **",
        "82.30 time_limit #1 raised ***",
        "98.14 posture inverted -> level",
        "98.14 inversion 2 ended: 43.70 s, peak 51, exposure 75.84",
        "98.14 time_limit_near #1 cleared **",
        "98.14 rest_short #1 cleared **",
    ]


def test_a_sum_over_the_limit_is_an_alarm_from_the_first_confirmed_sample_on() -> None:
    told = said("at 20 61s; to -10 in 2s; level 5s; to 20 in 2s; at 20 1s")
    assert told == [
        "45.00 time_limit_near #1 raised **",
        "60.00 time_limit #1 raised ***",
        "62.10 time_limit_near #1 cleared **",
        "70.10 rest_short #1 raised **",
        "70.10 time_limit_near #2 raised **",
        "70.10 time_limit #2 raised ***",
    ]


@pytest.mark.parametrize(
    ("away_s", "rest_s", "short"), [("89.84", 89.98, True), ("89.86", 90.0, False)]
)
def test_rest_is_full_at_the_sample_of_its_ninetieth_second(
    away_s: str, rest_s: float, short: bool
) -> None:
    told = events(timeline(f"still at 20 5s; still at -60 {away_s}s; still at 20 1s"))
    (started,) = (e for e in told if isinstance(e, InversionStarted) and e.n == 2)
    assert started.rest_s == pytest.approx(rest_s)
    assert len(alarm_lines(told, AlarmId.REST_SHORT)) == short


def test_a_full_rest_starts_the_count_at_zero() -> None:
    story = timeline("at 20 50s; to -10 in 2s; level 92s; to 20 in 2s; at 20 46s")
    assert alarm_lines(events(story), *TIME) == [
        "45.00 time_limit_near #1 raised **",
        "51.10 time_limit_near #1 cleared **",
        "190.60 time_limit_near #2 raised **",
    ]


def test_a_short_rest_sounds_once_for_each_sum_of_exposure() -> None:
    bounce = "to 20 in 2s; at 20 3s; to -10 in 2s; level 3s"
    story = timeline(f"{bounce}; {bounce}; {bounce}; level 95s; {bounce}; {bounce}")
    core = pipeline(story)
    sounding = []
    for sample in story.samples:
        if alarm_lines(core.feed([sample]), AlarmId.REST_SHORT)[-1:]:
            shown = core.snapshot(sample.t_s).alarms
            sounding += [view.sounding for view in shown if view.spec.id is AlarmId.REST_SHORT]
    assert sounding == [True, False, True]


NO_RETURN = AlarmId.NO_RETURN


@pytest.mark.parametrize(
    ("last_s", "told"),
    [
        (74.98, []),
        (75.0, ["75.00 no_return #1 raised ***"]),
        (89.98, ["75.00 no_return #1 raised ***"]),
        (90.0, ["75.00 no_return #1 raised ***", "90.00 no_return #1 escalated ***"]),
        (
            105.02,
            [
                "75.00 no_return #1 raised ***",
                "90.00 no_return #1 escalated ***",
                "105.00 no_return #1 escalated ***",
            ],
        ),
    ],
)
def test_no_return_comes_after_fifteen_seconds_and_repeats(last_s: float, told: list[str]) -> None:
    assert alarm_lines(events(timeline(inverted_until(last_s))), NO_RETURN) == told


def test_no_return_comes_and_repeats_without_any_sample() -> None:
    story = timeline("at 20 59s; silence 32s")
    assert alarm_lines(events(story), NO_RETURN) == [
        "75.00 no_return #1 raised ***",
        "90.00 no_return #1 escalated ***",
    ]


def test_rocking_is_no_return() -> None:
    rocking = "; ".join(["to 50 in 1.5s; to 40 in 1.5s"] * 10)
    story = timeline(f"at 40 55s; {rocking}")
    assert alarm_lines(events(story), NO_RETURN) == ["75.00 no_return #1 raised ***"]


def test_on_the_way_up_is_no_alarm_until_five_seconds_without_progress() -> None:
    story = timeline("still at 58 61s; to 38 in 20s; still 10s")
    (told,) = alarm_lines(events(story), NO_RETURN)
    at_s = float(told.split()[0])
    assert told.endswith("no_return #1 raised ***")
    assert 81.0 + 5.0 - 4.0 <= at_s <= 81.0 + 5.0  # the last two degrees of a smooth turn


@pytest.mark.parametrize(("drop_deg", "on_the_way"), [(1.9, False), (2.1, True)])
def test_two_degrees_below_the_lowest_are_progress(drop_deg: float, on_the_way: bool) -> None:
    story = timeline(f"still at 50 72s; still at {50 - drop_deg} 4s")
    assert alarm_lines(events(story), NO_RETURN) == (
        [] if on_the_way else ["75.00 no_return #1 raised ***"]
    )


def test_progress_before_the_limit_is_not_on_the_way_up() -> None:
    story = timeline("still at 58 55s; to 40 in 4.9s; still 16s")
    assert alarm_lines(events(story), NO_RETURN) == ["75.00 no_return #1 raised ***"]


def test_a_stalled_way_up_is_no_return_five_seconds_after_its_progress() -> None:
    story = timeline("still at 50 72s; still at 30 10s")
    (told,) = alarm_lines(events(story), NO_RETURN)
    assert 77.0 <= float(told.split()[0]) <= 77.5


def test_the_way_up_is_measured_from_the_limit_whether_a_tick_or_a_sample_told_it() -> None:
    story = timeline("still at 58 60.4s; to 20 in 38s; still 8s")
    samples = [s._replace(t_s=s.t_s + 0.007 * (i > 0)) for i, s in enumerate(story.samples)]
    before = [s for s in samples if s.t_s < 60.0]
    after = samples[len(before) :]
    plain, ticked = pipeline(story), pipeline(story)
    told = plain.feed(before) + plain.feed(after)
    assert ticked.feed(before) + ticked.tick(60.0) + ticked.feed(after) == told
    assert alarm_lines(told, NO_RETURN) != []


def test_once_raised_it_stays_on_the_way_up_but_does_not_escalate() -> None:
    story = timeline("still at 58 85s; to 18 in 40s; still 6s; to -10 in 2s; level 1s")
    told = alarm_lines(events(story), NO_RETURN)
    assert told[0] == "75.00 no_return #1 raised ***"
    assert [float(line.split()[0]) for line in told[1:]] == pytest.approx([90.0, 128.0], abs=4.0)
    assert all("escalated" in line for line in told[1:])


def test_no_return_stays_until_the_inversion_ends_and_then_waits_for_a_person() -> None:
    story = timeline("at 20 80s; to -10 in 2s; level 5s; acknowledge; level 1s")
    assert alarm_lines(events(story), NO_RETURN) == [
        "75.00 no_return #1 raised ***",
        "87.00 no_return #1 acknowledged ***",
        "87.00 no_return #1 cleared ***",
    ]


def test_the_next_inversion_counts_its_fifteen_seconds_afresh() -> None:
    story = timeline("at 20 70s; to -10 in 2s; level 5s; to 20 in 2s; at 20 20s")
    told = alarm_lines(events(story), AlarmId.TIME_LIMIT, NO_RETURN)
    assert told == [
        "60.00 time_limit #1 raised ***",
        "79.10 time_limit #2 raised ***",
        "94.10 no_return #1 raised ***",
    ]
