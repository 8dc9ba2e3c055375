# SPDX-License-Identifier: MIT
"""The simulated surroundings of a node: time passes for the table and its sensor, and acts happen.

An act is a line of words, `VERBS` says which; it comes from a script at its time, or from a
channel while the node runs. Between acts `catch_up`, which every bus access calls, takes no heap.
"""

import errno
import select
import time

import chip

STEP_MS = 2
"""A knock of a few ms is felt; a FIFO at 1 kHz gets two readings a step."""
CHANNEL_MS = 10
_LOST_US = 2_000_000
"""Behind by more: the process stood still, and nothing is made up for that time."""
_NEVER_MS = (1 << 30) - 1


class World:
    """One table, the sensor on it, and the pins and volts of its board."""

    def __init__(self, table, sensor, bus, board, script=(), step_ms=STEP_MS):
        self.table = table
        self.sensor = sensor
        self._bus = bus
        self._board = board
        self._step_ms = step_ms
        self._script = list(script)
        self._due_ms = _NEVER_MS
        self._last_us = time.ticks_us()
        self._channel = None
        self._channel_ms = time.ticks_ms()
        self.act("battery", 4000)
        self.act("button", 0)
        self._follow_script()

    def catch_up(self):
        """Bring the sensor to now."""
        behind_us = time.ticks_diff(time.ticks_us(), self._last_us)
        if behind_us > _LOST_US:
            self._last_us = time.ticks_add(self._last_us, behind_us - _LOST_US)
            behind_us = _LOST_US
        step_us = self._step_ms * 1000
        table, sensor = self.table, self.sensor
        force, rate = table.force, table.rate
        while behind_us >= step_us:
            behind_us -= step_us
            self._last_us = time.ticks_add(self._last_us, step_us)
            table.step(self._step_ms)
            if table.now_ms >= self._due_ms:
                self._follow_script()
            sensor.set_force(force[0], force[1], force[2])
            sensor.set_rate(rate[0], rate[1], rate[2])
            sensor.advance(step_us)

    def listen(self, channel):
        """Take acts from a file of lines from now on."""
        self._channel = channel
        self._poll = select.poll()
        self._poll.register(channel, select.POLLIN)

    def turn(self):
        """A turn of the event loop: time passes, and the channel is looked at now and then."""
        self.catch_up()
        if self._channel is None:
            return
        now_ms = time.ticks_ms()
        if time.ticks_diff(now_ms, self._channel_ms) < CHANNEL_MS:
            return
        self._channel_ms = now_ms
        while self._poll.poll(0):
            line = self._channel.readline()
            if not line:  # whoever watched is gone
                chip.end(0)
            self.act(*line.decode().split())

    def act(self, verb, *words):
        """Do one act now."""
        VERBS[verb](self, *(_value(word) for word in words))
        chip.log.note(verb, *words)

    def _follow_script(self):
        while self._script and self._script[0][0] <= self.table.now_ms:
            self.act(*self._script.pop(0)[1].split())
        self._due_ms = self._script[0][0] if self._script else _NEVER_MS

    def _button(self, down):
        pin, pressed = self._board["button"]
        chip.levels[pin] = pressed if down else 1 - pressed

    def _battery(self, mv):
        if "battery" in self._board:
            pin, divider = self._board["battery"]
            chip.microvolts[pin] = mv * 1000 // divider
        if "pmic" in self._board:
            self._bus.models[self._board["pmic"]].set_cell(mv)

    def _set_sensor(self, fault, value):
        getattr(self.sensor, fault)  # only what it has
        setattr(self.sensor, fault, value)

    def _set_bus(self, fault, value):
        getattr(self._bus, fault)
        setattr(self._bus, fault, value)

    def _knocks(self, g, for_ms, times, every_ms):
        """Some knocks, the first now."""
        for k in range(times):
            self._script.append((self.table.now_ms + k * every_ms, "jolt %g %d" % (g, for_ms)))
        self._script.sort(key=_time_of)
        self._follow_script()


def _time_of(entry):
    return entry[0]


def _value(word):
    if not isinstance(word, str):
        return word
    try:
        return int(word)
    except ValueError:
        pass
    try:
        return float(word)
    except ValueError:
        return word


VERBS = {
    "go": lambda world, deg, over_ms: world.table.go(deg, over_ms),
    "sway": lambda world, deg, period_ms: world.table.sway(deg, period_ms),
    "jolt": lambda world, g, for_ms: world.table.jolt(g, for_ms),
    "knocks": World._knocks,
    "weightless": lambda world, for_ms: world.table.weightless(for_ms),
    "turn": lambda world, deg: world.table.turn(deg),
    "slip": lambda world, deg: world.table.slip(deg),
    "bias": lambda world, x_mg, y_mg, z_mg: world.table.bias(x_mg, y_mg, z_mg),
    "lie": lambda world, x_mg, y_mg, z_mg: world.table.lie(x_mg, y_mg, z_mg),
    "scale": lambda world, percent: setattr(world.table, "percent", percent),
    "button": World._button,
    "battery": World._battery,
    "sensor": World._set_sensor,
    "bus": World._set_bus,
    "brown_out": lambda world: world.sensor.power_on(),
    "busy": lambda world, for_ms: time.sleep_ms(for_ms),
    "raise": lambda world, text: _raise(text),
    "note": lambda world, *words: None,
}
"""What can happen. `busy` holds the processor, as a bug would; `raise` is another kind of bug."""


def _raise(text):
    raise RuntimeError(text)


class Bus:
    """A bus whose every access sees the world as it is at that moment.

    Nobody answers while the pin `feed` (None: there is none) does not power them.
    """

    def __init__(self, bus, world, feed):
        self._bus = bus
        self._world = world
        self._feed = feed
        if feed is not None:
            chip.levels[feed] = 0

    def scan(self):
        self._arrive()
        return self._bus.scan()

    def readfrom_mem_into(self, address, register, buf):
        self._arrive()
        self._bus.readfrom_mem_into(address, register, buf)

    def writeto_mem(self, address, register, buf):
        self._arrive()
        self._bus.writeto_mem(address, register, buf)

    def _arrive(self):
        self._world.catch_up()
        if self._feed is not None and not chip.levels[self._feed]:
            raise OSError(errno.ENODEV)
