# SPDX-License-Identifier: MIT
"""The tables of a broker: who comes and goes, and what is refused; and one feed as it is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, alarm, inverted
from tests.remote.said import HOST, NODE, alarms_bytes, owner_bytes, stamp, state_bytes
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.commands import (
    Acknowledge,
    CheckIn,
    Distress,
    ImFine,
    SinkStatus,
    SoundOutput,
)
from upturn.core.events import (
    AlarmChanged,
    AlarmState,
    Event,
    InversionStarted,
    Noted,
    Posture,
    PostureChanged,
)
from upturn.core.snapshot import Snapshot
from upturn.dashboard.feed import Asked
from upturn.remote.answers import Order
from upturn.remote.feed import AT_THE_HOST, READ_ONLY, SOUND_CHECK, UNHEARD, RemoteFeed
from upturn.remote.known import GONE_S, MAX_TABLES, UNTRIED, KnownTables
from upturn.remote.own_alarm import FIRST, LINK_LOST, NO_SOUND
from upturn.remote.waiting import NOBODY, NOT_THAT_ONE, WaitingFeed
from upturn.sinks.mqtt.payloads import command_payload, encode, event_payload

Sent = list[tuple[str, Order]]


class Screen:
    """A connected screen, whose clock the test sets."""

    def __init__(self, *wanted: str, commands: bool = False) -> None:
        self.now_s = 0.0
        self.sent: Sent = []
        self.tables = KnownTables(lambda: self.now_s, wanted, self._send if commands else None)
        self.tables.connected("")

    def _send(self, feed: RemoteFeed, order: Order) -> None:
        self.sent.append((feed.table.node, order))

    def hear(self, leaf: str, payload: bytes, *, id: str = NODE, retained: bool = False) -> None:
        self.tables.hear(f"upturn/{id}/{leaf}", payload, retained=retained)

    def host(self, payload: bytes = b"online", host: str = HOST) -> None:
        self.hear("availability", payload, id=host, retained=True)

    def watched(self, snapshot: Snapshot = CALM, *, node: str = NODE, name: str = "Attic") -> None:
        """A table of which all is told now."""
        who = {"node": node, "name": name}
        self.hear("owner", owner_bytes(), id=node, retained=True)
        self.host()
        self.hear("availability", b"online", id=node, retained=True)
        self.hear("alarms", alarms_bytes(self.now_s, snapshot, **who), id=node, retained=True)
        self.hear("state", state_bytes(self.now_s, snapshot, **who), id=node)

    def names(self) -> list[str]:
        self.tables.look()
        return list(self.tables)

    def feed(self, name: str = "Attic") -> RemoteFeed:
        self.tables.look()
        feed = self.tables[name]
        assert isinstance(feed, RemoteFeed)
        return feed


def test_before_anything_is_heard_it_waits_and_then_says_so() -> None:
    screen = Screen()
    assert screen.names() == [""]
    feed = screen.tables[""]
    assert isinstance(feed, WaitingFeed)
    assert (feed.snapshot().alarms, feed.source().lost) == ((), "")
    screen.now_s = 3.0
    [own] = feed.snapshot().alarms
    assert (own.spec, own.priority, own.detail) == (LINK_LOST, Priority.MEDIUM, NOBODY)
    assert feed.command(Acknowledge(own.spec.id, own.occurrence)) is None
    assert feed.snapshot().alarms[0].sounding is False
    assert feed.command(Distress()) == NOBODY


def test_while_the_broker_is_not_reached_that_is_what_is_said() -> None:
    screen = Screen()
    screen.tables.connected("mqtt://b:1883: nothing listens there")
    screen.names()
    screen.now_s = 3.0
    assert screen.tables[""].source().lost == "mqtt://b:1883: nothing listens there"


def test_a_new_screen_is_not_connected_yet() -> None:
    tables = KnownTables(lambda: 0.0)
    tables.look()
    waiting = tables[""]
    assert isinstance(waiting, WaitingFeed)
    assert waiting.broker == UNTRIED


def test_tables_come_by_their_names_and_in_their_order() -> None:
    screen = Screen()
    screen.watched(node="n-1", name="Attic")
    screen.watched(node="n-2", name="Cellar")
    assert screen.names() == ["Attic", "Cellar"]


def test_two_tables_of_one_name_are_told_apart() -> None:
    screen = Screen()
    screen.watched(node="node-000001", name="Table")
    screen.watched(node="node-000002", name="Table")
    assert screen.names() == ["Table", "Table 000002"]


def test_a_table_that_is_called_otherwise_is_still_the_same() -> None:
    screen = Screen()
    screen.watched(name="Attic")
    feed = screen.feed("Attic")
    screen.watched(name="Loft")
    assert screen.feed("Loft") is feed


@pytest.mark.parametrize("wanted", [NODE, "Attic", "attic"])
def test_only_what_was_asked_for_is_shown_by_name_or_id(wanted: str) -> None:
    screen = Screen(wanted)
    screen.watched(node="n-2", name="Cellar")
    screen.watched()
    assert screen.names() == ["Attic"]


def test_what_was_asked_for_is_waited_for() -> None:
    screen = Screen("Attic", "Cellar")
    screen.watched()
    assert screen.names() == ["Attic", "Cellar"]
    screen.now_s = 3.0
    assert screen.tables["Cellar"].source().lost == NOT_THAT_ONE


def test_what_stands_at_the_broker_of_a_host_that_is_gone_is_no_table() -> None:
    screen = Screen()
    screen.hear("owner", owner_bytes(), retained=True)
    screen.host(b"offline")
    screen.hear("availability", b"offline", retained=True)
    calm = replace(CALM, signal_lost=True)
    screen.hear("alarms", alarms_bytes(-900.0, calm), retained=True)
    assert screen.names() == [""]


def test_an_alarm_that_a_dead_host_left_there_is_a_table() -> None:
    screen = Screen()
    screen.hear("owner", owner_bytes(), retained=True)
    screen.host(b"offline")
    hung = inverted(70.0, alarms=(alarm(AlarmId.TIME_LIMIT),))
    screen.hear("alarms", alarms_bytes(-900.0, hung), retained=True)
    own, old = screen.feed().snapshot().alarms
    assert (own.priority, own.detail) == (Priority.HIGH, f"its host is off-line: {HOST}")
    assert (old.spec.id, old.sounding) == (AlarmId.TIME_LIMIT, False)


def test_a_host_that_is_there_and_tells_nothing_is_missed() -> None:
    screen = Screen()
    screen.hear("owner", owner_bytes(), retained=True)
    screen.host()
    screen.hear("availability", b"online", retained=True)
    assert screen.names() == [NODE]
    screen.now_s = 3.0
    assert screen.feed(NODE).source().lost == "its host tells nothing"


def test_a_table_goes_when_nobody_was_on_it_and_nobody_tells_of_it_for_long() -> None:
    screen = Screen()
    screen.watched()
    screen.names()
    screen.host(b"offline")
    assert screen.names() == ["Attic"]
    screen.now_s = GONE_S - 0.1
    assert screen.names() == ["Attic"]
    screen.now_s = GONE_S
    assert screen.names() == [""]
    screen.watched()
    assert screen.names() == ["Attic"]


def test_a_calm_table_that_a_dead_host_left_there_goes_too() -> None:
    screen = Screen()
    screen.hear("owner", owner_bytes(), retained=True)
    screen.host(b"offline")
    screen.hear("alarms", alarms_bytes(-20.0), retained=True)
    [own] = screen.feed().snapshot().alarms
    assert own.priority is Priority.MEDIUM
    screen.now_s = GONE_S
    assert screen.names() == [""]


def test_a_table_with_somebody_on_it_never_goes() -> None:
    screen = Screen()
    screen.watched(inverted(20.0))
    screen.now_s = 4.0
    screen.names()
    screen.now_s = 10 * GONE_S
    assert screen.names() == ["Attic"]


def test_a_reading_that_the_broker_kept_is_refused() -> None:
    screen = Screen()
    screen.hear("state", state_bytes(0.0), retained=True)
    assert screen.names() == [""]
    assert screen.tables.refused == 1
    assert screen.tables.refusal == (
        f"upturn/{NODE}/state was kept by the broker: nobody knows how old it is"
    )


@pytest.mark.parametrize(
    ("leaf", "payload"),
    [
        ("state", b"{}"),
        ("alarms", b"[]"),
        ("event", b"\xff"),
        ("owner", b"somebody"),
        ("availability", b"yes"),
    ],
)
def test_what_is_none_of_ours_is_counted_and_noted_and_stops_nothing(
    leaf: str, payload: bytes
) -> None:
    screen = Screen()
    screen.watched()
    feed = screen.feed()
    for _ in range(50):
        screen.hear(leaf, payload)
    assert screen.tables.refused == 50
    notes = [event for event in told(feed) if isinstance(event, Noted)]
    assert [note.text.split(" ")[:2] for note in notes if "refused" in note.text] == [
        ["refused:", f"upturn/{NODE}/{leaf}"]
    ]


def test_readings_that_are_no_more_understood_are_the_reason_of_the_loss() -> None:
    screen = Screen()
    screen.watched()
    for screen.now_s in (1.0, 2.0, 3.5):
        screen.hear("state", state_bytes(screen.now_s).replace(b'"v":1', b'"v":2'))
    assert screen.feed().source().lost == (
        "its state cannot be believed: is of version 2, and this Upturn knows 1: "
        "update the older of both"
    )


def test_alarms_that_are_not_understood_are_missed_at_once() -> None:
    screen = Screen()
    screen.watched()
    screen.hear("alarms", b"{}")
    assert screen.feed().source().lost == "its alarms cannot be believed: lacks v"
    screen.hear("alarms", alarms_bytes(0.0))
    assert screen.feed().source().lost == ""


def test_no_flood_of_nodes_fills_the_memory() -> None:
    screen = Screen()
    for n in range(3 * MAX_TABLES):
        screen.hear("owner", owner_bytes(), id=f"n-{n}")
        screen.hear("availability", b"online", id=f"n-{n}")
        screen.hear("event", b"{}", id=f"n-{n}")
    assert len(screen.tables._feeds) == MAX_TABLES
    assert len(screen.tables._up) == 2 * MAX_TABLES


def test_a_topic_that_is_no_nodes_is_refused() -> None:
    screen = Screen()
    screen.hear("state", state_bytes(0.0), id="a b\x1b")
    assert screen.tables.refusal == "upturn/a b�/state is of no node"


def test_after_a_reconnection_nothing_of_the_broker_counts_but_what_it_tells_anew() -> None:
    screen = Screen()
    screen.watched()
    screen.host(b"offline")
    assert screen.feed().source().lost == f"its host is off-line: {HOST}"
    screen.tables.connected("gone")
    screen.tables.connected("")
    assert screen.feed().source().lost == ""


def test_a_screen_that_only_shows_says_so_and_sends_nothing() -> None:
    screen = Screen()
    screen.watched()
    assert screen.feed().source().read_only == READ_ONLY
    assert screen.feed().command(Distress()) == READ_ONLY


def test_it_acknowledges_its_own_alarm_even_so() -> None:
    screen = Screen()
    screen.watched()
    screen.now_s = 4.0
    feed = screen.feed()
    assert feed.command(Acknowledge(AlarmId.SIGNAL_LOST, FIRST)) is None
    assert feed.snapshot().alarms[0].acknowledged is True


def test_a_command_is_sent_and_answered() -> None:
    screen = Screen(commands=True)
    screen.watched()
    feed = screen.feed()
    assert feed.source().read_only == ""
    assert isinstance(feed.command(ImFine()), Asked)
    assert screen.sent == [(NODE, Order("im_fine", b"PRESS"))]
    answer = command_payload("im_fine", "nobody asks", stamp(0.0), "u-1", 5.0)
    screen.hear("event", encode(answer))
    assert feed.source().answer == "Not done: nobody asks"
    [note] = [event for event in told(feed) if isinstance(event, Noted)]
    assert (note.text, note.refusal) == ("im fine from here: refused: nobody asks", True)


def test_what_only_the_host_can_do_and_what_does_not_reach_it_is_said() -> None:
    screen = Screen(commands=True)
    screen.watched()
    feed = screen.feed()
    assert feed.command(CheckIn()) == AT_THE_HOST
    screen.now_s = 4.0
    assert feed.command(ImFine()) == f"it does not reach the host: nothing new from {HOST}"
    assert screen.sent == []


def test_events_are_told_once_at_their_time_here() -> None:
    screen = Screen()
    screen.watched()
    screen.now_s = 10.0
    screen.hear("state", state_bytes(10.0))
    raised = AlarmChanged(
        777.0, AlarmId.FALL, 1, Priority.HIGH, AlarmState.RAISED, "Fall. Go there."
    )
    began = InversionStarted(778.0, 4, 30.0, since_s=777.5, rest_s=None)
    for uid, event in (("u-1", raised), ("u-1", raised), ("u-2", began)):
        payload = event_payload(event, stamp(8.0), uid)
        assert payload is not None
        screen.hear("event", encode(payload))
    got = told(screen.feed())
    assert [type(event) for event in got] == [AlarmChanged, InversionStarted]
    assert [event.t_s for event in got] == pytest.approx([8.0, 8.0], abs=0.01)
    assert isinstance(got[1], InversionStarted)
    assert got[1].since_s == pytest.approx(7.5, abs=0.01)


def test_the_angle_has_a_history_and_a_change_of_posture_is_an_event() -> None:
    screen = Screen()
    screen.watched()
    screen.now_s = 1.0
    screen.hear("state", state_bytes(1.0, inverted(0.5)))
    feed = screen.feed()
    low, high = feed.history().columns(1.0, 2.0, 2)
    assert (low.tolist(), high.tolist()) == ([-87.0, 52.0], [-87.0, 52.0])
    [moved] = told(feed)
    assert isinstance(moved, PostureChanged)
    assert (moved.before, moved.after) == (Posture.UPRIGHT, Posture.INVERTED)


def test_a_link_that_is_lost_and_found_is_in_the_log() -> None:
    screen = Screen()
    screen.watched()
    feed = screen.feed()
    screen.now_s = 4.0
    feed.snapshot()
    screen.now_s = 9.0
    screen.hear("state", state_bytes(9.0))
    assert [event.text for event in told(feed) if isinstance(event, Noted)] == [
        f"link lost: nothing new from {HOST}",
        "heard again after 5 s",
    ]


def test_sound_that_fails_here_is_an_alarm_of_this_screen() -> None:
    screen = Screen()
    screen.watched()
    feed = screen.feed()
    feed.hear_sound(SinkStatus("sound", working=False, reason="no output"))
    [own] = feed.snapshot().alarms
    assert (own.spec, own.priority, own.detail) == (NO_SOUND, Priority.LOW, "no output")
    assert feed.snapshot().not_ready == ("no output",)
    feed.hear_sound(SinkStatus("sound", working=True))
    feed.hear_sound(SoundOutput("Speakers", confirmed=False))
    assert (feed.snapshot().alarms, feed.snapshot().not_ready) == ((), (UNHEARD,))
    feed.hear_sound(SoundOutput("Speakers", confirmed=True))
    heard = feed.snapshot().checks[-1]
    assert (heard.name, heard.problem, heard.note) == (SOUND_CHECK, "", "Speakers")


def test_a_fault_of_the_program_is_an_alarm_of_every_table() -> None:
    screen = Screen()
    screen.watched()
    screen.tables.fail("this program has failed: KeyError")
    assert screen.feed().source().lost == "this program has failed: KeyError"


def told(feed: RemoteFeed) -> list[Event]:
    return list(feed.events_since(0)[1])
