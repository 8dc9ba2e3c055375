# SPDX-License-Identifier: MIT
"""The simulated node itself; small programs in place of the firmware show what it does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import serial

from tests.firmware.node import EXIT_RESET, WATCHDOG, Node
from tests.firmware.node_log import wait

pytestmark = pytest.mark.usefixtures("micropython")

ECHO = b"""
import asyncio, sys
async def main():
    reader = asyncio.StreamReader(sys.stdin.buffer)
    while True:
        sys.stdout.buffer.write(await reader.read(1))
asyncio.run(main())
"""
COUNT_STARTS = b"""
import asyncio, machine
from machine import PWM, Pin, RTC
starts = int(RTC().memory() or b"0") + 1
RTC().memory(str(starts).encode())
print("start", starts, "cause", machine.reset_cause())
async def main():
    while True:
        await asyncio.sleep_ms(100)
asyncio.run(main())
"""


def read(port: serial.Serial, length: int) -> bytes:
    data = b""
    end_s = time.monotonic() + 10
    while len(data) < length and time.monotonic() < end_s:
        data += port.read(length - len(data))
    return data


def test_what_the_host_writes_comes_to_the_program_and_back(tmp_path: Path, bits: int) -> None:
    every_byte = bytes(range(256))
    with (
        Node(tmp_path, bits=bits, files={"main.py": ECHO}) as node,
        serial.Serial(str(node.port), timeout=0.1) as port,
    ):
        port.write(every_byte)
        assert read(port, 256) == every_byte


def test_an_unplugged_cable_is_an_error_and_a_plugged_one_works_again(tmp_path: Path) -> None:
    with Node(tmp_path, files={"main.py": ECHO}) as node:
        with serial.Serial(str(node.port), timeout=0.1) as port:
            node.unplug()
            assert not node.port.exists()
            with pytest.raises(serial.SerialException):
                wait(lambda: port.read(1) or None, 5, "error")
        node.plug()
        with serial.Serial(str(node.port), timeout=0.1) as port:
            port.write(b"again")
            assert read(port, 5) == b"again"


@pytest.mark.parametrize(
    ("how", "line"),
    [
        (lambda node: node.reset(), b"start 2 cause 2"),
        (lambda node: node.power_cycle(), b"start 1 cause 1"),
    ],
)
def test_a_reset_keeps_the_rtc_memory_and_a_power_cycle_does_not(
    tmp_path: Path, how: object, line: bytes
) -> None:
    assert callable(how)
    with (
        Node(tmp_path, files={"main.py": COUNT_STARTS}) as node,
        serial.Serial(str(node.port), timeout=0.1) as port,
    ):
        node.wait_for("start")
        time.sleep(0.2)
        how(node)
        seen = b""
        end_s = time.monotonic() + 10
        while line not in seen and time.monotonic() < end_s:
            seen += port.read(64)
        assert line in seen


def test_a_program_that_hangs_is_bitten_by_its_watchdog_and_starts_again(tmp_path: Path) -> None:
    program = b"""
from machine import WDT, reset_cause
print(reset_cause())
dog = WDT(timeout=300)
dog.feed()
while reset_cause() != 3:
    pass
"""
    with Node(tmp_path, files={"main.py": program}) as node:
        wait(lambda: node.exits or None, 5, "bite")
        assert node.exits[0] == WATCHDOG
        first, second = node.wait_for("wdt"), wait(lambda: node.log("start")[1:] or None, 5, "x")
        assert 0.25 < second[0].at_s - first.at_s < 3


def test_a_program_can_reset_its_chip(tmp_path: Path) -> None:
    program = b"""
import machine
if machine.reset_cause() == 1:
    machine.reset()
"""
    with Node(tmp_path, files={"main.py": program}) as node:
        wait(lambda: node.log("start")[1:] or None, 5, "second start")
        assert node.exits == [EXIT_RESET]


def test_what_sounds_is_logged_with_its_frequency_and_when(tmp_path: Path) -> None:
    program = b"""
import time
from machine import PWM, Pin
buzzer = PWM(Pin(2), freq=2700, duty_u16=0)
buzzer.duty_u16(32768)
time.sleep_ms(200)
buzzer.duty_u16(0)
"""
    with Node(tmp_path, files={"main.py": program}) as node:
        on, off = wait(lambda: node.sounds() if len(node.sounds()) == 2 else None, 5, "sounds")
        assert (on.args, off.args) == (("2", "2700"), ("2", "0"))
        assert off.at_s - on.at_s == pytest.approx(0.2, abs=0.1)


def test_text_is_injected_between_two_frames(tmp_path: Path) -> None:
    program = b"""
import asyncio, sys
async def main():
    while True:
        sys.stdout.buffer.write(b"~frame~")
        await asyncio.sleep_ms(20)
asyncio.run(main())
"""
    with (
        Node(tmp_path, files={"main.py": program}) as node,
        serial.Serial(str(node.port), timeout=0.1) as port,
    ):
        node.inject(b"Traceback")
        seen = b""
        while len(seen) < 70:
            seen += port.read(16)
        assert b"~frame~Traceback~frame~" in seen


def test_bytes_are_flipped_on_the_line(tmp_path: Path) -> None:
    with (
        Node(tmp_path, files={"main.py": ECHO}) as node,
        serial.Serial(str(node.port), timeout=0.1) as port,
    ):
        node.flip(0.5, seed=1)
        port.write(bytes(64))
        assert 10 < sum(byte != 0 for byte in read(port, 64)) < 64


def test_a_button_is_low_while_it_is_held(tmp_path: Path) -> None:
    program = b"""
import asyncio
from machine import Pin
async def main():
    button, led = Pin(37, Pin.IN), Pin(19, Pin.OUT)
    while True:
        led.value(1 - button.value())
        await asyncio.sleep_ms(20)
asyncio.run(main())
"""
    with Node(tmp_path, files={"main.py": program}) as node:
        wait(lambda: [e for e in node.log("pin") if e.args == ("19", "0")] or None, 5, "dark")
        node.act("button 1")
        wait(lambda: [e for e in node.log("pin") if e.args == ("19", "1")] or None, 5, "light")
