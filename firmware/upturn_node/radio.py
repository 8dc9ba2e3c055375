# SPDX-License-Identifier: MIT
"""MicroPython's `bluetooth` made safe: what it tells is noted, and what it refuses is a False.

Its interrupt may come between any two steps of the program. So it only notes: the newest state in
plain attributes, commands in a bounded queue, each with the number of the link it came over; what
belongs to another link than the one there is now is never acted upon. It appends to lists and the
program takes away, never both. Only secrets are answered at once: the stack waits for them.
"""

from micropython import const

from upturn_node import gatt

MAX_COMMANDS = const(8)

_CENTRAL_CONNECT = const(1)
_CENTRAL_DISCONNECT = const(2)
_GATTS_WRITE = const(3)
_GATTS_INDICATE_DONE = const(20)
_MTU_EXCHANGED = const(21)
_ENCRYPTION_UPDATE = const(28)
_GET_SECRET = const(29)
_SET_SECRET = const(30)

_NO_INPUT_NO_OUTPUT = const(3)
_MAX_STRANGERS = const(4)  # as many links as the stack has at all
_LINKS = const(0xFFFF)
_COUNTER = const(0xFFFF)


class Radio:
    """`bluetooth` is the module, or None. Attributes are to be read, not set.

    `connection` is None without a link, `link` the number of the newest one; `mtu`, `encrypted`
    and `trusted` (encrypted by a bond of ours) are of it. `commands` has (link, bytes).
    """

    def __init__(self, bluetooth, bonds):
        self._bluetooth = bluetooth
        self._bonds = bonds
        self._ble = None
        self._handles = {}
        self._control = None
        self.active = False
        self.problem = ""
        self.address = bytes(6)
        self.connection = None
        self.link = 0
        self.mtu = gatt.UNNEGOTIATED_MTU
        self.encrypted = False
        self.trusted = False
        self.indicating = False
        self.commands = []
        self.strangers = []
        self.lost = 0  # commands that found no room, indications that nobody confirmed

    def start(self, name, board, node_id, version):
        """Switch on and offer the services; `problem` says why not."""
        if self._bluetooth is None:
            return
        try:
            self._ble = ble = self._bluetooth.BLE()
            ble.irq(self._irq)  # before it is active: the stack asks for its own secret then
            ble.active(True)
            ble.config(mtu=gatt.MTU, gap_name=name)
            ble.config(bond=False, le_secure=True, mitm=False, io=_NO_INPUT_NO_OUTPUT)
            self.address = bytes(ble.config("mac")[1])
            self._handles = gatt.register(ble, self._bluetooth.UUID)
            self._control = self._handles["control"]
            gatt.describe(ble, self._handles, board, node_id, version)
            self.active = True
        except Exception as error:  # whatever its stack has: a node that measures goes first
            self.problem = "no BLE: {!r}".format(error)
            self.stop()

    def stop(self):
        """Off, and what is connected is disconnected."""
        self.active = False
        self._drop_link()
        try:
            if self._ble is not None:
                self._ble.irq(None)
                if self._ble.active():
                    self._ble.active(False)
        except Exception as error:  # a stack that does not end is no reason not to end
            print("upturn: BLE:", error)

    def bond(self, allowed):
        """Whether whoever pairs from now on may bond."""
        self._bonds.window = allowed
        self._try(self._configure, allowed)

    def rename(self, name):
        self._try(self._configure_name, name)

    def write(self, what, value, tell=False):
        """The value that is read of a characteristic; `tell`: whoever subscribed is notified."""
        return self._try(self._write, what, value, tell)

    def advertise(self, interval_us, data, response, connectable):
        return self._try(self._advertise, interval_us, data, response, connectable)

    def notify(self, value):
        """A measurement out; no heap is used where the radio takes it."""
        if self.connection is None:
            return False
        try:
            self._ble.gatts_notify(self.connection, self._handles["measurement"], value)
        except (OSError, TypeError, ValueError):  # no room, or the link is gone by now
            return False
        return True

    def indicate(self, value):
        """An answer out; `indicating` until it is confirmed or `give_up` is called."""
        self.indicating = True  # the confirmation may come before the call returns
        if not self._try(self._indicate, value):
            self.indicating = False
            return False
        return True

    def give_up(self):
        """The host does not confirm: go on without."""
        self.indicating = False
        self.lost = (self.lost + 1) & _COUNTER

    def disconnect(self):
        """End the link, which is over when the stack says so, or does not know it any more."""
        try:
            if self._ble.gap_disconnect(self.connection) is False:
                self._drop_link()
        except (OSError, TypeError, ValueError):  # it is ending, or the stack is busy
            pass

    def let_go(self):
        """The stack does not end the link: go on as if there were none."""
        self._drop_link()

    def disconnect_strangers(self):
        """End every link that came while there was one."""
        while self.strangers:
            self._try(self._ble.gap_disconnect, self.strangers.pop())

    def _irq(self, event, data):
        try:
            return self._note(event, data)
        except Exception:
            # a handler that raises is never called again. A secret is "taken" (see bonds.py)
            self.lost = (self.lost + 1) & _COUNTER
            return event == _SET_SECRET and len(data) > 2 and data[2] is not None

    def _note(self, event, data):
        if event == _GET_SECRET:
            return self._bonds.get(data[0], data[1], data[2])
        if event == _SET_SECRET:
            taken = self._bonds.put(data[0], data[1], data[2])
            if self._bonds.refused:  # the link was told to be bonded before its secrets came
                self.trusted = False
            return taken
        if event == _CENTRAL_CONNECT:
            self._connected(data[0])
        elif event == _CENTRAL_DISCONNECT:
            if data[0] == self.connection:
                self._drop_link()
        elif data[0] != self.connection:
            pass
        elif event == _GATTS_WRITE:
            if data[1] == self._control:
                self._commanded(self._ble.gatts_read(data[1]))
        elif event == _MTU_EXCHANGED:
            self.mtu = data[1]
        elif event == _ENCRYPTION_UPDATE:
            self.encrypted = bool(data[1])
            self.trusted = bool(data[1] and data[3]) and not self._bonds.refused
        elif event == _GATTS_INDICATE_DONE and data[1] == self._control:
            self.indicating = False
            if data[2]:
                self.lost = (self.lost + 1) & _COUNTER
        return None

    def _connected(self, connection):
        if self.connection is not None and connection != self.connection:
            if len(self.strangers) < _MAX_STRANGERS:
                self.strangers.append(connection)
            return
        self._drop_link()
        self.link = (self.link + 1) & _LINKS
        self.connection = connection

    def _drop_link(self):
        self.connection = None
        self.encrypted = self.trusted = self.indicating = False
        self.mtu = gatt.UNNEGOTIATED_MTU
        self._bonds.link_began()

    def _commanded(self, value):
        if len(self.commands) < MAX_COMMANDS:
            self.commands.append((self.link, bytes(value)))
        else:
            self.lost = (self.lost + 1) & _COUNTER

    def _try(self, what, *words):
        """Whether the stack did it; it may be busy, full, or not there."""
        if not self.active:
            return False
        try:
            what(*words)
        except (OSError, TypeError, ValueError):  # TypeError: the link is None by now
            return False
        return True

    def _configure(self, bond):
        self._ble.config(bond=bond)

    def _configure_name(self, name):
        self._ble.config(gap_name=name)

    def _write(self, what, value, tell):
        self._ble.gatts_write(self._handles[what], value, tell)

    def _advertise(self, interval_us, data, response, connectable):
        self._ble.gap_advertise(
            interval_us, adv_data=data, resp_data=response, connectable=connectable
        )

    def _indicate(self, value):
        # given with the call: what is written first could be overwritten by the next command
        self._ble.gatts_indicate(self.connection, self._control, value)
