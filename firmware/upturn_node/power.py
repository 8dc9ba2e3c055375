# SPDX-License-Identifier: MIT
"""How a board is switched off. Whatever stays awake then, fed by its cable, goes to deep sleep."""

import machine


def off(power, power_pins, pmic, sleep_ms):
    """`power` is the board's row; comes back only where nothing at all can be switched off."""
    MEANS[power["kind"]](power, pmic)
    sleep_ms(500)  # a supply needs a moment to fall
    for pin, _, asleep in power_pins:
        machine.Pin(pin, machine.Pin.OUT, value=asleep)
    wake_pin = power["wake_pin"]
    if wake_pin is not None:
        _wake_by(wake_pin)
    machine.deepsleep()


def _release(power, pmic):
    """The pin that holds the supply lets go."""
    machine.Pin(power["hold_pin"], machine.Pin.OUT, value=0)


def _tell_pmic(power, pmic):
    try:
        pmic.off()
    except OSError:
        pass  # it does not answer: sleep is what is left


def _nothing(power, pmic):
    pass


MEANS = {"hold": _release, "axp192": _tell_pmic, "deep_sleep": _nothing}
"""By the kind that a board's row names."""


def _wake_by(pin):
    try:
        import esp32
    except ImportError:  # another port: its reset wakes it
        return
    esp32.wake_on_ext0(pin=machine.Pin(pin, machine.Pin.IN), level=esp32.WAKEUP_ALL_LOW)
