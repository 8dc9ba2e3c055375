# SPDX-License-Identifier: MIT
"""Everything that every model measures in a noisy second, as one checksum a chip."""

import binascii

from sensors import adxl345, bmi270, lis3dh, mpu

OUTPUTS = {"MPU": (0x3B, 14), "LIS3DH": (0xA8, 6), "ADXL345": (0x32, 6), "BMI270": (0x0C, 12)}
AWAKE = {
    "MPU": ((0x6B, 1), (0x1A, 2), (0x19, 4)),
    "LIS3DH": ((0x20, 0x67),),
    "ADXL345": ((0x31, 0x0B), (0x2D, 8)),
    "BMI270": ((0x7D, 6),),
}

for model in (mpu.MPU(), lis3dh.LIS3DH(), adxl345.ADXL345(), bmi270.BMI270()):
    kind = type(model).__name__
    for register, value in AWAKE[kind]:
        model.write(register, bytes([value]))
    if kind == "BMI270":
        model.registers[0x21] = 1
    model.noise_mg = model.noise_ddps = 30
    first, length = OUTPUTS[kind]
    buf = bytearray(length)
    check = 0
    for i in range(100):
        model.set_force(i * 17 - 800, -i, 1000 - i)
        model.set_rate(i * 7, -i * 9, 3)
        model.advance(10_000)
        model.read_into(first, buf)
        check = binascii.crc32(buf, check)
    print(kind, hex(check))
