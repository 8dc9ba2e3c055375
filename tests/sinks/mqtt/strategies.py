# SPDX-License-Identifier: MIT
"""Snapshots and events of every shape, dense where a figure changes what is said of it."""

from __future__ import annotations

from hypothesis import strategies as st

from upturn.core.alarm_table import ALARMS, AlarmId, AlarmSpec
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
)
from upturn.core.limits import DEVICES, PROFILES, custom_profile
from upturn.core.snapshot import AlarmView, Check, Snapshot
from upturn.sinks.mqtt.payloads import Stamp
from upturn.sinks.mqtt.topics import slug

AT = "2026-11-21T14:00:00.000Z"
STAMP = Stamp(AT, "host-1", "a1b2c3d4e5f6", "Table 1")

# Around what rounds away, and to -0.0; NaN is never in a snapshot.
seconds = st.sampled_from((0.0, -0.0, 0.04, 0.05, 0.5, 59.94, 59.95, 60.0)) | st.floats(0.0, 1e6)
degrees = st.sampled_from((-180.0, -90.0, -0.04, 4.95, 14.96, 89.95, 180.0, 224.999)) | st.floats(
    -180.0, 225.0
)
ages_s = st.sampled_from((0.0, 1.96, 2.0, 2.0001, 9.96, 10.0, 10.0001)) | seconds
counts = st.integers(0, 2**40)
texts = st.text(max_size=40)
stamps = st.builds(Stamp, st.just(AT), texts.map(slug), texts.map(slug), texts)
profiles = st.sampled_from(
    (*PROFILES.values(), custom_profile("größer", {"limit_s": 299.95, "rest_s": 90.05}))
)


def _views(spec: AlarmSpec) -> st.SearchStrategy[AlarmView]:
    return st.builds(
        AlarmView,
        spec=st.just(spec),
        occurrence=st.integers(1, 1000),
        priority=st.sampled_from(spec.priorities),
        message=texts,
        detail=texts,
        raised_s=seconds,
        condition=st.booleans(),
        acknowledged=st.booleans(),
        sounding=st.booleans(),
        pause_left_s=st.sampled_from((0.0, 1e-6, 30.0, 120.0)),
        pausable=st.booleans(),
    )


active_sets = (
    st.sets(st.sampled_from(sorted(ALARMS)))
    .flatmap(lambda ids: st.tuples(*(_views(ALARMS[id]) for id in sorted(ids))))
    .map(lambda views: tuple(sorted(views, key=lambda view: -view.priority)))
)

snapshots = st.builds(
    Snapshot,
    now_s=seconds,
    node=texts,
    node_id=texts,
    sensor=texts,
    profile=profiles,
    device=st.sampled_from(tuple(DEVICES.values())),
    posture=st.sampled_from(Posture),
    angle_deg=st.none() | degrees,
    rate_dps=st.none() | degrees,
    signal_age_s=st.none() | ages_s,
    signal_lost=st.booleans(),
    node_off=st.booleans(),
    inverted=st.booleans(),
    inversion=counts,
    inversion_s=seconds,
    exposure_s=seconds,
    exposure_at_least=st.booleans(),
    time_left_s=seconds,
    rest_s=seconds,
    rest_left_s=seconds,
    session=counts,
    session_inversions=counts,
    session_inverted_s=seconds,
    session_longest_s=seconds,
    session_peak_deg=st.none() | degrees,
    stand_down=st.booleans(),
    checks=st.lists(st.builds(Check, texts, texts, texts), max_size=3).map(tuple),
    overridden=st.booleans(),
    check_in_age_s=st.none() | st.floats(0.0, 1800.0),
    battery_v=st.none() | st.floats(0.0, 5.0),
    battery_percent=st.none() | st.sampled_from((0.0, 14.96, 15, 99.96, 100.0)),
    samples=counts,
    samples_lost=counts,
    alarms=active_sets,
)

alarm_events = st.builds(
    AlarmChanged,
    t_s=seconds,
    id=st.sampled_from(AlarmId),
    occurrence=st.integers(1, 1000),
    priority=st.sampled_from(tuple(ALARMS[AlarmId.NO_MOVEMENT].priorities)),
    state=st.sampled_from(AlarmState),
    message=texts,
)
inversions_started = st.builds(
    InversionStarted,
    t_s=seconds,
    n=st.integers(1, 1000),
    angle_deg=degrees,
    since_s=seconds,
    rest_s=st.none() | seconds,
)
inversions_ended = st.builds(
    InversionEnded,
    t_s=seconds,
    n=st.integers(1, 1000),
    duration_s=seconds,
    peak_angle_deg=degrees,
    exposure_s=seconds,
)
published_events: st.SearchStrategy[Event] = st.one_of(
    alarm_events, inversions_started, inversions_ended
)
silent_events: st.SearchStrategy[Event] = st.one_of(
    st.builds(PostureChanged, seconds, st.just(Posture.LEVEL), st.sampled_from(Posture), degrees),
    st.builds(SignalChanged, seconds, st.booleans(), seconds),
    st.builds(Noted, seconds, texts),
)
