# SPDX-License-Identifier: MIT
"""Which output plays: the best that works, whatever the others do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest

from tests.sinks.sound.fakes import FakeWay, until
from upturn.sinks.sound.loudspeaker import PATIENCE_S, RETRY_S, Loudspeaker, Status
from upturn.sinks.sound.outputs import MissingError
from upturn.sinks.sound.synth import Samples

SOUND: Samples = np.ones(10, dtype=np.float32)


class Room:
    """Three ways and the loudspeaker that chooses among them; time stands still unless told."""

    def __init__(self) -> None:
        self.device = FakeWay("device")
        self.player = FakeWay("player")
        self.bell = FakeWay("bell", is_loud=False)
        ways = (self.device, self.player, self.bell)
        self.loudspeaker = Loudspeaker([w.way() for w in ways])
        self.now_s = 100.0
        self.changes = 0

    def look(self) -> Status | None:
        self.changes += self.loudspeaker.look(self.now_s)
        return self.loudspeaker.status

    def settles(self, working: bool, words: str) -> None:
        """Look until this is so."""
        until(lambda: self.look() == Status(working, words))

    def was_tried(self, times: int) -> bool:
        return self.device.tries == times

    def later(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    yield room
    for way in (room.device, room.player, room.bell):
        way.goes_on.set()
    room.loudspeaker.close()


def test_the_best_way_plays_and_no_other_is_tried(room: Room) -> None:
    room.loudspeaker.play(SOUND)
    room.loudspeaker.cut()
    room.settles(True, "the device")
    assert (room.changes, room.player.tries, room.bell.tries) == (1, 0, 0)
    assert room.loudspeaker.is_loud
    room.loudspeaker.play(SOUND)
    room.loudspeaker.cut()
    assert [s is SOUND for _, s in room.device.opened[0].played] == [True, False]


def test_the_next_best_plays_where_the_best_fails(room: Room) -> None:
    room.device.why = "no sound device is there"
    room.settles(True, "the player")
    assert room.bell.tries == 0


def test_a_bell_is_rung_but_does_not_count_as_working(room: Room) -> None:
    room.device.why = "no sound device is there"
    room.player.why = "no program is there"
    room.settles(False, "no sound device is there; the bell rings")
    assert not room.loudspeaker.is_loud
    room.loudspeaker.play(SOUND)
    assert len(room.bell.opened[0].played) == 1


def test_where_nothing_works_the_best_that_is_there_says_why(room: Room) -> None:
    for way in (room.device, room.player, room.bell):
        way.why = f"no {way.name}"
    room.settles(False, "no device")
    assert room.changes == 0
    assert Loudspeaker([]).look(0.0) is False


def test_what_was_never_there_explains_nothing_where_something_else_fails(room: Room) -> None:
    room.device.error = MissingError("miniaudio is not installed")
    room.player.why = "paplay fails: connection refused"
    room.settles(False, "paplay fails: connection refused; the bell rings")
    room.player.error = MissingError("no program is there")
    room.later(RETRY_S)
    room.settles(False, "miniaudio is not installed; the bell rings")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ZeroDivisionError("division\nby zero"), "the device fails: division by zero"),
        (KeyError(), "the device fails: KeyError"),
    ],
)
def test_a_fault_that_nobody_thought_of_is_told_too(
    room: Room, error: Exception, words: str
) -> None:
    room.device.error = error
    room.player.why = room.bell.why = "nothing there"
    room.settles(False, words)


def test_an_output_that_fails_is_given_back_and_another_plays(room: Room) -> None:
    room.settles(True, "the device")
    broken = room.device.opened[0]
    room.device.why = broken.why = "the cable is out"
    assert room.look() == Status(working=False, words="the cable is out")
    room.settles(True, "the player")
    assert room.changes == 2
    assert broken.closed.wait(30)


def test_what_failed_is_tried_again_after_five_seconds_and_takes_over(room: Room) -> None:
    room.device.why = "busy"
    room.settles(True, "the player")
    room.device.why = ""
    room.later(RETRY_S - 0.1)
    room.look()
    assert room.device.tries == 1
    room.later(0.1)
    room.settles(True, "the device")
    fallback = room.player.opened[0]
    assert fallback.closed.wait(30)
    assert [s for _, s in fallback.played] == [None]
    assert room.changes == 2


def test_a_way_that_goes_on_failing_is_tried_every_five_seconds_and_changes_nothing(
    room: Room,
) -> None:
    room.device.why = "busy"
    room.settles(True, "the player")
    for tries in range(2, 5):
        room.later(RETRY_S)
        room.look()
        until(partial(room.was_tried, tries))
        room.settles(True, "the player")
    assert room.changes == 1


def test_a_way_that_hangs_is_passed_over_and_welcome_later(room: Room) -> None:
    room.device.goes_on.clear()
    room.look()
    room.later(PATIENCE_S - 0.1)
    assert room.look() is None
    assert room.player.tries == 0
    room.later(0.1)
    room.settles(True, "the player")
    room.later(60)
    room.look()
    assert room.device.tries == 1
    room.device.goes_on.set()
    room.settles(True, "the device")


def test_a_worse_output_that_comes_late_is_given_back(room: Room) -> None:
    room.device.why = "busy"
    room.player.goes_on.clear()
    until(lambda: room.look() is None and room.player.tries == 1)
    room.device.why = ""
    room.later(RETRY_S)
    room.settles(True, "the device")
    room.player.goes_on.set()
    until(lambda: room.look() and room.player.opened)
    until(lambda: room.look() and room.player.opened[0].closed.is_set())
    assert room.look() == Status(working=True, words="the device")


def test_only_what_hangs_is_told_until_it_answers(room: Room) -> None:
    room.device.goes_on.clear()
    room.player.why = room.bell.why = "nothing there"
    room.look()
    room.later(PATIENCE_S)
    room.settles(False, "the device does not answer")


def test_closing_gives_everything_back(room: Room) -> None:
    room.settles(True, "the device")
    room.loudspeaker.close()
    output = room.device.opened[0]
    assert output.closed.is_set()
    assert [s for _, s in output.played] == [None]


def test_what_opens_only_after_closing_is_given_back(room: Room) -> None:
    room.device.goes_on.clear()
    until(lambda: room.look() is None and room.device.tries == 1)
    room.loudspeaker.close()
    room.device.goes_on.set()
    until(lambda: room.device.opened and room.device.opened[0].closed.is_set())


def test_what_has_opened_unseen_is_given_back(room: Room) -> None:
    room.look()
    until(lambda: room.device.opened)
    until(lambda: room.loudspeaker._tried[0].attempt and room.loudspeaker._tried[0].attempt.done)
    room.loudspeaker.close()
    assert room.device.opened[0].closed.is_set()


@pytest.mark.parametrize("act", ["play", "cut", "fault"])
def test_an_output_that_raises_has_failed_and_the_next_one_plays(
    room: Room, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(*_: object) -> None:
        raise RuntimeError("driver gone")

    room.settles(True, "the device")
    monkeypatch.setattr(room.device.opened[0], act, raises)
    room.loudspeaker.play(SOUND)
    room.loudspeaker.cut()
    room.device.why = "no sound device is there"
    assert room.look() == Status(False, "it failed (driver gone)")
    room.settles(True, "the player")
    room.loudspeaker.play(SOUND)
    assert [s is SOUND for _, s in room.player.opened[0].played] == [True]
