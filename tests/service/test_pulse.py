# SPDX-License-Identifier: MIT
"""The watchdog is fed by the loops that judge, all of them, and by nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from tests.dashboard.scenes import CALM, alarm
from tests.service.notified import Manager, manager
from tests.service.scripted_link import ScriptedLink
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.commands import ImFine
from upturn.core.events import Posture
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.service.notify import Notifier
from upturn.service.pulse import SHARE, ProvedTable, Pulse, pulse_of

WATCHDOG_S = 8.0


@dataclass
class Desk:
    heard: Manager
    pulse: Pulse
    now_s: float = 0.0

    def said(self) -> list[list[str]]:
        return self.heard.hear()

    def fed(self) -> int:
        return sum("WATCHDOG=1" in told for told in self.said())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with manager(tmp_path) as heard:
        made = Desk(heard, Pulse(Notifier(heard.address, WATCHDOG_S), lambda: made.now_s))
        yield made
        made.pulse.stopping()


def test_it_is_ready_once_every_table_has_been_judged(desk: Desk) -> None:
    den, attic = desk.pulse.table("den"), desk.pulse.table("attic")
    den.beat()
    den.beat()
    assert desk.said() == []
    attic.beat()
    assert desk.said() == [
        ["READY=1", "WATCHDOG=1", "STATUS=den no data yet, attic no data yet; no alarm"]
    ]


def test_one_table_that_is_not_judged_starves_the_watchdog_whatever_the_others_do(
    desk: Desk,
) -> None:
    den, attic = desk.pulse.table("den"), desk.pulse.table("attic")
    den.beat()
    attic.beat()
    assert desk.fed() == 1
    for _ in range(100):
        desk.now_s += 0.25
        den.beat()
    assert desk.fed() == 0
    attic.beat()
    assert desk.fed() == 1


def test_it_is_fed_at_a_share_of_its_time_and_no_more_often(desk: Desk) -> None:
    den = desk.pulse.table("den")
    for _ in range(64):
        desk.now_s += 0.25
        den.beat()
    assert desk.fed() == 64 * 0.25 / (WATCHDOG_S / SHARE)


def test_a_table_that_is_over_has_nothing_to_prove_and_is_told(desk: Desk) -> None:
    den, attic, hall = (desk.pulse.table(name) for name in ("den", "attic", "hall"))
    attic.over(failed=True)
    hall.over(failed=False)
    attic.beat()
    assert desk.said() == []
    den.beat()
    assert desk.said()[0][-1] == "STATUS=den no data yet, attic FAILED, hall over; no alarm"


def test_a_change_of_how_it_stands_is_told_at_once_and_nothing_twice(desk: Desk) -> None:
    den = desk.pulse.table("den")
    den.beat()
    desk.said()
    over = alarm(AlarmId.TIME_LIMIT, priority=Priority.HIGH)
    den.heard([], replace(CALM, posture=Posture.INVERTED, alarms=(over,)))
    den.beat()
    den.beat()
    assert desk.said() == [[f"STATUS=den inverted; high: {over.spec.title} (den)"]]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"signal_age_s": None}, "no data yet"),
        ({"node_off": True}, "switched off"),
        ({"posture": Posture.INVERTED, "signal_lost": True}, "inverted, no data"),
        ({"posture": Posture.UPRIGHT, "stand_down": True}, "upright, stood down"),
    ],
)
def test_what_is_not_as_usual_is_in_the_status(
    desk: Desk, changed: dict[str, object], words: str
) -> None:
    den = desk.pulse.table("den")
    den.heard([], replace(CALM, alarms=(), **changed))  # type: ignore[arg-type]
    assert den.words == words


def test_the_highest_alarm_of_all_tables_is_named(desk: Desk) -> None:
    den, attic = desk.pulse.table("den"), desk.pulse.table("attic")
    low, high = alarm(AlarmId.SINK_FAILED), alarm(AlarmId.FALL, priority=Priority.HIGH)
    den.heard([], replace(CALM, alarms=(low,)))
    attic.heard([], replace(CALM, alarms=(high, low)))
    den.beat()
    attic.beat()
    assert desk.said()[0][-1].endswith(f"; high: {high.spec.title} (attic)")


def test_once_it_stops_it_says_so_once_and_feeds_no_more(desk: Desk) -> None:
    den = desk.pulse.table("den")
    den.beat()
    desk.said()
    desk.pulse.stopping()
    desk.pulse.stopping()
    desk.now_s += WATCHDOG_S
    den.beat()
    assert desk.said() == [["STOPPING=1", "STATUS=stopping: nobody is watched now"]]


def test_what_the_manager_did_not_take_is_said_again(tmp_path: Path) -> None:
    pulse = Pulse(Notifier(str(tmp_path / "notify"), WATCHDOG_S), lambda: 0.0)
    den = pulse.table("")
    den.beat()
    with manager(tmp_path) as heard:
        den.beat()
        assert heard.hear() == [["READY=1", "WATCHDOG=1", "STATUS=no data yet; no alarm"]]
    pulse.stopping()


async def test_a_table_beats_where_its_loop_judges_it_and_not_where_it_is_asked() -> None:
    beats: list[float] = []
    link = ScriptedLink(None, end_s=3.0)
    table = ProvedTable(lambda: beats.append(link.host_s()), Pipeline(link.info, STANDARD), link)
    for _ in range(100):
        table.command(ImFine())
        table.snapshot()
    assert beats == []
    await table.run()
    assert max(later - earlier for earlier, later in pairwise(beats)) < 1.0
    assert len(beats) >= 3


def test_without_a_manager_there_is_no_pulse() -> None:
    assert pulse_of({}) is None
    assert math.isinf(Pulse(Notifier("/run/notify"))._pause_s)
