# SPDX-License-Identifier: MIT
"""M5StickC Plus: as the Plus2, but its power comes from an AXP192."""

BOARD = {
    "name": "m5stickc_plus",
    "mcu": "esp32",
    "micropython": "ESP32_GENERIC",
    "cpu_mhz": 160,
    "serial": "uart",
    "i2c": {"id": 0, "scl": 22, "sda": 21, "freq_hz": 400_000},
    # the USB bridge leaks into GPIO0 and dulls the radio unless it is driven
    "power_pins": ((0, 1, 1),),
    "sensor_addresses": (0x68, 0x69),
    "gyro": True,
    "buzzer": {"kind": "passive", "pin": 2},
    "led": {"pin": 10, "lit": 0},
    "buttons": ({"pin": 37, "pressed": 0, "pull_up": False},),
    "battery": {"kind": "axp192"},
    "power_off": {"kind": "axp192", "wake_pin": 37},
}
