# SPDX-License-Identifier: MIT
"""M5StickC Plus2: everything in one case. Reference build A."""

BOARD = {
    "name": "m5stickc_plus2",
    "mcu": "esp32",
    "micropython": "ESP32_GENERIC",
    "cpu_mhz": 160,
    "serial": "uart",
    "i2c": {"id": 0, "scl": 22, "sda": 21, "freq_hz": 400_000},
    # GPIO4 holds the supply; boot.py set it before this was read
    "power_pins": ((4, 1, 0),),
    # later units may carry another chip of the same family
    "sensor_addresses": (0x68, 0x69),
    "gyro": True,
    "buzzer": {"kind": "passive", "pin": 2},
    "led": {"pin": 19, "lit": 1},
    "buttons": ({"pin": 37, "pressed": 0, "pull_up": False},),
    "battery": {"kind": "adc", "pin": 38, "times_1000": 2000},
    "power_off": {"kind": "hold", "hold_pin": 4, "wake_pin": 37},
}
