# SPDX-License-Identifier: MIT
"""What `PROTOCOL.md`, section 3, promises at its edges."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.firmware import mpy

SETUP = """
from app_bench import kinds
from ble_bench import BleBench, HOST, v
bench = BleBench()
ble = bench.ble
node = bench.boot()
bench.pass_ms(100)
"""

MEASUREMENT, SHORT = 1, 2


def told(bits: int, code: str, flash: Path) -> Any:
    return ast.literal_eval(mpy.run(bits, SETUP + code, cwd=flash).splitlines()[-1])


def test_a_window_that_closes_while_a_host_pairs_leaves_it_without_rights(
    bits: int, tmp_path: Path
) -> None:
    """The stack tells of the bond, and only then hands over what there is to keep of it."""
    code = """
bench.press()
bench.connect(); bench.mtu(); bench.encrypt(bonded=True)
told = [node.radio.trusted]
node.link.ble.window_ms = 0
node.radio.bond(False)
bench.keep_bond()
bench.write(v.SET_NAME, b"\\x03bed")
bench.pass_ms(1200)
print(told + [node.radio.trusted, node.config.name, ble.ended, len(node.bonds)])
"""
    assert told(bits, code, tmp_path) == [True, False, "upturn-0b0c", [0], 0]


@pytest.mark.parametrize("since_ms", [0, 300, 900, 1300, 1900])
def test_a_press_is_seen_by_whoever_scans_at_once(
    bits: int, tmp_path: Path, since_ms: int
) -> None:
    """And not two turns of the advertisement later."""
    code = f"""
bench.pass_ms(1000 + {since_ms})
bench.press()
states = [data[23] & 1 for data, _, _ in ble.adverts[-2:] if data[4] == 0x21]
print(states[-1:])
"""
    assert told(bits, code, tmp_path) == [1]


def test_one_press_is_for_one_host(bits: int, tmp_path: Path) -> None:
    code = """
bench.press()
bench.connect(); bench.mtu(); bench.pair()
bench.pass_ms(200)
told = [node.link.ble.window_ms, ble.settings["bond"], len(node.bonds)]
bench.leave()
bench.pass_ms(200)
other = bytes((0, 9, 9, 9, 9, 9, 9))
bench.connect(address=other); bench.mtu(); bench.pair(other)
bench.pass_ms(1200)
print(told + [len(node.bonds), ble.ended])
"""
    assert told(bits, code, tmp_path) == [0, False, 1, 1, [0]]


def test_an_open_window_is_no_grace_for_a_bonded_host_that_fell_silent(
    bits: int, tmp_path: Path
) -> None:
    code = """
bench.join()
bench.press()
bench.write(v.HEARTBEAT, b"\\x00\\x00")
bench.pass_ms(9800)
told = [list(ble.ended)]
bench.pass_ms(500)
print(told + [ble.ended, node.link.ble.window_ms > 40000])
"""
    assert told(bits, code, tmp_path) == [[], [0], True]


def test_the_battery_can_be_read_from_the_start(bits: int, tmp_path: Path) -> None:
    code = "print([ble.values[bench.handle('battery')], node.battery.percent])"
    assert told(bits, code, tmp_path) == [b"\x46", 70]


@pytest.mark.parametrize(("rate", "mtu"), [(50, 58), (100, 71), (200, 97)])
def test_short_goes_out_where_the_samples_of_50_messages_do_not_fit(
    bits: int, rate: int, mtu: int, tmp_path: Path
) -> None:
    code = f"""
bench.join()
bench.write(v.SET_RATE, bytes(({rate}, 0)))
bench.pass_live(200)
told = []
for mtu in ({mtu} - 1, {mtu}):
    bench.leave()
    bench.join(mtu)
    bench.pass_live(500)
    bench.notified()
    bench.pass_live(1000)
    told.append([m for m in bench.notified() if m[0] in (0x11, 0x12)])
print([[kinds(some), max([len(m) for m in some]) + 6] for some in told])
"""
    (short, _), (whole, whole_mtu) = told(bits, code, tmp_path)
    assert set(short) == {SHORT}
    assert 9 <= short[SHORT] <= 11
    assert set(whole) == {MEASUREMENT}
    assert 49 <= whole[MEASUREMENT] <= 51
    assert whole_mtu == mtu


def test_of_more_samples_than_fit_as_many_go_as_fit(bits: int, tmp_path: Path) -> None:
    code = """
bench.join()
bench.write(v.SET_RATE, bytes((200, 0)))
bench.pass_live(200)
bench.leave()
bench.pass_ms(100)
bench.join(120)
bench.pass_live(500)
bench.notified()
bench.pass_live(2000)
said = [m for m in bench.notified() if m[0] == 0x11]
gaps = [(b[2] | b[3] << 8) - (a[2] | a[3] << 8) - (a[1] & 15) for a, b in zip(said, said[1:])]
print([sorted(set([m[1] & 15 for m in said])), sorted(set(gaps)), node.link.dropped])
"""
    assert told(bits, code, tmp_path) == [[5], [0], 0]


def test_a_host_that_came_and_went_between_two_turns_leaves_it_advertising(
    bits: int, tmp_path: Path
) -> None:
    code = """
bench.connect()
bench.leave()
told = [ble.connectable]
bench.pass_ms(1100)
print(told + [ble.connectable])
"""
    assert told(bits, code, tmp_path) == [None, True]
