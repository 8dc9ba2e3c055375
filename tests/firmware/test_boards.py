# SPDX-License-Identifier: MIT
"""Boards are data: every row is complete, fits its chip, and becomes hardware."""

from __future__ import annotations

import ast
import runpy
from typing import Any

import pytest

from tests.firmware import mpy
from tests.firmware.mpy import FIRMWARE

FOLDERS = sorted(path.parent for path in (FIRMWARE / "boards").glob("*/board.py"))
BOARDS: dict[str, dict[str, Any]] = {
    folder.name: runpy.run_path(str(folder / "board.py"))["BOARD"] for folder in FOLDERS
}

FIELDS = {
    "name", "mcu", "micropython", "cpu_mhz", "serial", "i2c", "power_pins", "sensor_addresses",
    "gyro", "buzzer", "led", "buttons", "battery", "power_off",
}  # fmt: skip
BUZZERS = {"passive": {"pin"}, "active": {"pin"}, "none": set()}
BATTERIES = {"adc": {"pin", "times_1000"}, "axp192": set(), "none": set()}
MEANS_OFF = {
    "hold": {"hold_pin", "wake_pin"},
    "axp192": {"wake_pin"},
    "deep_sleep": {"wake_pin"},
}
BUILDS = {
    "esp32": {"ESP32_GENERIC"},
    "esp32s3": {"ESP32_GENERIC_S3", "SEEED_XIAO_ESP32S3"},
}
KNOWN_SENSORS = {0x68, 0x69, 0x18, 0x19, 0x53, 0x1D}

# ESP32 datasheet: 6 to 11 are the flash's (9 and 10 are free in the PICO of an M5StickC Plus),
# 34 to 39 can only be read and have no pull-up, 1 and 3 are the prompt's.
USABLE = {
    "esp32": set(range(40)) - {1, 3, 6, 7, 8, 11, 24, 28, 29, 30, 31},
    "esp32s3": set(range(49)) - {19, 20, *range(22, 33)},
}
INPUT_ONLY = {"esp32": set(range(34, 40)), "esp32s3": {46}}
ADC = {"esp32": set(range(32, 40)), "esp32s3": set(range(1, 11))}
WAKING = {
    "esp32": {0, 2, 4, *range(12, 16), *range(25, 28), *range(32, 40)},
    "esp32s3": set(range(22)),
}

pytestmark = pytest.mark.parametrize("board", BOARDS)


def outputs(row: dict[str, Any]) -> list[int]:
    pins = [row["i2c"]["scl"], row["i2c"]["sda"], *(pin for pin, *_ in row["power_pins"])]
    if row["buzzer"]["kind"] != "none":
        pins.append(row["buzzer"]["pin"])
    if row["led"] is not None:
        pins.append(row["led"]["pin"])
    return pins


def inputs(row: dict[str, Any]) -> list[int]:
    pins = [button["pin"] for button in row["buttons"]]
    return [*pins, row["battery"]["pin"]] if row["battery"]["kind"] == "adc" else pins


def test_a_row_is_complete_and_of_known_kinds(board: str) -> None:
    row = BOARDS[board]
    assert set(row) == FIELDS
    assert row["mcu"] in BUILDS
    assert row["micropython"] in BUILDS[row["mcu"]]
    assert row["cpu_mhz"] in (80, 160, 240)
    assert row["serial"] in ("uart", "usb")
    assert set(row["i2c"]) == {"id", "scl", "sda", "freq_hz"}
    assert row["i2c"]["freq_hz"] <= 400_000
    assert isinstance(row["gyro"], bool)
    assert set(row["sensor_addresses"]) <= KNOWN_SENSORS
    assert row["sensor_addresses"]
    assert set(row["buzzer"]) == {"kind", *BUZZERS[row["buzzer"]["kind"]]}
    assert set(row["battery"]) == {"kind", *BATTERIES[row["battery"]["kind"]]}
    assert set(row["power_off"]) == {"kind", *MEANS_OFF[row["power_off"]["kind"]]}
    assert row["led"] is None or set(row["led"]) == {"pin", "lit"}
    assert row["buttons"]
    for button in row["buttons"]:
        assert set(button) == {"pin", "pressed", "pull_up"}
    for power_pin in row["power_pins"]:
        assert [level in (0, 1) for level in power_pin[1:]] == [True, True]


def test_its_name_fits_hello(board: str) -> None:
    assert 1 <= len(BOARDS[board]["name"].encode()) <= 16
    assert [row["name"] for row in BOARDS.values()].count(BOARDS[board]["name"]) == 1


def test_no_pin_has_two_uses(board: str) -> None:
    pins = outputs(BOARDS[board]) + inputs(BOARDS[board])
    assert sorted(pins) == sorted(set(pins))


def test_its_pins_can_what_they_are_asked_to(board: str) -> None:
    row = BOARDS[board]
    mcu = row["mcu"]
    assert set(outputs(row) + inputs(row)) <= USABLE[mcu]
    assert not set(outputs(row)) & INPUT_ONLY[mcu]
    for button in row["buttons"]:
        assert not (button["pull_up"] and button["pin"] in INPUT_ONLY[mcu])
    if row["battery"]["kind"] == "adc":
        assert row["battery"]["pin"] in ADC[mcu]
    wake = row["power_off"]["wake_pin"]
    assert wake is None or wake in WAKING[mcu]
    assert wake is None or wake in {button["pin"] for button in row["buttons"]}


def test_a_board_that_must_hold_its_supply_does_so_first_of_all(board: str) -> None:
    row = BOARDS[board]
    boot = FIRMWARE / "boards" / board / "boot.py"
    holds = row["power_off"]["kind"] == "hold"
    assert boot.exists() == holds
    if holds:
        pin = row["power_off"]["hold_pin"]
        assert (pin, 1, 0) in row["power_pins"]
        statements = [ast.unparse(node) for node in ast.parse(boot.read_text()).body]
        assert statements == ["from machine import Pin", f"Pin({pin}, Pin.OUT, value=1)"]


RECORDER = """
import sys
calls = []

class Recorder:
    IN, OUT, OPEN_DRAIN, PULL_UP, ATTN_11DB = "in", "out", "open", "up", "11dB"
    PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5

class Pin:
    IN, OUT, OPEN_DRAIN, PULL_UP = "in", "out", "open", "up"
    stuck = 0
    def __init__(self, id, mode=None, pull=None, value=None):
        self.id = id
        self.level = 1 if value is None else value
        if value is not None:
            calls.append((id, value))
    def value(self, level=None):
        if level is not None:
            calls.append((self.id, level))
            self.level = level
        elif Pin.stuck and self.id == BOARD["i2c"]["sda"]:
            return 0
        return self.level
    def on(self):
        self.value(1)
    def off(self):
        self.value(0)

class PWM:
    def __init__(self, pin, freq, duty_u16):
        self.id = pin.id
        calls.append(("pwm", pin.id, duty_u16))
    def freq(self, hz):
        calls.append(("freq", self.id, hz))
    def duty_u16(self, duty):
        calls.append(("duty", self.id, duty))

class ADC:
    ATTN_11DB = 3
    def __init__(self, pin, atten):
        assert atten == ADC.ATTN_11DB
        self.id = pin.id
    def read_uv(self):
        return 1900000

class I2C:
    def __init__(self, id, scl, sda, freq):
        calls.append(("i2c", scl.id, sda.id, freq))
    def readfrom_mem_into(self, address, register, buf):
        buf[0] = {0x03: 3}.get(register, 0)
        buf[1:] = bytes(len(buf) - 1)
    def writeto_mem(self, address, register, buf):
        if register == 0x32:
            calls.append(("axp192", "off", buf[0]))

class WDT:
    def __init__(self, timeout):
        calls.append(("wdt", timeout))

class Machine:
    Pin, PWM, ADC, I2C, WDT = Pin, PWM, ADC, I2C, WDT
    PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
    cause = 1
    RTC = staticmethod(lambda: "rtc")
    freq = staticmethod(lambda hz: calls.append(("freq", hz)))
    unique_id = staticmethod(lambda: b"abcdef")
    reset_cause = staticmethod(lambda: Machine.cause)
    deepsleep = staticmethod(lambda: calls.append("deep sleep"))

class Esp32:
    WAKEUP_ALL_LOW = 0
    wake_on_ext0 = staticmethod(lambda pin, level: calls.append(("wake", pin.id, level)))

sys.modules["machine"] = Machine
sys.modules["esp32"] = Esp32
from upturn_node.hardware import Hardware
"""


def told(bits: int, board: str, code: str) -> Any:
    return ast.literal_eval(mpy.run(bits, f"BOARD = {BOARDS[board]!r}\n{RECORDER}{code}"))


def test_its_supplies_are_up_before_the_bus_is_opened(bits: int, board: str) -> None:
    row = BOARDS[board]
    code = "hardware = Hardware(BOARD, print)\nhardware.open_bus()\nprint(calls)"
    calls = told(bits, board, code)
    bus = ("i2c", row["i2c"]["scl"], row["i2c"]["sda"], 400_000)
    assert calls[0] == ("freq", row["cpu_mhz"] * 1_000_000)
    assert calls[1 : 1 + len(row["power_pins"])] == [pin[:2] for pin in row["power_pins"]]
    assert calls[-1] == bus
    assert calls.index(bus) > len(row["power_pins"])


def test_its_buzzer_led_button_and_battery_are_where_the_row_says(bits: int, board: str) -> None:
    row = BOARDS[board]
    code = """
hardware = Hardware(BOARD, print)
calls.clear()
hardware.buzzer.on(2700)
hardware.buzzer.off()
hardware.led.on()
hardware.led.off()
up = hardware.button_down()
for pin, pressed in hardware.buttons:
    pin.level = pressed
print([calls, up, hardware.button_down(), hardware.sense.read(), hardware.sense.external,
       hardware.node_id])
"""
    buzzer, led = row["buzzer"], row["led"]
    pin = buzzer["pin"]
    heard: dict[str, list[tuple[object, ...]]] = {
        "passive": [("freq", pin, 2700), ("duty", pin, 32768), ("duty", pin, 0)],
        "active": [(pin, 1), (pin, 0)],
    }
    calls = heard[buzzer["kind"]]
    if led is not None:
        calls += [(led["pin"], led["lit"]), (led["pin"], 1 - led["lit"])]
    battery = {"adc": (3800, False), "axp192": (0, False), "none": (0, True)}
    assert told(bits, board, code) == [
        calls, False, True, *battery[row["battery"]["kind"]], b"abcdef",
    ]  # fmt: skip


def test_it_goes_off_as_far_as_it_can_and_wakes_by_its_button(bits: int, board: str) -> None:
    row = BOARDS[board]
    power = row["power_off"]
    code = """
hardware = Hardware(BOARD, lambda ms: calls.append(("sleep_ms", ms)))
calls.clear()
hardware.off()
print(calls)
"""
    first: dict[str, list[tuple[object, ...]]] = {
        "hold": [(power.get("hold_pin"), 0)],
        "axp192": [("axp192", "off", 0x80)],
        "deep_sleep": [],
    }
    wake = power["wake_pin"]
    assert told(bits, board, code) == [
        *first[power["kind"]],
        ("sleep_ms", 500),
        *((pin, asleep) for pin, _, asleep in row["power_pins"]),
        *([("wake", wake, 0)] if wake is not None else []),
        "deep sleep",
    ]


def test_a_slave_that_holds_the_bus_is_clocked_free(bits: int, board: str) -> None:
    scl = BOARDS[board]["i2c"]["scl"]
    code = """
hardware = Hardware(BOARD, lambda ms: None)
Pin.stuck = 1
calls.clear()
hardware.open_bus()
print(calls[:-1])
"""
    assert told(bits, board, code) == [(scl, 1)] + [(scl, 0), (scl, 1)] * 9


def test_why_it_started_is_told(bits: int, board: str) -> None:
    code = """
hardware = Hardware(BOARD, print)
told = []
for cause in (1, 2, 3, 5, 4, 0, 99):
    Machine.cause = cause
    told.append(hardware.reset_cause())
print(told)
"""
    assert told(bits, board, code) == [1, 2, 3, 4, 5, 0, 0]
