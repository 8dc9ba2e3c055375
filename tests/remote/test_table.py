# SPDX-License-Identifier: MIT
"""One table as a remote screen knows it: what is true now, and when nothing is."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, alarm, inverted
from tests.remote.said import (
    HOST,
    NODE,
    alarms_bytes,
    alarms_said,
    state_bytes,
    state_said,
)
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.snapshot import Snapshot
from upturn.core.thresholds import PAUSE_INVERTED_S, PAUSE_S
from upturn.remote.fields import Refused
from upturn.remote.own_alarm import GETS_ON_S, LINK_LOST, LOST_S, Loss
from upturn.remote.parse_alarms import parse_alarms
from upturn.remote.parse_state import parse_state
from upturn.remote.said import OwnerSaid
from upturn.remote.table import LAST_WORD, SETTLES_S, RemoteTable
from upturn.sinks.mqtt.payloads import Origin


def watched(snapshot: Snapshot = CALM, *, now_s: float = 0.0) -> RemoteTable:
    """Everything was heard just now."""
    table = RemoteTable(NODE, now_s)
    table.owner = OwnerSaid(HOST, "serial")
    table.host_up = True
    table.hear_node(now_s, True)
    table.hear_alarms(now_s, alarms_said(now_s, snapshot))
    table.hear_state(now_s, state_said(now_s, snapshot))
    return table


def why(table: RemoteTable, now_s: float) -> str:
    table.judge(now_s)
    return table.loss.why


def at(table: RemoteTable, now_s: float) -> Snapshot:
    table.judge(now_s)
    return table.snapshot(now_s)


def test_what_was_told_is_shown_and_grows_older() -> None:
    table = watched(inverted(20.0))
    shown = at(table, 1.5)
    assert (shown.now_s, shown.exposure_s, shown.angle_deg) == (1.5, 20.0, 52.0)
    assert shown.signal_age_s == pytest.approx(1.5, abs=0.01)
    assert (shown.node, shown.inverted, shown.alarms) == ("Attic", True, ())


def test_a_host_that_tells_nothing_for_3_s_is_lost_and_no_sooner() -> None:
    table = watched()
    assert why(table, LOST_S - 0.01) == ""
    assert why(table, LOST_S + 0.01) == f"nothing new from {HOST}"
    table.hear_state(5.0, state_said(5.0))
    assert why(table, 5.0) == ""


def test_readings_that_were_held_up_are_no_sign_of_life() -> None:
    table = watched()
    for now_s in (10.0, 11.0, 12.0):
        table.hear_state(now_s, state_said(now_s - 8.0))
        assert why(table, now_s) == f"nothing new from {HOST}"
    table.hear_state(13.0, state_said(13.0))
    assert why(table, 13.0) == ""


def test_a_broker_that_is_gone_is_named_once_what_it_told_is_old() -> None:
    table = watched()
    table.broker = "mqtt://b:1883: nothing listens there"
    assert why(table, 2.9) == ""
    assert why(table, 3.1) == "mqtt://b:1883: nothing listens there"


def test_a_host_that_is_off_line_is_believed_at_once() -> None:
    table = watched()
    table.host_up = False
    assert why(table, 0.1) == f"its host is off-line: {HOST}"


def test_a_host_of_which_the_broker_knows_nothing_is_judged_by_its_readings() -> None:
    table = watched()
    table.forget_the_broker()
    assert why(table, 0.1) == ""


def test_a_table_that_was_never_told_of_is_waited_for_and_then_lost() -> None:
    table = RemoteTable(NODE, 100.0)
    assert at(table, 102.9).alarms == ()
    shown = at(table, 103.0)
    assert [(view.spec, view.priority) for view in shown.alarms] == [(LINK_LOST, Priority.MEDIUM)]
    assert (shown.signal_age_s, shown.angle_deg, shown.ready) == (None, None, False)


def test_lost_while_inverted_it_is_high_and_the_person_still_hangs_there() -> None:
    table = watched(replace(inverted(20.0), session_inverted_s=20.0, session_longest_s=20.0))
    shown = at(table, 13.0)
    [own] = shown.alarms
    assert (own.priority, own.pausable, own.sounding) == (Priority.HIGH, False, True)
    assert own.spec.advice == Loss.HANGING.value
    assert (shown.inverted, shown.exposure_at_least) == (True, True)
    assert shown.exposure_s == pytest.approx(33.0, abs=0.01)
    assert shown.session_inverted_s == shown.session_longest_s == shown.exposure_s
    assert shown.time_left_s == pytest.approx(27.0, abs=0.01)
    assert shown.not_ready == (f"nothing new from {HOST}",)


def test_a_longer_inversion_before_stays_the_longest_while_the_link_is_lost() -> None:
    table = watched(replace(inverted(20.0), session_inverted_s=70.0, session_longest_s=50.0))
    shown = at(table, 13.0)
    assert shown.session_inverted_s == pytest.approx(83.0, abs=0.01)
    assert shown.session_longest_s == 50.0


def test_lost_while_upright_it_is_low_for_as_long_as_nobody_can_have_got_on() -> None:
    table = watched()
    [own] = at(table, GETS_ON_S - 0.1).alarms
    assert (own.priority, own.spec.advice) == (Priority.LOW, Loss.CALM.value)
    [own] = at(table, GETS_ON_S + 0.1).alarms
    assert (own.priority, own.spec.advice) == (Priority.MEDIUM, Loss.UNSEEN.value)


def test_a_host_that_ended_in_order_is_not_missed_more_and_more() -> None:
    table = watched()
    said = json.loads(alarms_bytes(1.0))
    table.hear_alarms(1.0, parse_alarms(json.dumps({**said, "watched": False}).encode(), NODE))
    table.host_up = False
    assert at(table, 10 * GETS_ON_S).alarms[0].priority is Priority.LOW


def test_a_person_who_sees_them_upright_ends_what_the_last_word_said() -> None:
    near = alarm(AlarmId.TIME_LIMIT)
    table = watched(inverted(70.0, alarms=(near,)))
    at(table, 5.0)
    table.see_upright()
    shown = at(table, 100.0)
    [own] = shown.alarms
    assert (own.priority, own.pausable, own.spec.advice) == (
        Priority.LOW,
        True,
        Loss.CALM.value,
    )
    assert (shown.inverted, shown.exposure_s) == (False, 70.0)
    assert table.forgettable is True


def test_what_the_host_says_of_somebody_inverted_counts_more_than_what_a_person_saw_before() -> (
    None
):
    table = watched(inverted(20.0))
    at(table, 5.0)
    table.see_upright()
    table.hear_state(6.0, state_said(6.0, inverted(26.0)))
    assert at(table, 6.0).inverted is True
    [own] = at(table, 10.0).alarms
    assert (own.priority, own.pausable) == (Priority.HIGH, False)


@pytest.mark.parametrize("origin", [Origin.SIMULATED, Origin.RECORDED])
def test_nobody_is_missed_where_nobody_is(origin: Origin) -> None:
    hung = inverted(70.0, alarms=(alarm(AlarmId.TIME_LIMIT),))
    table = RemoteTable(NODE, 0.0)
    table.hear_alarms(0.0, parse_alarms(alarms_bytes(0.0, hung, origin=origin), NODE))
    table.hear_state(0.0, parse_state(state_bytes(0.0, hung, origin=origin), NODE))
    assert at(table, 1.0).alarms[0].priority is Priority.HIGH
    shown = at(table, 30.0)
    [own] = shown.alarms
    assert (own.priority, own.pausable, own.spec.advice) == (
        Priority.LOW,
        True,
        Loss.UNREAL.value,
    )
    assert (shown.inverted, table.forgettable) == (False, True)


def test_what_one_message_calls_live_is_live() -> None:
    table = RemoteTable(NODE, 0.0)
    simulated = alarms_bytes(0.0, origin=Origin.SIMULATED)
    origins = []
    table.hear_alarms(0.0, parse_alarms(simulated, NODE))
    origins.append(table.origin)
    table.hear_state(0.0, state_said(0.0))
    origins.append(table.origin)
    assert origins == [Origin.SIMULATED, Origin.LIVE]


def test_alarms_of_the_last_word_stay_and_the_screens_own_sounds_for_them() -> None:
    near = alarm(AlarmId.TIME_LIMIT_NEAR, detail="48 s")
    shown = at(watched(inverted(48.0, alarms=(near,))), 5.0)
    own, old = shown.alarms
    assert (own.spec.id, own.priority, own.sounding) == (LINK_LOST.id, Priority.HIGH, True)
    assert (old.spec, old.sounding, old.detail) == (
        near.spec,
        False,
        "48 s, as it was last heard",
    )


def hung(*ids: AlarmId, **changes: object) -> Snapshot:
    alarms = tuple(alarm(id, **changes) for id in ids)  # type: ignore[arg-type]
    return replace(CALM, alarms=alarms)


def test_what_comes_while_the_link_is_lost_breaks_its_pause_and_sounds() -> None:
    """The broker lets the alarms through, and no reading."""
    table = RemoteTable(NODE, 0.0)
    [own] = at(table, LOST_S).alarms
    assert (own.priority, table.loss.acknowledge(3.0)) == (Priority.MEDIUM, None)
    assert at(table, 4.0).alarms[0].sounding is False
    table.hear_alarms(5.0, alarms_said(5.0, hung(AlarmId.OVER_ROTATION)), live=True)
    own, told = at(table, 5.0).alarms
    assert (own.spec.id, own.priority, own.sounding) == (LINK_LOST.id, Priority.HIGH, True)
    assert (told.spec.id, told.sounding, told.detail) == (AlarmId.OVER_ROTATION, True, "")
    table.loss.acknowledge(6.0)
    assert [view.sounding for view in at(table, 7.0).alarms] == [False, True]
    more = hung(AlarmId.OVER_ROTATION, AlarmId.DISTRESS)
    table.hear_alarms(8.0, alarms_said(8.0, more), live=True)
    assert [view.sounding for view in at(table, 8.0).alarms] == [True, True, True]


def test_a_new_alarm_that_is_no_higher_breaks_the_pause_and_an_old_one_does_not() -> None:
    table = watched(hung(AlarmId.SENSOR_MOVED))
    at(table, 4.0)
    table.loss.acknowledge(4.0)
    table.hear_alarms(5.0, alarms_said(5.0, hung(AlarmId.SENSOR_MOVED)))
    assert at(table, 5.0).alarms[0].sounding is False
    table.hear_alarms(6.0, alarms_said(6.0, hung(AlarmId.SENSOR_MOVED, AlarmId.FALL)))
    assert at(table, 6.0).alarms[0].sounding is True


def test_of_a_host_that_is_gone_every_alarm_is_as_it_was_last_heard() -> None:
    table = RemoteTable(NODE, 0.0)
    at(table, LOST_S)
    table.hear_alarms(5.0, alarms_said(5.0, hung(AlarmId.FALL)), live=True)
    table.owner, table.host_up = OwnerSaid(HOST, "serial"), False
    own, told = at(table, 6.0).alarms
    assert (own.sounding, told.sounding, told.detail) == (True, False, LAST_WORD)


def test_a_lost_link_is_as_urgent_as_the_alarms_that_do_not_arrive() -> None:
    table = watched()
    fall = replace(CALM, alarms=(alarm(AlarmId.FALL),))
    for now_s in (1.0, 2.0, 3.0):
        table.hear_state(now_s, state_said(now_s, fall))
    [own] = at(table, 3.0).alarms
    assert (own.priority, own.sounding) == (Priority.HIGH, True)


@pytest.mark.parametrize(
    ("snapshot", "longest_s"), [(CALM, PAUSE_S), (inverted(65.0), PAUSE_INVERTED_S)]
)
def test_a_pause_ends_here_in_time_whatever_the_hosts_clock_says(
    snapshot: Snapshot, longest_s: float
) -> None:
    paused = alarm(AlarmId.FALL, acknowledged=True, sounding=False, pause_left_s=longest_s)
    shown = replace(snapshot, alarms=(paused,))
    table = watched(shown)
    left: dict[int, tuple[float, bool]] = {}
    for now_s in range(1, int(longest_s) + 1):
        table.hear_alarms(now_s, alarms_said(0.0, shown))
        with suppress(Refused):  # the first one alone says that the clock was put back
            table.hear_state(now_s, state_said(now_s - 3600.0, shown))
        [view] = at(table, now_s).alarms
        left[now_s] = view.pause_left_s, view.sounding
    last = max(left)
    assert left[last - 1][0] == pytest.approx(1.0)
    assert [sounds for _, sounds in left.values()] == [False] * (last - 1) + [True]
    assert left[last] == (0.0, True)


def test_an_alarm_is_as_old_as_its_host_says() -> None:
    fall = alarm(AlarmId.FALL, age_s=40.0)
    table = watched(replace(CALM, alarms=(fall,)))
    assert at(table, 2.0).alarms[0].raised_s == pytest.approx(-40.0, abs=0.01)


def test_what_does_not_belong_together_for_long_is_not_believed() -> None:
    fall = replace(CALM, alarms=(alarm(AlarmId.FALL),))
    table = watched()
    for now_s in (1.0, 2.0, 3.0):
        table.hear_state(now_s, state_said(now_s, fall))
    assert why(table, 1.0 + SETTLES_S - 0.1) == ""
    assert why(table, 1.0 + SETTLES_S) == "its active alarms do not arrive"
    table.hear_alarms(3.1, alarms_said(3.1, fall))
    assert why(table, 3.1) == ""


def test_alarms_that_were_never_told_are_not_no_alarms() -> None:
    table = RemoteTable(NODE, 0.0)
    fall = replace(CALM, alarms=(alarm(AlarmId.FALL),))
    for now_s in (1.0, 2.0, 3.0):
        table.hear_state(now_s, state_said(now_s, fall))
    assert why(table, 3.0) == "its active alarms do not arrive"


def test_a_node_that_is_off_line_while_its_readings_say_otherwise_is_not_believed() -> None:
    table = watched()
    table.hear_node(1.0, up=False)
    for now_s in (1.0, 2.0, 3.0, 4.0):
        table.hear_state(now_s, state_said(now_s))
    assert why(table, 3.9) == ""
    assert why(table, 4.0) == "the broker says that it is off-line"


def test_a_node_that_is_off_line_with_its_reason_is_what_its_host_says() -> None:
    lost = replace(CALM, signal_lost=True, alarms=(alarm(AlarmId.SIGNAL_LOST),))
    table = watched(lost)
    table.hear_node(0.0, up=False)
    for now_s in (2.0, 4.0):
        table.hear_state(now_s, state_said(now_s, lost))
    shown = at(table, 4.0)
    assert table.loss.why == ""
    assert shown.alarms[0].spec.title == "No data from the table"


def test_a_host_that_does_not_have_the_node_is_not_heard() -> None:
    table = watched()
    refusal = f"comes from host-2, and {HOST} has the node"
    with pytest.raises(Refused, match=refusal):
        table.hear_state(1.0, state_said(1.0, host="host-2"))
    with pytest.raises(Refused, match=refusal):
        table.hear_alarms(1.0, alarms_said(1.0, host="host-2"))


def test_another_host_takes_over_with_a_clock_of_its_own() -> None:
    table = watched()
    table.owner = OwnerSaid("host-2", "ble")
    table.hear_alarms(2.0, alarms_said(-500.0, host="host-2"))
    table.hear_state(2.0, state_said(-500.0, host="host-2"))
    assert why(table, 4.0) == ""
    assert table.age_s(4.0) == pytest.approx(2.0, abs=0.01)


def test_alarms_that_a_dead_host_left_behind_are_shown_as_lost() -> None:
    table = RemoteTable(NODE, 0.0)
    table.owner, table.host_up = OwnerSaid(HOST, "serial"), False
    table.hear_alarms(0.0, alarms_said(-60.0, inverted(70.0, alarms=(alarm(AlarmId.TIME_LIMIT),))))
    own, old = at(table, 0.1).alarms
    assert (own.priority, own.detail) == (Priority.HIGH, f"its host is off-line: {HOST}")
    assert old.spec.id is AlarmId.TIME_LIMIT


def test_a_fault_of_this_program_comes_before_everything() -> None:
    table = watched()
    table.failure = "this program has failed"
    assert why(table, 0.0) == "this program has failed"
