# SPDX-License-Identifier: MIT
"""M5Stack AtomS3: no battery; a passive piezo on the yellow wire of its Grove socket."""

BOARD = {
    "name": "atoms3",
    "mcu": "esp32s3",
    "micropython": "ESP32_GENERIC_S3",
    "cpu_mhz": 240,
    "serial": "usb",
    "i2c": {"id": 0, "scl": 39, "sda": 38, "freq_hz": 400_000},
    "power_pins": (),
    "sensor_addresses": (0x68, 0x69),
    "gyro": True,
    "buzzer": {"kind": "passive", "pin": 2},
    "led": None,
    "buttons": ({"pin": 41, "pressed": 0, "pull_up": True},),
    "battery": {"kind": "none"},
    # GPIO41 cannot wake it: the reset key does
    "power_off": {"kind": "deep_sleep", "wake_pin": None},
}
