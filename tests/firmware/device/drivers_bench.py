# SPDX-License-Identifier: MIT
"""One driver on one modelled chip: the words that the steps of test_drivers.py are written in."""

import gc
import json
from array import array

import micropython

from sensors import adxl345, bmi270, lis3dh, mpu
from sensors.bus import FakeI2C
from upturn_node.drivers import probe
from upturn_node.drivers.sensor import Sensor

ADDRESS = {"LIS3DH": 0x18, "ADXL345": 0x53}
OTHERS = {"LIS3DH": lis3dh.LIS3DH, "ADXL345": adxl345.ADXL345, "BMI270": bmi270.BMI270}
IDENTITIES = {"MPU6050": 0x68, "MPU6500": 0x70, "MPU6886": 0x19}

MISSING = 0xEE
"""What `out` holds before anything was read."""


def make(kind):
    """A model by its name, or an MPU by its identity."""
    if kind in OTHERS:
        return OTHERS[kind]()
    return mpu.MPU(IDENTITIES.get(kind, kind))


class Bench:
    """`driver`, started, on `model`; waiting lets every model of `bus` measure.

    A driver that wants to be polled is, as the sampler does it.
    """

    def __init__(self, kind, rate_hz=50, gyro=True):
        self.model = make(kind)
        self.address = ADDRESS.get(kind, 0x68)
        self.bus = FakeI2C({self.address: self.model})
        self.out = array("i", (MISSING,) * 6)
        self.rate_hz = rate_hz
        self.driver = None
        self._unpolled_ms = 0
        Sensor._wait_ms = lambda _, ms: self.measure_ms(ms)
        if kind == "BMI270":
            put_configuration(bmi270.configuration())
        self.driver = probe.find(self.bus)
        self.driver.start(rate_hz, gyro)

    def wait_ms(self, ms):
        if not self.driver.polls_hz:
            self.measure_ms(ms)
            return
        poll_ms = 1000 // self.driver.polls_hz
        for _ in range(ms):
            if self._unpolled_ms >= poll_ms:
                self._unpolled_ms = 0
                self.driver.poll()
            self.measure_ms(1)
            self._unpolled_ms += 1

    def measure_ms(self, ms):
        for model in self.bus.models.values():
            model.advance(ms * 1000)

    def read(self):
        self._unpolled_ms = 0
        readings = self.driver.read(self.out)
        return [readings, list(self.out)]

    def settle(self):
        """Until no filter remembers what was before; what was measured on the way is gone."""
        self.wait_ms(40)
        self.read()

    def sample(self):
        """Wait one period, and read."""
        self.wait_ms(1000 // self.rate_hz)
        return self.read()

    def impact(self, most_mg, length_ms, at_ms=20):
        """A half-sine on z, and the largest peak that was told."""
        from math import pi, sin

        peak_mg = 0
        for ms in range(100):
            inside = at_ms <= ms < at_ms + length_ms
            push_mg = int(most_mg * sin(pi * (ms - at_ms) / length_ms)) if inside else 0
            self.model.set_force(0, 0, push_mg)
            self.wait_ms(1)
            if ms % 20 == 19:
                self.read()
                peak_mg = max(peak_mg, self.driver.peak_mg)
        return peak_mg

    def heap_used(self, steps, wait_us):
        """Bytes that waiting, reading and checking left on the heap, open and then locked."""
        model = self.model
        driver = self.driver
        out = self.out
        used = 0
        for locked in (False, True):
            for warm in (10, steps):
                gc.collect()
                gc.disable()
                if locked:
                    micropython.heap_lock()
                before = gc.mem_alloc()
                i = 0
                while i < warm:
                    model.advance(wait_us)
                    driver.poll()
                    model.advance(5000)
                    driver.read(out)
                    driver.intact()
                    i += 1
                used = gc.mem_alloc() - before
                if locked:
                    micropython.heap_unlock()
                gc.enable()
            if used:
                return used
        return 0


def put_configuration(content):
    with open("bmi270.bin", "wb") as config:
        config.write(content)


def failure(call, *args):
    """What an OSError says; None if there is none."""
    try:
        call(*args)
    except OSError as error:
        return str(error.args[0])
    return None


def show(*values):
    print(json.dumps(values))
