# SPDX-License-Identifier: MIT
"""What is kept for the home of one table: the newest, and what has to wait its turn."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.stories import Story, pipeline, stream, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import Acknowledge, Command, Distress, SinkStatus
from upturn.core.pipeline import Pipeline
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.table import QUIET_S, STATE_S, MqttTable
from upturn.sinks.mqtt.wall import WallClock

NOON_S = 1_795_262_400.0
BROKER = Broker("127.0.0.1", id="here")


class Clock:
    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


class Watched:
    """A core and a table that listens to it, a second of a story at a time."""

    def __init__(self, story: str, node_id: str = "a1b2", **told: Any) -> None:
        self.story: Story = timeline(story)
        info = replace(stream(), node_id=node_id, node="Attic")
        self.core: Pipeline = pipeline(self.story, info=info)
        self.clock = Clock()
        self.woken = 0
        wall = WallClock(1.0, lambda: NOON_S + self.clock.now_s - 50.0)
        self.table = MqttTable(
            BROKER, source="serial:X", wall=wall, wake=self._wake, clock=self.clock, **told
        )
        self.table.begin(self.act)
        self.commands: list[Command] = []
        self._until_s = 0.0

    def run(self, until_s: float) -> None:
        while self._until_s < until_s:
            step_s = self._until_s + 1.0
            fresh = [s for s in self.story.samples if self._until_s <= s.t_s < step_s]
            self._until_s = step_s
            self.clock.now_s = 50.0 + step_s
            events = self.core.feed(fresh) if fresh else []
            events += self.core.tick(step_s - 0.1)
            self.table.heard(events, self.core.snapshot(step_s))

    def act(self, command: Command) -> str | None:
        self.commands.append(command)
        if isinstance(command, Acknowledge) and command.id is AlarmId.FALL:
            return "acknowledge refused: fall has no such occurrence now"
        return None

    def letters(self) -> list[dict[str, Any]]:
        found = []
        while (letter := self.table.outbox.first) is not None:
            found.append(json.loads(letter.payload))
            self.table.outbox.arrived(letter.uid)
        return found

    def reading(self) -> dict[str, Any]:
        assert self.table.state is not None
        said: dict[str, Any] = json.loads(self.table.state)
        return said

    def alarms(self) -> dict[str, Any]:
        assert self.table.alarms is not None
        said: dict[str, Any] = json.loads(self.table.alarms)
        return said

    def _wake(self) -> None:
        self.woken += 1


def test_alarms_and_inversions_wait_in_order_with_their_own_time() -> None:
    watched = Watched("at 50 46s; to -80 in 2s; upright 3s")
    watched.run(50.0)
    told = [(said["event_type"], said["t_s"], said["at"]) for said in watched.letters()]
    assert told == [
        ("inversion_started", 0.5, "2026-11-21T12:00:00.500Z"),
        ("time_limit_near", 45.0, "2026-11-21T12:00:45.000Z"),
        ("inversion_ended", 46.9, "2026-11-21T12:00:46.900Z"),
        ("cleared", 46.9, "2026-11-21T12:00:46.900Z"),
    ]


def test_no_two_letters_have_one_name() -> None:
    first, second = Watched("at 50 46s"), Watched("at 50 46s")
    for watched in (first, second):
        watched.run(46.0)
    uids = [said["uid"] for said in first.letters() + second.letters()]
    assert len(set(uids)) == len(uids) == 4


def test_a_reading_is_due_each_second_and_is_the_newest() -> None:
    watched = Watched("upright 3s; to 0 in 3s; level 2s")
    watched.run(2.0)
    watched.run(5.0)
    said = watched.reading()
    assert (said["at"], said["posture"]) == ("2026-11-21T12:00:05.000Z", "level")


def test_between_two_readings_only_another_posture_or_alarm_is_told() -> None:
    watched = Watched("upright 5s")
    watched.run(1.0)
    table, core = watched.table, watched.core
    table.state = None
    watched.clock.now_s += STATE_S - 0.01
    table.heard([], core.snapshot(1.5))
    assert not table.state
    table.heard(core.command(Distress(), 1.6), core.snapshot(1.6))
    assert watched.reading()["highest"] == "high"


def test_the_active_alarms_are_told_only_when_they_change() -> None:
    watched = Watched("at 50 70s")
    watched.run(61.0)
    assert [a["id"] for a in watched.alarms()["alarms"]] == ["time_limit", "time_limit_near"]
    before = watched.table.alarms
    watched.run(65.0)
    assert watched.table.alarms is before
    core, table = watched.core, watched.table
    table.heard(core.command(Acknowledge(), 65.2), core.snapshot(65.2))
    acknowledged = watched.alarms()["alarms"][0]
    assert (acknowledged["acknowledged"], acknowledged["paused_until"][:19]) == (
        True,
        "2026-11-21T12:01:35",
    )
    before = table.alarms
    watched.run(70.0)
    assert watched.table.alarms is before


def test_data_is_fresh_until_it_is_lost_and_nobody_is_watched_at_the_end() -> None:
    watched = Watched("at 50 5s; silence 5s")
    watched.run(5.0)
    fresh = [watched.table.fresh]
    watched.run(9.0)
    assert [*fresh, watched.table.fresh] == [True, False]
    assert watched.alarms()["watched"] is False
    again = Watched("at 50 5s")
    again.run(5.0)
    again.table.end()
    assert (again.table.fresh, again.table.state) == (False, None)
    assert again.alarms()["watched"] is False


def test_after_the_end_nothing_is_heard() -> None:
    watched = Watched("at 50 5s")
    watched.run(1.0)
    watched.table.close()
    before = (watched.table.alarms, len(watched.table.outbox))
    watched.run(5.0)
    assert (watched.table.alarms, len(watched.table.outbox)) == before
    assert (watched.table.fresh, watched.alarms()["watched"]) == (False, False)


def test_a_core_that_says_nothing_any_more_is_noticed() -> None:
    watched = Watched("upright 5s")
    watched.run(2.0)
    watched.clock.now_s += QUIET_S - 0.01
    watched.table.look()
    fresh = watched.table.fresh
    assert fresh
    watched.clock.now_s += 0.01
    watched.table.look()
    assert (watched.table.fresh, watched.alarms()["watched"]) == (False, False)
    watched.run(4.0)
    assert (watched.table.fresh, watched.alarms()["watched"]) == (True, True)


def test_before_a_node_says_who_it_is_its_events_wait_for_its_name() -> None:
    watched = Watched("at 50 3s", node_id="")
    watched.run(2.0)
    assert (watched.table.node, watched.letters(), watched.table.state) == ("", [], None)
    watched.core.describe(replace(stream(), node_id="c3d4", node="Attic"), 2.0)
    watched.run(3.0)
    (started,) = watched.letters()
    assert (started["node"], started["at"]) == ("c3d4", "2026-11-21T12:00:00.500Z")


def test_what_has_no_hardware_has_the_name_that_it_is_given() -> None:
    watched = Watched("at 50 3s", node_id="", fallback_id="sim-here", name="Simulated")
    watched.run(2.0)
    (started,) = watched.letters()
    assert (started["node"], started["name"]) == ("sim-here", "Simulated")


def test_a_node_without_a_name_is_called_after_its_hardware() -> None:
    watched = Watched("at 50 3s", node_id="0011223344")
    core = watched.core
    core.describe(replace(stream(), node_id="0011223344", node="0011223344"), 0.0)
    watched.run(1.0)
    assert watched.letters()[0]["name"] == "Table 223344"


def test_what_waits_of_a_node_is_told_of_it_though_another_has_come() -> None:
    watched = Watched("at 50 5s")
    watched.run(2.0)
    watched.core.describe(replace(stream(), node_id="ffff", node="Attic"), 2.0)
    watched.run(3.0)
    letter = watched.table.outbox.first
    assert letter is not None
    assert (watched.table.node, letter.topic) == ("ffff", "upturn/a1b2/event")
    told = [(said["node"], said["event_type"]) for said in watched.letters()]
    assert told[0] == ("a1b2", "inversion_started")
    assert {node for node, _ in told[1:]} <= {"ffff"}


def test_a_node_not_heard_yet_is_taken_for_the_one_before_until_it_speaks() -> None:
    watched = Watched("at 50 5s", node_id="")
    watched.run(1.0)
    watched.table.adopt("a1b2")
    assert (watched.table.node, watched.table.alarms is not None) == ("a1b2", True)
    watched.run(2.0)
    assert watched.table.node == "a1b2"
    watched.table.adopt("other")
    assert watched.table.node == "a1b2"


def test_a_command_is_carried_out_and_answered() -> None:
    watched = Watched("upright 5s")
    watched.run(1.0)
    watched.table.obey(Acknowledge(), "acknowledge")
    watched.table.obey(Acknowledge(AlarmId.FALL, 2), "acknowledge")
    watched.table.refuse("im_fine", "too many")
    assert watched.commands == [Acknowledge(), Acknowledge(AlarmId.FALL, 2)]
    told = [
        (said["event_type"], said["verb"], said["reason"], said["id"], said["occurrence"])
        for said in watched.letters()
    ]
    refusal = "acknowledge refused: fall has no such occurrence now"
    assert told == [
        ("command_done", "acknowledge", None, None, None),
        ("command_refused", "acknowledge", refusal, "fall", 2),
        ("command_refused", "im_fine", "too many", None, None),
    ]
    assert watched.table.commands_refused == 2


def test_a_failing_connection_is_reported_once_and_to_each_new_session() -> None:
    watched = Watched("upright 5s")
    watched.table.report("nothing listens there")
    watched.table.report("nothing listens there")
    fails = SinkStatus("mqtt", working=False, reason="nothing listens there")
    assert watched.commands == [fails]
    watched.table.begin(watched.act)
    assert watched.commands == [fails, fails]
    watched.table.report("")
    assert watched.commands[2:] == [SinkStatus("mqtt", working=True)]


def test_whoever_waits_for_news_is_woken() -> None:
    watched = Watched("upright 5s")
    watched.run(3.0)
    assert watched.woken == 3


def test_what_is_announced_is_the_same_however_often_and_grows_by_what_is_learnt() -> None:
    watched = Watched("upright 2s; battery 80%; upright 2s")
    watched.run(1.0)
    first = watched.table.announced
    assert first is not None
    assert (first.node, first.name, first.host, first.has_battery) == (
        "a1b2",
        "Attic",
        "here",
        False,
    )
    watched.run(4.0)
    later = watched.table.announced
    assert later == replace(first, has_battery=True)
