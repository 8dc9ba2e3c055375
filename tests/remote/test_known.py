# SPDX-License-Identifier: MIT
"""The tables of a broker: who comes and goes, and what is refused; and one feed as it is shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, alarm, inverted
from tests.remote.said import HOST, NODE, Who, alarms_bytes, owner_bytes, stamp, state_bytes
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.commands import (
    Acknowledge,
    CheckIn,
    Command,
    Distress,
    ImFine,
    Resume,
    SeenUpright,
    SinkStatus,
    SoundOutput,
    StandDown,
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
from upturn.remote import known
from upturn.remote.answers import Order
from upturn.remote.feed import AT_THE_HOST, READ_ONLY, SOUND_CHECK, UNHEARD, RemoteFeed
from upturn.remote.known import CROWD_S, GONE_S, MAX_KEPT, MAX_TABLES, UNTRIED, KnownTables
from upturn.remote.own_alarm import FIRST, NO_SOUND, NOT_SHOWN, Loss
from upturn.remote.said import OwnerSaid
from upturn.remote.waiting import CROWD, NOBODY, NOT_THAT_ONE, WaitingFeed
from upturn.sinks.mqtt.commands import Permits, forbidden_by
from upturn.sinks.mqtt.payloads import Origin, command_payload, encode, event_payload

INVERTED_AT_8_S = encode(
    event_payload(InversionStarted(778.0, 4, 30.0, since_s=777.5, rest_s=None), stamp(8.0), "u-9")
    or {}
)
Sent = list[tuple[str, Order]]
KEYED: tuple[type[Command], ...] = (
    Acknowledge,
    SeenUpright,
    StandDown,
    Resume,
    CheckIn,
    Distress,
    ImFine,
)
"""What has a key of its own."""


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
        who: Who = {"node": node, "name": name}
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
    assert (own.spec, own.priority, own.detail) == (Loss.CALM.spec, Priority.MEDIUM, NOBODY)
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


@pytest.mark.parametrize(
    "names",
    [("T",) * 4, ("T", "T", "T 123456", "T cc123456"), ("T cc123456", "T 123456", "T", "T")],
)
def test_no_table_vanishes_under_the_name_of_another(names: Sequence[str]) -> None:
    screen = Screen()
    nodes = ("aa123456", "bb123456", "cc123456", "dd123456")
    for node, name in zip(nodes, names, strict=True):
        screen.watched(node=node, name=name)
    shown = screen.names()
    assert [screen.feed(name).table.node for name in shown] == list(nodes)
    assert shown[0] == names[0]


def test_a_name_stays_with_its_table_whoever_comes_and_goes() -> None:
    screen = Screen()
    screen.hear("owner", owner_bytes("gone"), id="node-000001", retained=True)
    screen.watched(node="node-000002", name="Table")
    assert screen.names() == ["Table"]
    screen.watched(node="node-000001", name="Table")
    assert screen.names() == ["Table 000001", "Table"]
    assert screen.feed("Table").table.node == "node-000002"


def test_what_is_asked_for_is_printed_without_what_a_terminal_would_obey() -> None:
    screen = Screen("\x1b]0;pwned\a")
    [name] = screen.names()
    assert name.isprintable()
    assert screen.tables[name].snapshot().node == name


def test_what_waits_under_the_name_that_another_was_given_is_shown_too() -> None:
    screen = Screen("Table", "Table 000002")
    screen.watched(node="node-000001", name="Table")
    screen.watched(node="node-000002", name="Table")
    assert screen.names() == ["Table", "Table 000002", "Table 000002 2"]


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


def test_somebody_left_hanging_there_goes_when_a_person_has_seen_them_upright() -> None:
    screen = Screen()
    screen.hear("owner", owner_bytes(), retained=True)
    screen.host(b"offline")
    hung = alarms_bytes(-900.0, inverted(70.0, alarms=(alarm(AlarmId.TIME_LIMIT),)))
    screen.hear("alarms", hung, retained=True)
    feed = screen.feed()
    assert feed.source().why_not(SeenUpright) == ""
    assert feed.command(SeenUpright()) is None
    assert screen.names() == [""]
    screen.hear("alarms", hung, retained=True)  # told again, as after a reconnection
    assert screen.names() == [""]
    screen.watched()
    assert screen.names() == ["Attic"]


def test_what_a_dead_simulation_left_there_is_no_table() -> None:
    screen = Screen()
    screen.hear("owner", owner_bytes(), retained=True)
    screen.host(b"offline")
    hung = inverted(70.0, alarms=(alarm(AlarmId.TIME_LIMIT),))
    left = alarms_bytes(-900.0, hung, origin=Origin.SIMULATED)
    screen.hear("alarms", left, retained=True)
    assert screen.names() == [""]


def test_a_simulated_table_says_so_where_it_is() -> None:
    screen = Screen()
    screen.hear("owner", owner_bytes(), retained=True)
    screen.host()
    screen.hear("alarms", alarms_bytes(0.0, origin=Origin.SIMULATED), retained=True)
    screen.hear("state", state_bytes(0.0, origin=Origin.SIMULATED))
    source = screen.feed().source()
    assert (source.label, source.unreal) == (f"simulated on {HOST}", "simulated")
    screen.now_s = 4.0
    [own] = screen.feed().snapshot().alarms
    assert own.priority is Priority.LOW


def test_a_host_that_is_there_and_tells_nothing_is_missed() -> None:
    screen = Screen()
    screen.hear("owner", owner_bytes(), retained=True)
    screen.host()
    screen.hear("availability", b"online", retained=True)
    assert screen.names() == [NODE]
    screen.now_s = 3.0
    assert screen.feed(NODE).source().lost == "its host tells nothing"


def test_a_table_goes_when_nobody_was_on_it_and_somebody_knows_that_nobody_tells_of_it() -> None:
    screen = Screen()
    screen.watched()
    screen.names()
    screen.host(b"offline")
    screen.names()
    screen.now_s = GONE_S
    assert screen.names() == ["Attic"]
    [own] = screen.feed().snapshot().alarms
    assert own.priority is Priority.MEDIUM
    assert screen.feed().command(Acknowledge(own.spec.id, own.occurrence)) is None
    assert screen.names() == ["Attic"]
    screen.now_s = 2 * GONE_S - 0.1
    assert screen.names() == ["Attic"]
    screen.now_s = 2 * GONE_S
    assert screen.names() == [""]
    screen.watched()
    assert screen.names() == ["Attic"]


def test_a_table_that_was_switched_off_goes_by_itself() -> None:
    screen = Screen()
    screen.watched(replace(CALM, node_off=True))
    screen.host(b"offline")
    assert screen.names() == ["Attic"]
    screen.now_s = GONE_S - 0.1
    assert screen.names() == ["Attic"]
    screen.now_s = GONE_S
    assert screen.names() == [""]


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
    assert len(screen.tables._owners) == 3 * MAX_TABLES
    for n in range(3 * MAX_KEPT):
        screen.hear("owner", owner_bytes(), id=f"n-{n}")
        screen.hear("availability", b"online", id=f"n-{n}")
    assert len(screen.tables._feeds) == MAX_TABLES
    assert len(screen.tables._owners) == MAX_KEPT
    assert len(screen.tables._up) == 2 * MAX_KEPT


def test_what_hosts_that_are_gone_left_there_makes_room_for_a_table_in_alarm() -> None:
    screen = Screen()
    for n in range(MAX_TABLES + 20):
        screen.hear("owner", owner_bytes("gone"), id=f"left-{n}", retained=True)
    screen.host(b"offline", "gone")
    screen.watched(inverted(70.0, alarms=(alarm(AlarmId.TIME_LIMIT),)))
    [shown] = screen.feed().snapshot().alarms
    assert (screen.names(), shown.spec.id) == (["Attic"], AlarmId.TIME_LIMIT)
    assert screen.feed().source().label == f"on {HOST}"


def test_what_had_to_make_room_is_missed_when_its_host_comes_back_and_tells_nothing() -> None:
    screen = Screen()
    for n in range(MAX_TABLES + 20):
        screen.hear("owner", owner_bytes(f"host-{n}"), id=f"left-{n}", retained=True)
    assert "left-0" not in screen.tables._feeds
    screen.hear("availability", b"online", id="left-0")
    screen.host(host="host-0")
    assert screen.names() == ["left-0"]
    assert screen.feed("left-0").table.owner == OwnerSaid("host-0", "serial ttyUSB0")


def test_a_calm_table_that_nobody_tells_of_makes_room_and_one_that_is_needed_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known, "MAX_TABLES", 2)
    screen = Screen()
    screen.watched(replace(CALM, node_off=True), node="n-1", name="Off")
    screen.watched(inverted(20.0), node="n-2", name="Hangs")
    screen.now_s = 5.0
    screen.names()
    screen.watched(node="n-3", name="New")
    assert screen.names() == ["Hangs", "New"]


def test_a_table_that_there_is_no_room_for_is_said_on_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known, "MAX_TABLES", 2)
    screen = Screen()
    for n in (1, 2, 3):
        screen.watched(node=f"n-{n}", name=f"T{n}")
    assert screen.names() == ["T1", "T2", CROWD]
    crowd = screen.tables[CROWD]
    [own] = crowd.snapshot().alarms
    assert (own.priority, own.sounding, own.message) == (
        Priority.MEDIUM,
        True,
        f"Tables are not shown: there are more than 2, n-3 among them. {NOT_SHOWN.advice}",
    )
    assert crowd.command(Acknowledge(own.spec.id, own.occurrence)) is None
    assert crowd.snapshot().alarms[0].sounding is False
    screen.now_s = CROWD_S
    assert screen.names() == ["T1", "T2"]


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


def acts(screen: Screen) -> dict[str, str]:
    source = screen.feed().source()
    return {act.__name__: source.why_not(act) for act in KEYED}


def test_before_anything_is_asked_it_is_known_what_the_host_would_refuse() -> None:
    screen = Screen(commands=True)
    screen.watched()
    assert acts(screen) == {
        "Acknowledge": "",
        "SeenUpright": "",
        "StandDown": AT_THE_HOST,
        "Resume": AT_THE_HOST,
        "CheckIn": AT_THE_HOST,
        "Distress": "",
        "ImFine": "",
    }
    forbidden = forbidden_by(Permits(acknowledge=False))
    screen.hear("state", state_bytes(0.0, forbidden=forbidden))
    assert {act: why for act, why in acts(screen).items() if why != AT_THE_HOST} == {
        "Acknowledge": "acknowledging from the home is switched off: [mqtt] acknowledge",
        "SeenUpright": "'seen upright' from the home is not switched on: [mqtt] seen_upright",
        "Distress": "",
        "ImFine": "",
    }
    assert screen.feed().command(SeenUpright()) == acts(screen)["SeenUpright"]
    assert screen.sent == []


def test_of_a_lost_table_what_is_this_screens_own_is_possible_still() -> None:
    screen = Screen(commands=True)
    screen.watched(inverted(20.0))
    screen.now_s = 4.0
    lost = f"it does not reach the host: nothing new from {HOST}"
    assert acts(screen) == {
        "Acknowledge": "Link lost: its audio cannot be paused, the last word was inverted",
        "SeenUpright": "",
        "StandDown": lost,
        "Resume": lost,
        "CheckIn": lost,
        "Distress": lost,
        "ImFine": lost,
    }
    assert screen.feed().command(SeenUpright()) is None
    assert acts(screen)["Acknowledge"] == ""
    assert acts(screen)["SeenUpright"] == lost
    assert screen.feed().snapshot().alarms[0].priority is Priority.LOW
    notes = [event.text for event in told(screen.feed()) if isinstance(event, Noted)]
    assert notes[-1] == "seen upright, as this screen was told"


def test_on_a_screen_that_only_shows_nothing_is_possible_but_its_own_alarms() -> None:
    screen = Screen()
    screen.watched()
    assert set(acts(screen).values()) == {READ_ONLY}
    screen.now_s = 4.0
    assert {act for act, why in acts(screen).items() if not why} == {"Acknowledge"}
    screen.now_s = 30.0
    assert {act for act, why in acts(screen).items() if not why} == {
        "Acknowledge",
        "SeenUpright",
    }


@pytest.mark.parametrize(
    "at",
    ["0001-01-01T00:00:00.000Z", "1999-12-31T23:59:59.999Z", "2101-01-01T00:00:00.000Z"],
)
def test_what_happened_in_another_century_did_not_happen(at: str) -> None:
    screen = Screen()
    screen.watched()
    feed = screen.feed()
    for leaf, payload in (
        ("event", INVERTED_AT_8_S),
        ("state", state_bytes(1.0)),
        ("alarms", alarms_bytes(1.0)),
    ):
        screen.hear(leaf, encode({**json.loads(payload), "at": at}))
    assert screen.tables.refused == 3
    assert screen.tables.refusal.endswith("which is not a time from 2000 to 2100")
    assert [event for event in told(feed) if not isinstance(event, Noted)] == []


@pytest.mark.parametrize("off_s", [-86_500.0, 86_500.0])
def test_what_happened_more_than_a_day_off_did_not_happen_just_now(off_s: float) -> None:
    screen = Screen()
    screen.watched()
    at = stamp(off_s).at
    screen.hear("event", encode({**json.loads(INVERTED_AT_8_S), "at": at}))
    assert screen.tables.refusal.endswith("event is more than a day off its host's clock")
    assert [event for event in told(screen.feed()) if not isinstance(event, Noted)] == []


def test_a_reading_that_is_told_again_later_changes_nothing() -> None:
    screen = Screen()
    old = state_bytes(-3600.0)
    screen.watched(inverted(20.0))
    screen.now_s = 0.5
    screen.hear("state", old)
    shown = screen.feed().snapshot()
    assert (shown.posture, shown.angle_deg, shown.inverted) == (Posture.INVERTED, 52.0, True)
    assert screen.tables.refused == 1


def test_a_host_whose_clock_is_put_back_is_not_lost() -> None:
    screen = Screen()
    screen.watched(inverted(20.0))
    for screen.now_s in (1.0, 2.0, 3.0, 4.0):
        screen.hear("state", state_bytes(screen.now_s - 3600.0, inverted(20.0 + screen.now_s)))
        assert screen.feed().source().lost == ""
    assert screen.feed().snapshot().exposure_s == 24.0


def test_whoever_closes_this_screen_is_told_that_the_host_watches_on() -> None:
    screen = Screen()
    screen.names()
    assert screen.tables[""].source().elsewhere is True
    screen.watched()
    assert screen.feed().source().elsewhere is True


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
