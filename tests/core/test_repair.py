# SPDX-License-Identifier: MIT
"""After missing data the node's count takes the place of the host's estimate.

The node of these stories is a core that saw every sample; the host is one that missed some.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stories import Story, judge, lines, pipeline, tell, timeline
from upturn.core.pipeline import Pipeline
from upturn.core.sample import NodeCounters, NodeReport
from upturn.core.snapshot import Snapshot

QUIET = ("fast_tilt", "impact")


def counted(story: Story, epoch: Callable[[float], int] = lambda t_s: 1) -> Story:
    """The story with what a node counts at each sample; `epoch` by its time."""
    node = pipeline(story)
    samples = []
    closed_s, before_s = 0.0, 0.0
    for sample in story.samples:
        node.feed([sample])
        shown = node.snapshot(sample.t_s)
        if shown.inversion_s < before_s:
            closed_s = node.summary().inverted_s
        before_s = shown.inversion_s
        counters = NodeCounters(
            epoch=epoch(sample.t_s),
            inversions=shown.inversion,
            inversion_s=shown.inversion_s,
            inverted_s=closed_s + shown.inversion_s,
            exposure_s=shown.exposure_s,
            rest_s=shown.rest_s,
        )
        samples.append(sample._replace(report=NodeReport(counters=counters)))
    return replace(story, samples=samples)


def missing(story: Story, from_s: float, to_s: float) -> Story:
    return replace(story, samples=[s for s in story.samples if not from_s < s.t_s < to_s])


def both(text: str, from_s: float, to_s: float) -> tuple[Pipeline, Pipeline, list[str]]:
    """The node's core, the host's, and what the host said."""
    whole = counted(timeline(text))
    node, host = pipeline(whole), pipeline(whole)
    tell(node, whole)
    told = lines(tell(host, missing(whole, from_s, to_s)))
    return node, host, [line for line in told if not any(quiet in line for quiet in QUIET)]


def shown(core: Pipeline, end_s: float) -> Snapshot:
    return core.snapshot(end_s)


def test_a_return_and_a_second_inversion_in_a_gap_are_counted_as_they_were() -> None:
    text = "still at 50 10s; still at -80 20s; still at 50 10s"
    node, host, told = both(text, 5.0, 35.0)
    assert shown(host, 39.98).exposure_s == pytest.approx(shown(node, 39.98).exposure_s)
    assert shown(host, 39.98).inversion_s == pytest.approx(shown(node, 39.98).inversion_s)
    assert not shown(host, 39.98).exposure_at_least
    assert told[-1] == (
        "35.00 note: the node's count replaces ours: 14.9 s of exposure, not at least 35.0 s"
    )


def test_a_return_in_a_gap_is_repaired_when_the_host_sees_it() -> None:
    _, host, told = both("still at 50 10s; still at -80 20s", 5.0, 25.0)
    assert shown(host, 29.98).exposure_s == pytest.approx(10.0, abs=0.05)
    assert host.summary().inverted_s == pytest.approx(10.0, abs=0.05)
    assert host.summary().longest_s == pytest.approx(10.0, abs=0.05)
    assert shown(host, 29.98).rest_s == pytest.approx(19.98, abs=0.05)
    assert told[-2:] == [
        "25.00 inversion 1 ended: 25.00 s, peak 50, exposure 25.00",
        "25.00 note: the node's count replaces ours: 10.0 s of exposure, not at least 25.0 s",
    ]


def test_an_inversion_that_went_on_all_through_the_gap_loses_its_at_least() -> None:
    _, host, told = both("still at 50 40s", 5.0, 25.0)
    assert shown(host, 39.98).exposure_s == pytest.approx(39.98)
    assert not shown(host, 39.98).exposure_at_least
    assert told[-1] == (
        "25.00 note: the node's count replaces ours: 25.0 s of exposure, not at least 25.0 s"
    )


def test_time_that_the_host_could_not_know_of_is_added() -> None:
    _, host, told = both("still at -80 5s; still at 50 20s; still at -80 15s", 4.0, 30.0)
    assert shown(host, 39.98).exposure_s == pytest.approx(20.0, abs=0.1)
    assert host.summary().inverted_s == pytest.approx(20.0, abs=0.1)
    assert told[-1] == "30.00 note: the node's count replaces ours: 19.9 s of exposure, not 0.0 s"


def test_an_inversion_that_begins_in_a_gap_is_counted_from_its_true_beginning() -> None:
    node, host, _ = both("still at -80 10s; still at 50 20s", 5.0, 20.0)
    assert shown(host, 29.98).inversion_s == pytest.approx(shown(node, 29.98).inversion_s)
    assert shown(host, 29.98).exposure_s == pytest.approx(shown(node, 29.98).exposure_s)


def test_a_full_rest_in_the_gap_wipes_the_exposure() -> None:
    text = "still at 50 20s; still at -80 120s; still at 50 6s"
    node, host, _ = both(text, 15.0, 138.0)
    assert shown(host, 145.98).exposure_s == pytest.approx(shown(node, 145.98).exposure_s)
    assert host.summary().inverted_s == pytest.approx(node.summary().inverted_s)


def test_a_rest_in_the_gap_counts() -> None:
    _, host, _ = both("still at 50 20s; still at -80 60s", 30.0, 70.0)
    assert shown(host, 79.98).rest_left_s == pytest.approx(30.02, abs=0.1)


def test_a_rest_that_is_paused_after_the_gap_stays_paused() -> None:
    node, host, _ = both("still at 50 10s; still at -80 20s; still at 10 20s", 15.0, 40.0)
    left_s = shown(node, 49.98).rest_left_s
    assert left_s == pytest.approx(70.0, abs=0.5)
    assert shown(host, 49.98).rest_left_s == pytest.approx(left_s, abs=0.05)


def test_a_host_that_starts_in_mid_inversion_takes_the_count_up() -> None:
    whole = counted(timeline("still at 50 40s"))
    late = replace(whole, samples=[s for s in whole.samples if s.t_s >= 30.0])
    host = pipeline(late)
    assert lines(tell(host, late)) == [
        "30.50 posture unknown -> inverted",
        "30.50 inversion 1 since 30.00",
        "30.50 note: taken up from the node: 30.5 s of exposure",
    ]
    assert shown(host, 39.98).exposure_s == pytest.approx(39.98)
    assert shown(host, 39.98).inversion_s == pytest.approx(39.98)


def test_a_host_that_starts_during_the_rest_takes_it_up_too() -> None:
    whole = counted(timeline("still at 50 40s; still at -80 40s"))
    late = replace(whole, samples=[s for s in whole.samples if s.t_s >= 60.0])
    host = pipeline(late)
    tell(host, late)
    assert shown(host, 79.98).exposure_s == pytest.approx(40.0, abs=0.05)
    assert shown(host, 79.98).rest_left_s == pytest.approx(50.0, abs=0.1)


def test_a_node_that_lost_its_count_repairs_nothing() -> None:
    whole = counted(timeline("still at 50 10s; still at -80 20s"), lambda t_s: int(t_s >= 20.0))
    host = pipeline(whole)
    told = lines(tell(host, missing(whole, 5.0, 25.0)))
    assert shown(host, 29.98).exposure_s == pytest.approx(25.0)
    assert shown(host, 29.98).exposure_at_least
    assert told[-1] == "25.00 note: the node lost its count: ours stays an estimate"


def test_a_node_that_was_switched_off_and_on_upright_leaves_nothing_to_say() -> None:
    whole = counted(timeline("still at -80 30s"), lambda t_s: int(t_s >= 20.0))
    told = lines(tell(pipeline(whole), missing(whole, 15.0, 20.0)))
    assert told == ["0.00 posture unknown -> upright"]


def told_after(counters: NodeCounters, gap_s: float = 1.5) -> tuple[Pipeline, list[str]]:
    """70 s inverted, a gap, and then this count; the person goes on as before."""
    whole = counted(timeline("still at 50 70s"))
    host = pipeline(whole)
    host.feed(whole.samples)
    late = whole.samples[-1]._replace(
        t_s=whole.samples[-1].t_s + gap_s, report=NodeReport(counters=counters)
    )
    return host, lines(host.feed([late]))


@pytest.mark.parametrize(
    "counters",
    [
        NodeCounters(1, 1, 71.48, 71.48, 0.0, 0.0),  # a full rest, head-down
        NodeCounters(1, 2, 1.0, 70.9, 1.0, 0.0),  # a full rest in a second and a half
        NodeCounters(1, 1, 71.48, 69.0, 71.48, 0.0),  # less in all than before
        NodeCounters(1, 1, 90.0, 90.0, 90.0, 0.0),  # more than time has passed
        NodeCounters(1, 1, 71.48, 71.48, 90.0, 0.0),
        NodeCounters(1, 0, 71.48, 71.48, 71.48, 0.0),  # fewer inversions
    ],
)
def test_a_count_that_cannot_be_replaces_nothing(counters: NodeCounters) -> None:
    host, told = told_after(counters)
    assert told == ["71.48 note: the node contradicts itself: ours stays an estimate"]
    assert shown(host, 71.48).exposure_s == pytest.approx(71.48)
    assert shown(host, 71.48).exposure_at_least


def test_no_rest_is_believed_head_down_however_long_the_gap() -> None:
    host, told = told_after(NodeCounters(1, 1, 164.98, 164.98, 0.0, 0.0), gap_s=95.0)
    assert told[-1] == "164.98 note: the node contradicts itself: ours stays an estimate"
    assert shown(host, 164.98).exposure_s == pytest.approx(164.98)


def test_another_node_s_count_is_not_of_this_table_s_past() -> None:
    whole = counted(timeline("still at 50 20s; still at -80 5s; still at -80 10s"))
    host = pipeline(whole, info=replace(whole.info, node_id="a1"))
    host.feed([s for s in whole.samples if s.t_s < 25.0])
    host.describe(replace(whole.info, node_id="b2"), 25.0)
    fitting = NodeReport(counters=NodeCounters(1, 2, 0.0, 21.5, 21.5, 30.0))
    host.feed([s._replace(report=fitting) for s in whole.samples if s.t_s > 27.0])
    assert shown(host, 34.98).exposure_s == pytest.approx(20.0, abs=0.1)


def test_a_limit_that_was_not_reached_after_all_is_latched_until_acknowledged() -> None:
    whole = counted(timeline("still at 50 20s; still at -80 30s; still at 50 20s"))
    host = pipeline(whole)
    early = [s for s in whole.samples if s.t_s <= 15.0]
    late = [s for s in whole.samples if s.t_s >= 65.0]
    told = lines(host.feed(early) + host.tick(64.9) + host.feed(late))
    assert [line for line in told if "time_limit" in line] == [
        "45.00 time_limit_near #1 raised **",
        "60.00 time_limit #1 raised ***",
        "65.00 time_limit_near #1 cleared **",
    ]
    (limit,) = (view for view in shown(host, 69.98).alarms if view.spec.id == "time_limit")
    assert not limit.condition


def test_a_limit_that_the_node_alone_saw_passing_is_raised_at_once() -> None:
    _, _, told = both("still at -80 5s; still at 50 70s", 4.0, 70.0)
    assert [line for line in told if "time_limit" in line] == [
        "70.50 time_limit_near #1 raised **",
        "70.50 time_limit #1 raised ***",
    ]


def test_no_return_stays_though_the_count_was_lower() -> None:
    whole = counted(timeline("still at 50 20s; still at -80 60s; still at 50 20s"))
    host = pipeline(whole)
    early = [s for s in whole.samples if s.t_s <= 15.0]
    late = [s for s in whole.samples if s.t_s >= 90.0]
    host.feed(early)
    host.tick(89.9)
    host.feed(late)
    lasting = {view.spec.id for view in shown(host, 99.98).alarms if view.condition}
    assert {"no_return", "time_limit"} <= lasting


def test_nothing_is_said_where_nothing_was_missed() -> None:
    story = timeline("still at -80 2s; still at 50 10s; still at -80 5s; still at 50 5s")
    assert judge(counted(story)) == judge(story)


@pytest.mark.no_cover
@settings(max_examples=60)
@given(
    phases=st.lists(
        st.tuples(st.sampled_from([-80, -10, 30, 60]), st.sampled_from([3, 8, 12, 40])),
        min_size=2,
        max_size=5,
    ),
    gap=st.tuples(st.integers(1, 16), st.integers(2, 18)),
)
def test_after_any_gap_the_host_counts_what_the_node_counts(
    phases: list[tuple[int, int]], gap: tuple[int, int]
) -> None:
    text = "; ".join(f"still at {deg} {s}s" for deg, s in phases) + "; still at -80 12s"
    whole = counted(timeline(text, rate_hz=10.0))
    end_s = whole.samples[-1].t_s
    from_s = gap[0] * end_s / 20.0
    part = missing(whole, from_s, min(from_s + gap[1] * end_s / 20.0, end_s - 11.5))
    node, host = pipeline(whole), pipeline(whole)
    tell(node, whole)
    tell(host, part)
    # No staged return here: after a gap its 10 s begin anew for the host, which ends it later.
    true, seen = node.snapshot(end_s), host.snapshot(end_s)
    assert seen.exposure_s == pytest.approx(true.exposure_s, abs=0.11)
    assert host.summary().inverted_s == pytest.approx(node.summary().inverted_s, abs=0.11)
    assert seen.rest_left_s == pytest.approx(true.rest_left_s, abs=0.6)
