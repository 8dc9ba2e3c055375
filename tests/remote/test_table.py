# SPDX-License-Identifier: MIT
"""One table as a remote screen knows it: what is true now, and when nothing is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, alarm, inverted
from tests.remote.said import HOST, NODE, alarms_said, state_said
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.snapshot import Snapshot
from upturn.remote.fields import Refused
from upturn.remote.own_alarm import LINK_LOST, LOST_S
from upturn.remote.parse import OwnerSaid
from upturn.remote.table import SETTLES_S, RemoteTable


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
    table = watched(inverted(20.0))
    shown = at(table, 13.0)
    [own] = shown.alarms
    assert (own.priority, own.pausable, own.sounding) == (Priority.HIGH, False, True)
    assert (shown.inverted, shown.exposure_at_least) == (True, True)
    assert shown.exposure_s == pytest.approx(33.0, abs=0.01)
    assert shown.time_left_s == pytest.approx(27.0, abs=0.01)
    assert shown.not_ready == (f"nothing new from {HOST}",)


def test_alarms_of_the_last_word_stay_and_the_screens_own_sounds_for_them() -> None:
    near = alarm(AlarmId.TIME_LIMIT_NEAR, detail="48 s")
    shown = at(watched(inverted(48.0, alarms=(near,))), 5.0)
    own, old = shown.alarms
    assert (own.spec, own.priority, own.sounding) == (LINK_LOST, Priority.HIGH, True)
    assert (old.spec, old.sounding, old.detail) == (
        near.spec,
        False,
        "48 s, as it was last heard",
    )


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
