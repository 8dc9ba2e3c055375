# SPDX-License-Identifier: MIT
"""A simulated inversion table with a clip on it: what a sensor there would feel.

Integers only, and `step` allocates nothing: the heap under test is the firmware's own. Angles in
0.01 degrees, force in mg, rate in 0.1 degree/s, in the clip's own axes.
"""

from array import array
from math import cos, pi, radians, sin

ONE_G = 16384

_QUARTER = 9000
_GRID_CDEG = 25
_SINE = array("h", (round(ONE_G * sin(radians(k / 4))) for k in range(361)))
_MAX_DDPS = 20_000


def sine(angle_cdeg):
    """Of 0.01 degrees, in 1/16384; as exact as its table's linear steps, 3e-6."""
    turn = angle_cdeg % 36000
    sign = 1
    if turn >= 18000:
        turn -= 18000
        sign = -1
    if turn > _QUARTER:
        turn = 18000 - turn
    k = turn // _GRID_CDEG
    low = _SINE[k]
    if k < 360:
        low += (_SINE[k + 1] - low) * (turn - k * _GRID_CDEG) // _GRID_CDEG
    return sign * low


class Table:
    """Swings between angles at constant rates; the person on it may sway, fall or knock.

    The clip's axes are the node's assumed ones (head y, front z) until it is turned.
    """

    def __init__(self, angle_deg=-90.0):
        self.now_ms = 0
        self.angle_cdeg = round(100 * angle_deg)
        self.force = array("i", (0, 0, 0))
        self.rate = array("i", (0, 0, 0))
        self.percent = 100
        """Of the true force: a sensor with a wrong scale."""
        self._from_cdeg = self._to_cdeg = self.angle_cdeg
        self._from_ms = self._to_ms = 0
        self._sway_cdeg = 0
        self._sway_ms = 1
        self._sway_ddps = 0
        self._jolt_mg = 0
        self._jolt_until_ms = 0
        self._weightless_until_ms = 0
        self._axes = array("i", 9 * (0,))
        self._bias_mg = array("i", 3 * (0,))
        self._lies_mg = array("i", 3 * (0,))
        self._lies = False
        self._turn_deg = self._slip_deg = 0.0
        self._sit()
        self.step(0)

    def go(self, angle_deg, over_ms):
        """Swing there from where it is."""
        self._lies = False
        self._from_cdeg = self.angle_cdeg
        self._from_ms = self.now_ms
        self._to_cdeg = round(100 * angle_deg)
        self._to_ms = self.now_ms + over_ms

    def sway(self, deg, period_ms):
        """The person breathes and shifts: a sine on top of the angle."""
        self._sway_cdeg = round(100 * deg)
        self._sway_ms = period_ms
        self._sway_ddps = round(100 * 2 * pi * self._sway_cdeg / period_ms)

    def jolt(self, g, for_ms):
        """A knock through the sensor's z axis."""
        self._jolt_mg = round(1000 * g)
        self._jolt_until_ms = self.now_ms + for_ms

    def weightless(self, for_ms):
        self._weightless_until_ms = self.now_ms + for_ms

    def turn(self, deg):
        """The clip sits turned about the head axis: out of the plane of the swing."""
        self._turn_deg = deg
        self._sit()

    def slip(self, deg):
        """The clip sits turned about the hinge: every angle is off by that much."""
        self._slip_deg = deg
        self._sit()

    def bias(self, x_mg, y_mg, z_mg):
        """What the sensor reads without any force."""
        for k, mg in enumerate((x_mg, y_mg, z_mg)):
            self._bias_mg[k] = mg

    def lie(self, x_mg, y_mg, z_mg):
        """The node is off the table, and lies so; `go` puts it back."""
        self._lies = True
        for k, mg in enumerate((x_mg, y_mg, z_mg)):
            self._lies_mg[k] = mg

    def step(self, ms):
        """Time goes on: `force`, `rate` and `angle_cdeg` are those of the new moment."""
        now = self.now_ms = self.now_ms + ms
        rate = 0
        angle = self._to_cdeg
        if now < self._to_ms:
            way = angle - self._from_cdeg
            span = self._to_ms - self._from_ms
            angle = self._from_cdeg + way * (now - self._from_ms) // span
            rate = 100 * way // span
        self.angle_cdeg = angle
        if self._sway_cdeg:
            phase = now % self._sway_ms * 36000 // self._sway_ms
            angle += self._sway_cdeg * sine(phase) // ONE_G
            rate += self._sway_ddps * sine(phase + _QUARTER) // ONE_G
        rate = max(-_MAX_DDPS, min(_MAX_DDPS, rate))
        self._feel(-sine(angle), sine(angle + _QUARTER), rate, now)

    def _feel(self, head, front, rate, now):
        force, turning, axes = self.force, self.rate, self._axes
        if now < self._weightless_until_ms:
            head = front = 0
        k = 0
        while k < 3:
            felt = (head * axes[k] + front * axes[3 + k]) // ONE_G
            force[k] = (felt * 10 * self.percent + ONE_G // 2) // ONE_G
            turning[k] = -rate * axes[6 + k] // ONE_G
            if self._lies:
                force[k] = self._lies_mg[k] * self.percent // 100
                turning[k] = 0
            force[k] += self._bias_mg[k]
            k += 1
        if now < self._jolt_until_ms:
            force[2] += self._jolt_mg

    def _sit(self):
        """Head, front and hinge in the sensor's axes: turned about head, then about the hinge."""
        t, s = radians(self._turn_deg), radians(self._slip_deg)
        hinge = (cos(t), 0.0, -sin(t))
        flat = (sin(t), 0.0, cos(t))
        head = (-sin(s) * flat[0], cos(s), -sin(s) * flat[2])
        front = (cos(s) * flat[0], sin(s), cos(s) * flat[2])
        for k, value in enumerate(head + front + hinge):
            self._axes[k] = round(ONE_G * value)
