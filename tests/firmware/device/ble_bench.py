# SPDX-License-Identifier: MIT
"""A node on the bench with a scripted `bluetooth` module, and a host at its other end.

The module does what MicroPython's does with NimBLE wherever the node could notice: nothing works
before `active(True)`, values have 20 bytes without `gatts_set_buffer`, buffers in an interrupt
are memoryviews that are used again, a handler that raises is never called again.
"""

from app_bench import Bench
from upturn_node import vocabulary as v
from upturn_node.crc24 import seal

ENODEV = 19
ENOMEM = 12
HOST = b"\x00\x11\x22\x33\x44\x55\x66"


class UUID:
    def __init__(self, value):
        self.value = value


class Ble:
    """The stack. `fail` names methods that raise an OSError of that number."""

    def __init__(self):
        self.on = False
        self.fail = {}
        self.settings = {}
        self.handler = None
        self.values = {}
        self.lengths = {}
        self.adverts = []  # (data, response, connectable)
        self.connectable = None
        self.notified = []
        self.quiet = False
        self.notifications = 0
        self.indicated = []
        self.ended = []
        self.silent_end = False
        self.told = []
        self._buffer = bytearray(256)

    def _ready(self, name):
        if not self.on:
            raise OSError(ENODEV)
        if name in self.fail:
            raise OSError(self.fail[name])

    def irq(self, handler):
        self.handler = handler

    def active(self, on=None):
        if on is None:
            return self.on
        if on and "active" in self.fail:
            raise OSError(self.fail["active"])
        if on and not self.on:
            self.on = True
            if self.event(29, (10, 0, self.view(b"irk"))) is None:
                self.secret(10, b"irk", b"i" * 16)
        self.on = on
        return on

    def config(self, *names, **settings):
        self._ready("config")
        if names:
            return (0, memoryview(b"\x24\x0a\xc4\x00\x0b\x0e"))
        self.settings.update(settings)
        return None

    def gatts_register_services(self, services):
        self._ready("gatts_register_services")
        assert self.connectable is None, "registered while advertising"
        self.services = services
        given, number = [], 10
        for _, rows in services:
            given.append(tuple(range(number, number + 3 * len(rows), 3)))
            number += 3 * len(rows)
        for handles in given:
            for handle in handles:
                self.values[handle] = b""
                self.lengths[handle] = 20
        return tuple(given)

    def gatts_set_buffer(self, handle, length, append=False):
        self._ready("gatts_set_buffer")
        self.lengths[handle] = length

    def gatts_read(self, handle):
        self._ready("gatts_read")
        return self.values[handle]

    def gatts_write(self, handle, value, send_update=False):
        self._ready("gatts_write")
        if send_update:
            self.told.append((handle, bytes(value)))
        else:
            self.lengths[handle] = max(self.lengths[handle], len(value))
        self.values[handle] = bytes(value)

    def gap_advertise(self, interval_us, adv_data=None, *, resp_data=None, connectable=True):
        self._ready("gap_advertise")
        if interval_us is None:
            self.connectable = None
            return
        assert len(adv_data) <= 31
        assert len(resp_data) <= 31
        self.connectable = connectable
        self.interval_us = interval_us
        self.adverts.append((bytes(adv_data), bytes(resp_data), connectable))

    def gap_disconnect(self, connection):
        self._ready("gap_disconnect")
        self.ended.append(connection)
        if not self.silent_end:
            self.event(2, (connection, 0, self.view(HOST[1:])))
        return True

    def gatts_notify(self, connection, handle, value):
        if self.quiet:
            self.notifications += 1
            return
        self._ready("gatts_notify")
        self.notified.append((connection, bytes(value)))

    def gatts_indicate(self, connection, handle, value):
        self._ready("gatts_indicate")
        self.indicated.append((connection, bytes(value)))

    def event(self, number, data):
        if self.handler is None:
            return None
        try:
            return self.handler(number, data)
        except Exception as error:
            self.handler = None
            print("unhandled in the interrupt:", repr(error))
            return None
        finally:
            self._buffer[:] = bytes(256)  # who kept a memoryview has zeros now

    def view(self, data):
        self._buffer[: len(data)] = data
        return memoryview(self._buffer)[: len(data)]

    def secret(self, kind, key, value):
        """As NimBLE stores one, or with None deletes it."""
        self._buffer[100 : 100 + len(value or b"")] = value or b""
        data = None if value is None else memoryview(self._buffer)[100 : 100 + len(value)]
        return self.event(30, (kind, self.view(key), data))

    def find(self, kind, key, index=0):
        return self.event(29, (kind, index, None if key is None else self.view(key)))


class Bluetooth:
    """In place of the module."""

    UUID = UUID

    def __init__(self):
        self.ble = Ble()

    def BLE(self):
        return self.ble


class BleBench(Bench):
    """`host_...` is what a host does; `ble` is the node's stack."""

    def __init__(self, flash=None, **words):
        self.bluetooth = Bluetooth()
        self.ble = self.bluetooth.ble
        super().__init__(bluetooth=self.bluetooth, **words)

    def handle(self, name):
        return self.node.radio._handles[name]

    def connect(self, connection=0, address=HOST):
        self.ble.connectable = None
        self.ble.event(1, (connection, address[0], self.ble.view(address[1:])))

    def mtu(self, mtu=247, connection=0):
        self.ble.event(21, (connection, mtu))

    def encrypt(self, bonded=True, connection=0):
        self.ble.event(28, (connection, True, False, bonded, 16))

    def leave(self, connection=0):
        self.ble.event(2, (connection, 0, self.ble.view(HOST[1:])))

    def pair(self, address=HOST):
        """As NimBLE does it: bonded only where that is configured, and told before it is kept."""
        bonds = self.ble.settings["bond"]
        self.encrypt(bonded=bonds)
        if bonds:
            self.keep_bond(address)

    def keep_bond(self, address=HOST):
        self.ble.secret(1, address, b"ours of " + address)
        self.ble.secret(2, address, b"theirs of " + address)

    def join(self, mtu=247, connection=0):
        """A host that is bonded, connects, and speaks."""
        self.connect(connection)
        self.mtu(mtu, connection)
        self.encrypt(True, connection)
        self.write(v.HEARTBEAT, b"\x00\x00", connection)

    def press(self):
        self.hardware.pressed = True
        self.pass_ms(200)
        self.hardware.pressed = False
        self.pass_ms(200)

    def write(self, verb, payload=b"", connection=0):
        self._id += 1
        self.write_raw(
            sealed(bytes((v.VERSION << 4 | v.COMMAND, self._id & 0xFF, verb)) + payload)
        )
        return self._id

    def write_raw(self, message, connection=0):
        control = self.handle("control")
        self.ble.values[control] = bytes(message[: self.ble.lengths[control]])
        self.ble.event(3, (connection, control))

    def confirm(self, connection=0, status=0):
        self.ble.event(20, (connection, self.handle("control"), status))

    def pass_live(self, ms):
        """Time passes, with a heartbeat over BLE and every answer confirmed."""
        while ms > 0:
            step = min(ms, 500)
            ms -= step
            self.write(v.HEARTBEAT, b"\x00\x00")
            for _ in range(step // 20):
                self.pass_ms(20)
                if self.node.radio.indicating:
                    self.confirm()

    def notified(self):
        """What was notified since the last call, without checks."""
        told = [message[:-3] for _, message in self.ble.notified]
        self.ble.notified = []
        return told

    def answers(self):
        told = [message[:-3] for _, message in self.ble.indicated]
        self.ble.indicated = []
        return told


def sealed(body):
    message = bytearray(len(body) + 3)
    message[: len(body)] = body
    seal(message, len(body))
    return bytes(message)


__all__ = ("HOST", "BleBench", "Bluetooth", "sealed", "v")
