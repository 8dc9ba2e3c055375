# SPDX-License-Identifier: MIT
"""AXP192: the power chip of the M5StickC Plus.

Registers: X-Powers, AXP192 datasheet. The values are those with which M5Stack's own library sets
this board up. DCDC1 (bit 0 of 0x12) feeds the ESP32 itself and is never touched.
"""

from micropython import const

ADDRESS = const(0x34)
_IDENTITY = (0x03, 0x03)
_STATUS = const(0x00)  # bit 5: a cable is in; bit 2: charging
_OUTPUTS = const(0x12)  # bit 1: DCDC3, which feeds nothing here; bit 2: LDO2, the back light
_OFF = const(0x32)  # bit 7: everything off
_BATTERY = const(0x78)  # 12 bits in two bytes, 1.1 mV each

SET_UP = (
    (0x26, 0x6A),  # DCDC1 3.35 V
    (0x30, 0x80),  # the cable's current is not limited
    (0x31, 0x04),  # off under 3.0 V
    (0x33, 0xC0),  # charge to 4.2 V with 100 mA
    (0x36, 0x0C),  # the power key: off after 4 s
    (0x82, 0xFF),  # every ADC on
    (0x83, 0x80),
    (0x84, 0x32),
)
_WANTED_OUTPUTS = const(0xF9)


class AXP192:
    """Also the board's battery sense: `read` and `external` as battery.py wants them."""

    def __init__(self, i2c):
        self._i2c = i2c
        self._byte = bytearray(1)
        self._two = bytearray(2)
        self.external = True

    def set_up(self):
        """Charging, measuring, no back light.

        Raises:
            OSError: it does not answer, or is another chip.
        """
        register, value = _IDENTITY
        if self._get(register) != value:
            raise OSError("0x34 is no AXP192: its register 0x03 is not 0x03")
        for register, value in SET_UP:
            self._put(register, value)
        self._put(_OUTPUTS, self._get(_OUTPUTS) & _WANTED_OUTPUTS)

    def read(self):
        """Millivolts of the cell."""
        self.external = bool(self._get(_STATUS) & 0x20)
        self._i2c.readfrom_mem_into(ADDRESS, _BATTERY, self._two)
        return (self._two[0] << 4 | self._two[1] & 0x0F) * 11 // 10

    def off(self):
        """Power goes; with a cable in it stays."""
        self._put(_OFF, self._get(_OFF) | 0x80)

    def _get(self, register):
        self._i2c.readfrom_mem_into(ADDRESS, register, self._byte)
        return self._byte[0]

    def _put(self, register, value):
        self._byte[0] = value
        self._i2c.writeto_mem(ADDRESS, register, self._byte)
