# SPDX-License-Identifier: MIT
"""The node put together: what happens with each sample, each turn of the signals, each second.

No method here waits; app.py calls them at their times. `sample` is the hot path: nothing in it
goes to the heap while the sensor answers.
"""

import gc

from micropython import const

from upturn_node import VERSION, commands, report
from upturn_node import messages as m
from upturn_node import vocabulary as v
from upturn_node.advert import Adverts
from upturn_node.battery import Battery
from upturn_node.bonds import Bonds
from upturn_node.bthome import BTHome
from upturn_node.button import Button
from upturn_node.clock import Clock
from upturn_node.config import Config, count_boot
from upturn_node.faults import Faults
from upturn_node.guard import Guard
from upturn_node.link_ble import BleLink
from upturn_node.link_serial import SerialLink
from upturn_node.links import Links
from upturn_node.memory import Memory
from upturn_node.pace import Pace
from upturn_node.radio import Radio
from upturn_node.sensing import Sensing
from upturn_node.signals import PAIRING_LIGHT, Signals
from upturn_node.stream import Stream
from upturn_node.taps import Taps
from upturn_node.tilt import Tilt
from upturn_node.watchdog import READER, SAMPLER, SAMPLES, SIGNALS, TIMEOUT_MS, Watchdog

WINDOW_MS = 3000
"""After a start, without a watchdog: Ctrl-C, or the button held, gives a prompt that stays."""
MAINTENANCE_HOLD_MS = 1000

_STATUS_MS = const(1000)
_BATTERY_MS = const(10_000)
_COLLECT_MS = const(10_000)
_LONG_MS = const(60_000)  # since the last reading: all the same from there on


class Node:
    """`hardware` as in hardware.py, `find` as drivers.probe.find, `time` the module."""

    # how a run ends
    MAINTENANCE = "maintenance"
    PROMPT = "prompt"
    OFF_BY_BUTTON = "off by button"
    OFF_BY_COMMAND = "off by command"
    OFF_BY_BATTERY = "off by battery"

    def __init__(self, board, hardware, find, time):
        self.board = board
        self._hardware = hardware
        self.node_id = hardware.node_id
        self.reset = v.RESET_UNKNOWN
        self.heap_free = 0
        self.ending = None
        self.collect_due = True
        self.clock = Clock(time.ticks_ms, time.ticks_diff)
        self.pace = Pace(time.ticks_ms, time.ticks_add, time.ticks_diff)
        self.memory = Memory(hardware.rtc, lambda: time.time_ns() // 1_000_000)
        self.memory.recall()
        self.faults = Faults()
        self.watchdog = Watchdog()
        self.config = Config("upturn-" + hardware.node_id[-2:].hex())
        self.battery = Battery(hardware.sense)
        self.signals = Signals(hardware.buzzer, hardware.led)
        self.bonds = Bonds()
        self.radio = Radio(hardware.bluetooth, self.bonds)
        self.link = Links(
            SerialLink(hardware.stdin, hardware.stdout, hardware.readable, hardware.writable),
            BleLink(self.radio, self.bonds, self._advertisement),
        )
        self.adverts = None
        self.button = Button()
        self.taps = Taps()
        self.sensing = Sensing(
            hardware.open_bus, find, board["sensor_addresses"], board["gyro"], self.faults
        )
        self.stream = Stream(self.link, self.clock, self._fill, self._fill_short)
        self.tilt = Tilt(False)
        self._take_message = self._take
        self._since_ms = 0
        self._up_ms = 0
        self._calls = 0
        self._overruns = 0
        self._shown_fault = 0
        self._told_fault = 0
        self._status_ms = 0
        self._battery_ms = 0
        self._collect_ms = 0
        self._bonds_made = 0
        self._pairing_call = False

    def boot(self):
        """Take up what was kept, find the sensor, and say hello."""
        memory, config, faults = self.memory, self.config, self.faults
        reset = self._hardware.reset_cause()
        self.reset = v.RESET_PROGRAM if reset == v.RESET_PIN and memory.program else reset
        memory.boots = count_boot(memory.boots)
        config.load()
        self._start_radio()
        faults.set(v.FAULT_CONFIG, config.fault == v.FAULT_CONFIG)
        faults.set(v.FAULT_LIMITS, config.fault == v.FAULT_LIMITS)
        self.guard = Guard(memory.boots & 0xFF)
        self._set_limits()
        memory.restore(self.guard)
        memory.keep(self.guard)
        memory.clear_marks()
        self._measure_battery()
        # its own test moves the readings, and needs a table at rest
        self.sensing.begin(config.rate_hz, self_test=not self.guard.inverted)
        self._sensor_changed()
        self.sensing.changed = self._sensor_changed
        self.guard.idle(self.clock.advance())  # all of this took its time
        self.pace.start(1000 // config.rate_hz)
        self._say_hello(self.link.announce)

    def sample(self):
        """Read, judge, stream. Once per interval."""
        dt_ms = self.clock.advance()
        self._since_ms = min(self._since_ms + dt_ms, _LONG_MS)
        sensing, guard = self.sensing, self.guard
        fresh = sensing.read(dt_ms)
        self.watchdog.check_in(SAMPLER)
        if self.pace.overruns != self._overruns:
            self._overruns = self.pace.overruns
            self.stream.note(v.OVERRUN)
        if not fresh:
            guard.idle(dt_ms)
            if not sensing.trusted and self.faults.current != v.FAULT_NONE:
                self.watchdog.check_in(SAMPLES)  # declared, and being tried again
            return
        since_ms = self._since_ms
        self._since_ms = 0
        out, driver = sensing.out, sensing.driver
        self.tilt.update(out, since_ms)
        self.watchdog.check_in(SAMPLES)
        if sensing.trusted:
            guard.sample(dt_ms, self.tilt.angle_cdeg)
        else:
            guard.idle(dt_ms)
        upright = guard.posture.state == v.POSTURE_UPRIGHT
        if self.taps.step(since_ms, driver.peak_mg, driver.trough_mg, upright):
            self.stream.note(v.TAP)
        if self.taps.calls != self._calls:
            self._calls = self.taps.calls
            self._pairing_call = False
            guard.call()
        if driver.saturated:
            self.stream.note(v.SATURATED)
        self.stream.add(since_ms, out, driver.peak_mg)

    def signal(self, dt_ms):
        """The button in, buzzer and LED out. Every 20 ms."""
        guard, button = self.guard, self.button
        down = self._hardware.button_down()
        if button.step(dt_ms, down, guard.inverted, guard.may_switch_off):
            self._press()
        beeps = guard.take_beeps()
        if beeps:
            self.signals.beeps(beeps)
        light = guard.light_priority
        if not light and self.link.ble.window_ms:
            light = PAIRING_LIGHT
        self.signals.step(dt_ms, guard.sound_priority, light)
        self.watchdog.check_in(SIGNALS)
        if guard.inverted:
            return
        if not self.watchdog.armed and button.held_ms >= MAINTENANCE_HOLD_MS:
            self.end(self.PROMPT)
        elif button.off:
            self.end(self.OFF_BY_BUTTON)

    def receive(self):
        """Commands in, answers out. Every 10 ms."""
        self.link.receive(self._take_message)
        self.watchdog.check_in(READER)

    def tend(self, dt_ms):
        """What takes its time: faults told, battery, memory, the watchdog. Ten times a second."""
        self.link.step(dt_ms)
        self._heed_bond()
        self.faults.set(v.FAULT_LATE, self.pace.late)
        self._tell_faults()
        self._status_ms += dt_ms
        if self._status_ms >= _STATUS_MS:
            self._status_ms = 0
            self.memory.keep(self.guard)
            self._tell_status()
        self._battery_ms += dt_ms
        if self._battery_ms >= _BATTERY_MS:
            self._battery_ms = 0
            self._measure_battery()
            if self.battery.empty and not self.guard.inverted:
                self.end(self.OFF_BY_BATTERY)
        self._collect_ms += dt_ms
        if self._collect_ms >= _COLLECT_MS:
            self._collect_ms = 0
            self.collect_due = True
        if not self.watchdog.armed:
            self._up_ms += dt_ms
            if self._up_ms >= WINDOW_MS:
                self.watchdog.arm(self._hardware.watchdog(TIMEOUT_MS))
        self.watchdog.step(dt_ms)

    def collect(self):
        """Tidy the heap, right after a sample, when nothing is due for a while."""
        self.collect_due = False
        gc.collect()
        self.heap_free = gc.mem_free()

    def heard(self):
        """A host spoke."""
        self.link.heard()
        self.guard.heard()

    def end(self, how):
        """The run ends within 100 ms; the first reason stands."""
        if self.ending is None:
            self.ending = how

    def say_goodbye(self, reason):
        self.link.announce(m.goodbye(self.clock.t_hi, self.clock.t_lo, reason))

    def close(self):
        """No radio from here on: nobody is to take a program that has ended for one that runs."""
        self.link.ble.close()

    def tell_info(self):
        self._say_hello(self.link.tell)

    def take_config(self, mounting=False, rate=False):
        """Put in force what `config` says now, and tell it."""
        self.faults.set(v.FAULT_CONFIG, False)
        self.faults.set(v.FAULT_LIMITS, False)
        self._set_limits()
        self.link.ble.name(self.config.name)
        if mounting:
            self._mount()
        if rate:
            self.sensing.set_rate(self.config.rate_hz)
            self.pace.start(1000 // self.config.rate_hz)
            self._begin_stream()
        self.tell_info()

    def _take(self, message, length):
        answer = commands.carry_out(self, message, length)
        if answer is not None:
            self.link.answer(answer)

    def _say_hello(self, say):
        hello = report.hello(self)
        self.link.ble.publish(hello)
        say(hello)

    def _start_radio(self):
        """Early, while its memory is still in one piece; what feeds the board is on already."""
        config = self.config
        self.bonds.load()
        if self.bonds.problem:
            print("upturn: bonds:", self.bonds.problem)
        self.radio.start(config.name, self.board["name"], self.node_id, VERSION)
        if self.radio.problem:
            print("upturn:", self.radio.problem)
        self.adverts = Adverts(self.node_id, BTHome(self.radio.address))
        self.adverts.bthome.begin(config.bthome, bytes.fromhex(config.bthome_key))
        self.link.ble.name(config.name)

    def _press(self):
        """A press calls for help. While nobody is inverted it also lets hosts pair."""
        guard = self.guard
        called = guard.distress
        guard.press()
        self._pairing_call = not guard.inverted and not called and guard.distress
        if not guard.inverted:
            self.link.ble.open_window()
            self.adverts.hurry()

    def _heed_bond(self):
        """A host that was bonded: the press that opened the window was no call for help."""
        if self.bonds.made == self._bonds_made:
            return
        self._bonds_made = self.bonds.made
        self.link.ble.close_window()
        if self._pairing_call:
            self._pairing_call = False
            self.guard.take_back_call()
        self.tell_info()

    def _measure_battery(self):
        self.battery.measure()
        self.link.ble.tell_battery(self.battery.percent)

    def _set_limits(self):
        config = self.config
        self.guard.set_limits(
            config.notice_ms, config.limit_ms, config.rest_ms, config.max_angle_cdeg
        )

    def _sensor_changed(self):
        """A sensor was found, or lost, or was not there at the start."""
        driver = self.sensing.driver
        if self.sensing.problem:
            print("upturn:", self.sensing.problem)
        if driver is not None:
            self.pace.poll_ms = 1000 // driver.polls_hz if driver.polls_hz else 0
            self.tilt = Tilt(driver.has_gyro)
            self._mount()
            self._begin_stream()
        if self.link.wanted:
            self.tell_info()

    def _mount(self):
        if self.config.calibrated:
            self.tilt.mount(self.config.rows, self.config.offsets)
        else:
            self.tilt.assumed()

    def _begin_stream(self):
        driver = self.sensing.driver
        self.stream.begin(self.config.rate_hz, driver is not None and driver.has_gyro)

    def _tell_faults(self):
        fault = self.faults.current
        shown = v.FAULT_NONE if self.guard.inverted else fault
        if shown != self._shown_fault:
            self._shown_fault = shown
            self.signals.fault(shown)
        if fault != self._told_fault:
            self._told_fault = fault
            self._tell_status()

    def _tell_status(self):
        if self.link.wanted:
            self.link.tell(report.status(self))

    def _fill(self, measurement):
        report.fill(self, measurement)

    def _fill_short(self, short):
        report.fill_short(self, short)

    def _advertisement(self, dt_ms):
        report.advertise(self, self.adverts)
        return self.adverts.next(dt_ms)
