# SPDX-License-Identifier: MIT
"""A simulated `esp32`: what wakes the chip is taken and told to the log."""

import chip

WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True


def wake_on_ext0(pin=None, level=None):
    chip.log.note("wake_on_ext0", pin, level)
