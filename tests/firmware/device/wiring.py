# SPDX-License-Identifier: MIT
"""How the boards are wired, from their makers' documents and not from the firmware's board.py.

So a wrong pin there finds no sensor, hears no button and sounds nothing. `i2c` is data and clock,
`button` its pin and the level while pressed, `battery` the pin of its divider and by what that
divides, `feed` the pin that powers the sensor, `pmic` the address of an AXP192 on the same bus.
"""

BOARDS = {
    "m5stickc_plus2": {
        "i2c": (21, 22),
        "button": (37, 0),
        "battery": (38, 2),
        "sensor": "MPU6886",
    },
    "m5stickc_plus": {
        "i2c": (21, 22),
        "button": (37, 0),
        "pmic": 0x34,
        "sensor": "MPU6886",
    },
    "feather_esp32_v2_lis3dh": {
        "i2c": (22, 20),
        "button": (38, 0),
        "battery": (35, 2),
        "feed": 2,
        "sensor": "LIS3DH",
    },
    "devkitc_gy521": {
        "i2c": (21, 22),
        "button": (0, 0),
        "sensor": "MPU6050",
    },
    "atoms3": {
        "i2c": (38, 39),
        "button": (41, 0),
        "sensor": "MPU6886",
    },
    "xiao_esp32s3": {
        "i2c": (5, 6),
        "button": (0, 0),
        "sensor": "ADXL345",
    },
}

SENSORS = {
    "MPU6886": ("mpu", "MPU", (0x19,), 0x68),
    "MPU6050": ("mpu", "MPU", (0x68,), 0x68),
    "MPU6500": ("mpu", "MPU", (0x70,), 0x68),
    "LIS3DH": ("lis3dh", "LIS3DH", (), 0x18),
    "ADXL345": ("adxl345", "ADXL345", (), 0x53),
    "BMI270": ("bmi270", "BMI270", (), 0x68),
}
"""Module and class of the model, what it is made with, and its address."""


def sensor(name):
    """A model and its address."""
    module, kind, args, address = SENSORS[name]
    models = __import__("sensors." + module)
    return getattr(getattr(models, module), kind)(*args), address


class PMIC:
    """An AXP192 as far as a board needs it: an identity, a cell, and registers to set."""

    def __init__(self):
        self.absent = False
        self._registers = bytearray(256)
        self._registers[0x03] = 0x03
        self.set_cell(4000)

    def set_cell(self, mv):
        raw = mv * 10 // 11
        self._registers[0x78] = raw >> 4
        self._registers[0x79] = raw & 0x0F

    def read_into(self, register, buf):
        for k in range(len(buf)):
            buf[k] = self._registers[register + k]

    def write(self, register, buf):
        for k in range(len(buf)):
            self._registers[register + k] = buf[k]
