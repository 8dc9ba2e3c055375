# SPDX-License-Identifier: MIT
"""ESP32 DevKitC and a GY-521 (MPU-6050, or what is sold as one), on a cable. Reference build C."""

BOARD = {
    "name": "devkitc_gy521",
    "mcu": "esp32",
    "micropython": "ESP32_GENERIC",
    "cpu_mhz": 240,
    "serial": "uart",
    "i2c": {"id": 0, "scl": 22, "sda": 21, "freq_hz": 400_000},
    "power_pins": (),
    # the second if AD0 is high
    "sensor_addresses": (0x68, 0x69),
    "gyro": True,
    "buzzer": {"kind": "passive", "pin": 25},
    # the board has only a power light: one of your own, with a resistor, to ground
    "led": {"pin": 26, "lit": 1},
    "buttons": ({"pin": 0, "pressed": 0, "pull_up": True},),
    "battery": {"kind": "none"},
    "power_off": {"kind": "deep_sleep", "wake_pin": 0},
}
