# SPDX-License-Identifier: MIT
"""Commands of the host, down the line to a whole node: what each does, and what is refused."""

from __future__ import annotations

import ast
import struct
from pathlib import Path
from typing import Any

import pytest

from tests.firmware import mpy

SETUP = """
from app_bench import Bench, kinds, v
bench = Bench()
node = bench.boot()
bench.pass_ms(1000)
"""

INVERT = """
bench.angle(60)
bench.pass_ms(4000, heartbeat=True)
assert node.guard.inverted
"""

HELLO, GOODBYE, ANSWER = 3, 5, 9
VERBS = {
    "heartbeat": 0x01, "read_info": 0x02, "set_profile": 0x03, "set_calibration": 0x04,
    "clear_calibration": 0x05, "identify": 0x06, "acknowledge": 0x07, "test_alarm": 0x08,
    "set_rate": 0x09, "set_name": 0x0A, "maintenance": 0x0B, "power_off": 0x0C,
    "set_bthome": 0x0D, "forget_hosts": 0x0E,
}  # fmt: skip

TURNED = (0, 0, 16384, 16384, 0, 0, 0, 16384, 0)


def text(words: str) -> bytes:
    return bytes([len(words.encode())]) + words.encode()


def profile(notice: int, limit: int, rest: int, angle: int, name: str = "standard") -> bytes:
    return struct.pack("<IIIh", notice, limit, rest, angle) + text(name)


def calibration(rows: tuple[int, ...] = TURNED, offsets: tuple[int, int] = (0, 0)) -> bytes:
    return struct.pack("<11h", *rows, *offsets)


STANDARD = profile(45_000, 60_000, 90_000, 6000)

GOOD: dict[str, bytes] = {
    "heartbeat": b"\x00\x00",
    "read_info": b"",
    "set_profile": STANDARD,
    "set_calibration": calibration(),
    "clear_calibration": b"",
    "identify": b"",
    "acknowledge": b"",
    "test_alarm": b"\x02",
    "set_rate": b"\x64\x00",
    "set_name": text("bed-1"),
    "maintenance": b"",
    "power_off": b"",
    "set_bthome": b"\x00",
    "forget_hosts": b"",
}


def told(bits: int, code: str, flash: Path) -> Any:
    return ast.literal_eval(mpy.run(bits, SETUP + code, cwd=flash))


def ask(verb: str, payload: bytes | None = None) -> str:
    return f"bench.ask({VERBS[verb]}, {GOOD[verb] if payload is None else payload!r})"


def replies(bits: int, verb: str, payload: bytes | None, flash: Path, before: str = "") -> Any:
    """(type of each message that came back, result and reason)."""
    messages = told(bits, f"{before}\nprint({ask(verb, payload)})", flash)
    kind, last = messages[-1]
    assert kind == ANSWER
    assert last[1] == VERBS[verb]
    return [kind for kind, _ in messages], (last[2], last[3:].decode())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_carried_out_and_answered_last(bits: int, verb: str, tmp_path: Path) -> None:
    news = ("clear_calibration", "read_info", "forget_hosts")
    says_hello = verb.startswith("set_") or verb in news
    kinds = [HELLO, ANSWER] if says_hello else [ANSWER]
    assert replies(bits, verb, None, tmp_path) == (kinds, (0, ""))


def test_every_verb_of_the_protocol_has_a_handler_and_no_other(bits: int, tmp_path: Path) -> None:
    code = "from upturn_node.commands import HANDLERS\nprint(sorted(HANDLERS))"
    assert told(bits, code, tmp_path) == sorted(VERBS.values())


REFUSED: list[tuple[str, bytes, int]] = [
    *((verb, GOOD[verb] + b"\x00", 2) for verb in VERBS),
    *((verb, GOOD[verb][:-1], 2) for verb in VERBS if GOOD[verb]),
    ("heartbeat", b"\x04\x00", 3),
    ("set_profile", profile(0, 60_000, 90_000, 6000), 3),
    ("set_profile", profile(60_001, 60_000, 90_000, 6000), 3),
    ("set_profile", profile(45_000, 300_001, 90_000, 6000), 3),
    ("set_profile", profile(45_000, 60_000, 89_999, 6000), 3),
    ("set_profile", profile(45_000, 60_000, 3_600_001, 6000), 3),
    ("set_profile", profile(45_000, 60_000, 90_000, 0), 3),
    ("set_profile", profile(45_000, 60_000, 90_000, 9001), 3),
    ("set_profile", profile(45_000, 60_000, 90_000, -32_767), 3),
    ("set_profile", profile(45_000, 60_000, 90_000, 6000, "x" * 17), 3),
    ("set_calibration", calibration((0,) * 9), 3),
    ("set_calibration", calibration((16384, 0, 0) * 3), 3),
    ("set_calibration", calibration((*TURNED[:6], 0, -16384, 0)), 3),
    ("set_calibration", calibration(offsets=(4097, 0)), 3),
    ("test_alarm", b"\x00", 3),
    ("test_alarm", b"\x04", 3),
    ("set_rate", b"\x63\x00", 3),
    ("set_rate", b"\x00\x00", 3),
    ("set_name", text(""), 3),
    ("set_name", text("bed 1"), 3),
    ("set_name", text("x" * 17), 3),
    ("set_name", b"\x02\xff\xfe", 3),
    ("set_bthome", b"\x03", 3),
    ("set_bthome", b"\x01" + bytes(16), 2),
    ("set_bthome", b"\x02" + bytes(15), 2),
]


def test_whatever_is_refused_gets_a_reason_and_changes_nothing(bits: int, tmp_path: Path) -> None:
    code = f"""
def state():
    return repr((node.config._values, node.ending, node.pace.period_ms, node.signals.sounding,
                 node.signals.testing, node.guard.host_priority,
                 round(node.tilt.angle_cdeg / 1000)))
before = state()
outcomes = []
for verb, payload, _ in {[(VERBS[verb], payload, result) for verb, payload, result in REFUSED]!r}:
    (kind, answer), = bench.ask(verb, payload)
    outcomes.append((answer[1], answer[2], len(answer) > 10, state() == before))
print(outcomes)
"""
    assert told(bits, code, tmp_path) == [
        (VERBS[verb], result, True, True) for verb, _, result in REFUSED
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["upturn.boots.json"]


def test_an_unknown_verb_is_answered(bits: int, tmp_path: Path) -> None:
    assert told(bits, "print(bench.ask(0x7F, b'abc'))", tmp_path) == [
        (ANSWER, b"\x01\x7f\x01unknown verb 127")
    ]


def test_another_version_is_answered_in_this_one_and_does_nothing(
    bits: int, tmp_path: Path
) -> None:
    code = """
answers = bench.ask(v.SET_NAME, b"\\x03bed", version=2)
print([answers, node.config.name, node.guard.alone, node.link.wanted])
"""
    assert told(bits, code, tmp_path) == [
        [(ANSWER, b"\x01\x0a\x05version 2, this is 1")], "upturn-0b0c", True, False,
    ]  # fmt: skip


def test_what_is_no_command_gets_no_answer(bits: int, tmp_path: Path) -> None:
    code = """
bench.messages()
for body in (b"\\x11\\x01\\x02", b"\\x13abc", b"\\x19\\x01\\x01\\x00"):
    bench.raw(body)
bench.hardware.stdin.waiting.extend(b"help()\\r\\n\\x7e\\x7e~~garbage~")
bench.pass_ms(100)
print([bench.messages(), node.guard.alone, node.link.bad_frames])
"""
    assert told(bits, code, tmp_path) == [[], True, 2]


@pytest.mark.parametrize("verb", ["maintenance", "power_off", "forget_hosts"])
def test_nobody_is_left_alone_while_inverted(bits: int, verb: str, tmp_path: Path) -> None:
    kinds, outcome = replies(bits, verb, None, tmp_path, INVERT)
    assert (kinds, outcome) == ([ANSWER], (4, "the table is inverted"))
    assert told(bits, f"{INVERT}\n{ask(verb)}\nprint(node.ending)", tmp_path) is None


@pytest.mark.parametrize("verb", ["maintenance", "power_off", "forget_hosts"])
def test_what_ends_the_watch_waits_until_the_posture_is_known(
    verb: str, bits: int, tmp_path: Path
) -> None:
    code = f"""
young = Bench()
young.angle(60)
started = young.boot()
(_, answer), = [told for told in young.ask({VERBS[verb]}) if told[0] == v.ANSWER]
print([started.guard.posture.state, answer[2], str(answer[3:], "utf-8"), started.ending])
"""
    words = "the table's posture is not known yet"
    assert told(bits, code, tmp_path) == [0, 4, words, None]


@pytest.mark.parametrize("verb", ["maintenance", "power_off", "forget_hosts"])
def test_a_sensor_that_fails_locks_nobody_out(verb: str, bits: int, tmp_path: Path) -> None:
    code = f"""
young = Bench()
young.boot().faults.set(v.FAULT_NO_SENSOR, True)
(_, answer), = [told for told in young.ask({VERBS[verb]}) if told[0] == v.ANSWER]
print([answer[2]])
"""
    assert told(bits, code, tmp_path) == [0]


@pytest.mark.parametrize(
    ("verb", "ending"), [("maintenance", "maintenance"), ("power_off", "off by command")]
)
def test_upright_they_end_the_run(bits: int, verb: str, ending: str, tmp_path: Path) -> None:
    assert told(bits, f"{ask(verb)}\nprint(repr(node.ending))", tmp_path) == ending


def test_a_profile_is_stored_and_in_force_and_told(bits: int, tmp_path: Path) -> None:
    code = f"""
hello = {ask("set_profile")}[0][1]
stored = open("upturn.json").read()
print([hello[23:37], hello[-10:-2], '"standard"' in stored, node.config.limit_ms])
"""
    assert told(bits, code, tmp_path) == [STANDARD[:14], b"standard", True, 60_000]


def test_boots_have_no_angle_in_force(bits: int, tmp_path: Path) -> None:
    boots = profile(45_000, 60_000, 90_000, -32_768)
    code = f"""
hello = bench.ask(v.SET_PROFILE, {boots!r})[0][1]
bench.angle(150)
bench.pass_ms(5000, heartbeat=True)
kept = Bench(rtc=bench.hardware.rtc)
kept.angle(150)
again = kept.boot()
kept.pass_ms(5000, heartbeat=True)
print([hello[23:37], node.guard.posture.state, node.guard.priority, again.guard.priority,
       again.config.fault])
"""
    assert told(bits, code, tmp_path) == [boots[:14], 4, 0, 0, 0]


def test_a_calibration_turns_the_angle(bits: int, tmp_path: Path) -> None:
    upside_down = calibration((0, -16384, 0, 0, 0, -16384, 16384, 0, 0))
    code = f"""
angles = [round(node.tilt.angle_cdeg / 100)]
for verb, payload in ((v.SET_CALIBRATION, {upside_down!r}), (v.CLEAR_CALIBRATION, b"")):
    bench.ask(verb, payload)
    bench.pass_ms(2000, heartbeat=True)
    flags = [s[8] & 1 for s in bench.messages() if s[0] & 15 == 1]
    angles.append((round(node.tilt.angle_cdeg / 100), flags[-1]))
print(angles)
"""
    assert told(bits, code, tmp_path) == [-90, (90, 1), (-90, 0)]


def test_a_rate_changes_the_interval_and_the_samples_of_a_message(
    bits: int, tmp_path: Path
) -> None:
    code = """
told = []
for rate in (50, 100, 200):
    bench.ask(v.SET_RATE, bytes((rate, 0)))
    bench.pass_ms(1000, heartbeat=True)
    bench.messages()
    bench.pass_ms(2000, heartbeat=True)
    frames = [told for told in bench.messages() if told[0] & 15 == 1]
    told.append((len(frames), sorted(set(frame[1] for frame in frames)), node.pace.skipped))
print(told)
"""
    frames, forms, _ = zip(*told(bits, code, tmp_path), strict=True)
    assert [99 <= count <= 101 for count in frames] == [True] * 3
    assert forms == ([0x11], [0x12], [0x14])


def test_not_stored_is_said_and_not_in_force(bits: int, tmp_path: Path) -> None:
    (tmp_path / "upturn.json.new").mkdir()
    code = f"""
told = []
for verb, payload in (
    (v.SET_NAME, {GOOD["set_name"]!r}), (v.SET_PROFILE, {STANDARD!r}), (v.SET_RATE, b"\\xc8\\x00"),
    (v.SET_CALIBRATION, {GOOD["set_calibration"]!r}), (v.CLEAR_CALIBRATION, b""),
):
    (kind, answer), = bench.ask(verb, payload)
    told.append(answer[2])
print([told, node.config.name, node.config.limit_ms, node.pace.period_ms, node.config.calibrated])
"""
    assert told(bits, code, tmp_path) == [[6] * 5, "upturn-0b0c", 45_000, 20, False]


def test_twice_is_as_good_as_once(bits: int, tmp_path: Path) -> None:
    code = f"""
once = {ask("set_profile")}
first = open("upturn.json").read()
twice = {ask("set_profile")}
print([once[1][1][2:], twice[1][1][2:], open("upturn.json").read() == first])
"""
    assert told(bits, code, tmp_path) == [b"\x00", b"\x00", True]


def test_what_cannot_be_paused_is_not_now(bits: int, tmp_path: Path) -> None:
    """Over the limit, and no return begun: acknowledging does not make that quiet."""
    code = f"""
node.guard.set_limits(500, 1000, 90000, 6000)
{INVERT}
near = {ask("acknowledge")}[0][1][2]
bench.pass_ms(18000, heartbeat=True)
(kind, answer), = {ask("acknowledge")}
print([near, answer[2], len(answer) > 10, node.guard.sound_priority])
"""
    assert told(bits, code, tmp_path) == [0, 4, True, 3]


def test_identify_and_test_alarm_are_heard(bits: int, tmp_path: Path) -> None:
    code = f"""
def beeps():
    bench.pass_ms(4000)
    bench.hardware.buzzer.starts, heard = 0, bench.hardware.buzzer.starts
    return heard
told = [beeps()]
{ask("identify")}
told.append(beeps())
{ask("test_alarm")}
told.append(beeps())
print(told)
"""
    assert told(bits, code, tmp_path) == [0, 6, 3]


def test_a_heartbeat_makes_the_node_sound_what_the_host_asks(bits: int, tmp_path: Path) -> None:
    code = """
told = []
for payload in (b"\\x00\\x00", b"\\x03\\x00", b"\\x03\\x01", b"\\x00\\x00"):
    bench.ask(v.HEARTBEAT, payload)
    told.append((node.guard.sound_priority, node.guard.light_priority))
print([told, node.guard.alone])
"""
    assert told(bits, code, tmp_path) == [[(0, 0), (3, 3), (0, 3), (0, 0)], False]
