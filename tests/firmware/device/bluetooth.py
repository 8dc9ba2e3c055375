# SPDX-License-Identifier: MIT
"""A simulated `bluetooth`: the peripheral's half of MicroPython's module as NimBLE has it.

The GATT server, bonds and air are tests/radio/node_radio.py's, at the other end of `radio_wire`.
As on an ESP32: nothing works before `active(True)`; the buffers that a handler gets are good
during the call only; a notification that finds no room is an OSError. Unlike there, handlers are
called on a turn of the event loop, not between any two steps.
"""

import binascii
import errno

import radio_wire

FLAG_READ = 0x0002
FLAG_WRITE_NO_RESPONSE = 0x0004
FLAG_WRITE = 0x0008
FLAG_NOTIFY = 0x0010
FLAG_INDICATE = 0x0020

_CENTRAL_CONNECT = 1
_CENTRAL_DISCONNECT = 2
_GATTS_WRITE = 3
_GET_SECRET = 29
_SET_SECRET = 30
_IRK = 10
_IRK_KEY = b"irk\0"
_ATTRIBUTE_BYTES = 20
_SPENT = 0xEE
_STALE = -128
"""NimBLE's word for a link that is not there any more."""
_SETTINGS = ("gap_name", "mtu", "addr_mode", "bond", "mitm", "io", "le_secure", "rxbuf")


class UUID:
    def __init__(self, value):
        if isinstance(value, int):
            if not 0 <= value <= 0xFFFF:
                raise ValueError("invalid UUID")
            self._text = "%04x" % value
        else:
            text = value.replace("-", "").lower()
            if len(text) != 32:
                raise ValueError("invalid UUID")
            self._text = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def __eq__(self, other):
        return isinstance(other, UUID) and self._text == other._text

    def __hash__(self):
        return hash(self._text)

    def __repr__(self):
        return "UUID('%s')" % self._text


class BLE:
    """One on a chip: every call of BLE() gives the same."""

    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = object.__new__(cls)
            cls._only._begin()
        return cls._only

    def __init__(self):
        pass

    def _begin(self):
        self._handler = None
        self._active = False
        self._reset()

    def _reset(self):
        self._mac = bytes(6)
        self._name = b"nimble"
        self._mtu = 23
        self._links = []
        self._values = {}
        self._sizes = {}
        self._appends = {}
        self._data = (b"", b"")
        self._advertising = False

    def active(self, active=None):
        if active is None:
            return self._active
        if radio_wire.wire is None or radio_wire.wire.gone:
            raise OSError(errno.ENODEV)
        self._active = False
        self._reset()
        address = radio_wire.wire.ask({"do": "active", "on": bool(active)})
        if active:
            self._mac = binascii.unhexlify(address)
            self._load_irk()
            self._active = True
        return self._active

    def config(self, param=None, **settings):
        self._check()
        if param is not None:
            if settings:
                raise TypeError("can't specify pos and kw args")
            if param not in ("mac", "gap_name", "mtu"):
                raise ValueError("unknown config param")
            return {"mac": (0, self._mac), "gap_name": self._name, "mtu": self._mtu}[param]
        if not settings:
            raise TypeError("must query one param")
        for key, value in settings.items():
            if key not in _SETTINGS:
                raise ValueError("unknown config param")
            if key == "gap_name":
                self._name = bytes(value if not isinstance(value, str) else value.encode())
                value = self._name.decode()
            elif key == "mtu":
                self._mtu = value
            radio_wire.wire.send({"do": "config", "key": key, "value": value})
        return None

    def irq(self, handler):
        if handler is not None and not callable(handler):
            raise ValueError("invalid handler")
        self._handler = handler

    def gap_advertise(self, interval_us, adv_data=None, *, resp_data=None, connectable=True):
        self._check()
        self._stop_advertising()
        if interval_us is None:
            return
        data = [_bytes(new, old) for new, old in zip((adv_data, resp_data), self._data)]
        if max(len(part) for part in data) > 31:
            raise OSError(errno.EINVAL)
        self._data = tuple(data)
        if interval_us < 20_000:
            raise OSError(errno.EINVAL)
        if connectable and self._links:  # there is no room for another link
            raise OSError(errno.ENOMEM)
        self._advertising = True
        radio_wire.wire.send(
            {
                "do": "advertise",
                "interval_us": interval_us,
                "connectable": bool(connectable),
                "data": [_hex(part) for part in data],
            }
        )

    def gap_disconnect(self, conn_handle):
        self._check()
        if conn_handle not in self._links:
            return False
        radio_wire.wire.send({"do": "disconnect", "link": conn_handle})
        return True

    def gap_pair(self, conn_handle):
        self._check()
        self._check_link(conn_handle)
        radio_wire.wire.send({"do": "pair", "link": conn_handle})

    def gatts_register_services(self, services_definition):
        self._check()
        if self._advertising:
            raise OSError(errno.EBUSY)
        services = []
        for service, characteristics in services_definition:
            rows = [
                [row[0]._text, row[1], [[uuid._text, flags] for uuid, flags in _third(row)]]
                for row in characteristics
            ]
            services.append([service._text, rows])
        handles = radio_wire.wire.ask({"do": "register", "services": services})
        self._values = {}
        for numbers in handles:
            for number in numbers:
                self._values[number] = b""
                self._sizes[number] = _ATTRIBUTE_BYTES
                self._appends[number] = False
        return tuple([tuple(numbers) for numbers in handles])

    def gatts_set_buffer(self, value_handle, len, append=False):
        self._check()
        self._check_handle(value_handle)
        self._sizes[value_handle] = len
        self._appends[value_handle] = bool(append)
        self._set(value_handle, b"")

    def gatts_read(self, value_handle):
        self._check()
        self._check_handle(value_handle)
        value = self._values[value_handle]
        if self._appends[value_handle]:
            self._values[value_handle] = b""
        return value

    def gatts_write(self, value_handle, data, send_update=False):
        self._check()
        self._check_handle(value_handle)
        data = _bytes(data)
        self._sizes[value_handle] = max(self._sizes[value_handle], len(data))
        self._set(value_handle, data, bool(send_update))
        return len(data)

    def gatts_notify(self, conn_handle, value_handle, data=None):
        self._check()
        wire = radio_wire.wire
        wire.pump()
        self._check_link(conn_handle)
        self._check_handle(value_handle)
        if not wire.room:
            raise OSError(errno.ENOMEM)
        wire.room -= 1
        wire.notify(
            conn_handle, value_handle, self._values[value_handle] if data is None else data
        )

    def gatts_indicate(self, conn_handle, value_handle, data=None):
        self._check()
        self._check_link(conn_handle)
        self._check_handle(value_handle)
        value = _hex(_bytes(self._values[value_handle] if data is None else data))
        radio_wire.wire.send(
            {"do": "indicate", "link": conn_handle, "handle": value_handle, "value": value}
        )

    def _turn(self):
        """Call the handler for what came since."""
        radio_wire.wire.pump()
        while radio_wire.wire.inbox:
            self._take(radio_wire.wire.inbox.pop(0))

    def _take(self, event):
        number, words = event["event"], event["data"]
        if number == _CENTRAL_CONNECT:
            self._links.append(words[0])
            self._advertising = False
        elif number == _CENTRAL_DISCONNECT and words[0] in self._links:
            self._links.remove(words[0])
        elif number == _GATTS_WRITE:
            self._written(words[1], binascii.unhexlify(words.pop()))
        result = self._call(number, words)
        if number in (_GET_SECRET, _SET_SECRET):
            if number == _SET_SECRET:
                result = bool(result)
            elif result is not None:
                result = _hex(_bytes(result))
            radio_wire.wire.send({"do": "secret", "id": event["id"], "value": result})

    def _call(self, number, words):
        """With buffers as the stack's own: nothing of them is left when the handler returns."""
        if self._handler is None:
            return None
        buffers = []
        data = []
        for word in words:
            if isinstance(word, str):
                buffers.append(bytearray(binascii.unhexlify(word)))
                word = memoryview(buffers[-1])
            data.append(word)
        try:
            return self._handler(number, tuple(data))
        except Exception as error:
            print("Unhandled exception in IRQ callback handler")
            import sys

            sys.print_exception(error)
            self._handler = None  # as the module does: it is never called again
            return None
        finally:
            for buffer in buffers:
                for k in range(len(buffer)):
                    buffer[k] = _SPENT

    def _written(self, handle, value):
        if self._appends[handle]:
            value = self._values[handle] + value
        self._values[handle] = value[: self._sizes[handle]]

    def _load_irk(self):
        """While it starts: a key of its own, which it makes if the program has none."""
        key = _hex(_IRK_KEY)
        known = self._call(_GET_SECRET, [_IRK, 0, key])
        if known is None or len(known) != 16:
            self._call(_SET_SECRET, [_IRK, key, _hex(bytes(range(16)))])

    def _set(self, handle, value, tell=False):
        self._values[handle] = value
        radio_wire.wire.send({"do": "write", "handle": handle, "value": _hex(value), "tell": tell})

    def _stop_advertising(self):
        if self._advertising:
            self._advertising = False
            radio_wire.wire.send({"do": "quiet"})

    def _check(self):
        if not self._active:
            raise OSError(errno.ENODEV)

    def _check_link(self, link):
        if link not in self._links:
            raise OSError(_STALE)

    def _check_handle(self, handle):
        if handle not in self._values:
            raise OSError(errno.EINVAL)


def _bytes(data, otherwise=b""):
    if data is None:
        return otherwise
    return data.encode() if isinstance(data, str) else bytes(data)


def _hex(data):
    return binascii.hexlify(data).decode()


def _third(row):
    return row[2] if len(row) > 2 else ()
