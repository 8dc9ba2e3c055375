# SPDX-License-Identifier: MIT
"""What each key is good for now: wanted, usual, idle, or refused where it cannot be done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, alarm, inverted, view
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import Acknowledge
from upturn.core.readiness import EQUIPMENT, HEALTH, SPOTTER
from upturn.core.snapshot import Check, Snapshot
from upturn.dashboard.feed import SourceState
from upturn.dashboard.keys import KEYS
from upturn.dashboard.uses import Now, Use, uses
from upturn.dashboard.view import View

LIMIT = alarm(AlarmId.TIME_LIMIT)
ANSWERED = replace(LIMIT, acknowledged=True)
STILL = alarm(AlarmId.NO_MOVEMENT)
ASKED = replace(CALM, checks=(Check(SPOTTER, "the spotter has not checked in"),))


def use(act: str, snapshot: Snapshot, **changes: object) -> Use:
    seen = view(snapshot)
    return uses(replace(Now(seen, [seen]), **changes))[act]  # type: ignore[arg-type]


def test_every_act_that_is_judged_has_a_key() -> None:
    assert set(uses(Now(view(), [view()]))) <= {key.action for key in KEYS}


@pytest.mark.parametrize(
    ("act", "snapshot", "judged"),
    [
        ("acknowledge", CALM, Use.IDLE),
        ("acknowledge", inverted(63.0, alarms=(LIMIT,)), Use.WANTED),
        ("acknowledge", inverted(63.0, alarms=(ANSWERED, STILL)), Use.WANTED),
        ("acknowledge", inverted(63.0, alarms=(ANSWERED,)), Use.USUAL),
        ("seen_upright", CALM, Use.IDLE),
        ("seen_upright", inverted(9.0), Use.USUAL),
        ("seen_upright", inverted(9.0, signal_lost=True), Use.WANTED),
        ("stand_down", CALM, Use.USUAL),
        ("stand_down", replace(CALM, stand_down=True), Use.WANTED),
        ("check_in", CALM, Use.USUAL),
        ("check_in", ASKED, Use.WANTED),
        ("distress", CALM, Use.USUAL),
        ("im_fine", inverted(9.0, alarms=(LIMIT,)), Use.IDLE),
        ("im_fine", inverted(9.0, alarms=(STILL,)), Use.WANTED),
        ("test_tone", CALM, Use.IDLE),
    ],
    ids=str,
)
def test_what_a_key_is_good_for(act: str, snapshot: Snapshot, judged: Use) -> None:
    assert use(act, snapshot) is judged


def test_a_tone_that_nobody_has_heard_is_wanted() -> None:
    assert use("test_tone", CALM, has_sound=True, tone_unheard=True) is Use.WANTED
    assert use("test_tone", CALM, has_sound=True) is Use.USUAL


ORDERS = {
    "acknowledge",
    "seen_upright",
    "stand_down",
    "check_in",
    "inspected",
    "felt",
    "distress",
    "override",
    "im_fine",
}


def refused(now: Now) -> set[str]:
    return {act for act, judged in uses(now).items() if judged is Use.REFUSED}


@pytest.mark.parametrize(
    ("source", "not_offered"),
    [
        (
            SourceState("x", read_only="this view is read-only"),
            ORDERS,
        ),
        (
            SourceState("x", read_only="read-only", acts={Acknowledge: ""}),
            ORDERS - {"acknowledge"},
        ),
        (SourceState("x", acts={Acknowledge: "at the host only"}), {"acknowledge"}),
        (
            SourceState("x", failure="the cable has melted"),
            {*ORDERS, "check"},
        ),
        (SourceState("x"), set()),
    ],
    ids=["read-only", "its own alarm", "not here", "failed", "all"],
)
def test_what_would_be_refused_is_not_offered(source: SourceState, not_offered: set[str]) -> None:
    seen = view(inverted(63.0, alarms=(LIMIT,)), source=source)
    assert refused(Now(seen, [seen], remembers=True)) == not_offered


def test_nothing_is_asked_where_no_answer_is_kept() -> None:
    assert use("check", CALM) is Use.REFUSED
    assert use("check", CALM, remembers=True) is Use.IDLE
    assert use("check", failing(HEALTH), remembers=True) is Use.WANTED


def test_an_inspection_is_wanted_where_ready_waits_for_it() -> None:
    assert use("inspected", CALM) is Use.IDLE
    assert use("inspected", failing(EQUIPMENT)) is Use.WANTED


def test_how_it_felt_is_wanted_once_the_session_is_over() -> None:
    assert use("felt", CALM) is Use.IDLE
    assert use("felt", CALM, asks=True) is Use.WANTED


def test_an_override_is_of_use_where_something_stands_against_ready() -> None:
    assert use("override", CALM) is Use.IDLE
    assert use("override", failing(EQUIPMENT)) is Use.USUAL


def failing(name: str) -> Snapshot:
    return replace(CALM, checks=(Check(name, "it is not so"),))


def test_in_the_overview_only_what_the_banner_or_all_tables_take_is_offered() -> None:
    calm, worst = view(), view(inverted(63.0, alarms=(LIMIT,)))
    one = {"seen_upright", "stand_down", "inspected", "check", "felt", "override", "im_fine"}
    assert refused(Now(worst, [calm, worst], overview=True)) == one
    assert refused(Now(None, [calm, calm], overview=True)) == {*one, "acknowledge", "distress"}


def test_in_the_overview_a_check_in_is_asked_for_where_any_table_asks() -> None:
    tables: list[View] = [view(), view(ASKED)]
    assert uses(Now(None, tables, overview=True))["check_in"] is Use.WANTED
    assert uses(Now(None, [view()], overview=True))["check_in"] is Use.USUAL
