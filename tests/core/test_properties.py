# SPDX-License-Identifier: MIT
"""What holds for every session: chunking, ticks, clocks, mountings, lost and spoilt samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from math import inf, nan

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.unguarded import Unguarded
from tests.stories import (
    Story,
    events,
    judge,
    lines,
    pipeline,
    shifted,
    tell,
    timeline,
    without,
)
from upturn.core.alarm_table import AlarmId
from upturn.core.events import AlarmChanged, AlarmState, Event, InversionEnded, InversionStarted
from upturn.core.limits import STANDARD
from upturn.core.mounting import Mounting, Vector, dot, norm, unit
from upturn.core.pipeline import Pipeline
from upturn.core.sample import Sample
from upturn.core.thresholds import WAY_UP_S

SESSIONS = {
    "too long": "upright 3s; to 55 in 3s; inverted 76s; to 20 in 8s; to -10 in 3s; level 3s",
    "all at once": "still at -80 4s; to 70 in 2s; at 70 3s; to 120 in 1s; over 1s; knock 4g; "
    "silence 2.5s; to 200 in 2s; at 200 1s; button; to 50 in 3s; falling 0.16s; knock 3g; "
    "clip turned 25; still 5s; clip turned 0; to -80 in 1.3s; battery 3.4V; upright 5s",
    "still": "level 2s; to 50 in 2s; still 67s; sway 1s; tap; still 0.3s; tap; still 0.3s; tap; "
    "frozen 11s; sway 1s; to -80 in 5s; upright 8s",
    "bounces": "at 20 30s; to -10 in 2s; level 3s; to 20 in 2s; at 20 31s; to 10 in 2s; "
    "at 10 12s; silence 1.5s; to -80 in 4s; still 20s; to 30 in 3s; sway 3s",
}
names = st.sampled_from(sorted(SESSIONS))
few = settings(max_examples=15)
some = settings(max_examples=30)


@cache
def session(name: str, gyro: bool = False) -> Story:
    return timeline(SESSIONS[name], gyro=gyro)


@cache
def told_whole(name: str, gyro: bool = False) -> tuple[Event, ...]:
    return tuple(events(session(name, gyro)))


def in_pieces(core: Pipeline, samples: Sequence[Sample], sizes: Sequence[int]) -> list[Event]:
    told: list[Event] = []
    start, turn = 0, 0
    while start < len(samples):
        size = sizes[turn % len(sizes)]
        told += core.feed(samples[start : start + size])
        start, turn = start + size, turn + 1
    return told


@few
@given(names, st.booleans(), st.lists(st.integers(1, 700), min_size=1, max_size=20))
def test_any_chunking_gives_the_same_events_and_summary(
    name: str, gyro: bool, sizes: list[int]
) -> None:
    story = session(name, gyro)
    whole, pieces = pipeline(story), pipeline(story)
    assert in_pieces(pieces, story.samples, sizes) == whole.feed(story.samples)
    assert pieces.summary() == whole.summary()
    assert pieces.snapshot(200.0) == whole.snapshot(200.0)


@pytest.mark.parametrize("name", SESSIONS)
def test_one_sample_at_a_time_gives_the_same_too(name: str) -> None:
    story = session(name)
    assert in_pieces(pipeline(story), story.samples, [1]) == list(told_whole(name))


@few
@given(names, st.booleans(), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=200))
def test_extra_ticks_between_samples_change_nothing(
    name: str, gyro: bool, shares: list[float]
) -> None:
    story = session(name, gyro)
    core = pipeline(story)
    told: list[Event] = []
    stride = len(story.samples) // len(shares) or 1
    for i, sample in enumerate(story.samples):
        if i and i % stride == 0:
            before_s = story.samples[i - 1].t_s
            share = shares[i // stride % len(shares)]
            told += core.tick(before_s + share * (sample.t_s - before_s))
        told += core.feed([sample])
    assert told == list(told_whole(name, gyro))


@pytest.mark.parametrize("name", SESSIONS)
def test_a_tick_before_and_after_every_sample_changes_nothing(name: str) -> None:
    story = session(name)
    core = pipeline(story)
    told: list[Event] = []
    for sample in story.samples:
        told += core.tick(sample.t_s - 0.001)
        told += core.feed([sample])
        told += core.tick(sample.t_s + 0.001)
    assert lines(told) == judge(story)


@pytest.mark.parametrize("name", SESSIONS)
def test_a_tick_at_every_deadline_changes_nothing(name: str) -> None:
    story = session(name)
    core = pipeline(story)
    told: list[Event] = []
    for sample in story.samples:
        while (deadline_s := core.next_deadline_s()) < sample.t_s:
            told += core.tick(deadline_s)
        told += core.feed([sample])
    assert lines(told) == judge(story)


def moved_back(event: Event, by_s: float) -> Event:
    back = replace(event, t_s=event.t_s - by_s)
    if isinstance(back, InversionStarted):
        return replace(back, since_s=back.since_s - by_s)
    return back


@pytest.mark.no_cover
@some
@given(names, st.integers(-(2**33), 2**33))
def test_a_clock_that_shows_another_time_moves_the_times_and_nothing_else(
    name: str, eighths: int
) -> None:
    # Offsets on the grid of the sample times keep these exact; the next test is about rounding.
    story = timeline(SESSIONS[name].replace("0.3s", "0.25s"), rate_hz=64.0)
    by_s = eighths / 8
    told = [moved_back(event, by_s) for event in events(shifted(story, by_s))]
    assert told == events(story)


@pytest.mark.parametrize("name", SESSIONS)
@pytest.mark.parametrize("by_s", [1.7e9, -1e6 / 3, 0.1])
def test_a_clock_of_epoch_seconds_tells_the_same_lines(name: str, by_s: float) -> None:
    told = events(shifted(session(name), by_s))
    assert lines(moved_back(event, by_s) for event in told) == judge(session(name))


AXES: tuple[Vector, ...] = tuple(
    (s * (i == 0), s * (i == 1), s * (i == 2)) for i in range(3) for s in (1.0, -1.0)
)
ALIGNED = [
    Mounting.from_axes(head, front)
    for head, front in product(AXES, AXES)
    if dot(head, front) == 0.0
]
SHORT = "upright 3s; to 55 in 3s; inverted 46s; to 120 in 2s; over 2s; to -80 in 6s; upright 2s"
vectors = st.tuples(*[st.floats(-1.0, 1.0)] * 3).filter(lambda v: norm(v) > 0.1).map(unit)


@cache
def short(gyro: bool) -> tuple[str, ...]:
    return tuple(judge(timeline(SHORT, gyro=gyro)))


@pytest.mark.parametrize("mounting", ALIGNED, ids=lambda m: f"{m.head} {m.front}")
def test_every_aligned_mounting_gives_the_same_events(mounting: Mounting) -> None:
    assert len(ALIGNED) == 24
    for gyro in (False, True):
        assert tuple(judge(timeline(SHORT, gyro=gyro, mounting=mounting))) == short(gyro)


@few
@given(vectors, vectors, st.booleans())
def test_any_other_mounting_gives_the_same_events(head: Vector, front: Vector, gyro: bool) -> None:
    assume(abs(dot(head, front)) < 0.9)
    mounting = Mounting.from_axes(head, front)
    assert tuple(judge(timeline(SHORT, gyro=gyro, mounting=mounting))) == short(gyro)


@pytest.mark.parametrize("text", [SHORT, SESSIONS["too long"]])
def test_with_and_without_a_gyro_slow_motion_gives_the_same_postures(text: str) -> None:
    def postures(gyro: bool) -> list[tuple[str, float]]:
        told = judge(timeline(text, gyro=gyro))
        return [
            (line.split(" ", 1)[1], float(line.split()[0])) for line in told if "posture" in line
        ]

    with_gyro, without_gyro = postures(True), postures(False)
    assert [p for p, _ in with_gyro] == [p for p, _ in without_gyro]
    assert [t for _, t in with_gyro] == pytest.approx([t for _, t in without_gyro], abs=0.25)


SPOILT = [
    {"t_s": nan},
    {"t_s": inf},
    {"t_s": -inf},
    {"ax_g": nan},
    {"ay_g": -inf},
    {"az_g": 1e200},
    {"gx_dps": nan},
    {"t_s": -5.0},
]


@some
@given(names, st.lists(st.tuples(st.integers(1, 2500), st.sampled_from(SPOILT)), max_size=20))
def test_spoilt_samples_are_refused_and_change_nothing(
    name: str, spoilt: list[tuple[int, dict[str, float]]]
) -> None:
    story = session(name, True)
    samples = list(story.samples)
    for place, fields in sorted(spoilt, reverse=True, key=lambda pair: pair[0]):
        at = 1 + place % (len(story.samples) - 1)
        samples.insert(at, story.samples[at]._replace(**fields))  # type: ignore[arg-type]
    core = pipeline(story)
    assert core.feed(samples) == list(told_whole(name, True))
    assert core.samples_rejected == len(spoilt)


ENDLESS = "upright 2s; to 50 in 2s; inverted 84s"


@cache
def endless() -> Story:
    return timeline(ENDLESS)


@cache
def confirmed() -> int:
    """Index of the sample that confirmed the inversion."""
    told = events(endless())
    (at_s,) = (e.t_s for e in told if isinstance(e, InversionStarted))
    return next(i for i, s in enumerate(endless().samples) if s.t_s >= at_s - 1e-9)


@some
@given(
    st.sets(st.integers(0, 3900)),
    st.lists(st.tuples(st.integers(0, 3900), st.integers(1, 900)), max_size=5),
)
def test_losing_samples_of_an_inversion_never_makes_exposure_smaller_or_an_alarm_later(
    scattered: set[int], stretches: list[tuple[int, int]]
) -> None:
    first = confirmed() + 1
    drop = {first + i for i in scattered}
    for start, length in stretches:
        drop |= set(range(first + start, first + start + length))
    drop -= {len(endless().samples) - 1}
    story = without(endless(), drop)
    core, full = pipeline(story), pipeline(endless())
    told, whole = core.feed(story.samples), full.feed(endless().samples)
    for id in (AlarmId.TIME_LIMIT_NEAR, AlarmId.TIME_LIMIT):
        assert raised_s(told, id) == raised_s(whole, id)
    # A sway that is seen afresh after lost samples may pass for the way up, for five seconds.
    (lost_s,), (whole_s,) = raised_s(told, AlarmId.NO_RETURN), raised_s(whole, AlarmId.NO_RETURN)
    assert lost_s <= whole_s + WAY_UP_S
    end_s = endless().samples[-1].t_s
    assert core.snapshot(end_s).exposure_s == full.snapshot(end_s).exposure_s


def raised_s(told: Sequence[Event], id: AlarmId) -> list[float]:
    return [
        e.t_s
        for e in told
        if isinstance(e, AlarmChanged) and e.id is id and e.state is AlarmState.RAISED
    ]


CALL = "still at 0 2s; to 50 in 2s; at 50 5s; button; at 50 5s; to 120 in 3s; over 4s; to 50 in 3s"


@some
@given(st.sets(st.integers(200, 1190), max_size=300))
def test_losing_samples_never_loses_an_over_rotation(drop: set[int]) -> None:
    # What is seen again of a stay past vertical is at least its end: never fewer alarms.
    story = timeline(f"{CALL}; to 120 in 2s; over 3s")
    told = events(without(story, drop))
    assert raised_s(told, AlarmId.OVER_ROTATION) != []


@some
@given(names, st.lists(st.floats(0.05, 5.0), min_size=5, max_size=40))
def test_exposure_falls_only_by_a_full_rest_and_never_exceeds_elapsed_time(
    name: str, steps_s: list[float]
) -> None:
    story = session(name)
    core = pipeline(story)
    last_s, now_s, exposure_s, turn = story.samples[-1].t_s, 0.0, 0.0, 0
    fed = 0
    while now_s < last_s:
        now_s += steps_s[turn % len(steps_s)]
        turn += 1
        stop = fed
        while stop < len(story.samples) and story.samples[stop].t_s <= now_s:
            stop += 1
        core.feed(story.samples[fed:stop])
        core.tick(now_s)
        fed = stop
        shown = core.snapshot(now_s)
        assert shown.exposure_s <= now_s + 1e-9
        if shown.exposure_s < exposure_s - 1e-9:
            assert shown.rest_s >= STANDARD.rest_s
            assert shown.exposure_s == 0.0
        exposure_s = shown.exposure_s


@pytest.mark.parametrize("name", SESSIONS)
def test_exposure_at_an_end_is_the_sum_of_the_inversions_since_a_full_rest(name: str) -> None:
    told = told_whole(name)
    sum_s = 0.0
    for event in told:
        if isinstance(event, InversionStarted) and (event.rest_s or 0.0) >= STANDARD.rest_s:
            sum_s = 0.0
        if isinstance(event, InversionEnded):
            sum_s += event.duration_s
            assert event.exposure_s == pytest.approx(sum_s)


@pytest.mark.parametrize("gyro", [False, True])
@pytest.mark.parametrize("name", SESSIONS)
def test_judging_every_sample_says_what_judging_those_that_matter_says(
    name: str, gyro: bool
) -> None:
    story = session(name, gyro)
    guarded = pipeline(story)
    unguarded = Pipeline(story.info, STANDARD, estimator=Unguarded)
    assert lines(tell(unguarded, story)) == lines(tell(guarded, story))
    assert unguarded.summary() == guarded.summary()


@pytest.mark.no_cover
@some
@given(
    st.lists(
        st.tuples(
            st.sampled_from([-80, -60, -30, 0, 10, 20, 40, 62, 64, 90, 98, 110, 150, 200]),
            st.floats(0.3, 6.0),
            st.floats(0.1, 8.0),
        ),
        min_size=3,
        max_size=12,
    ),
    st.booleans(),
)
def test_judging_every_sample_of_any_session_says_the_same(
    legs: list[tuple[int, float, float]], gyro: bool
) -> None:
    text = "; ".join(f"to {angle} in {turn:.2f}s; sway {hold:.2f}s" for angle, turn, hold in legs)
    story = timeline(text, gyro=gyro)
    unguarded = Pipeline(story.info, STANDARD, estimator=Unguarded)
    assert lines(tell(unguarded, story)) == judge(story)


@pytest.mark.parametrize("name", SESSIONS)
def test_the_same_session_gives_the_same_events_twice(name: str) -> None:
    assert tuple(events(timeline(SESSIONS[name]))) == told_whole(name)


@pytest.mark.parametrize("name", SESSIONS)
def test_times_of_events_never_fall(name: str) -> None:
    times_s = [event.t_s for event in told_whole(name)]
    assert times_s == sorted(times_s)


def test_the_sessions_hold_every_kind_of_inversion_alarm() -> None:
    raised = {e.id for name in SESSIONS for e in told_whole(name) if isinstance(e, AlarmChanged)}
    assert raised >= {
        AlarmId.TIME_LIMIT_NEAR,
        AlarmId.TIME_LIMIT,
        AlarmId.NO_RETURN,
        AlarmId.REST_SHORT,
        AlarmId.ANGLE_LIMIT,
        AlarmId.OVER_ROTATION,
        AlarmId.FAST_TILT,
        AlarmId.IMPACT,
        AlarmId.FALL,
        AlarmId.NO_MOVEMENT,
        AlarmId.DISTRESS,
        AlarmId.SIGNAL_LOST,
        AlarmId.SENSOR_FAULT,
        AlarmId.SENSOR_MOVED,
        AlarmId.BATTERY_LOW,
    }
