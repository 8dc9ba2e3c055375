# SPDX-License-Identifier: MIT
"""Millivolts, percent, low, empty; by a divider, by an AXP192, and with no battery at all."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.firmware import mpy

SETUP = """
from upturn_node.battery import AdcBattery, Battery, NoBattery, CURVE, percent_of

class Sense:
    external = False
    mv = 0
    def read(self):
        if self.mv is None:
            raise OSError(19)
        return self.mv

sense = Sense()
battery = Battery(sense)

def measure(mv, external=False):
    sense.mv, sense.external = mv, external
    battery.measure()
    return (battery.millivolts, battery.percent, battery.low, battery.empty, battery.external)
"""


def told(bits: int, code: str) -> Any:
    return ast.literal_eval(mpy.run(bits, SETUP + code))


@pytest.mark.parametrize(
    ("mv", "percent", "low"),
    [
        (2000, 0, True),
        (3299, 0, True),
        (3300, 0, True),
        (3499, 4, True),
        (3500, 5, True),
        (3616, 14, True),
        (3617, 15, False),
        (3700, 30, False),
        (3950, 76, False),
        (4200, 100, False),
        (4350, 100, False),
    ],
)
def test_percent_follows_the_curve_of_a_cell(bits: int, mv: int, percent: int, low: bool) -> None:
    assert told(bits, f"print(measure({mv}))") == (mv, percent, low, False, False)


def test_the_curve_rises(bits: int) -> None:
    rising = told(bits, "print([percent_of(mv) for mv in range(3000, 4500)])")
    assert rising == sorted(rising)
    assert (rising[0], rising[-1]) == (0, 100)


def test_empty_takes_three_readings_in_a_row(bits: int) -> None:
    code = """
print([measure(mv)[3] for mv in (3299, 3299, 3300, 3299, 3299, 3299, 3299, 3301)])
"""
    assert told(bits, code) == [False, False, False, False, False, True, True, False]


def test_on_a_cable_it_is_never_empty(bits: int) -> None:
    assert told(bits, "print([measure(3200, True)[3] for _ in range(5)])") == [False] * 5


def test_no_cell_is_nothing_known_and_not_a_low_battery(bits: int) -> None:
    code = "measure(3200); measure(3200); measure(3200)\nprint([measure(1999), measure(0)])"
    assert told(bits, code) == [(0, 255, False, False, False)] * 2


def test_a_sense_that_does_not_answer_leaves_what_was_known(bits: int) -> None:
    assert told(bits, "print([measure(3900), measure(None)])") == [
        (3900, 70, False, False, False),
        (3900, 70, False, False, False),
    ]


def test_a_node_without_a_battery_is_fed_from_outside(bits: int) -> None:
    code = """
battery = Battery(NoBattery())
battery.measure()
print((battery.millivolts, battery.percent, battery.low, battery.empty, battery.external))
"""
    assert told(bits, code) == (0, 255, False, False, True)


def test_a_divider_is_read_several_times_and_multiplied(bits: int) -> None:
    code = """
class Adc:
    def __init__(self):
        self.next = iter((1900000, 1910000, 1890000, 1900000, 1905000, 1895000, 1900999, 1900000))
    def read_uv(self):
        return next(self.next)
print(AdcBattery(Adc(), 2000).read())
"""
    assert told(bits, code) == 3800


AXP = """
from upturn_node.axp192 import AXP192, SET_UP

class Bus:
    def __init__(self, **registers):
        self.registers = {0x03: 0x03, 0x12: 0xFF, 0x32: 0x46}
        self.written = []
    def readfrom_mem_into(self, address, register, buf):
        assert address == 0x34
        for k in range(len(buf)):
            buf[k] = self.registers.get(register + k, 0)
    def writeto_mem(self, address, register, buf):
        assert address == 0x34 and len(buf) == 1
        self.registers[register] = buf[0]
        self.written.append((register, buf[0]))

bus = Bus()
axp = AXP192(bus)
"""


def test_the_axp192_is_set_up_and_the_processor_keeps_its_supply(bits: int) -> None:
    assert told(bits, AXP + "axp.set_up()\nprint(bus.written)") == [
        (0x26, 0x6A), (0x30, 0x80), (0x31, 0x04), (0x33, 0xC0), (0x36, 0x0C),
        (0x82, 0xFF), (0x83, 0x80), (0x84, 0x32), (0x12, 0xF9),
    ]  # fmt: skip


def test_another_chip_at_its_address_is_not_written_to(bits: int) -> None:
    code = """
bus.registers[0x03] = 0x41
try:
    axp.set_up()
except OSError as error:
    print([str(error), bus.written])
"""
    assert told(bits, AXP + code) == ["0x34 is no AXP192: its register 0x03 is not 0x03", []]


@pytest.mark.parametrize(
    ("status", "high", "low", "expect"),
    [
        (0x00, 0xD8, 0x00, (3801, False)),
        (0x20, 0xEE, 0x0A, (4199, True)),
        (0x00, 0, 0, (0, False)),
    ],
)
def test_the_axp192_measures_the_cell_and_sees_the_cable(
    bits: int, status: int, high: int, low: int, expect: tuple[int, bool]
) -> None:
    code = f"""
bus.registers.update({{0x00: {status}, 0x78: {high}, 0x79: {low}}})
print((axp.read(), axp.external))
"""
    assert told(bits, AXP + code) == expect


def test_the_axp192_switches_everything_off(bits: int) -> None:
    assert told(bits, AXP + "axp.off()\nprint(bus.written)") == [(0x32, 0xC6)]
