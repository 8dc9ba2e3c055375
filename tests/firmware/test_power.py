# SPDX-License-Identifier: MIT
"""From start to switch-off: what a reset leaves, and who may end a run."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.firmware import mpy

SETUP = """
from app_bench import Bench, Rtc, kinds, v
rtc = Rtc()

def started(deg=-90, cause=v.RESET_POWER_ON, at_ms=None):
    bench = Bench(rtc=rtc)
    bench.time.ms = at_ms or bench.time.ms
    bench.angle(deg)
    bench.hardware.cause = cause
    bench.boot()
    return bench
"""


def told(bits: int, code: str, flash: Path) -> Any:
    return ast.literal_eval(mpy.run(bits, SETUP + code, cwd=flash).splitlines()[-1])


def test_a_reset_in_mid_inversion_loses_nothing(bits: int, tmp_path: Path) -> None:
    code = """
bench = started()
bench.pass_ms(1000, heartbeat=True)
bench.angle(60)
bench.pass_ms(20_000, heartbeat=True)
guard = bench.node.guard
before = (guard.exposure.exposure_ms, guard.exposure.inversions, guard.exposure.epoch)
bench = started(60, v.RESET_WATCHDOG, bench.time.ms + 4000)
node = bench.node
known = node.guard.inverted
bench.pass_ms(1000, heartbeat=True)
after = (node.guard.exposure.exposure_ms, node.guard.exposure.inversions,
         node.guard.exposure.epoch)
hello = [s for s in bench.messages() if s[0] & 15 == 3][0]
print([known, after[0] - before[0], before[1:], after[1:], hello[11], hello[12], hello[14]])
"""
    known, grown, before, after, reset, boots, epoch = told(bits, code, tmp_path)
    assert known is True
    assert 4980 <= grown <= 5400  # 4 s away, its start, 1 s again; to the sample
    assert before == after == (1, 1)
    assert (reset, boots, epoch) == (3, 2, 1)


def test_after_a_loss_of_power_the_count_begins_anew_and_says_so(
    bits: int, tmp_path: Path
) -> None:
    code = """
epochs = []
for _ in range(3):
    bench = started()
    bench.pass_ms(1500)
    epochs.append((bench.node.guard.exposure.epoch, bench.node.memory.boots))
    rtc.data = bytes(len(rtc.data))
print(epochs)
"""
    assert told(bits, code, tmp_path) == [(1, 1), (2, 2), (3, 3)]


@pytest.mark.parametrize(
    ("cause", "marked", "told_reset"),
    [
        ("POWER_ON", False, 1),
        ("PIN", False, 2),
        ("PIN", True, 4),  # machine.reset() of an ESP32 looks like the pin
        ("WATCHDOG", True, 3),
        ("PROGRAM", False, 4),
        ("SLEEP", False, 5),
        ("UNKNOWN", False, 0),
    ],
)
def test_hello_tells_why_it_started(
    bits: int, cause: str, marked: bool, told_reset: int, tmp_path: Path
) -> None:
    code = f"""
bench = started()
if {marked}:
    bench.node.memory.mark(crashed=True)
bench = started(cause=v.RESET_{cause})
first = bench.messages()[0]
bench = started(cause=v.RESET_PIN)
print([first[11], bench.messages()[0][11]])
"""
    assert told(bits, code, tmp_path) == [told_reset, 2]


def test_a_damaged_config_and_impossible_limits_are_faults(bits: int, tmp_path: Path) -> None:
    code = """
from upturn_node import store
with open("upturn.json", "w") as file:
    file.write("{")
bench = started()
bench.pass_ms(200)
seen = [bench.node.faults.current]
bench.ask(v.SET_NAME, b"\\x03bed")
seen.append(bench.node.faults.current)
values = dict(bench.node.config._values)
values["limit_ms"] = 400_000
store.write("upturn.json", values)
bench = started()
bench.pass_ms(200)
seen.append((bench.node.faults.current, bench.node.config.name, bench.node.config.limit_ms))
print(seen)
"""
    assert told(bits, code, tmp_path) == [5, 0, (8, "bed", 45_000)]


def test_the_watchdog_is_armed_after_the_window_and_fed(bits: int, tmp_path: Path) -> None:
    code = """
bench = started()
bench.pass_ms(2800)
seen = [bench.hardware.wdt.armed_ms]
bench.pass_ms(1200)
fed = bench.hardware.wdt.fed
bench.pass_ms(5000)
seen += [bench.hardware.wdt.armed_ms, 45 < bench.hardware.wdt.fed - fed <= 50]
print(seen)
"""
    assert told(bits, code, tmp_path) == [0, 5000, True]


@pytest.mark.parametrize("fault", ["absent", "frozen", "stalled"])
def test_a_dead_sensor_is_no_reason_to_reset(bits: int, fault: str, tmp_path: Path) -> None:
    code = f"""
bench = started()
bench.pass_ms(5000)
bench.model.{fault} = True
unfed = 0
for _ in range(200):
    fed = bench.hardware.wdt.fed
    bench.pass_ms(100)
    unfed = 0 if bench.hardware.wdt.fed > fed else unfed + 1
    assert unfed < 10
print(bench.node.faults.current)
"""
    assert told(bits, code, tmp_path) == {"absent": 2, "frozen": 3, "stalled": 3}[fault]


@pytest.mark.parametrize("task", ["sample", "signal", "receive"])
def test_a_task_that_hangs_is(bits: int, task: str, tmp_path: Path) -> None:
    code = f"""
bench = started()
bench.pass_ms(5000)
if "{task}" == "sample":
    bench.node.sample = lambda: None
if "{task}" == "signal":
    bench.node.signal = lambda dt_ms: None
if "{task}" == "receive":
    bench.node.receive = lambda: None
bench.pass_ms(3100)
fed = bench.hardware.wdt.fed
bench.pass_ms(3000)
print(bench.hardware.wdt.fed - fed)
"""
    assert told(bits, code, tmp_path) == 0


def test_a_sampler_that_yields_nothing_and_declares_nothing_is(bits: int, tmp_path: Path) -> None:
    code = """
bench = started()
bench.pass_ms(5000)
bench.node.sensing.read = lambda dt_ms: False
bench.pass_ms(3200)
fed = bench.hardware.wdt.fed
bench.pass_ms(3000)
print(bench.hardware.wdt.fed - fed)
"""
    assert told(bits, code, tmp_path) == 0


HOLD = """
def held(ms, deg=-90):
    bench = started(deg)
    bench.pass_ms(5000)
    bench.hardware.pressed = True
    bench.pass_ms(ms)
    bench.hardware.pressed = False
    bench.pass_ms(200)
    return bench.node.ending
"""


@pytest.mark.parametrize(("ms", "ending"), [(2800, None), (3300, "off by button")])
def test_the_button_held_for_three_seconds_switches_off(
    bits: int, ms: int, ending: str | None, tmp_path: Path
) -> None:
    assert told(bits, HOLD + f"print(repr(held({ms})))", tmp_path) == ending


def test_but_not_while_inverted(bits: int, tmp_path: Path) -> None:
    assert told(bits, HOLD + "print(held(6000, 60))", tmp_path) is None


def test_nor_with_a_call_for_help_that_nobody_answered_which_the_hold_does(
    bits: int, tmp_path: Path
) -> None:
    code = """
bench = started(-90)
bench.pass_ms(5000)
node, told = bench.node, []
node.guard.call()
for _ in range(2):
    bench.hardware.pressed = True
    bench.pass_ms(6000)
    bench.hardware.pressed = False
    bench.pass_ms(200)
    told.append((node.ending, node.guard.distress, node.button.presses))
print(told)
"""
    assert told(bits, code, tmp_path) == [(None, False, 1), ("off by button", False, 1)]


def test_nor_while_anything_is_wrong(bits: int, tmp_path: Path) -> None:
    code = """
from upturn_node import alarms
guard = started(-90).node.guard
told = [guard.may_switch_off]
for row in alarms.ROWS:
    guard.alarms.judge(row[0])
    told.append(guard.may_switch_off)
guard.alarms.judge(0)
guard.alarms.active = alarms.LIMIT  # it only waits for somebody
told.append(guard.may_switch_off)
print(told)
"""
    assert told(bits, code, tmp_path) == [True, *(8 * [False]), True]


@pytest.mark.parametrize(("deg", "ending"), [(-90, "prompt"), (60, None)])
def test_held_right_after_a_start_it_asks_for_the_prompt(
    bits: int, deg: int, ending: str | None, tmp_path: Path
) -> None:
    """Inverted after a reset, it is a call for help."""
    code = f"""
bench = started({deg})
bench.pass_ms(1000)
bench = started({deg}, v.RESET_WATCHDOG)
bench.hardware.pressed = True
bench.pass_ms(1500)
print([bench.node.ending, bench.node.watchdog.armed, bench.node.guard.distress])
"""
    assert told(bits, code, tmp_path) == [ending, False, deg == 60]


@pytest.mark.parametrize(
    ("mv", "deg", "ending"),
    [(3299, -90, "off by battery"), (3299, 60, None), (3300, -90, None)],
)
def test_an_empty_battery_switches_off_unless_somebody_is_inverted(
    bits: int, mv: int, deg: int, ending: str | None, tmp_path: Path
) -> None:
    code = f"""
bench = started({deg})
bench.pass_ms(3000)
bench.hardware.sense.mv = {mv}
bench.pass_ms(35_000)
print([bench.node.ending, bench.node.battery.low])
"""
    assert told(bits, code, tmp_path) == [ending, True]
