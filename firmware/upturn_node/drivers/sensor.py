# SPDX-License-Identifier: MIT
"""What every driver does alike: a table of registers to set up, and the mean of what it drained.

Units: force in 1/2048 g, rate in 1/32 degree/s, as on the wire. Nothing that `read` and `intact`
do allocates; sums of 32 readings stay under 2**30, the small integers of a 32-bit MicroPython.
"""

import time
from array import array

from micropython import const

from upturn_node.intmath import isqrt

MOST_READINGS = const(32)
"""That `read` takes at once; more waiting means that the FIFO was left too long."""
_TRIES = const(3)
_SETTLE_MS = const(60)
_WINDOW_MS = const(50)  # for 10 to 20 readings, fewer than the smallest FIFO holds
_POLL_MS = const(5)
_LARGEST_SQUARE = const(0x3FFFFFFF)


class Sensor:
    """One chip at one address.

    Attributes:
        name: of the chip, as HELLO tells it.
        warning: what a user should know of this part; empty where there is nothing.
        has_gyro: `read` writes rates; after `start`.
        range_g: where readings stop.
        full_rate_hz: of the chip's own readings; after `start`.
        polls_hz: how often `poll` wants to be called between reads; 0 where a FIFO collects.
        peak_mg, trough_mg: the largest and the least force of the readings behind the last `read`.
        saturated: one of them stood at the end of the range.
        overrun: the FIFO had been left too long, and readings were lost before the last `read`.
    """

    name = ""
    range_g = 16
    polls_hz = 0
    _rail = 32767  # a reading at or beyond it says only that the force is larger
    _rates = ()  # (readings a second, what the chip's rate register takes), rising
    _identity = (0, 0)  # register, value

    def __init__(self, i2c, address):
        self.address = address
        self.warning = ""
        self.has_gyro = False
        self.full_rate_hz = 0
        self.peak_mg = 0
        self.trough_mg = 0
        self.saturated = False
        self.overrun = False
        self._i2c = i2c
        self._byte = bytearray(1)
        self._set_up = ()
        self._rate_hz = 0
        self._aligned = False  # the FIFO's next byte begins a reading
        self._stride = 0
        self._bursts = ()
        self._clear()

    def start(self, rate_hz, gyro=True):
        """Reset and set up for `read` to be called `rate_hz` times a second.

        Raises:
            OSError: the chip does not answer, or does not keep what it was told.
        """
        raise NotImplementedError

    def poll(self):
        """Take what is fresh, for the next `read` to give; nothing where a FIFO does that."""

    def read(self, out):
        """Write the mean of all readings since the last call to `out`; how many there were."""
        raise NotImplementedError

    def sleep(self):
        """Stop measuring, at the least current; `start` wakes it."""
        raise NotImplementedError

    def self_test(self):
        """Let the chip push its own masses and see whether they move; takes under 2 s.

        Needs a table at rest, so a failure counts only when it comes three times. The chip is
        set up as before afterwards.
        """
        passed = False
        for _ in range(_TRIES):
            if self._test():
                passed = True
                break
        self.start(self._rate_hz, self.has_gyro)
        return passed

    def intact(self):
        """Identity and set-up are as `start` left them; after a brown-out they are not."""
        register, value = self._identity
        if self._get(register) != value:
            return False
        for register, value in self._set_up:
            if self._get(register) != value:
                return False
        return True

    def _test(self):
        self._excite(False)
        off = self._settled()
        self._excite(True)
        on = self._settled()
        return self._responds(on[0] - off[0], on[1] - off[1], on[2] - off[2])

    def _excite(self, on):
        """Push the masses, or the other way where the chip can; else let go of them."""
        raise NotImplementedError

    def _responds(self, x, y, z):
        """Whether the change is what the maker promises; units of `read` in `_excite`'s range."""
        raise NotImplementedError

    def _settled(self):
        out = array("i", (0, 0, 0, 0, 0, 0))
        self._wait_ms(_SETTLE_MS)
        self.read(out)  # what was measured on the way
        for _ in range(_WINDOW_MS // _POLL_MS):
            self._wait_ms(_POLL_MS)
            self.poll()
        self.read(out)
        return out

    def _choose_rate(self, rate_hz):
        """The slowest rate that shows a 20 ms impact and fills each sample with fresh readings."""
        chosen = self._rates[-1]
        for row in reversed(self._rates):
            if row[0] * 2 >= rate_hz * 3:
                chosen = row
        self._rate_hz = rate_hz
        self.full_rate_hz = chosen[0]
        return chosen[1]

    def _apply(self, table):
        self._set_up = table
        for register, value in table:
            self._put(register, value)
        if not self.intact():
            raise OSError("%s at 0x%02x does not keep its settings" % (self.name, self.address))

    def _lay_out(self, stride):
        """Make the views that bursts of one to MOST_READINGS readings go into."""
        self._stride = stride
        buffer = memoryview(bytearray(MOST_READINGS * stride))
        self._bursts = [buffer[: (n + 1) * stride] for n in range(MOST_READINGS)]

    def _get(self, register):
        self._i2c.readfrom_mem_into(self.address, register, self._byte)
        return self._byte[0]

    def _put(self, register, value):
        self._byte[0] = value
        self._i2c.writeto_mem(self.address, register, self._byte)

    def _wait_ms(self, ms):
        time.sleep_ms(ms)

    def _clear(self):
        self._ax = self._ay = self._az = 0
        self._gx = self._gy = self._gz = 0
        self._most = 0
        self._least = _LARGEST_SQUARE
        self.saturated = False

    def _add_force(self, x, y, z):
        self._ax += x
        self._ay += y
        self._az += z
        rail = self._rail
        if not (-rail < x < rail and -rail < y < rail and -rail < z < rail):
            self.saturated = True
        x >>= 1  # three squares of 14 bits stay under 2**30
        y >>= 1
        z >>= 1
        square = x * x + y * y + z * z
        if square > self._most:
            self._most = square
        if square < self._least:
            self._least = square

    def _add_rate(self, x, y, z):
        """Of a 16-bit range of 1000 degrees/s."""
        self._gx += x
        self._gy += y
        self._gz += z
        if not (-32767 < x < 32767 and -32767 < y < 32767 and -32767 < z < 32767):
            self.saturated = True

    def _mean(self, out, readings):
        half = readings >> 1
        out[0] = (self._ax + half) // readings
        out[1] = (self._ay + half) // readings
        out[2] = (self._az + half) // readings
        half = readings << 6
        parts = readings << 7  # 125 of 128: from 1/32.768 to 1/32 degree/s
        out[3] = (self._gx * 125 + half) // parts
        out[4] = (self._gy * 125 + half) // parts
        out[5] = (self._gz * 125 + half) // parts
        self.peak_mg = isqrt(self._most) * 125 >> 7  # from 1/1024 g
        self.trough_mg = isqrt(self._least) * 125 >> 7
