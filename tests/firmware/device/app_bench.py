# SPDX-License-Identifier: MIT
"""A whole node on a bench: a modelled sensor, a scripted host, and time that passes when told to.

The tasks of app.py are called at their times by `pass_ms`, so a story of minutes takes a second.
"""

import math
import time

from sensors.bus import FakeI2C
from sensors.lis3dh import LIS3DH
from sensors.mpu import MPU
from upturn_node import vocabulary as v
from upturn_node.crc24 import seal
from upturn_node.drivers import probe
from upturn_node.drivers.sensor import Sensor
from upturn_node.framing import Deframer, Framer
from upturn_node.node import Node

BOARD = {
    "name": "bench",
    "sensor_addresses": (0x68, 0x18),
    "gyro": True,
    "buzzer": {"kind": "passive"},
    "battery": {"kind": "adc"},
}


class Time:
    """As the module; the ticks wrap soon after the start."""

    def __init__(self):
        self.now = time.ticks_add(time.ticks_add(0, -1), -10_000)
        self.ms = 1_790_000_000_000
        self.model = None

    def ticks_ms(self):
        return self.now

    def ticks_add(self, ticks, delta):
        return time.ticks_add(ticks, delta)

    def ticks_diff(self, one, other):
        return time.ticks_diff(one, other)

    def time_ns(self):
        return self.ms * 1_000_000

    def sleep_ms(self, ms):
        self.now = time.ticks_add(self.now, ms)
        self.ms += ms
        if self.model is not None:
            for _ in range(ms):
                self.model.advance(1000)


class Stdin:
    def __init__(self):
        self.waiting = bytearray()

    def ipoll(self, timeout):
        return (None,) if self.waiting else ()

    def readinto(self, buf):
        buf[0] = self.waiting[0]
        self.waiting = self.waiting[1:]
        return 1


class Stdout:
    def __init__(self):
        self.taken = True
        self.heard = bytearray()
        self.quiet = False

    def ipoll(self, timeout):
        return _ONE if self.taken else _NONE

    def write(self, buf, offset, length):
        if not self.quiet:
            self.heard.extend(bytes(buf[offset : offset + length]))
        return length


_ONE = (None,)
_NONE = ()


class Output:
    def __init__(self):
        self.level = 0
        self.starts = 0

    def on(self, freq_hz=0):
        self.level = 1
        self.starts += 1

    def off(self):
        self.level = 0


class Sense:
    external = False
    mv = 3900

    def read(self):
        return self.mv


class Rtc:
    data = b""

    def memory(self, data=None):
        if data is None:
            return self.data
        self.data = bytes(data)
        return None


class Wdt:
    def __init__(self):
        self.armed_ms = 0
        self.fed = 0

    def feed(self):
        self.fed += 1


class Hardware:
    """As upturn_node.hardware, with everything within reach."""

    def __init__(self, bus, rtc, bluetooth=None):
        self.bus = bus
        self.rtc = rtc
        self.node_id = b"\x24\x0a\xc4\x00\x0b\x0c"
        self.bluetooth = bluetooth
        self.buzzer = Output()
        self.led = Output()
        self.sense = Sense()
        self.stdin = self.readable = Stdin()
        self.stdout = self.writable = Stdout()
        self.wdt = Wdt()
        self.pressed = False
        self.cause = v.RESET_POWER_ON

    def open_bus(self):
        return self.bus

    def button_down(self):
        return self.pressed

    def reset_cause(self):
        return self.cause

    def watchdog(self, timeout_ms):
        self.wdt.armed_ms = timeout_ms
        return self.wdt


class Bench:
    """`node` and what is around it."""

    def __init__(self, sensor="MPU6886", rtc=None, board=None, bluetooth=None):
        self.model = MPU(0x19) if sensor == "MPU6886" else LIS3DH()
        self.model.noise_mg = 4
        self.model.noise_ddps = 3
        self.bus = FakeI2C({0x68 if sensor == "MPU6886" else 0x18: self.model})
        self.time = Time()
        self.time.model = self.model
        self.hardware = Hardware(self.bus, rtc or Rtc(), bluetooth)
        self.board = board or BOARD
        self._deframer = Deframer()
        self._framer = Framer()
        self._read = 0
        self._due = [0, 0, 0, 0]
        self._id = 0
        self.angle(-90)
        Sensor._wait_ms = lambda driver, ms: self.time.sleep_ms(ms)

    def boot(self):
        self.node = Node(self.board, self.hardware, probe.find, self.time)
        self.node.boot()
        self._up_ms = 0
        return self.node

    def angle(self, deg):
        head, front = -math.sin(math.radians(deg)), math.cos(math.radians(deg))
        self.model.set_force(0, round(1000 * head), round(1000 * front))

    def pass_ms(self, ms, heartbeat=False):
        """Time passes for the sensor, and the tasks run at their times."""
        node, due = self.node, self._due
        ms += self.time.ms
        beat_ms = self.time.ms
        while self.time.ms < ms and node.ending is None:
            self.time.sleep_ms(1)
            now = self.time.ms
            if heartbeat and now >= beat_ms:
                self.send(v.HEARTBEAT, b"\x00\x00")
                beat_ms = now + 1000
            if now >= due[0]:
                if node.pace.sample_due:
                    node.sample()
                else:
                    node.sensing.poll()
                due[0] = self.time.ms + node.pace.wait_ms()
            if now >= due[1]:
                node.signal(20)
                due[1] = now + 20
            if now >= due[2]:
                node.receive()
                due[2] = now + 10
            if now >= due[3]:
                node.tend(100)
                due[3] = now + 100

    def send(self, verb, payload=b"", version=v.VERSION):
        """A command on the line; its id."""
        self._id += 1
        body = bytes((version << 4 | v.COMMAND, self._id, verb)) + payload
        self.raw(body)
        return self._id

    def raw(self, body):
        message = bytearray(len(body) + 3)
        message[: len(body)] = body
        length = seal(message, len(body))
        count = self._framer.wrap(message, length)
        self.hardware.stdin.waiting.extend(bytes(self._framer.wire[:count]))

    def messages(self):
        """What the node wrote since the last call, without checks."""
        told = []
        for byte in self.hardware.stdout.heard:
            length = self._deframer.push(byte)
            if length:
                told.append(bytes(self._deframer.message[:length]))
        self.hardware.stdout.heard = bytearray()
        return told

    def ask(self, verb, payload=b"", version=v.VERSION):
        """A command and all that comes back to it but measurements: (type, bytes after it)."""
        self.messages()
        self.send(verb, payload, version)
        self.pass_ms(11)
        return [
            (told[0] & 15, told[1:])
            for told in self.messages()
            if told[0] & 15 not in (v.MEASUREMENT, v.STATUS)
        ]


def kinds(messages):
    """How many of each type."""
    count = {}
    for told in messages:
        kind = told[0] & 15
        count[kind] = count.get(kind, 0) + 1
    return count
