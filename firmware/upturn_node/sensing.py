# SPDX-License-Identifier: MIT
"""The life of the sensor: found, set up, read, lost, found again. What is wrong is always a fault.

| it | fault | what is done |
|---|---|---|
| was never found | no_sensor | the bus is opened and scanned again, once a second |
| stopped answering | bus | set up again, then looked for, once a second |
| gives the same readings for 10 s, or none for 1 s | frozen | set up again |
| lost its set-up (a brown-out) | sensor_reset, for 30 s | set up again at once |
| failed its own test | self_test | nothing: its readings go on, marked |
"""

from array import array

from micropython import const

from upturn_node.vocabulary import (
    FAULT_BUS,
    FAULT_FROZEN,
    FAULT_NO_SENSOR,
    FAULT_SELF_TEST,
    FAULT_SENSOR_RESET,
)

_RETRY_MS = const(1000)
_CHECK_MS = const(1000)
_SILENT_MS = const(1000)  # no new reading for so long
_DEAF_MS = const(100)  # reads fail for so long: one NACK is no fault
_SAME_MS = const(10_000)
_LIVELY = const(5)  # readings that differ from the one before, until they are believed again
_RESET_STANDS_MS = const(30_000)
_COUNTER = const(0xFFFF)


class Sensing:
    """`out` holds the newest reading in wire units.

    `open_bus()` gives a machine.I2C and `find(i2c, addresses, gyro)` a driver that is not started.
    `trusted` is false while the readings are not believed; `changed` is called with no argument
    when a driver was found or lost. `problem` is, in words, what the last search met.
    """

    def __init__(self, open_bus, find, addresses, gyro, faults):
        self._open_bus = open_bus
        self._find = find
        self._addresses = addresses
        self._gyro = gyro
        self._faults = faults
        self._rate_hz = 0
        self._tested = False
        self._same = array("i", (0,) * 6)
        self._same_ms = 0
        self._changes = 0
        self._deaf_ms = 0
        self._silent_ms = 0
        self._retry_ms = 0
        self._check_ms = 0
        self._reset_ms = 0
        self.out = array("i", (0,) * 6)
        self.driver = None
        self.changed = _nothing
        self.bus_errors = 0
        self.problem = ""
        self.trusted = False

    def begin(self, rate_hz, self_test):
        """Look for the sensor for the first time. A failure is a fault and is tried again."""
        self._rate_hz = rate_hz
        self._tested = not self_test
        self._look()

    def set_rate(self, rate_hz):
        """Readings are asked for at another rate from now on."""
        self._rate_hz = rate_hz
        if self.driver is not None:
            self._restart()

    def sleep(self):
        """At the least current, before power goes."""
        try:
            if self.driver is not None:
                self.driver.sleep()
        except OSError:
            pass

    def poll(self):
        """Between two reads, for a sensor that does not collect its readings itself."""
        try:
            if self.driver is not None:
                self.driver.poll()
        except OSError:
            self.bus_errors = (self.bus_errors + 1) & _COUNTER

    def read(self, dt_ms):
        """Read once, `dt_ms` after the last time; whether `out` holds a fresh reading."""
        driver = self.driver
        if driver is None:
            self._retry_ms += dt_ms
            if self._retry_ms >= _RETRY_MS:
                self._look()
            return False
        try:
            self._check_ms += dt_ms
            if self._check_ms >= _CHECK_MS:
                self._check()
            readings = driver.read(self.out)
        except OSError:
            self._failed(dt_ms)
            return False
        self._deaf_ms = 0
        if readings == 0:
            self._silent(dt_ms)
            return False
        self._silent_ms = 0
        self._compare(dt_ms)
        return True

    def _look(self):
        self._retry_ms = 0
        try:
            driver = self._find(self._open_bus(), self._addresses, self._gyro)
            driver.start(self._rate_hz, self._gyro)
            passed = self._tested or driver.self_test()
        except OSError as error:
            self.problem = str(error)
            if not self._faults.stands(FAULT_BUS):
                self._faults.set(FAULT_NO_SENSOR, True)
            return
        self.problem = driver.warning
        self._tested = True
        self.driver = driver
        faults = self._faults
        faults.set(FAULT_NO_SENSOR, False)
        faults.set(FAULT_BUS, False)
        faults.set(FAULT_SELF_TEST, not passed or faults.stands(FAULT_SELF_TEST))
        self._settle()
        self.changed()

    def _restart(self):
        """Set it up again; if it does not answer, look for it from the next second on."""
        try:
            self.driver.start(self._rate_hz, self._gyro)
            self._settle()
        except OSError:
            self._lose()

    def _lose(self):
        self._faults.set(FAULT_BUS, True)
        self.problem = "the sensor does not answer any more"
        self.driver = None
        self.trusted = False
        self._retry_ms = 0
        self.changed()

    def _settle(self):
        self._deaf_ms = self._silent_ms = self._check_ms = 0
        self.trusted = not self._faults.stands(FAULT_FROZEN)

    def _failed(self, dt_ms):
        self.bus_errors = (self.bus_errors + 1) & _COUNTER
        self._deaf_ms += dt_ms
        if self._deaf_ms >= _DEAF_MS:
            self._faults.set(FAULT_BUS, True)
            self.trusted = False
            self._changes = 0
        if self._deaf_ms >= _RETRY_MS:
            self._lose()

    def _silent(self, dt_ms):
        self._silent_ms += dt_ms
        if self._silent_ms >= _SILENT_MS:
            self._silent_ms = 0
            self._disbelieve()

    def _compare(self, dt_ms):
        """A sensor that lives has noise: the last bit of six numbers does not stand for 10 s."""
        out, same = self.out, self._same
        axis = 0
        while axis < 6 and out[axis] == same[axis]:
            axis += 1
        if axis == 6:
            self._same_ms += dt_ms
            if self._same_ms >= _SAME_MS:
                self._same_ms = 0
                self._disbelieve()
            return
        while axis < 6:
            same[axis] = out[axis]
            axis += 1
        self._same_ms = 0
        if not self.trusted:
            self._changes += 1
            if self._changes < _LIVELY:
                return  # a frozen chip that is set up again changes once
            self._faults.set(FAULT_FROZEN, False)
            self._faults.set(FAULT_BUS, False)
            self.trusted = True

    def _disbelieve(self):
        self._faults.set(FAULT_FROZEN, True)
        self.trusted = False
        self._changes = 0
        self._restart()

    def _check(self):
        """A brown-out leaves a chip that answers and measures something else."""
        self._check_ms = 0
        if not self.driver.intact():
            self._faults.set(FAULT_SENSOR_RESET, True)
            self._reset_ms = _RESET_STANDS_MS
            self.driver.start(self._rate_hz, self._gyro)
        elif self._reset_ms > 0:
            self._reset_ms -= _CHECK_MS
            self._faults.set(FAULT_SENSOR_RESET, self._reset_ms > 0)


def _nothing():
    pass
