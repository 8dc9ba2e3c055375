# SPDX-License-Identifier: MIT
"""The bus: what machine.I2C offers, over modelled chips."""

import errno


class FakeI2C:
    """Chips by address.

    Attributes:
        models: address to model; change it to plug and unplug.
        stuck: a line is held low: every transfer times out.
        nacks: that many of the next transfers are not answered.
    """

    def __init__(self, models):
        self.models = models
        self.stuck = False
        self.nacks = 0

    def scan(self):
        if self.stuck:
            return []
        return sorted(address for address, model in self.models.items() if not model.absent)

    def readfrom_mem_into(self, address, register, buf, addrsize=8):
        self._chip(address).read_into(register, buf)

    def writeto_mem(self, address, register, buf, addrsize=8):
        self._chip(address).write(register, buf)

    def _chip(self, address):
        if self.stuck:
            raise OSError(errno.ETIMEDOUT)
        model = self.models.get(address)
        if self.nacks:
            self.nacks -= 1
            model = None
        if model is None or model.absent:
            raise OSError(errno.ENODEV)  # what the ESP32 port gives for a missing acknowledge
        return model
