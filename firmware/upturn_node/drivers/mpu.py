# SPDX-License-Identifier: MIT
"""InvenSense's MPU family and what passes for it: RM-MPU-6000A-00, RM-MPU-6500A-00, DS-000193.

Which chip a board carries changes silently, and clones abound. So what differs between chips is a
row here, and an identity that is not listed gets the row of a clone, and a warning.
"""

from micropython import const

from upturn_node.drivers.sensor import MOST_READINGS, Sensor

_SELF_TEST_X = const(0x0D)
_SELF_TEST_A = const(0x10)
_SMPLRT_DIV = const(0x19)
_CONFIG = const(0x1A)
_GYRO_CONFIG = const(0x1B)
_ACCEL_CONFIG = const(0x1C)
_ACCEL_CONFIG2 = const(0x1D)
_FIFO_EN = const(0x23)
_ACCEL_XOUT_H = const(0x3B)
_USER_CTRL = const(0x6A)
_PWR_MGMT_1 = const(0x6B)
_PWR_MGMT_2 = const(0x6C)
_FIFO_COUNT_H = const(0x72)
_FIFO_R_W = const(0x74)
_WHO_AM_I = const(0x75)

_RESET = const(0x80)
_SLEEP = const(0x40)
_CLOCK_INTERNAL = const(0x00)
_CLOCK_GYRO = const(0x01)  # steadier, where the gyro runs
_GYRO_STANDBY = const(0x07)
_FILTER_94HZ = const(0x02)  # passes a 20 ms impact, stops what 200 readings a second would fold
_FORCE_16G = const(0x18)  # 2048 a g: the unit of the wire
_FORCE_8G = const(0x10)
_RATE_1000DPS = const(0x10)
_FIFO_ON = const(0x40)
_FIFO_RESET = const(0x04)
_TEST_ALL = const(0xE0)

_FORCE_BYTES = const(8)  # x, y, z, temperature: where a chip leaves that to us, it is asked for it
_RATE_BYTES = const(6)
_RESET_MS = const(100)
_GYRO_START_MS = const(50)

# Of the identity: name, FIFO_EN with rates, without, ACCEL_CONFIG2 exists, its self-test
_PACKED = const(0)  # 5-bit codes over four registers: response within 14 % of the code's
_CODE = const(1)  # 8-bit codes: response half to one and a half times the code's
CHIPS = {
    0x68: ("MPU6050", 0xF8, 0x88, False, _PACKED),
    0x70: ("MPU6500", 0xF8, 0x88, True, _CODE),
    0x71: ("MPU9250", 0xF8, 0x88, True, _CODE),
    0x73: ("MPU9255", 0xF8, 0x88, True, _CODE),
    0x19: ("MPU6886", 0x18, 0x08, True, _CODE),
    0x98: ("ICM20689", 0xF8, 0x88, True, _CODE),
    0x72: ("MPU clone 72", 0xF8, 0x88, True, _CODE),
    0x74: ("MPU clone 74", 0xF8, 0x88, True, _CODE),
    0x75: ("MPU clone 75", 0xF8, 0x88, True, _CODE),
    0x78: ("MPU clone 78", 0xF8, 0x88, True, _CODE),
}


def recognise(i2c, address):
    """A driver if a chip of CHIPS is there, else None."""
    driver = MPU(i2c, address, 0)
    identity = driver._get(_WHO_AM_I)
    return MPU(i2c, address, identity) if identity in CHIPS else None


def adopt(i2c, address):
    """A driver with a warning if what is there keeps an MPU's registers, else None."""
    driver = MPU(i2c, address, 0)
    identity = driver._get(_WHO_AM_I)
    if identity in (0x00, 0xFF):  # what a register that does not exist reads as
        return None
    for setting in (_FORCE_8G, _FORCE_16G):
        driver._put(_ACCEL_CONFIG, setting)
        if driver._get(_ACCEL_CONFIG) != setting:
            return None
    return MPU(i2c, address, identity)


class MPU(Sensor):
    _rates = ((200, 4), (333, 2))  # 1 kHz / (1 + value)

    def __init__(self, i2c, address, identity):
        super().__init__(i2c, address)
        self._identity = (_WHO_AM_I, identity)
        row = CHIPS.get(identity)
        if row is None:
            row = ("MPU? id %02x" % identity,) + CHIPS[0x72][1:]
            self.warning = "unknown identity 0x%02x at 0x%02x: taken for an MPU" % (
                identity,
                address,
            )
        self.name, self._fifo_rates, self._fifo_force, self._own_filter, self._trim = row
        self._pending = bytearray(2)

    def start(self, rate_hz, gyro=True):
        divider = self._choose_rate(rate_hz)
        self.has_gyro = bool(gyro)
        self._lay_out(_FORCE_BYTES + (_RATE_BYTES if gyro else 0))
        self._aligned = False
        self._put(_PWR_MGMT_1, _RESET)
        self._wait_ms(_RESET_MS)
        table = (
            (_PWR_MGMT_1, _CLOCK_GYRO if gyro else _CLOCK_INTERNAL),
            (_PWR_MGMT_2, 0 if gyro else _GYRO_STANDBY),
            (_CONFIG, _FILTER_94HZ),
            (_SMPLRT_DIV, divider),
            (_GYRO_CONFIG, _RATE_1000DPS),
            (_ACCEL_CONFIG, _FORCE_16G),
            (_FIFO_EN, self._fifo_rates if gyro else self._fifo_force),
            (_USER_CTRL, _FIFO_ON),
        )
        if self._own_filter:
            table += ((_ACCEL_CONFIG2, _FILTER_94HZ),)
        self._apply(table)
        if gyro:
            self._wait_ms(_GYRO_START_MS)
        self._restart_fifo()

    def read(self, out):
        i2c = self._i2c
        address = self.address
        readings = 0
        if self._aligned:
            i2c.readfrom_mem_into(address, _FIFO_COUNT_H, self._pending)
            readings = (self._pending[0] << 8 | self._pending[1]) // self._stride
            if readings == 0:
                self.overrun = False
                return 0
        register = _FIFO_R_W
        self.overrun = not 0 < readings <= MOST_READINGS
        if self.overrun:
            # the bytes may have lost their step: the outputs, laid out alike, are fresh and whole
            self._restart_fifo()
            register = _ACCEL_XOUT_H
            readings = 1
        b = self._bursts[readings - 1]
        self._aligned = False  # until the burst ends well
        i2c.readfrom_mem_into(address, register, b)
        self._aligned = True
        self._clear()
        i = 0
        for _ in range(readings):
            self._add_force(
                ((b[i] << 8 | b[i + 1]) ^ 0x8000) - 0x8000,
                ((b[i + 2] << 8 | b[i + 3]) ^ 0x8000) - 0x8000,
                ((b[i + 4] << 8 | b[i + 5]) ^ 0x8000) - 0x8000,
            )
            i += _FORCE_BYTES
            if self.has_gyro:
                self._add_rate(
                    ((b[i] << 8 | b[i + 1]) ^ 0x8000) - 0x8000,
                    ((b[i + 2] << 8 | b[i + 3]) ^ 0x8000) - 0x8000,
                    ((b[i + 4] << 8 | b[i + 5]) ^ 0x8000) - 0x8000,
                )
                i += _RATE_BYTES
        self._mean(out, readings)
        return readings

    def sleep(self):
        self._put(_PWR_MGMT_1, _SLEEP)

    def _restart_fifo(self):
        self._put(_USER_CTRL, _FIFO_ON | _FIFO_RESET)
        self._aligned = True

    def _excite(self, on):
        self._put(_ACCEL_CONFIG, _FORCE_8G | (_TEST_ALL if on else 0))

    def _responds(self, x, y, z):
        """In counts at 8 g, 4096 a g, as the maker's rules are."""
        low = self._get(_SELF_TEST_A) if self._trim == _PACKED else 0
        for axis, response in enumerate((x, y, z)):
            code = self._get(_SELF_TEST_X + axis)
            if self._trim == _PACKED:
                code = code >> 5 << 2 | low >> 4 - 2 * axis & 3
            least, most = _limits(self._trim, code)
            if not least <= response <= most:
                return False
        return True


def _limits(trim, code):
    """Least and most response that passes; the maker's figures where no code was burnt in."""
    if trim == _PACKED:
        if code == 0:
            return 1229, 3891  # 0.3 to 0.95 g
        promised = 4096 * 0.34 * (0.92 / 0.34) ** ((code - 1) / 30)
        return int(promised * 0.86), int(promised * 1.14)
    if code == 0:
        return 922, 2765  # 0.225 to 0.675 g
    promised = 2620 / 4 * 1.01 ** (code - 1)
    return int(promised * 0.5), int(promised * 1.5)
