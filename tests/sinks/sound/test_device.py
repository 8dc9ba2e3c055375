# SPDX-License-Identifier: MIT
"""A real sound device of the system, and what comes out of it: through miniaudio and ALSA."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import miniaudio
import numpy as np
import pytest

from tests.sinks.sound.hearing import FAINT, gaps_s, pulses
from tests.sinks.sound.loopback import Loopback, alsa, only_alsa
from tests.sinks.sound.states import PERSON_HIGH, TECHNICAL_MEDIUM, table
from upturn.config import SoundConfig
from upturn.sinks.sound import device
from upturn.sinks.sound.desk import SoundDesk
from upturn.sinks.sound.device import REASONS, open_output
from upturn.sinks.sound.loudspeaker import Loudspeaker
from upturn.sinks.sound.outputs import WAYS, OutputError

SPEED = 3.0
"""Of the card, and of the desk's clock with it."""


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    alsa()
    loopback = Loopback(tmp_path, SPEED)
    only_alsa(monkeypatch, loopback.config)
    yield loopback
    loopback.close()


def until(done: Callable[[], bool], patience_s: float = 30.0) -> None:
    end_s = time.monotonic() + patience_s
    while not done():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_what_a_device_is_given_at_the_desk_is_the_pattern_itself(card: Loopback) -> None:
    """A medium alarm about the equipment, and a high one about the person that breaks into it."""
    desk = SoundDesk(
        SoundConfig(voice=False), loudspeaker=Loudspeaker(WAYS[:1]), clock=lambda: card.now_s
    )
    desk.start()
    until(lambda: desk.output != "")
    told = desk.table("")
    told.heard((), table(TECHNICAL_MEDIUM))
    until(lambda: bool((card.heard() > FAINT).any()))
    began_s = card.now_s
    until(lambda: card.now_s > began_s + 0.45)
    told.heard((), table(TECHNICAL_MEDIUM, PERSON_HIGH))
    until(lambda: card.now_s > began_s + 7.5)
    desk.close()
    heard = pulses(card.heard())
    assert heard[0].length_s == pytest.approx(0.2, abs=0.01)
    assert heard[0].pitch_hz == pytest.approx(440.0, rel=0.01)
    assert set(heard[0].harmonics_db) == {1, 3, 5, 7, 9}
    pauses = gaps_s(heard)
    last = next(place for place, gap in enumerate(pauses) if gap > 1.0)
    assert 2.5 <= pauses[last] < 15.0
    # The first pulse of the high burst may run into what it broke off, and be heard as one.
    high = heard[last - 8 : last + 1]
    assert pauses[last - 9 : last] == pytest.approx(
        [0.08, 0.08, 0.28, 0.08, 0.6, 0.08, 0.08, 0.28, 0.08], abs=0.01
    )
    assert [p.length_s for p in high] == pytest.approx([0.12] * 9, abs=0.01)
    assert [p.pitch_hz for p in high] == pytest.approx(
        [493.9, 587.3, 587.3, 784.0, 392.0, 493.9, 587.3, 587.3, 784.0], rel=0.02
    )
    assert all(set(p.harmonics_db) == {1, 2, 3, 4, 5} for p in high)


def test_a_device_says_what_it_is_and_gives_everything_back(card: Loopback) -> None:
    output = open_output()
    assert output.words.endswith("(ALSA)")
    assert output.is_loud
    assert output.fault() == ""
    output.close()
    output.close()
    played = card.now_s
    time.sleep(0.1)
    assert card.now_s <= played + 0.2


def test_a_device_that_takes_no_more_samples_has_failed(
    card: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "SILENT_S", 0.5)
    output = open_output()
    output.play(np.zeros(0, np.float32))
    card.hang()
    until(lambda: output.fault() != "")
    assert output.fault() == f"{output.words} has taken no sound for 0.5 s"
    card.recover()
    output.close()


def test_a_device_that_never_takes_any_is_not_taken(
    card: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "PROOF_S", 0.3)
    monkeypatch.setattr(device, "CLOSE_S", 0.1)
    card.hang()
    with pytest.raises(OutputError, match=r"\(ALSA\) takes no sound$"):
        open_output()
    card.recover()


def test_where_there_is_no_device_it_says_so_and_writes_nothing_to_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    alsa()
    config = tmp_path / "asound.conf"
    config.write_text("pcm.!default { type hw card 77 }\n")
    only_alsa(monkeypatch, config)
    with pytest.raises(OutputError) as caught:
        open_output()
    assert str(caught.value) == REASONS[miniaudio.lib.MA_FAILED_TO_OPEN_BACKEND_DEVICE]
    assert capfd.readouterr() == ("", "")


def test_every_failure_that_a_device_is_known_for_has_words() -> None:
    assert len(REASONS) == 10
    for words in REASONS.values():
        assert words[0].islower() or words.startswith("no ")
        assert not words.endswith(".")
    assert device._words(miniaudio.MiniaudioError("failed", -9)) == (
        "the sound device fails: failed -9"
    )
