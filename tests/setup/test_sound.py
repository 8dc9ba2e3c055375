# SPDX-License-Identifier: MIT
"""Step `sound`, with the real desk and outputs that are made here: a person hears, or does not."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sinks.sound.fakes import FakeWay
from upturn.cli.sound import VARIABLE
from upturn.config import SoundConfig, load_config
from upturn.errors import RunError
from upturn.setup import sound
from upturn.setup.place import Place
from upturn.setup.said import Said
from upturn.setup.step import Outcome, State
from upturn.sinks.sound.desk import SoundDesk
from upturn.sinks.sound.loudspeaker import Loudspeaker

Answers = Callable[..., None]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.delenv(VARIABLE, raising=False)
    return Place(tmp_path / "config.toml", said=Said(tmp_path / "setup.json"))


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> FakeWay:
    way = FakeWay("loudspeaker")

    def desk(settings: SoundConfig) -> SoundDesk:
        return SoundDesk(settings, loudspeaker=Loudspeaker((way.way(),)))

    monkeypatch.setattr(sound, "SoundDesk", desk)
    return way


def answered(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_a_tone_that_is_heard_is_kept_as_heard(
    place: Place, way: FakeWay, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sound.standing(place).state is State.TODO
    answered(monkeypatch, "2", "1")
    assert sound.run(place) is Outcome.WENT
    assert sound.standing(place).state is State.DONE
    assert capsys.readouterr().out.count("The test tone plays now, on the loudspeaker.") == 2


def test_a_tone_that_is_not_heard_is_not_done_and_forgets_that_it_was(
    place: Place, way: FakeWay, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.said.say("sound", "")
    answered(monkeypatch, "3", "n")
    with pytest.raises(RunError, match="the tone was played, and not heard"):
        sound.run(place)
    assert sound.standing(place).state is State.TODO


def test_a_computer_without_sound_is_silent_only_if_a_person_says_so(
    place: Place, way: FakeWay, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    way.why = "it is unplugged"
    answered(monkeypatch, "n")
    with pytest.raises(RunError, match="it is unplugged"):
        sound.run(place)
    assert not place.config_file.exists()
    answered(monkeypatch, "y")
    assert sound.run(place) is Outcome.WENT
    assert not load_config(place.config_file).sound.enabled
    assert sound.standing(place).state is State.WITHOUT
    assert "Sound does not work: " in capsys.readouterr().out


def test_who_leaves_at_the_tone_has_said_nothing(
    place: Place, way: FakeWay, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(monkeypatch, "q")
    assert sound.run(place) is Outcome.LEFT
    assert sound.standing(place).state is State.TODO
