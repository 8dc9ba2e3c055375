# SPDX-License-Identifier: MIT
"""The scenes could be: none contradicts itself, and the core says of a story what they say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, SCENES, a_history, events_of, possible
from tests.stories import pipeline, tell, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.events import InversionEnded, InversionStarted, Posture
from upturn.core.snapshot import AlarmView, Snapshot
from upturn.core.thresholds import (
    BATTERY_LOW_V,
    INVERTED_ENTER_DEG,
    NO_RETURN_S,
    NO_SIGNAL_YET_S,
    OVER_ENTER_DEG,
    SIGNAL_LOST_S,
)

every_scene = pytest.mark.parametrize("name", SCENES)
HEAD_DOWN = (Posture.INVERTED, Posture.OVER_ROTATED)


def _found(snapshot: Snapshot) -> dict[AlarmId, AlarmView]:
    return {alarm.spec.id: alarm for alarm in snapshot.alarms}


def _age_s(snapshot: Snapshot, alarm: AlarmView) -> float:
    return snapshot.now_s - alarm.raised_s


@every_scene
def test_what_is_against_ready_is_what_the_core_finds(name: str) -> None:
    snapshot = SCENES[name]
    checks = {check.name: check.problem for check in snapshot.checks}
    assert (checks["Table"] == "") is (snapshot.posture in {Posture.UPRIGHT, Posture.UNKNOWN})
    assert (checks["Rest"] == "") is (snapshot.rest_left_s == 0.0)
    titles = {alarm.spec.title for alarm in snapshot.alarms if alarm.spec.id in _FAILING}
    assert titles <= set(snapshot.not_ready)
    assert ("stand down: alarms are off" in snapshot.not_ready) is snapshot.stand_down


_FAILING = {
    AlarmId.TIME_LIMIT,
    AlarmId.NO_RETURN,
    AlarmId.DISTRESS,
    AlarmId.SIGNAL_LOST,
    AlarmId.NOT_CALIBRATED,
    AlarmId.BATTERY_LOW,
    AlarmId.SINK_FAILED,
}


@every_scene
def test_alarms_of_time_stand_as_the_exposure_does(name: str) -> None:
    snapshot, found = SCENES[name], _found(SCENES[name])
    profile = snapshot.profile
    for id, from_s in (
        (AlarmId.TIME_LIMIT_NEAR, profile.notice_s),
        (AlarmId.TIME_LIMIT, profile.limit_s),
        (AlarmId.NO_RETURN, profile.limit_s + NO_RETURN_S),
    ):
        lasts = id in found and found[id].condition
        assert lasts is (snapshot.inverted and snapshot.exposure_s >= from_s)
        if lasts:
            assert _age_s(snapshot, found[id]) == pytest.approx(snapshot.exposure_s - from_s)
        elif id in found:
            since_s = snapshot.exposure_s - from_s + snapshot.rest_s
            assert _age_s(snapshot, found[id]) == pytest.approx(since_s)


@every_scene
def test_alarms_of_the_table_stand_as_its_values_do(name: str) -> None:
    snapshot, found = SCENES[name], _found(SCENES[name])
    over = snapshot.posture is Posture.OVER_ROTATED
    assert (AlarmId.OVER_ROTATION in found) is over
    assert over is (snapshot.angle_deg is not None and snapshot.angle_deg >= OVER_ENTER_DEG)
    assert (AlarmId.SIGNAL_LOST in found) is snapshot.signal_lost
    if snapshot.signal_lost:
        assert snapshot.signal_age_s is not None
        lost_s = snapshot.signal_age_s - SIGNAL_LOST_S
        assert _age_s(snapshot, found[AlarmId.SIGNAL_LOST]) == pytest.approx(lost_s)
    waits = snapshot.signal_age_s is None and snapshot.now_s >= NO_SIGNAL_YET_S
    assert (AlarmId.NO_SIGNAL_YET in found) is waits
    low = snapshot.battery_v is not None and snapshot.battery_v < BATTERY_LOW_V
    assert (AlarmId.BATTERY_LOW in found) is low
    steep = snapshot.angle_deg is not None and snapshot.angle_deg > snapshot.profile.max_angle_deg
    assert (AlarmId.ANGLE_LIMIT in found) is steep


@every_scene
def test_posture_times_and_totals_agree(name: str) -> None:
    snapshot = SCENES[name]
    assert snapshot.inverted is (snapshot.posture in HEAD_DOWN)
    if snapshot.inverted:
        assert snapshot.angle_deg is not None
        assert snapshot.angle_deg >= INVERTED_ENTER_DEG
        assert (snapshot.rest_s, snapshot.rest_left_s) == (0.0, 0.0)
        assert snapshot.session_peak_deg is not None
        assert snapshot.session_peak_deg >= snapshot.angle_deg
    limit_s = snapshot.profile.limit_s
    assert snapshot.time_left_s == pytest.approx(max(0.0, limit_s - snapshot.exposure_s))
    assert snapshot.session_longest_s >= snapshot.inversion_s
    assert snapshot.session_inverted_s >= snapshot.exposure_s
    assert (snapshot.exposure_s > 0.0) is (snapshot.session_inversions > 0)
    if snapshot.rest_left_s:
        whole_s = snapshot.rest_s + snapshot.rest_left_s
        assert whole_s == pytest.approx(snapshot.profile.rest_s)


@every_scene
def test_of_each_group_one_alarm_sounds_and_they_stand_in_the_cores_order(name: str) -> None:
    alarms = SCENES[name].alarms
    order = [(-a.priority, not a.condition, -a.raised_s) for a in alarms]
    assert order == sorted(order)
    groups = [a.spec.group for a in alarms if a.sounding and a.spec.group is not None]
    assert len(groups) == len(set(groups))
    assert not any(a.sounding for a in alarms if a.pause_left_s)


@every_scene
def test_the_events_and_the_chart_are_those_that_lead_there(name: str) -> None:
    snapshot = SCENES[name]
    events = events_of(snapshot)
    assert [event.t_s for event in events] == sorted(event.t_s for event in events)
    begun = [event.n for event in events if isinstance(event, InversionStarted)]
    ended = [event for event in events if isinstance(event, InversionEnded)]
    assert begun == list(range(1, snapshot.session_inversions + 1))
    assert len(ended) == len(begun) - snapshot.inverted
    assert all(event.duration_s <= snapshot.session_longest_s for event in ended)
    total_s = sum(event.duration_s for event in ended) + snapshot.inversion_s
    assert total_s == pytest.approx(snapshot.session_inverted_s)
    low, high = a_history(snapshot.now_s, snapshot).columns(snapshot.now_s - 0.2, 600.0, 600)
    assert (float(high.max()) > INVERTED_ENTER_DEG) is bool(begun)
    if snapshot.angle_deg is not None:
        assert low[-1] - 2.0 <= snapshot.angle_deg <= high[-1] + 2.0


@pytest.mark.parametrize(
    ("name", "story"),
    [
        ("calm", "upright 20s"),
        ("notice", "upright 20s; to 52 in 4s; at 52 44s"),
        ("limit", "upright 20s; to 52 in 4s; at 52 61s"),
        ("no_return", "upright 20s; to 52 in 4s; at 52 75s"),
        ("latched", "upright 20s; to 52 in 4s; at 52 66s; to -8 in 4s; at -8 45s"),
        ("lost", "upright 20s; to 52 in 4s; at 52 36s; silence 4s"),
        ("over_rotated", "upright 20s; to 52 in 4s; at 52 10s; to 121 in 4s; at 121 1s"),
    ],
)
def test_the_core_says_the_same_of_such_a_story(name: str, story: str) -> None:
    told = timeline(story)
    core = pipeline(told)
    tell(core, told)
    now_s = max(told.end_s, told.samples[-1].t_s)
    lived, scene = core.snapshot(now_s), SCENES[name]
    of_core, of_scene = (
        [
            (a.spec.id, a.priority, a.detail, a.condition, a.sounding, a.pausable)
            for a in snapshot.alarms
        ]
        for snapshot in (lived, scene)
    )
    assert of_scene == of_core
    assert scene.not_ready == lived.not_ready
    assert (scene.posture, scene.inverted) == (lived.posture, lived.inverted)


def test_a_scene_that_is_made_possible_gets_what_it_lacks() -> None:
    bare = replace(SCENES["no_return"], alarms=(), checks=CALM.checks)
    found = [alarm.spec.id for alarm in possible(bare).alarms]
    assert found == [AlarmId.TIME_LIMIT, AlarmId.TIME_LIMIT_NEAR]
    assert not possible(bare).ready
