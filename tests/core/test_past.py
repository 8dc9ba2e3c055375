# SPDX-License-Identifier: MIT
"""A watch that dies and begins anew: to the person it is a gap, and no more than that."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stories import Story, alarm_lines, lines, pipeline, shifted, stream, tell, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import CheckIn, EquipmentChecked, HealthAnswers, StandDown
from upturn.core.events import Event, Posture
from upturn.core.limits import STANDARD
from upturn.core.mounting import ASSUMED, Mounting
from upturn.core.past import FRESH_S, Past
from upturn.core.pipeline import Pipeline
from upturn.core.sample import NodeCounters, NodeReport, StreamInfo
from upturn.core.snapshot import Snapshot


def written(story: Story | str, at_s: float, *, core: Pipeline | None = None) -> Past:
    """What was on the disk when the watch died at that moment."""
    told = timeline(story) if isinstance(story, str) else story
    core = core or pipeline(told)
    before = [sample for sample in told.samples if sample.t_s < at_s]
    tell(core, replace(told, samples=before, end_s=at_s))
    past = core.past(at_s)
    assert past is not None
    return Past.from_record(json.loads(json.dumps(past.to_record())))


class Again:
    """The next watch: its time begins at 0, when it is started."""

    def __init__(
        self,
        past: Past,
        gap_s: float,
        rested_s: float | None = None,
        info: StreamInfo | None = None,
    ) -> None:
        self.core = Pipeline(info or stream(), STANDARD, start_s=0.0)
        rest_s = gap_s if rested_s is None else rested_s
        self.told: list[Event] = self.core.resume(past, 0.0, gap_s=gap_s, rested_s=rest_s)

    def lives(self, story: str | Story) -> Again:
        self.told += tell(self.core, timeline(story) if isinstance(story, str) else story)
        return self

    def shown(self, now_s: float) -> Snapshot:
        self.told += self.core.tick(now_s)
        return self.core.snapshot(now_s)


def test_before_the_first_sample_there_is_nothing_to_write_down() -> None:
    assert Pipeline(stream(), STANDARD, start_s=0.0).past(3.0) is None


def test_who_was_inverted_is_inverted_and_the_gap_counts() -> None:
    again = Again(written("at 20 30s", 30.0), gap_s=10.0)
    now = again.shown(1.0)
    assert (now.posture, now.inverted, now.inversion) == (Posture.INVERTED, True, 1)
    assert now.exposure_s == now.inversion_s == pytest.approx(41.0)
    assert (now.exposure_at_least, now.signal_lost) == (True, True)
    assert now.signal_age_s == pytest.approx(11.0, abs=0.03)
    assert lines(again.told) == [
        "0.00 note: goes on after 10 s without a watch",
        "0.00 signal lost 10.02",
        "0.00 signal_lost #1 raised ***",
    ]


def test_what_came_due_while_nobody_watched_is_due_at_once() -> None:
    again = Again(written("at 20 50s", 50.0), gap_s=12.0)
    assert alarm_lines(again.told, AlarmId.TIME_LIMIT_NEAR, AlarmId.TIME_LIMIT) == [
        "0.00 time_limit_near #1 raised **",
        "0.00 time_limit #1 raised ***",
    ]
    again.shown(12.9)
    assert alarm_lines(again.told, AlarmId.NO_RETURN) == []
    again.shown(13.1)
    assert alarm_lines(again.told, AlarmId.NO_RETURN) == ["13.00 no_return #1 raised ***"]


def test_no_return_that_is_overdue_is_raised_once_and_goes_on() -> None:
    again = Again(written("at 20 50s", 50.0), gap_s=120.0)
    again.shown(15.1)
    assert alarm_lines(again.told, AlarmId.NO_RETURN) == [
        "0.00 no_return #1 raised ***",
        "15.00 no_return #1 escalated ***",
    ]


def test_the_first_sample_upright_ends_it_with_all_of_the_gap() -> None:
    again = Again(written("at 20 30s", 30.0), gap_s=10.0).lives("at -80 1s")
    assert [line for line in lines(again.told) if "inver" in line] == [
        "0.00 posture inverted -> upright",
        "0.00 inversion 1 ended: 40.00 s, peak 21, exposure 40.00",
    ]


def test_an_inversion_that_goes_on_is_the_same_one() -> None:
    again = Again(written("at 20 30s", 30.0), gap_s=10.0).lives("at 20 5s")
    now = again.shown(5.0)
    assert (now.inversion, now.session_inversions) == (1, 1)
    assert now.exposure_s == pytest.approx(45.0, abs=0.05)
    assert now.samples_lost == 0


def test_seen_upright_ends_it_without_a_sample() -> None:
    again = Again(written("at 20 30s", 30.0), gap_s=10.0)
    story = timeline("silence 4s; seen upright; silence 1s")
    now = again.lives(story).shown(5.0)
    assert (now.inverted, now.posture) == (False, Posture.UPRIGHT)
    assert now.not_ready == ("no data from the table yet", "a full rest has not passed")


def test_over_rotated_is_over_rotated_and_alarms_again() -> None:
    again = Again(written("over 5s", 5.0), gap_s=3.0)
    assert again.shown(0.0).posture is Posture.OVER_ROTATED
    assert "0.00 over_rotation #2 raised ***" in alarm_lines(again.told)


REST = "at 20 30s; to -80 in 2s; upright 20s"


def test_a_running_rest_goes_on_by_the_shorter_clock() -> None:
    past = written(REST, 52.0)
    before = pipeline(story := timeline(REST))
    tell(before, story)
    left_s = before.snapshot(52.0).rest_left_s
    assert 60 < left_s < 80
    assert Again(past, 300.0, 10.0).shown(0.0).rest_left_s == pytest.approx(left_s - 10, abs=0.05)
    assert Again(past, 10.0, 0.0).shown(0.0).rest_left_s == pytest.approx(left_s, abs=0.05)


def test_a_rest_that_ended_meanwhile_wipes_the_exposure() -> None:
    again = Again(written(REST, 52.0), gap_s=100.0).lives("upright 1s")
    now = again.shown(1.0)
    assert (now.exposure_s, now.rest_left_s, now.session_inversions) == (0.0, 0.0, 1)


def test_a_rest_that_had_not_begun_does_not_run_meanwhile() -> None:
    past = written("at 20 30s; to 4 in 1s; at 8 11s", 42.0)
    assert not past.ledger.resting
    assert Again(past, gap_s=80.0).shown(0.0).rest_left_s == pytest.approx(90.0, abs=0.05)


def test_inverted_again_before_the_rest_was_over_is_told() -> None:
    again = Again(written(REST, 52.0), gap_s=5.0).lives("upright 1s; to 20 in 2s; at 20 2s")
    assert [line.split()[1:3] for line in alarm_lines(again.told, AlarmId.REST_SHORT)] == [
        ["rest_short", "#1"]
    ]
    assert again.shown(6.0).exposure_s > 30.0


def test_upright_the_next_watch_waits_for_its_first_sample_as_any_does() -> None:
    again = Again(written("upright 5s", 5.0), gap_s=60.0)
    assert again.shown(14.9).alarms == ()
    assert [view.spec.id for view in again.shown(15.0).alarms] == [AlarmId.NO_SIGNAL_YET]


@pytest.mark.parametrize("gap_s", [FRESH_S - 0.01, FRESH_S])
def test_a_state_of_ten_minutes_is_too_old(gap_s: float) -> None:
    now = Again(written("at 20 30s", 30.0), gap_s).shown(0.0)
    fresh = gap_s < FRESH_S
    assert now.inverted is fresh
    assert (now.posture is Posture.INVERTED) is fresh
    ids = [view.spec.id for view in now.alarms]
    assert (AlarmId.LEFT_INVERTED in ids) is not fresh
    assert (AlarmId.NO_RETURN in ids) is fresh


def test_of_a_watch_that_ended_inverted_long_ago_one_notice_is_left_and_the_exposure() -> None:
    again = Again(written("at 20 30s", 30.0), 1200.0)
    now = again.shown(0.0)
    (notice,) = now.alarms
    assert notice.message == (
        "The last watch ended inverted: 20 min ago. "
        "Nobody saw how it went on. Look at the person, and ask."
    )
    assert (now.exposure_s, now.rest_left_s) == pytest.approx((30.0, 90.0))
    again.lives("upright 1s; acknowledge; upright 1s")
    assert again.shown(2.0).alarms == ()


def test_of_a_watch_that_ended_upright_long_ago_nothing_is_told() -> None:
    again = Again(written(REST, 52.0), 1200.0)
    assert (again.told, again.shown(0.0).rest_left_s) == ([], 0.0)


def test_an_alarm_that_had_latched_waits_on() -> None:
    again = Again(written("upright 2s; falling 0.2s; knock 4g; upright 2s", 4.2), 30.0)
    (fall,) = again.shown(1.0).alarms
    assert (fall.spec.id, fall.occurrence, fall.acknowledged) == (AlarmId.FALL, 1, False)
    assert fall.sounding
    assert fall.raised_s == pytest.approx(-32.0, abs=0.2)


def test_stood_down_stays_stood_down_and_the_check_in_stands() -> None:
    core = pipeline(story := timeline("level 2s"))
    tell(core, story)
    core.command(CheckIn(), 2.0)
    core.command(StandDown(), 2.0)
    past = core.past(2.0)
    assert past is not None
    now = Again(past, 30.0).shown(1.0)
    assert (now.stand_down, now.check_in_age_s) == (True, 31.0)
    assert Again(past, FRESH_S).shown(0.0).check_in_age_s is None


@pytest.mark.parametrize(("age_s", "stands"), [(43_169.9, True), (43_170.0, False)])
def test_a_table_that_was_inspected_today_stays_so(age_s: float, stands: bool) -> None:
    core = pipeline(story := timeline("upright 2s"))
    core.command(EquipmentChecked(), 0.0)
    tell(core, story)
    before = core.past(2.0)
    assert before is not None
    assert before.equipment_age_s == 2.0
    again = Again(replace(before, equipment_age_s=age_s), 30.0)
    again.core.command(HealthAnswers(""), 0.0)
    asked = "nobody has said that the table was inspected today"
    assert (asked not in again.shown(0.0).not_ready) is stands
    old = Again(before, FRESH_S)
    old.core.command(HealthAnswers(""), 0.0)
    assert asked in old.shown(0.0).not_ready


def test_a_state_of_a_version_that_did_not_write_the_inspection_down_is_taken_up() -> None:
    past = written(REST, 52.0)
    record = past.to_record()
    del record["equipment_age_s"]
    assert Past.from_record(record) == past


def test_what_was_taken_up_is_written_down_again_before_the_first_sample() -> None:
    first = Again(written("at 20 30s", 30.0), gap_s=10.0)
    first.shown(5.0)
    second = first.core.past(5.0)
    assert second is not None
    assert Again(second, gap_s=5.0).shown(0.0).exposure_s == pytest.approx(50.0)


def counted(
    story: Story, *, inversions: int, inversion_s: float, inverted_s: float, epoch: int = 7
) -> Story:
    """The story's last sample with what its node has counted."""
    report = NodeReport(
        counters=NodeCounters(epoch, inversions, inversion_s, inverted_s, inverted_s, 0.0)
    )
    return replace(story, samples=[*story.samples[:-1], story.samples[-1]._replace(report=report)])


def of_node(node_id: str) -> Pipeline:
    return Pipeline(replace(stream(), node_id=node_id), STANDARD, start_s=0.0)


@pytest.mark.parametrize(("epoch", "exposure_s"), [(7, 33.0), (8, 41.0)])
def test_the_nodes_count_replaces_the_gap_unless_it_lost_it(epoch: int, exposure_s: float) -> None:
    """The person was up for 8 of the 10 s that nobody watched."""
    story = counted(timeline("at 20 30s"), inversions=1, inversion_s=30.0, inverted_s=30.0)
    past = written(story, 30.0, core=of_node("a1"))
    again = Again(past, 10.0)
    again.core.describe(replace(stream(), node_id="a1"), 0.0)
    after = timeline("at 20 1s")
    again.lives(counted(after, inversions=2, inversion_s=3.0, inverted_s=33.0, epoch=epoch))
    assert again.shown(1.0).exposure_s == pytest.approx(exposure_s, abs=0.1)


def test_the_count_of_another_node_is_not_of_this_tables_past() -> None:
    story = counted(timeline("at 20 30s"), inversions=1, inversion_s=30.0, inverted_s=30.0)
    again = Again(written(story, 30.0, core=of_node("a1")), 10.0)
    again.core.describe(replace(stream(), node_id="b2"), 0.0)
    again.lives(counted(timeline("at 20 1s"), inversions=2, inversion_s=3.0, inverted_s=33.0))
    assert again.shown(1.0).exposure_s == pytest.approx(41.0, abs=0.1)


phases = st.lists(
    st.sampled_from(
        (
            "upright 20s",
            "level 15s",
            "to 20 in 2s; at 20 20s",
            "to 50 in 2s; at 50 40s",
            "to -80 in 2s; upright 40s",
            "to 8 in 1s; at 8 5s",
            "to -10 in 1s; level 100s",
        )
    ),
    min_size=1,
    max_size=5,
).map("; ".join)


@pytest.mark.no_cover
@given(phases, phases, st.floats(0.0, 1.0), st.sampled_from((0.5, 3.0, 40.0, 200.0)))
def test_no_exposure_is_lost_and_no_rest_won_by_dying_at_any_moment(
    before: str, after: str, share: float, gap_s: float
) -> None:
    """Beside a watch that lived on and heard nothing in the meantime, but for the rest."""
    told = timeline(f"upright 1s; {before}", rate_hz=10.0)
    died_s = 1.0 + share * (told.samples[-1].t_s - 1.0)
    alive = pipeline(told)
    seen = replace(told, samples=[s for s in told.samples if s.t_s < died_s], end_s=died_s)
    tell(alive, seen)
    past = alive.past(died_s)
    assert past is not None
    again = Again(past, gap_s)
    later = timeline(after, rate_hz=10.0)
    for sample in later.samples:
        again.told += again.core.feed([sample])
        alive.feed([sample._replace(t_s=died_s + gap_s + sample.t_s)])
    end_s = later.samples[-1].t_s
    now, lived = again.core.snapshot(end_s), alive.snapshot(died_s + gap_s + end_s)
    assert now.posture is lived.posture
    if lived.inverted or lived.exposure_s == 0.0:
        return  # the rest that ran through the gap may have wiped what the living one kept
    assert now.rest_left_s <= lived.rest_left_s + 0.2
    assert now.rest_left_s >= lived.rest_left_s - gap_s - 0.2


BROKEN: list[tuple[str, Any]] = [
    ("posture", "asleep"),
    ("signal_age_s", -1.0),
    ("signal_age_s", float("nan")),
    ("signal_age_s", True),
    ("stand_down", 1),
    ("node_id", None),
    ("mounting", {**asdict(ASSUMED), "head": [0.0, 1.0]}),
    ("mounting", "upright"),
    ("ledger", {}),
    ("alarms", "none"),
    ("alarms", [{"id": "impact", "occurrence": 1, "priority": 2, "detail": "", "age_s": 1.0}]),
    ("heard", {"age_s": 1.0}),
]


@pytest.mark.parametrize(("field", "value"), BROKEN)
def test_what_cannot_have_been_written_is_refused(field: str, value: object) -> None:
    record = written(REST, 52.0).to_record()
    record[field] = value
    with pytest.raises(ValueError, match=f"past.{field}|past.alarms"):
        Past.from_record(record)


def test_of_another_shape_is_refused() -> None:
    story = counted(timeline("at 20 30s"), inversions=1, inversion_s=30.0, inverted_s=30.0)
    record = json.loads(json.dumps(written(story, 30.0).to_record()))
    record["heard"]["node"] = [1, 2, 3]
    with pytest.raises(ValueError, match=r"past\.heard\.node has not the fields epoch"):
        Past.from_record(record)
    with pytest.raises(ValueError, match="past has not the fields"):
        Past.from_record([])


def test_the_same_story_by_another_clock_is_the_same_past() -> None:
    story = timeline(REST)
    moved = written(shifted(story, 1e9), 1e9 + 52.0)
    assert moved.ledger.rest_s == pytest.approx(written(story, 52.0).ledger.rest_s, abs=1e-3)


def test_a_rest_that_nobody_saw_does_not_run_on() -> None:
    """The data was lost 5 s before the watch died: no rest in those, and none in the dark."""
    past = written(f"{REST}; silence 5s", 57.0)
    assert not past.ledger.resting
    seen = written(REST, 52.0)
    assert past.ledger.rest_s == pytest.approx(seen.ledger.rest_s, abs=0.05)


def test_a_hold_outlives_the_watch_until_a_person_looks() -> None:
    """Held inverted by a sensor that moved: the next watch believes it no more than this one."""
    past = written("upright 2s; to 50 in 2s; at 50 4s; clip turned 40; at 50 6s", 14.0)
    assert past.held
    again = Again(past, 5.0).lives("upright 4s")
    now = again.shown(4.0)
    assert (now.inverted, now.posture) == (True, Posture.INVERTED)
    assert [view.detail for view in now.alarms if view.spec.id is AlarmId.SENSOR_FAULT] == [
        "it was not believed when the last watch ended"
    ]
    again.lives("silence 4s; seen upright; silence 0.1s")
    assert not again.shown(4.2).inverted


TURNED = Mounting.from_axes((0.0, -1.0, 0.0), (0.0, 0.0, 1.0))


def greeted(mounting: Mounting | None, node_id: str = "a1") -> tuple[Past, Again]:
    """Inverted by a node whose calibration came with its greeting; the next watch knows none."""
    story = timeline("at 20 30s", mounting=TURNED)
    info = replace(stream(mounting=TURNED), node_id="a1")
    past = written(story, 30.0, core=Pipeline(info, STANDARD, start_s=0.0))
    again = Again(past, gap_s=10.0, info=StreamInfo())
    again.told += again.core.describe(replace(info, mounting=mounting, node_id=node_id), 0.5)
    return past, again


def test_the_same_calibration_greets_again_and_nothing_is_held() -> None:
    past, again = greeted(TURNED)
    assert (past.node_id, past.mounting) == ("a1", TURNED)
    again.lives(timeline("at -80 5s", mounting=TURNED, start_s=1.0))
    assert not [line for line in alarm_lines(again.told) if "sensor_fault" in line]
    assert not again.shown(6.0).inverted


@pytest.mark.parametrize(
    ("mounting", "node_id", "why"),
    [
        (ASSUMED, "a1", "its calibration has changed"),
        (None, "a1", "its calibration has changed"),
        (TURNED, "b2", "another node answers"),
    ],
)
def test_by_another_calibration_or_node_nobody_who_was_inverted_is_upright(
    mounting: Mounting | None, node_id: str, why: str
) -> None:
    _, again = greeted(mounting, node_id)
    again.lives(timeline("at -80 5s", mounting=mounting or ASSUMED, start_s=1.0))
    shown = again.shown(6.0)
    assert shown.inverted
    assert why in [view.detail for view in shown.alarms]


def test_before_it_greets_the_samples_are_judged_by_the_calibration_that_was() -> None:
    story = timeline("at 20 30s", mounting=TURNED)
    info = replace(stream(mounting=TURNED), node_id="a1")
    past = written(story, 30.0, core=Pipeline(info, STANDARD, start_s=0.0))
    again = Again(past, gap_s=10.0, info=StreamInfo())
    again.lives(timeline("at 20 5s", mounting=TURNED, start_s=1.0))
    now = again.shown(6.0)
    assert (now.posture, now.inverted, now.inversion) == (Posture.INVERTED, True, 1)


def test_what_held_before_the_inversion_holds_nothing_after_it() -> None:
    past = written("at 20 30s", 30.0)
    assert not past.held
