# SPDX-License-Identifier: MIT
"""Adafruit Feather ESP32 V2, a LIS3DH on its STEMMA QT socket, a piezo. Reference build B."""

BOARD = {
    "name": "feather_lis3dh",
    "mcu": "esp32",
    "micropython": "ESP32_GENERIC",
    "cpu_mhz": 160,
    "serial": "uart",
    "i2c": {"id": 0, "scl": 20, "sda": 22, "freq_hz": 400_000},
    # feeds the socket, and the pixel
    "power_pins": ((2, 1, 0),),
    "sensor_addresses": (0x18, 0x19),
    "gyro": False,
    # the pin marked A1, to the piezo's driver
    "buzzer": {"kind": "passive", "pin": 25},
    "led": {"pin": 13, "lit": 1},
    "buttons": ({"pin": 38, "pressed": 0, "pull_up": False},),
    "battery": {"kind": "adc", "pin": 35, "times_1000": 2000},
    "power_off": {"kind": "deep_sleep", "wake_pin": 38},
}
