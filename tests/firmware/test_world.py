# SPDX-License-Identifier: MIT
"""The simulated surroundings: what a sensor on the table feels, and that it costs no heap."""

from __future__ import annotations

from tests.firmware import mpy

WORLD = """
import virtual_time
virtual_time.install(1000)
import chip
from sensors.bus import FakeI2C
from sensors.mpu import MPU
from table import Table
from wiring import BOARDS
from world import Bus, World

class Felt:
    absent = False
    def __init__(self): self.steps = 0; self.peak = 0
    def set_force(self, x, y, z): self.force = (x, y, z); self.peak = max(self.peak, z)
    def set_rate(self, x, y, z): self.rate = (x, y, z)
    def advance(self, us): self.steps += 1
    def power_on(self): print("power on")

def world(script=(), start_deg=-90, sensor=None, board="m5stickc_plus2"):
    sensor = sensor or Felt()
    bus = FakeI2C({0x68: sensor})
    made = World(Table(start_deg), sensor, bus, BOARDS[board], script)
    made.bus = Bus(bus, made, BOARDS[board].get("feed"))
    return made

def after(made, ms):
    virtual_time.sleep_ms(ms)
    made.turn()
    return made.sensor
"""


def told(bits: int, code: str) -> list[str]:
    return mpy.run(bits, WORLD + code).splitlines()


def test_at_rest_gravity_points_as_the_angle_says(bits: int) -> None:
    code = """
for deg in (-90, -45, 0, 30, 60, 90, 120, 180, -135):
    print(deg, *after(world(start_deg=deg), 10).force)
"""
    assert told(bits, code) == [
        "-90 0 1000 0",
        "-45 0 707 707",
        "0 0 0 1000",
        "30 0 -500 866",
        "60 0 -866 500",
        "90 0 -1000 0",
        "120 0 -866 -500",
        "180 0 0 -1000",
        "-135 0 707 -707",
    ]


def test_a_swing_takes_its_time_and_turns_at_its_rate(bits: int) -> None:
    code = """
made = world()
made.act("go", 60, 1500)
for _ in range(4):
    print(made.table.angle_cdeg if _ else "start", *after(made, 500).rate)
"""
    assert told(bits, code) == ["start -1000 0 0", "-4000 -1000 0 0", "1000 0 0 0", "6000 0 0 0"]


def test_a_turned_clip_feels_the_table_out_of_plane_and_a_slipped_one_another_angle(
    bits: int,
) -> None:
    code = """
for verb in ("turn", "slip"):
    made = world(start_deg=0)
    made.act(verb, 30)
    print(verb, *after(made, 10).force)
"""
    assert told(bits, code) == ["turn 500 0 866", "slip 0 500 866"]


def test_a_script_acts_at_its_times(bits: int) -> None:
    code = """
made = world([(100, "jolt 4 12"), (200, "weightless 50"), (300, "brown_out")], start_deg=0)
print(after(made, 98).peak, after(made, 10).peak)
print(after(made, 100).force, after(made, 60).force)
after(made, 100)
"""
    assert told(bits, code) == ["1000 5000", "(0, 0, 0) (0, 0, 1000)", "power on"]


def test_knocks_come_in_their_rhythm(bits: int) -> None:
    code = """
made = world(start_deg=0)
made.act("knocks", 1.5, 12, 3, 300)
felt = []
for ms in range(0, 900, 10):
    if after(made, 10).force[2] > 2000:
        felt.append(ms)
print(felt)
"""
    assert told(bits, code) == ["[0, 300, 600]"]


def test_nobody_answers_on_a_bus_that_is_not_fed(bits: int) -> None:
    code = """
made = world(sensor=MPU(0x68), board="feather_esp32_v2_lis3dh")
try:
    made.bus.scan()
except OSError as error:
    print(error.errno)
chip.levels[2] = 1
print(made.bus.scan())
"""
    assert told(bits, code) == ["19", "[104]"]


def test_time_passes_without_touching_the_heap(bits: int) -> None:
    code = """
import gc, micropython
made = world(sensor=MPU(0x19))
made.act("go", 80, 1500)
made.act("sway", 1.5, 3000)
made.act("jolt", 4, 12)
register, buf = 0x3B, bytearray(14)

def run(steps):
    while steps:
        virtual_time.sleep_us(10_000)
        made.bus.readfrom_mem_into(0x68, register, buf)
        chip.watchdog.feed()
        steps -= 1

chip.watchdog.virtual = True
run(10)
gc.collect(); gc.disable()
before = gc.mem_alloc()
run(1000)
print(gc.mem_alloc() - before)
micropython.heap_lock()
run(1000)
micropython.heap_unlock()
"""
    assert told(bits, code) == ["0"]


def test_the_log_has_node_time(bits: int) -> None:
    code = """
class File:
    def write(self, buf, start, length):
        print(bytes(buf[start:start + length]))
chip.log.open(File())
virtual_time.sleep_ms(1520)
chip.log.write(b"pwm", 2, 2700)
virtual_time.sleep_ms(1)
chip.log.write(b"pin", 0, -1)
"""
    assert told(bits, code) == ["b'1520 pwm 2 2700\\n'", "b'1521 pin 0 -1\\n'"]


def test_the_log_allocates_nothing(bits: int) -> None:
    code = """
import gc
chip.log.open(open("/dev/null", "wb"))
gc.collect(); gc.disable()
before = gc.mem_alloc()
chip.log.write(b"pwm", 2, 1073741823)
print(gc.mem_alloc() - before)
"""
    assert told(bits, code) == ["0"]
