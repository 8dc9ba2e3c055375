# SPDX-License-Identifier: MIT
"""The node protects alone: the same limits as the host's, counted and judged for itself.

It never asks the time: `sample` and `idle` carry it, so that nothing here can wrap. Silence of the
sensor ends nothing and clears nothing. Silence of the host, once one was heard, is an alarm while
inverted; with no host since power came on, three beeps say so, and the limits hold alone.
"""

from micropython import const

from upturn_node import alarms, guard_state
from upturn_node.alarms import Alarms
from upturn_node.exposure import Exposure
from upturn_node.intmath import longer
from upturn_node.vocabulary import ANGLE_NOT_JUDGED
from upturn_node.no_return import NoReturn
from upturn_node.posture import INVERTED, LEVEL, OVER_ROTATED, UPRIGHT, Posture
from upturn_node.steepness import Steepness

MEMORY_BYTES = guard_state.BYTES

_HOST_SILENT_MS = const(3000)
_NO_SAMPLES_MS = const(2000)
_REST_MAX = const(500)  # the head is not below the heart
_ALONE_BEEPS = const(3)

# `first-time` of host/upturn/core/limits.py: the strictest, until other limits are set
_NOTICE_MS = const(30000)
_LIMIT_MS = const(45000)
_REST_MS = const(90000)
_MAX_ANGLE = const(3000)


class Guard:
    """Attributes are to be read, not set.

    `posture.state`; `exposure`: the counters; `alarms.active`: the bits of `alarms.ROWS`; `alone`:
    no host was heard since power came on.
    """

    def __init__(self, epoch):
        """`epoch`: 0 to 255, another than when the counters last began at zero."""
        self.posture = Posture()
        self.exposure = Exposure(epoch, _REST_MS)
        self.alarms = Alarms()
        self.no_return = NoReturn()
        self._steepness = Steepness()
        self._notice_ms = _NOTICE_MS
        self._limit_ms = _LIMIT_MS
        self._max_angle_cdeg = _MAX_ANGLE
        self._judges_angle = True
        self.alone = True
        self.silent_ms = 0
        self.host_priority = 0
        self.host_paused = False
        self.seen = False
        self.gap_ms = 0
        self._beeps = 0

    def set_limits(self, notice_ms, limit_ms, rest_ms, max_angle_cdeg):
        """Take limits that `messages.check_limits` has let pass."""
        self._judges_angle = max_angle_cdeg != ANGLE_NOT_JUDGED
        if not self._judges_angle:
            self._steepness = Steepness()
        self._notice_ms = notice_ms
        self._limit_ms = limit_ms
        self._max_angle_cdeg = max_angle_cdeg
        self.exposure.full_rest_ms = rest_ms

    def sample(self, dt_ms, angle_cdeg):
        """A valid sample came, `dt_ms` after the last call of this or `idle`."""
        step_ms = longer(self.gap_ms, dt_ms) if self.seen else 0
        self.seen = True
        self._time(dt_ms)
        self.gap_ms = 0
        posture = self.posture
        self.exposure.rested(step_ms)
        posture.update(step_ms, angle_cdeg)
        state = posture.state
        self._follow(state)
        self.exposure.rests(UPRIGHT <= state <= LEVEL and angle_cdeg <= _REST_MAX)
        self._judge()  # only once the limit has passed can this angle be a return
        angle_cdeg = posture.unwrapped(angle_cdeg)
        self.no_return.angle(angle_cdeg)
        if self._judges_angle:
            self._steepness.update(step_ms, angle_cdeg, self._max_angle_cdeg)
        self._judge()

    def idle(self, dt_ms):
        """Time passed without a valid sample, `dt_ms` since the last call of this or `sample`."""
        self._time(dt_ms)
        self.gap_ms = longer(self.gap_ms, dt_ms)
        self._judge()

    def heard(self):
        """Any valid command came from a host."""
        self.alone = False
        self.silent_ms = 0
        self._judge()

    def host(self, priority, paused):
        """A heartbeat came: what the host's alarms ask for, and whether their audio is paused."""
        self.host_priority = priority
        self.host_paused = paused
        self.heard()

    def press(self):
        """The button was pressed: a call for help, or, where all is over, an acknowledgement.

        A high alarm of the host's may wait for the same press: that is the host's to judge; once
        the host is gone, it ends here.
        """
        over = self.posture.state == UPRIGHT and not self.alarms.conditions
        if over and (self.alarms.active or self._asked() == alarms.HIGH):
            self.alarms.acknowledge(False)
            if not self._host_is_here():
                self.host_priority = 0
        else:
            self.call()

    def call(self):
        """A call for help."""
        self.alarms.trigger(alarms.DISTRESS)

    def take_back_call(self):
        """The press that called for help was for something else, and nobody is inverted."""
        if not self.exposure.open:
            self.alarms.take_back(alarms.DISTRESS)

    def acknowledge(self):
        """Pause the sound of what may be paused; False if something may not, and sounds on."""
        return self.alarms.acknowledge(self.exposure.open)

    def take_beeps(self):
        """How many beeps are due, told once."""
        beeps = self._beeps
        self._beeps = 0
        return beeps

    def save(self, buffer):
        """Write what a reset must not lose into the first `MEMORY_BYTES` of a bytearray."""
        guard_state.write(self, buffer)

    def restore(self, buffer, gap_ms):
        """Take up what was saved `gap_ms` ago; False, and nothing is changed, if it is damaged.

        The gap is time without samples: who was inverted is inverted, and it counts.
        """
        if not guard_state.read(self, buffer):
            return False
        self.idle(gap_ms)
        return True

    @property
    def inverted(self):
        """An inversion is open: also while its posture is not known."""
        return self.exposure.open

    @property
    def may_switch_off(self):
        """Nobody is inverted, nothing is wrong, and no call for help waits for an answer."""
        return not (self.inverted or self.alarms.conditions or self.distress)

    @property
    def priority(self):
        """Of what the node alarms by itself, 0 to 3."""
        return self.alarms.priority

    @property
    def sound_priority(self):
        """What the buzzer has to sound."""
        asked = 0 if self.host_paused and self._host_is_here() else self._asked()
        return max(self.alarms.sound_priority, asked)

    @property
    def light_priority(self):
        """What the LED has to show: a paused alarm is still to be seen."""
        return max(self.alarms.priority, self._asked())

    @property
    def host_silent(self):
        return self.alarms.conditions & alarms.HOST_SILENT != 0

    @property
    def distress(self):
        return self.alarms.active & alarms.DISTRESS != 0

    @property
    def over_limit(self):
        return self.alarms.conditions & alarms.LIMIT != 0

    def _host_is_here(self):
        return not self.alone and self.silent_ms < _HOST_SILENT_MS

    def _asked(self):
        """Of a host that is gone, what latches there goes on: those are its high alarms."""
        if self._host_is_here() or self.host_priority == alarms.HIGH:
            return self.host_priority
        return 0

    def _time(self, dt_ms):
        self.silent_ms = longer(self.silent_ms, dt_ms)
        self.exposure.time(dt_ms)
        self.no_return.time(dt_ms)
        self.alarms.time(dt_ms)

    def _follow(self, state):
        """Begin or end the inversion that a posture belongs to."""
        exposure = self.exposure
        if state >= INVERTED:
            if not exposure.open:
                exposure.start(self.posture.crossed_ms, self.posture.counted_ms)
                self.alarms.inversion_began()
                if self.alone:
                    self._beeps = _ALONE_BEEPS
        elif exposure.open and UPRIGHT <= state <= LEVEL:
            exposure.end()
            self.no_return.end()

    def _judge(self):
        conditions = 0
        exposure = self.exposure
        if exposure.open:
            over = exposure.exposure_ms >= self._limit_ms
            self.no_return.passed(over)
            if exposure.exposure_ms >= self._notice_ms:
                conditions |= alarms.NEAR
            if over:
                conditions |= alarms.LIMIT
            if self.no_return.raised:
                conditions |= alarms.NO_RETURN
            if not self.alone and self.silent_ms >= _HOST_SILENT_MS:
                conditions |= alarms.HOST_SILENT
            if self.gap_ms >= _NO_SAMPLES_MS:
                conditions |= alarms.NO_SAMPLES
        if self._judges_angle:
            if self.posture.state == OVER_ROTATED:
                conditions |= alarms.OVER
            if self._steepness.raised:
                conditions |= alarms.ANGLE
        self.alarms.judge(conditions)
