# SPDX-License-Identifier: MIT
"""A node's link over BLE: who is heard, what is sent to whom, and when a link is over."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.firmware import mpy

SETUP = """
from app_bench import kinds
from ble_bench import BleBench, HOST, sealed, v
bench = BleBench()
ble = bench.ble
node = bench.boot()
bench.pass_ms(100)
"""
INVERT = """
bench.angle(25)
bench.pass_ms(1500)
assert node.guard.inverted
"""

MEASUREMENT, SHORT, HELLO, STATUS, GOODBYE, ANSWER = 1, 2, 3, 4, 5, 9


def told(bits: int, code: str, flash: Path) -> Any:
    return ast.literal_eval(mpy.run(bits, SETUP + code, cwd=flash).splitlines()[-1])


def test_the_services_are_those_of_the_protocol(bits: int, tmp_path: Path) -> None:
    code = """
def flags(rows):
    return [(what.value, flag) for what, flag in rows]
print([[service.value, flags(rows)] for service, rows in ble.services])
"""
    base = "b7f1000{}-5c2e-4d0a-9f3b-6a1d0e8c4f27"
    assert told(bits, code, tmp_path) == [
        [base.format(1), [(base.format(2), 0x10), (base.format(3), 2), (base.format(4), 0x1028)]],
        [0x180F, [(0x2A19, 0x12)]],
        [0x180A, [(0x2A29, 2), (0x2A24, 2), (0x2A25, 2), (0x2A26, 2)]],
    ]


def test_who_it_is_can_be_read_by_anybody(bits: int, tmp_path: Path) -> None:
    code = """
names = ("manufacturer", "model", "serial", "firmware", "battery")
hello = ble.values[bench.handle("feature")]
print([[ble.values[bench.handle(name)] for name in names], hello[0], hello[2:8].hex(),
       hello[22] & 0x10, hello[-5:-3], ble.lengths[bench.handle("control")],
       sorted(ble.settings.items())])
"""
    texts, head, node_id, trait, ends, length, settings = told(bits, code, tmp_path)
    assert texts[:3] == [b"Upturn", b"bench", b"240ac4000b0c"]
    assert texts[3].count(b".") == 2
    assert (texts[4], head, node_id, trait, ends) == (b"\x46", 0x13, "240ac4000b0c", 0x10, b"\1\0")
    assert length == 244
    assert settings == [
        ("bond", False), ("gap_name", "upturn-0b0c"), ("io", 3), ("le_secure", True),
        ("mitm", False), ("mtu", 247),
    ]  # fmt: skip


@pytest.mark.parametrize("failing", ["active", "config", "gatts_register_services"])
def test_a_radio_that_does_not_start_is_said_once_and_the_node_runs(
    bits: int, failing: str, tmp_path: Path
) -> None:
    code = f"""
from ble_bench import BleBench
bench = BleBench()
bench.ble.fail["{failing}"] = 5
node = bench.boot()
hello = bench.messages()[0]
bench.press()
bench.pass_ms(2000, heartbeat=True)
print([hello[22] & 0x10, node.link.ble.active, node.link.wanted, bench.ble.on,
       node.guard.posture.state, node.link.ble.window_ms])
"""
    said = mpy.run(bits, code, cwd=tmp_path).splitlines()
    assert said[:-1] == ["upturn: no BLE: OSError(5,)"]
    assert ast.literal_eval(said[-1]) == [0, False, True, False, 1, 0]


def test_it_advertises_and_while_a_host_is_connected_so_that_nobody_can_connect(
    bits: int, tmp_path: Path
) -> None:
    code = """
told = [ble.connectable, ble.interval_us]
bench.connect()
bench.pass_ms(110)
told.append(ble.connectable)
bench.leave()
bench.pass_ms(110)
told.append(ble.connectable)
print(told)
"""
    assert told(bits, code, tmp_path) == [True, 200_000, False, True]


def test_advertising_is_tried_until_the_stack_takes_it(bits: int, tmp_path: Path) -> None:
    code = """
bench.connect()
ble.fail["gap_advertise"] = 12
bench.leave()
bench.pass_ms(3000)
told = [ble.connectable]
ble.fail.clear()
bench.pass_ms(110)
print(told + [ble.connectable])
"""
    assert told(bits, code, tmp_path) == [None, True]


def test_a_bonded_host_that_spoke_gets_25_messages_a_second(bits: int, tmp_path: Path) -> None:
    code = """
bench.connect(); bench.mtu(); bench.encrypt()
bench.pass_ms(500)
before = bench.notified()
bench.write(v.READ_INFO)
bench.pass_ms(20)
bench.confirm()
first = kinds(bench.notified())
bench.pass_ms(1000)
told = bench.notified()
print([before, first, [(a[:1] + a[2:]) for a in bench.answers()], kinds(told),
       sorted(set([m[1] for m in told if m[0] == 0x11])), kinds(bench.messages())])
"""
    before, first, answers, counts, forms, serial = told(bits, code, tmp_path)
    assert before == []
    assert first[HELLO] == 1
    assert answers == [b"\x19\x02\x00"]
    assert counts == {MEASUREMENT: 25, STATUS: 1}
    assert forms == [0x12]
    assert serial == {HELLO: 1}, "nothing of it is for the line"


@pytest.mark.parametrize(("rate", "form"), [(50, 0x12), (100, 0x14), (200, 0x18)])
def test_every_rate_makes_25_messages(bits: int, rate: int, form: int, tmp_path: Path) -> None:
    code = f"""
bench.join()
bench.write(v.SET_RATE, bytes(({rate}, 0)))
bench.pass_live(1000)
bench.notified()
bench.pass_live(1000)
told = [m for m in bench.notified() if m[0] == 0x11]
print([len(told), sorted(set([m[1] for m in told])), node.link.dropped])
"""
    count, forms, dropped = told(bits, code, tmp_path)
    assert 24 <= count <= 26
    assert (forms, dropped) == ([form], 0)


def test_no_sample_is_lost_or_said_twice(bits: int, tmp_path: Path) -> None:
    code = """
bench.join()
bench.pass_live(3000)
seqs = [(m[2] | m[3] << 8, m[1] & 15) for m in bench.notified() if m[0] == 0x11]
gaps = [b[0] - a[0] - a[1] for a, b in zip(seqs, seqs[1:])]
print([len(seqs) > 70, sorted(set(gaps))])
"""
    assert told(bits, code, tmp_path) == [True, [0]]


def test_with_a_host_on_the_line_too_both_get_the_same_50(bits: int, tmp_path: Path) -> None:
    code = """
bench.join()
bench.send(v.HEARTBEAT, b"\\x00\\x00")
bench.pass_ms(100)
bench.messages(); bench.notified(); bench.answers()
bench.pass_ms(1000)
line, air = bench.messages(), bench.notified()
print([kinds(line), line == air, bench.answers()])
"""
    counts, same, answers = told(bits, code, tmp_path)
    assert counts == {MEASUREMENT: 50, STATUS: 1}
    assert (same, answers) == (True, [])


def test_an_answer_goes_only_where_its_command_came_from(bits: int, tmp_path: Path) -> None:
    code = """
bench.join()
bench.pass_ms(50); bench.confirm(); bench.pass_ms(50); bench.answers(); bench.messages()
bench.send(v.SET_NAME, b"\\x03bed")
bench.pass_ms(50)
told = [kinds(bench.messages())[9], len(bench.answers())]
bench.write(v.SET_NAME, b"\\x03cot")
bench.pass_ms(50)
print(told + [kinds(bench.messages()).get(9), len(bench.answers()), node.config.name])
"""
    assert told(bits, code, tmp_path) == [1, 0, None, 1, "cot"]


@pytest.mark.parametrize("mtu", [23, 57])
def test_a_link_with_no_room_gets_short_ten_times_a_second(
    bits: int, mtu: int, tmp_path: Path
) -> None:
    code = f"""
bench.join({mtu})
bench.pass_live(1000)
bench.notified()
bench.pass_live(2000)
told = bench.notified()
print([kinds(told), sorted(set([len(m) for m in told])), told[-1][10] | told[-1][11] << 8,
       (told[-1][1] | told[-1][2] << 8) - (told[0][1] | told[0][2] << 8)])
"""
    counts, lengths, angle, samples = told(bits, code, tmp_path)
    assert counts[SHORT] in (20, 21)
    assert 0xDCD8 - 30 < angle < 0xDCD8 + 30  # -90.00 degrees
    assert samples == 5 * (counts[SHORT] - 1)
    if mtu == 23:
        assert (set(counts), lengths) == ({SHORT}, [17])


def test_an_mtu_of_58_has_room_for_one_sample(bits: int, tmp_path: Path) -> None:
    code = """
bench.join(58)
bench.pass_live(1000)
bench.notified()
bench.pass_live(1000)
told = [m for m in bench.notified() if m[0] in (0x11, 0x12)]
print([kinds(told), told[0][1]])
"""
    assert told(bits, code, tmp_path) == [{MEASUREMENT: 50}, 0x11]


def test_where_there_is_no_room_hello_is_only_read_and_reasons_are_cut(
    bits: int, tmp_path: Path
) -> None:
    code = """
bench.join(23)
bench.pass_live(100)
bench.notified(); bench.answers()
bench.write(v.SET_NAME, b"\\x03bed")
bench.pass_live(100)
bench.write(v.SET_NAME, b"\\x05bed 1")
bench.pass_live(100)
answers = [a for a in bench.answers() if a[2] == v.SET_NAME]
print([kinds(bench.notified()).get(3), b"bed" in ble.values[bench.handle("feature")],
       [a[3:] for a in answers], node.link.dropped])
"""
    assert told(bits, code, tmp_path) == [None, True, [b"\x00", b"\x03a name has on"], 0]


def test_what_the_radio_does_not_take_is_dropped_and_counted(bits: int, tmp_path: Path) -> None:
    code = """
bench.join()
bench.pass_live(1000)
told = []
for number in (12, -128):
    ble.fail["gatts_notify"] = number
    before = node.link.dropped
    bench.pass_live(1000)
    told.append(node.link.dropped - before)
ble.fail.clear()
bench.notified()
bench.pass_live(2000)
status = [m for m in bench.notified() if m[0] == 0x14][-1]
print([told, status[14] | status[15] << 8, node.link.dropped])
"""
    drops, in_status, dropped = told(bits, code, tmp_path)
    assert all(25 <= count <= 28 for count in drops)
    assert in_status == dropped == sum(drops)


def test_a_tap_in_a_message_that_was_lost_is_told_by_the_next(bits: int, tmp_path: Path) -> None:
    code = """
bench.join()
bench.pass_live(200)
ble.fail["gatts_notify"] = 12
node.stream.note(v.TAP)
bench.pass_live(100)
ble.fail.clear()
bench.notified()
bench.pass_live(200)
print([m[8] & v.TAP for m in bench.notified() if m[0] == 0x11][:3])
"""
    assert told(bits, code, tmp_path) == [0x10, 0, 0]


@pytest.mark.parametrize("pairs", [False, True])
def test_a_host_without_a_bond_is_not_heard(bits: int, pairs: bool, tmp_path: Path) -> None:
    code = f"""
bench.connect(); bench.mtu()
if {pairs}:
    bench.pair()
bench.write(v.SET_NAME, b"\\x03bed")
bench.pass_ms(900)
print([node.config.name, node.guard.alone, bench.answers(), bench.notified(), ble.ended])
"""
    assert told(bits, code, tmp_path) == ["upturn-0b0c", True, [], [], []]


def test_a_link_that_is_encrypted_without_a_bond_is_ended(bits: int, tmp_path: Path) -> None:
    code = """
bench.connect(); bench.pair()
bench.pass_ms(1200)
print([ble.ended, node.radio.connection, ble.connectable, len(node.bonds)])
"""
    assert told(bits, code, tmp_path) == [[0], None, True, 0]


@pytest.mark.parametrize(("before", "patience_s"), [("", 10), ("bench.press()", 30)])
def test_a_host_that_says_nothing_is_disconnected(
    bits: int, before: str, patience_s: int, tmp_path: Path
) -> None:
    code = f"""
{before}
bench.connect()
bench.pass_ms({patience_s * 1000 - 300})
told = [list(ble.ended)]
bench.pass_ms(500)
print(told + [ble.ended, ble.connectable])
"""
    assert told(bits, code, tmp_path) == [[], [0], True]


def test_a_host_that_goes_on_speaking_stays(bits: int, tmp_path: Path) -> None:
    code = """
ble.quiet = True
bench.join()
bench.pass_live(12000)
told = [list(ble.ended), node.link.wanted]
bench.pass_ms(10500)
print(told + [ble.ended, node.link.wanted])
"""
    assert told(bits, code, tmp_path) == [[], True, [0], False]


def test_a_stack_that_does_not_end_a_link_is_asked_again_and_then_done_without(
    bits: int, tmp_path: Path
) -> None:
    code = """
ble.silent_end = True
bench.connect()
bench.pass_ms(15000)
told = [len(ble.ended), node.radio.connection]
bench.pass_ms(6000)
print(told + [len(ble.ended), node.radio.connection, ble.connectable])
"""
    assert told(bits, code, tmp_path) == [6, 0, 10, None, True]


def test_a_link_that_is_lost_while_inverted_is_an_alarm_until_the_host_is_back(
    bits: int, tmp_path: Path
) -> None:
    code = (
        INVERT
        + """
bench.join()
bench.pass_live(2000)
told = [node.guard.priority]
bench.leave()
bench.pass_ms(2400)
told.append(node.guard.priority)
bench.pass_ms(800)
told.append((node.guard.priority, node.guard.host_silent, node.signals.sounding))
bench.join()
bench.pass_live(200)
print(told + [node.guard.priority])
"""
    )
    assert told(bits, code, tmp_path) == [0, 0, (3, True, True), 0]


def test_a_host_that_stays_connected_and_falls_silent_is_an_alarm_as_well(
    bits: int, tmp_path: Path
) -> None:
    code = (
        INVERT
        + """
bench.join()
bench.pass_live(2000)
bench.pass_ms(3100)
print([node.guard.host_silent, node.radio.connection, node.link.wanted])
"""
    )
    assert told(bits, code, tmp_path) == [True, 0, True]


def test_a_reset_in_mid_link_leaves_the_bond_and_a_link_like_any_other(
    bits: int, tmp_path: Path
) -> None:
    code = """
bench.press()
bench.connect(); bench.mtu(); bench.pair()
bench.pass_ms(200)
again = BleBench()
again.boot()
again.pass_ms(100)
found = [again.ble.find(kind, HOST) for kind in (1, 2)]
again.join()
again.pass_ms(50)
print([found == [b"ours of " + HOST, b"theirs of " + HOST], len(again.answers()),
       again.ble.settings["bond"]])
"""
    assert told(bits, code, tmp_path) == [True, 1, False]


def test_a_second_host_is_sent_away_and_the_first_does_not_notice(
    bits: int, tmp_path: Path
) -> None:
    code = """
bench.join()
bench.pass_live(500)
bench.notified()
bench.connect(1)
bench.encrypt(False, 1)
bench.write_raw(sealed(b"\\x18\\x07\\x0c"), 1)
bench.pass_live(1000)
print([ble.ended, node.radio.connection, kinds(bench.notified())[1] >= 24, node.ending])
"""
    assert told(bits, code, tmp_path) == [[1], 0, True, None]


def test_a_link_that_breaks_is_lost_and_the_next_one_begins_anew(
    bits: int, tmp_path: Path
) -> None:
    """Another host behind the same number: no right, no command and no answer is left over."""
    code = """
bench.join()
bench.pass_live(500)
bench.write(v.SET_NAME, b"\\x03bed")
bench.leave()
bench.connect()
bench.pass_ms(100)
bench.notified(); bench.answers()
bench.write(v.SET_NAME, b"\\x03cot")
bench.pass_ms(900)
print([node.config.name, bench.notified(), bench.answers(), node.link.wanted, node.link.ble.room])
"""
    assert told(bits, code, tmp_path) == ["upturn-0b0c", [], [], False, 20]


def test_an_answer_that_waits_when_the_link_breaks_is_not_for_the_next_host(
    bits: int, tmp_path: Path
) -> None:
    code = """
bench.join()
bench.write(v.IDENTIFY)
bench.pass_ms(60)
told = [len(bench.answers())]
bench.leave()
bench.connect(); bench.mtu(); bench.encrypt()
bench.pass_ms(300)
print(told + [bench.answers()])
"""
    assert told(bits, code, tmp_path) == [1, []]


def test_answers_go_one_at_a_time_and_no_host_can_hold_them_up(bits: int, tmp_path: Path) -> None:
    code = """
bench.join()
bench.write(v.IDENTIFY)
bench.pass_ms(1000)
told = [len(ble.indicated)]
bench.pass_ms(1300)
told.append(len(ble.indicated))
bench.confirm(status=7)
told.append(node.link.dropped)
print(told)
"""
    assert told(bits, code, tmp_path) == [1, 2, 2]


def test_a_flood_of_commands_is_bounded_and_counted(bits: int, tmp_path: Path) -> None:
    code = """
bench.join()
for _ in range(20):
    bench.write(v.IDENTIFY)
told = [len(node.radio.commands), node.link.dropped]
bench.pass_ms(300)
print(told + [len(ble.indicated), len(node.link.ble._answers), node.link.dropped])
"""
    # 8 of 21 wait; of their answers one is on its way and 4 wait, and 3 are dropped
    assert told(bits, code, tmp_path) == [8, 13, 1, 4, 16]


@pytest.mark.parametrize(
    "message", ["b''", "b'abc'", "b'\\\\x18\\\\x01\\\\x02abc'", "bytes(244)", "bytes(300)"]
)
def test_garbage_is_counted_and_changes_nothing(bits: int, message: str, tmp_path: Path) -> None:
    code = f"""
bench.join()
bench.pass_ms(50); bench.confirm(); bench.pass_ms(50); bench.answers()
bench.write_raw({message})
bench.pass_ms(50)
print([node.link.bad_frames, bench.answers(), node.link.wanted])
"""
    assert told(bits, code, tmp_path) == [1, [], True]


def test_an_interrupt_never_raises(bits: int, tmp_path: Path) -> None:
    """A handler that raises is never called again: the node would be deaf."""
    code = """
bench.join()
ble.fail["gatts_read"] = 5
bench.write(v.IDENTIFY)
for event in range(1, 40):
    for data in ((), (0,), (0, 1), (None, None, None), (0, None, "x", 4, 5)):
        ble.event(event, data)
ble.fail.clear()
bench.connect(); bench.encrypt()
bench.answers()
bench.write(v.IDENTIFY)
bench.pass_ms(50)
print([ble.handler is not None, len(bench.answers())])
"""
    assert told(bits, code, tmp_path) == [True, 1]


def test_a_press_lets_hosts_pair_for_a_minute(bits: int, tmp_path: Path) -> None:
    code = """
told = [ble.settings["bond"]]
bench.press()
told.append(ble.settings["bond"])
bench.pass_ms(59000)
told.append(ble.settings["bond"])
bench.pass_ms(1500)
print(told + [ble.settings["bond"]])
"""
    assert told(bits, code, tmp_path) == [False, True, True, False]


def test_a_press_while_inverted_does_not(bits: int, tmp_path: Path) -> None:
    code = INVERT + "bench.press()\nprint([ble.settings['bond'], node.guard.distress])"
    assert told(bits, code, tmp_path) == [False, True]


def test_a_bond_takes_back_the_call_that_the_press_was(bits: int, tmp_path: Path) -> None:
    code = """
bench.press()
told = [node.guard.distress, node.guard.priority]
bench.connect(); bench.mtu(); bench.pair()
bench.write(v.HEARTBEAT, b"\\x00\\x00")
bench.pass_ms(200)
hello = ble.values[bench.handle("feature")]
print(told + [node.guard.distress, node.guard.sound_priority, len(node.bonds), hello[-4],
              node.link.wanted])
"""
    assert told(bits, code, tmp_path) == [True, 3, False, 0, 1, 1, True]


@pytest.mark.parametrize(
    "call",
    [
        "node.guard.call(); bench.press()",
        "bench.press(); node.taps.calls += 1",
        "bench.press(); bench.angle(60); bench.pass_ms(1500)",
    ],
)
def test_a_bond_takes_back_no_other_call(bits: int, call: str, tmp_path: Path) -> None:
    code = f"""
bench.angle(-20)
bench.pass_ms(1000)
{call}
bench.pass_ms(100)
bench.connect(); bench.pair()
bench.pass_ms(300)
print([node.guard.distress, len(node.bonds)])
"""
    assert told(bits, code, tmp_path) == [True, 1]


def test_the_light_tells_of_the_window_where_no_alarm_does(bits: int, tmp_path: Path) -> None:
    code = """
def flashes():
    before = bench.hardware.led.starts
    bench.pass_ms(4000)
    return bench.hardware.led.starts - before
told = [flashes()]
bench.press()
told.append(flashes())
node.guard.take_back_call()
print(told + [flashes()])
"""
    idle, alarm, pairing = told(bits, code, tmp_path)
    assert (idle, alarm) == (1, 8)
    assert 7 <= pairing <= 8


def test_forgotten_hosts_are_answered_and_then_gone(bits: int, tmp_path: Path) -> None:
    code = """
bench.press()
bench.connect(); bench.mtu(); bench.pair()
bench.pass_ms(100)
bench.write(v.FORGET_HOSTS)
bench.pass_ms(300)
told = [bench.answers()[-1][2:], list(ble.ended), len(node.bonds)]
bench.confirm()
bench.pass_ms(200)
print(told + [ble.ended, ble.find(1, HOST)])
"""
    assert told(bits, code, tmp_path) == [b"\x0e\x00", [], 0, [0], None]


def test_the_last_word_goes_over_ble_too_and_then_the_radio_is_off(
    bits: int, tmp_path: Path
) -> None:
    code = """
bench.join()
bench.pass_live(200)
bench.notified()
node.say_goodbye(v.GOODBYE_BUTTON)
said = bench.notified()
node.close()
print([said[-1][0], said[-1][-1], ble.ended, ble.on, ble.handler])
"""
    assert told(bits, code, tmp_path) == [0x15, 1, [0], False, None]


def test_a_name_is_in_the_scan_response_at_once(bits: int, tmp_path: Path) -> None:
    code = """
told = [ble.adverts[-1][1]]
bench.join()
bench.write(v.SET_NAME, b"\\x03bed")
bench.pass_ms(150)
print(told + [ble.adverts[-1][1], ble.settings["gap_name"]])
"""
    assert told(bits, code, tmp_path) == [b"\x0c\x09upturn-0b0c", b"\x04\x09bed", "bed"]


def test_the_battery_is_told_when_it_changes(bits: int, tmp_path: Path) -> None:
    code = """
bench.pass_ms(10000)
first = [value for _, value in ble.told]
bench.pass_ms(10000)
bench.hardware.sense.mv = 3600
bench.pass_ms(10000)
print([first, [value for _, value in ble.told], ble.values[bench.handle("battery")]])
"""
    assert told(bits, code, tmp_path) == [[b"\x46"], [b"\x46", b"\x0c"], b"\x0c"]


@pytest.mark.parametrize("mtu", [247, 23])
def test_no_message_over_ble_costs_heap(bits: int, mtu: int) -> None:
    assert mpy.run(bits, "ble_heap.py", mtu) == "0 True\n"
