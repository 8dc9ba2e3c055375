# SPDX-License-Identifier: MIT
"""Which faults stand, and which of them is told: a message has room for one."""

from upturn_node.vocabulary import (
    FAULT_BUS,
    FAULT_CONFIG,
    FAULT_FROZEN,
    FAULT_LATE,
    FAULT_LIMITS,
    FAULT_NO_SENSOR,
    FAULT_NONE,
    FAULT_SELF_TEST,
    FAULT_SENSOR_RESET,
)

FIRST_TOLD = (
    FAULT_NO_SENSOR,
    FAULT_BUS,
    FAULT_FROZEN,
    FAULT_SENSOR_RESET,
    FAULT_LATE,
    FAULT_SELF_TEST,
    FAULT_LIMITS,
    FAULT_CONFIG,
)
"""What leaves nobody watched first; what only makes the limits stricter last."""


class Faults:
    """`current` is the fault to tell."""

    def __init__(self):
        self._standing = 0
        self.current = FAULT_NONE

    def set(self, fault, stands):
        """Note that a fault is there, or is not."""
        bit = 1 << fault
        before = self._standing
        self._standing = before | bit if stands else before & ~bit
        if self._standing != before:
            self._choose()

    def stands(self, fault):
        return bool(self._standing & (1 << fault))

    def _choose(self):
        self.current = FAULT_NONE
        for fault in FIRST_TOLD:
            if self._standing & (1 << fault):
                self.current = fault
                return
