# SPDX-License-Identifier: MIT
"""Any order of samples, silences, ticks and commands: nothing breaks, and the laws hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.unguarded import Unguarded
from tests.stories import lines, pipeline, timeline
from upturn.core.alarm_table import ALARMS, AlarmId, Clear
from upturn.core.events import AlarmChanged, AlarmState, Event, InversionEnded, InversionStarted
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot

STRETCHES = (
    "still at -80 8s",
    "to 50 in 3s; sway 3s",
    "still 20s",
    "sway 30s",
    "to 120 in 2s; sway 3s",
    "to 200 in 2s; to 120 in 2s",
    "to 10 in 3s; still 11s",
    "to -80 in 4s; sway 6s",
    "still at -150 3s",
    "falling 0.2s; knock 4g",
    "clip turned 15; still 4s",
    "clip turned 0; sway 4s",
    "button",
    "tap; still 0.3s; tap; still 0.3s; tap",
    "battery 3.4V; still 1s",
    "saturated 1s",
    "node says 180; still 4s",
    "node says nothing",
)
SILENCES = tuple(f"silence {s}s" for s in (0.1, 0.9, 1.1, 3.0, 12.0, 80.0))
ACTS = (
    "acknowledge",
    "acknowledge time_limit",
    "acknowledge over_rotation #1",
    "seen upright",
    "stand down",
    "resume",
    "call for help",
    "I am fine",
    "goodbye",
    "host stalled 3s",
    "mqtt fails",
    "mqtt works",
)
phases = st.lists(st.sampled_from((*STRETCHES, *SILENCES, *ACTS)), min_size=1, max_size=25)

LOOKED_AHEAD_S = 0.002
"""Snapshots are taken a moment past the sample that may end the inversion at the same time."""


def checked(core: Pipeline, told: list[Event], now_s: float, before: Snapshot | None) -> Snapshot:
    """A snapshot that keeps the laws of the core."""
    shown = core.snapshot(now_s)
    acknowledged = {
        (e.id, e.occurrence)
        for e in told
        if isinstance(e, AlarmChanged) and e.state is AlarmState.ACKNOWLEDGED
    }
    for view in shown.alarms:
        assert not view.acknowledged or (view.spec.id, view.occurrence) in acknowledged
        assert view.condition or view.spec.clear is not Clear.WITH_CONDITION
        assert view.sounding or view.pause_left_s > 0.0 or view.spec.group or view.spec.id in QUIET
        assert view.pause_left_s <= (30.0 if shown.inverted else 120.0) + 1e-9
    assert 0.0 <= shown.exposure_s <= now_s + 1e-6
    assert shown.stand_down <= (shown.alarms == ())
    assert core.next_deadline_s() > now_s
    if before is not None and shown.exposure_s < before.exposure_s - LOOKED_AHEAD_S:
        assert shown.exposure_s <= now_s - before.now_s
        assert now_s >= STANDARD.rest_s
    return shown


QUIET = {AlarmId.REST_SHORT}


@pytest.mark.no_cover
@settings(max_examples=40)
@given(phases)
def test_any_story_keeps_the_laws_and_needs_no_more_samples_judged_than_the_guards_say(
    told_phases: list[str],
) -> None:
    story = timeline("; ".join(["still at -80 1s", *told_phases, "acknowledge"]))
    cores = (pipeline(story), Pipeline(story.info, STANDARD, estimator=Unguarded))
    told: list[Event] = []
    before = None
    fed = 0
    for at_s, command in story.commands:
        stop = next((i for i, s in enumerate(story.samples) if s.t_s >= at_s), len(story.samples))
        samples = story.samples[fed:stop]
        fed = stop
        said, said_of_all = (
            core.feed(samples)
            + core.tick(at_s)
            + core.command(command, at_s)
            + core.tick(at_s + 0.001)
            for core in cores
        )
        assert lines(said) == lines(said_of_all)
        told += said
        before = checked(cores[0], told, at_s + 0.001, before)
    assert [e.t_s for e in told] == sorted(e.t_s for e in told)
    assert_alternate(told)


def assert_alternate(told: list[Event]) -> None:
    """Inversions start and end in turn; occurrences count up, and clear once."""
    inversions = [e for e in told if isinstance(e, InversionStarted | InversionEnded)]
    for i, event in enumerate(inversions):
        assert event.n == i // 2 + 1
        assert isinstance(event, InversionStarted if i % 2 == 0 else InversionEnded)
    for id in ALARMS:
        changes = [e for e in told if isinstance(e, AlarmChanged) and e.id is id]
        raised = [e.occurrence for e in changes if e.state is AlarmState.RAISED]
        assert raised == list(range(1, len(raised) + 1))
        cleared = [e.occurrence for e in changes if e.state is AlarmState.CLEARED]
        assert len(cleared) == len(set(cleared))
        last = 0
        for change in changes:
            last = max(last, change.occurrence)
            assert change.occurrence == last
