# SPDX-License-Identifier: MIT
"""Seeed XIAO ESP32S3 with a sensor of yours on D4 (SDA) and D5 (SCL), an active buzzer on D3."""

BOARD = {
    "name": "xiao_esp32s3",
    "mcu": "esp32s3",
    "micropython": "SEEED_XIAO_ESP32S3",
    "cpu_mhz": 240,
    "serial": "usb",
    "i2c": {"id": 0, "scl": 6, "sda": 5, "freq_hz": 400_000},
    "power_pins": (),
    # MPU family and BMI270, LIS3DH, ADXL345
    "sensor_addresses": (0x68, 0x69, 0x18, 0x19, 0x53, 0x1D),
    "gyro": True,
    "buzzer": {"kind": "active", "pin": 4},
    "led": {"pin": 21, "lit": 0},
    "buttons": ({"pin": 0, "pressed": 0, "pull_up": True},),
    # the cell is on no pin
    "battery": {"kind": "none"},
    "power_off": {"kind": "deep_sleep", "wake_pin": 0},
}
