# SPDX-License-Identifier: MIT
"""The link over BLE: who may listen and speak, and when a link is over (`PROTOCOL.md`, section 3).

A link is worth something from the moment that it is encrypted by a bond and a command came over
it. One that earns nothing is ended, for there is room for one host only; and while there is none,
the node advertises, again and again whatever the stack says.
"""

from micropython import const

from upturn_node import advert, gatt
from upturn_node.crc24 import CHECK_BYTES, is_sealed
from upturn_node.framing import MAX_MESSAGE, MIN_MESSAGE

WINDOW_MS = const(60_000)
"""How long a press lets hosts pair."""
UNHEARD_MS = const(10_000)
UNHEARD_PAIRING_MS = const(30_000)
"""A person has to confirm the pairing on the other side."""
MAX_ANSWERS = const(4)

_UNBONDED_MS = const(1000)  # encrypted, and no bond: what the keys need at most to get through
_CONFIRM_MS = const(2000)
_ENDING_MS = const(10_000)  # the stack was told to end a link, and has not said that it did
_COUNTER = const(0xFFFF)


class BleLink:
    """`radio` as in radio.py; `payload(dt_ms)` makes the advertisement of the next turn.

    `wanted` is true while a bonded host was heard over the link that there is now; `room`: the
    bytes of a message on it. `window_ms` of the pairing window are left.
    """

    def __init__(self, radio, bonds, payload):
        self._radio = radio
        self._bonds = bonds
        self._payload = payload
        self._name = b""
        self._view = b""
        self._viewed = None
        self._answers = []
        self._heard = 0  # the number of the link over which a host was heard
        self._answering = 0  # and the one whose command is being carried out
        self._seen = 0
        self._last = False
        self._unheard_ms = 0
        self._unbonded_ms = 0
        self._ending_ms = 0
        self._confirm_ms = 0
        self._turn_ms = 0
        self._advertised = None  # connectable or not, as it was last advertised
        self._percent = 0
        self._dropped = 0
        self._bad = 0
        self.window_ms = 0

    @property
    def active(self):
        return self._radio.active

    @property
    def connected(self):
        return self._radio.connection is not None

    @property
    def wanted(self):
        radio = self._radio
        return radio.trusted and radio.link == self._heard

    @property
    def room(self):
        return min(self._radio.mtu - gatt.HEAD_BYTES, MAX_MESSAGE)

    @property
    def dropped(self):
        return (self._dropped + self._radio.lost) & _COUNTER

    @property
    def bad_frames(self):
        return self._bad

    def name(self, name):
        """What a scan shows."""
        self._name = advert.name_response(name)
        self._radio.rename(name)
        self._turn_ms = 0

    def open_window(self):
        """A host may pair from now on, for a while; whoever scans sees it at once."""
        if self._radio.active:
            self.window_ms = WINDOW_MS
            self._turn_ms = 0
            self._radio.bond(True)

    def close_window(self):
        """One press is for one host."""
        self.window_ms = 0
        self._radio.bond(False)

    def heard(self):
        """A host spoke: a valid command was what came in."""
        self._heard = self._answering
        self._unheard_ms = 0

    def publish(self, hello):
        """Whoever reads the feature gets this."""
        self._radio.write("feature", hello)

    def tell_battery(self, percent):
        """Percent; whoever subscribed is told of a change."""
        percent = percent if percent <= 100 else 0
        if percent != self._percent and self._radio.write("battery", bytes((percent,)), True):
            self._percent = percent

    def send(self, message, length):
        """Notify a message; False, and counted, if it does not fit or the radio has no room."""
        if length <= self.room and self._radio.notify(self._cut(message, length)):
            return True
        self._dropped = (self._dropped + 1) & _COUNTER
        return False

    def answer(self, message):
        """Indicate it when those before it are confirmed."""
        if self._answering == self._radio.link and len(self._answers) < MAX_ANSWERS:
            self._answers.append((self._answering, message))
        else:
            self._dropped = (self._dropped + 1) & _COUNTER

    def receive(self, take):
        """Hand on the oldest command; `take(message, length)` gets it without its check."""
        radio = self._radio
        while radio.commands:
            self._answering, message = radio.commands.pop(0)
            length = len(message)
            if self._answering != radio.link or not radio.trusted:
                continue  # of a link that is over, or whose host has no rights
            if MIN_MESSAGE <= length <= MAX_MESSAGE and is_sealed(message, length):
                take(message, length - CHECK_BYTES)
            else:
                self._bad = (self._bad + 1) & _COUNTER
            break
        self._indicate()

    def end_after_answers(self):
        """The link is to end, once everything is said."""
        self._last = self._radio.connection is not None

    def step(self, dt_ms):
        """Time passes: links that earn nothing end, and the node advertises."""
        radio = self._radio
        if not radio.active:
            return
        radio.disconnect_strangers()
        self._bonds.keep()
        if self.window_ms:
            self.window_ms = max(self.window_ms - dt_ms, 0)
            if not self.window_ms:
                self.close_window()
        if radio.link != self._seen:
            self._seen = radio.link
            self._last = False
            self._unheard_ms = self._unbonded_ms = self._ending_ms = self._confirm_ms = 0
        if radio.connection is not None:
            self._judge(dt_ms)
        self._advertise(dt_ms)

    def close(self):
        """End the link, and be silent: the program ends, or the node goes off."""
        if self._radio.active:
            if self._radio.connection is not None:
                self._radio.disconnect()
            self._bonds.keep()
            self._radio.stop()

    def _cut(self, message, length):
        """The part of a buffer to send; the same part again costs no heap."""
        if length == len(message):
            return message
        if self._viewed is not message or len(self._view) != length:
            self._viewed = message
            self._view = memoryview(message)[:length]
        return self._view

    def _indicate(self):
        radio = self._radio
        while self._answers and not radio.indicating:
            link, message = self._answers.pop(0)
            if link != radio.link or not radio.trusted:
                continue
            self._confirm_ms = 0
            if not radio.indicate(message):
                self._dropped = (self._dropped + 1) & _COUNTER

    def _judge(self, dt_ms):
        """End the link if it is time to."""
        radio = self._radio
        self._unheard_ms += dt_ms
        if radio.indicating:
            self._confirm_ms += dt_ms
            if self._confirm_ms >= _CONFIRM_MS:
                radio.give_up()
        if radio.encrypted and not radio.trusted:
            self._unbonded_ms += dt_ms
        else:
            self._unbonded_ms = 0
        pairing = self.window_ms and not radio.trusted
        patience_ms = UNHEARD_PAIRING_MS if pairing else UNHEARD_MS
        if (
            self._unheard_ms >= patience_ms
            or self._unbonded_ms >= _UNBONDED_MS
            or (self._last and not self._answers and not radio.indicating)
        ):
            self._end(dt_ms)

    def _end(self, dt_ms):
        """Tell the stack, once a second until the link is gone."""
        if self._ending_ms % 1000 < dt_ms:
            self._radio.disconnect()
        self._ending_ms += dt_ms
        if self._ending_ms >= _ENDING_MS:
            self._radio.let_go()

    def _advertise(self, dt_ms):
        """The next payload, at its turn; at once where a host came or went."""
        self._turn_ms -= dt_ms
        connectable = self._radio.connection is None
        if self._turn_ms > 0 and connectable is self._advertised:
            return
        data = self._payload(min(advert.TURN_MS - self._turn_ms, advert.TURN_MS))
        if self._radio.advertise(advert.INTERVAL_US, data, self._name, connectable):
            self._turn_ms = advert.TURN_MS
            self._advertised = connectable
        else:
            self._turn_ms = 0
            self._advertised = None
