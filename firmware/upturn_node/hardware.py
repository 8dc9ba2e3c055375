# SPDX-License-Identifier: MIT
"""A board's row made into objects: the only place, with power.py, that knows `machine`.

The order matters: what feeds the sensor comes before anything asks the bus.
"""

import select
import sys

import machine
from upturn_node import vocabulary as v
from upturn_node import power
from upturn_node.battery import AdcBattery, NoBattery
from upturn_node.outputs import ActiveBuzzer, Led, Nothing, PassiveBuzzer

_RESETS = (
    ("PWRON_RESET", v.RESET_POWER_ON),
    ("HARD_RESET", v.RESET_PIN),
    ("WDT_RESET", v.RESET_WATCHDOG),
    ("SOFT_RESET", v.RESET_PROGRAM),
    ("DEEPSLEEP_RESET", v.RESET_SLEEP),
)
_CLOCKS = 9  # a slave in mid-byte lets go of the data line after these


class Hardware:
    """What a node uses of its board."""

    def __init__(self, board, sleep_ms):
        self._board = board
        self._sleep_ms = sleep_ms
        machine.freq(board["cpu_mhz"] * 1_000_000)
        for pin, level, _ in board["power_pins"]:
            machine.Pin(pin, machine.Pin.OUT, value=level)
        self.buzzer = BUZZERS[board["buzzer"]["kind"]](board["buzzer"])
        self.led = _led(board["led"])
        self.buttons = [_button(row) for row in board["buttons"]]
        self._pmic = None
        if board["battery"]["kind"] == "axp192":
            from upturn_node.axp192 import AXP192  # few boards have one

            self._pmic = AXP192(self.open_bus())
            self._set_up_pmic()
        self.sense = SENSES[board["battery"]["kind"]](board["battery"], self._pmic)
        self.rtc = machine.RTC()
        self.bluetooth = _bluetooth()
        self.node_id = (machine.unique_id() + bytes(6))[:6]
        self.stdin = sys.stdin.buffer
        self.stdout = sys.stdout.buffer
        self.readable = select.poll()
        self.readable.register(sys.stdin, select.POLLIN)
        self.writable = select.poll()
        self.writable.register(sys.stdout, select.POLLOUT)

    def open_bus(self):
        """The sensor's I2C bus, made free before if a slave holds it."""
        row = self._board["i2c"]
        _free_bus(row["scl"], row["sda"], self._sleep_ms)
        return machine.I2C(
            row["id"],
            scl=machine.Pin(row["scl"]),
            sda=machine.Pin(row["sda"]),
            freq=row["freq_hz"],
        )

    def button_down(self):
        """Whether any of the board's buttons is pressed, without debouncing."""
        for pin, pressed in self.buttons:
            if pin.value() == pressed:
                return True
        return False

    def reset_cause(self):
        """As HELLO tells it."""
        cause = machine.reset_cause()
        for name, told in _RESETS:
            if getattr(machine, name) == cause:
                return told
        return v.RESET_UNKNOWN

    def watchdog(self, timeout_ms):
        """Start it; nothing stops it but a reset."""
        return machine.WDT(timeout=timeout_ms)

    def off(self):
        power.off(self._board["power_off"], self._board["power_pins"], self._pmic, self._sleep_ms)

    def reset(self):
        machine.reset()

    def _set_up_pmic(self):
        try:
            self._pmic.set_up()
        except OSError as error:
            print("upturn:", error)  # a node that measures is worth more than its charger


def _bluetooth():
    try:
        import bluetooth
    except ImportError:  # a board, or an image, without BLE
        return None
    return bluetooth


def _passive(row):
    return PassiveBuzzer(machine.PWM(machine.Pin(row["pin"]), freq=2700, duty_u16=0))


def _active(row):
    return ActiveBuzzer(machine.Pin(row["pin"], machine.Pin.OUT, value=0))


BUZZERS = {"passive": _passive, "active": _active, "none": lambda row: Nothing()}
SENSES = {
    "adc": lambda row, pmic: AdcBattery(
        machine.ADC(machine.Pin(row["pin"]), atten=machine.ADC.ATTN_11DB), row["times_1000"]
    ),
    "axp192": lambda row, pmic: pmic,
    "none": lambda row, pmic: NoBattery(),
}


def _led(row):
    if row is None:
        return Nothing()
    return Led(machine.Pin(row["pin"], machine.Pin.OUT, value=1 - row["lit"]), row["lit"])


def _button(row):
    pull = machine.Pin.PULL_UP if row["pull_up"] else None
    return machine.Pin(row["pin"], machine.Pin.IN, pull), row["pressed"]


def _free_bus(scl_pin, sda_pin, sleep_ms):
    sda = machine.Pin(sda_pin, machine.Pin.IN, machine.Pin.PULL_UP)
    if sda.value():
        return
    scl = machine.Pin(scl_pin, machine.Pin.OPEN_DRAIN, value=1)
    for _ in range(_CLOCKS):
        scl.value(0)
        sleep_ms(1)
        scl.value(1)
        sleep_ms(1)
