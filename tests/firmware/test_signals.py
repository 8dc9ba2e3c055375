# SPDX-License-Identifier: MIT
"""Buzzer and LED over time, and the tunes against the bounds of IEC 60601-1-8 as far as known."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from tests.firmware import mpy

LOW, MEDIUM, HIGH = 1, 2, 3
SPOKEN_STEP_MS = 20


class Pulse(NamedTuple):
    from_ms: int
    to_ms: int
    freq_hz: int

    @property
    def length_ms(self) -> int:
        return self.to_ms - self.from_ms


class Played(NamedTuple):
    buzzer: list[Pulse]
    led: list[tuple[int, int]]
    sounding: list[tuple[int, int]]
    testing: list[tuple[int, int]]
    left_on: list[str]


def play(bits: int, story: str, step_ms: int = 10) -> Played:
    played = Played([], [], [], [], [])
    for line in mpy.run(bits, "signals_story.py", step_ms, story).splitlines():
        name, begin, end, *freq = line.split()
        if end == "on":
            played.left_on.append(name)
        elif name == "buzzer":
            played.buzzer.append(Pulse(int(begin), int(end), int(freq[0])))
        else:
            getattr(played, name).append((int(begin), int(end)))
    return played


def gaps_ms(pulses: list[Pulse]) -> list[int]:
    return [after.from_ms - before.to_ms for before, after in pairwise(pulses)]


def table(bits: int, name: str) -> list[Any]:
    code = f"import json\nfrom upturn_node.signals import {name}\nprint(json.dumps({name}))"
    found: list[Any] = json.loads(mpy.run(bits, code))
    return found


def test_a_high_burst_is_twice_three_and_two_pulses_within_the_bounds(bits: int) -> None:
    freq_hz, pulse_ms, gaps = table(bits, "TUNES")[HIGH]
    assert len(gaps) == 10
    assert 75 <= pulse_ms <= 200
    within = [gaps[i] for i in (0, 1, 3, 5, 6, 8)]
    assert all(50 <= gap <= 125 for gap in within)
    assert gaps[2] == gaps[7] > max(within)  # between three and two
    assert 350 <= gaps[4] <= 1300  # between the halves
    assert 2500 <= gaps[9] <= 15_000
    assert 150 <= freq_hz <= 1000


def test_a_medium_burst_is_three_pulses_and_slower_than_a_high_one(bits: int) -> None:
    tunes = table(bits, "TUNES")
    freq_hz, pulse_ms, gaps = tunes[MEDIUM]
    assert len(gaps) == 3
    assert 125 <= pulse_ms <= 250
    assert all(125 <= gap <= 250 for gap in gaps[:2])
    assert gaps[2] > tunes[HIGH][2][-1]
    assert 150 <= freq_hz < tunes[HIGH][0]


def test_a_low_burst_is_two_pulses_15_s_apart(bits: int) -> None:
    freq_hz, pulse_ms, gaps = table(bits, "TUNES")[LOW]
    assert len(gaps) == 2
    assert 125 <= pulse_ms <= 250
    assert 125 <= gaps[0] <= 250
    assert gaps[1] >= 15_000
    assert 150 <= freq_hz < table(bits, "TUNES")[MEDIUM][0]


def test_four_parts_of_each_alarms_square_wave_are_in_300_to_4000_hz(bits: int) -> None:
    for freq_hz, _, _ in table(bits, "TUNES")[LOW : HIGH + 1]:
        parts = [k * freq_hz for k in range(1, 15, 2) if 300 <= k * freq_hz <= 4000]
        assert len(parts) >= 4
        assert any(abs(part - 2700) < 30 for part in parts)  # where a small piezo is loudest


def test_the_led_flashes_at_the_rates_of_the_priorities(bits: int) -> None:
    lights = table(bits, "LIGHTS")
    flashes_hz = [1000 / (on + off) for on, off in lights]
    assert flashes_hz[HIGH] == 2.0
    assert flashes_hz[MEDIUM] == pytest.approx(0.6, abs=0.01)
    assert lights[LOW][1] == 0  # steady
    assert lights[0][0] < 0.02 * lights[0][1]  # the node lives


@pytest.mark.parametrize("priority", [LOW, MEDIUM, HIGH])
def test_what_is_played_in_steps_of_20_ms_is_the_table_to_a_step(bits: int, priority: int) -> None:
    freq_hz, pulse_ms, gaps = table(bits, "TUNES")[priority]
    word = ("low", "medium", "high")[priority - 1]
    pulses = play(bits, f"{word} 40s", SPOKEN_STEP_MS).buzzer
    assert {pulse.freq_hz for pulse in pulses} == {freq_hz}
    assert all(abs(pulse.length_ms - pulse_ms) <= SPOKEN_STEP_MS for pulse in pulses)
    wanted = (gaps * 40)[: len(pulses) - 1]
    found = gaps_ms(pulses)
    assert all(abs(f - w) <= SPOKEN_STEP_MS for f, w in zip(found, wanted, strict=True))
    # late steps are made good: no burst drifts from the table
    period_ms = len(gaps) * pulse_ms + sum(gaps)
    starts = [pulse.from_ms for pulse in pulses[:: len(gaps)]]
    assert all(
        abs(start - starts[0] - k * period_ms) <= SPOKEN_STEP_MS for k, start in enumerate(starts)
    )


def test_a_higher_priority_breaks_in_at_once_and_a_lower_one_takes_over_at_once(
    bits: int,
) -> None:
    played = play(bits, "low 0.1s; medium 0.1s; high 0.1s; medium 0.1s; silent 1s")
    assert played.buzzer == [
        Pulse(10, 110, 300),
        Pulse(110, 210, 386),
        Pulse(210, 310, 540),
        Pulse(310, 410, 386),
    ]


def test_the_buzzer_is_off_after_the_end_of_anything(bits: int) -> None:
    for asked in (
        "high 0.1s",
        "medium 0.3s",
        "low 0.1s",
        "beeps 3",
        "identify",
        "test 3",
        "fault 8",
    ):
        end = "fault 0; silent 8s" if "fault" in asked else "silent 8s"
        played = play(bits, f"{asked}; {end}")
        assert "buzzer" not in played.left_on, asked
        assert "sounding" not in played.left_on, asked
    for asked in ("high 0.1s", "beeps 3", "test 3", "fault 8; silent 0.1s"):
        assert play(bits, f"{asked}; silence").left_on == [], asked


def test_silence_stays(bits: int) -> None:
    played = play(bits, "fault 2; silent 5s; silence; silent 20s")
    assert [pulse.from_ms for pulse in played.buzzer] == [10, 510]


def test_three_beeps_are_heard_and_seen(bits: int) -> None:
    played = play(bits, "silent 1s; beeps 3; silent 1s")
    assert played.buzzer == [
        Pulse(1000, 1100, 900),
        Pulse(1250, 1350, 900),
        Pulse(1500, 1600, 900),
    ]
    assert played.led[1:] == [(1010, 1100), (1250, 1350), (1500, 1600)]
    assert played.sounding == [(1000, 1600)]


def test_identify_takes_3_s(bits: int) -> None:
    pulses = play(bits, "identify; silent 5s").buzzer
    assert len(pulses) == 6
    assert pulses[-1].from_ms + 500 == 3000


@pytest.mark.parametrize("code", range(1, 9))
def test_a_fault_is_its_number_every_10_s_until_it_is_gone(bits: int, code: int) -> None:
    played = play(bits, f"fault {code}; silent 25s; fault 0; silent 15s")
    starts = [pulse.from_ms for pulse in played.buzzer]
    assert starts == [10 + burst + 500 * k for burst in (0, 10_000, 20_000) for k in range(code)]
    assert [(p.from_ms, p.to_ms) for p in played.buzzer] == [
        pulse for pulse in played.led if pulse[1] - pulse[0] > 30
    ]


def test_a_fault_waits_while_an_alarm_sounds(bits: int) -> None:
    played = play(bits, "medium 3s; fault 2; medium 12s; silent 2s")
    assert [pulse.freq_hz for pulse in played.buzzer if pulse.from_ms > 15_000] == [540, 540]
    assert {pulse.freq_hz for pulse in played.buzzer if pulse.from_ms < 15_000} == {386}


@pytest.mark.parametrize("priority", [LOW, MEDIUM, HIGH])
def test_a_test_alarm_is_one_burst_seen_and_flagged(bits: int, priority: int) -> None:
    freq_hz, pulse_ms, gaps = table(bits, "TUNES")[priority]
    played = play(bits, f"test {priority}; silent 30s")
    assert [pulse.freq_hz for pulse in played.buzzer] == [freq_hz] * len(gaps)
    assert gaps_ms(played.buzzer) == gaps[:-1]
    length_ms = len(gaps) * pulse_ms + sum(gaps[:-1])
    assert played.testing == played.sounding == [(0, length_ms)]
    assert played.led[0][0] == 10  # as the alarm's, from the next step on


@pytest.mark.parametrize("asked", ["beeps 3", "identify", "test 3", "fault 2"])
def test_an_alarm_breaks_into_anything_less_and_is_not_broken_into(bits: int, asked: str) -> None:
    broken = play(bits, f"{asked}; silent 0.05s; medium 2s")
    assert broken.buzzer[0].to_ms <= 60
    assert [pulse.freq_hz for pulse in broken.buzzer[1:]] == [386] * 3
    assert len(broken.testing) == int("test" in asked)
    assert (
        play(bits, f"medium 0.1s; {asked}; medium 2s").buzzer == play(bits, "medium 2.1s").buzzer
    )


def test_a_test_is_not_broken_into_by_beeps(bits: int) -> None:
    played = play(bits, "test 2; silent 0.1s; beeps 3; identify; silent 2s")
    assert [pulse.freq_hz for pulse in played.buzzer] == [386] * 3


def test_what_is_paused_is_seen_and_not_heard(bits: int) -> None:
    played = play(bits, "shown high; silent 2s")
    assert played.buzzer == []
    assert [on for on, _ in played.led] == [10, 510, 1010, 1510]


def test_a_low_alarm_lights_steadily(bits: int) -> None:
    assert play(bits, "low 20s").led == []
    assert "led" in play(bits, "low 20s").left_on


def test_a_late_step_is_made_good_to_a_second_and_no_more(bits: int) -> None:
    code = """
from upturn_node.signals import Signals
class Count:
    pulses = 0
    def on(self, freq_hz=0): self.pulses += 1
    def off(self): pass
buzzer = Count()
signals = Signals(buzzer, Count())
signals.step(20, 3, 3)
signals.step(1 << 29, 3, 3)
print(buzzer.pulses)
"""
    assert mpy.run(bits, code) == "4\n"
