# SPDX-License-Identifier: MIT
"""Plays a story of a table to the guard in virtual steps of 20 ms; prints what it wants sounded.

    guard_story.py "host; upright 5s; inverted 61s; host gone; inverted 5s; reset 2s; level 3s"

Phases, parted by semicolons:
    upright 5s | level 5s | inverted 5s | over 5s | at ANGLE 5s     hold -80, -10, 50, 120, or any
    to ANGLE in 4s                                                 turn there evenly
    no samples 3s                                                  the sensor is silent
Moments, between two steps:
    host | host asks PRIORITY [paused] | host gone     from here on: a heartbeat a second, or none
    press | taps | acknowledge | reset 2s | reset damaged
    limits NOTICE LIMIT REST ANGLE | boots             no angle is judged from here on
A line is printed whenever what sounds, what is shown or why changes: the time of the step in s,
the priority that sounds, the one that is shown if it is another, and every alarm, in brackets if
it only waits to be acknowledged. The first sample is at 0. The last line has the counters.
"""

import sys

from upturn_node import alarms, vocabulary
from upturn_node.guard import MEMORY_BYTES, Guard

STEP_MS = 20
HOLDS = {"upright": -8000, "level": -1000, "inverted": 5000, "over": 12000}
WORDS = ("silent", "low", "medium", "high")


class Story:
    def __init__(self):
        self.t_ms = -STEP_MS
        self.guard = Guard(7)
        self.profile = [45000, 60000, 90000, 6000]
        self.guard.set_limits(*self.profile)
        self.angle = -8000
        self.heartbeat = None
        self.last = ""

    def play(self, text):
        for part in text.split(";"):
            words = part.split()
            if words[0] in HOLDS:
                self.turn(HOLDS[words[0]], 0, ms(words[1]))
            elif words[0] == "at":
                self.turn(cdeg(words[1]), 0, ms(words[2]))
            elif words[0] == "to":
                self.turn(cdeg(words[1]), ms(words[3]), ms(words[3]))
            elif words[0] == "no":
                self.turn(None, 0, ms(words[2]))
            else:
                getattr(self, words[0])(*words[1:])
                self.tell()

    def turn(self, to_cdeg, turning_ms, for_ms):
        """Steps for `for_ms`; the angle arrives after `turning_ms`."""
        begin = self.angle
        for step in range(for_ms // STEP_MS):
            self.t_ms += STEP_MS
            if to_cdeg is None:
                self.guard.idle(STEP_MS)
            else:
                done_ms = (step + 1) * STEP_MS
                self.angle = to_cdeg
                if done_ms < turning_ms:
                    self.angle = begin + (to_cdeg - begin) * done_ms // turning_ms
                self.guard.sample(STEP_MS, wrapped(self.angle))
            if self.heartbeat is not None and self.t_ms % 1000 == 0:
                self.guard.host(*self.heartbeat)
            self.tell()

    def tell(self):
        beeps = self.guard.take_beeps()
        if beeps:
            self.say("{} beeps".format(beeps))
        guard = self.guard
        sound, shown = guard.sound_priority, guard.light_priority
        names = [
            name if guard.alarms.conditions & bit else "({})".format(name)
            for bit, name, *_ in alarms.ROWS
            if guard.alarms.active & bit
        ]
        text = WORDS[sound]
        if shown != sound:
            text += ", shows " + WORDS[shown]
        if names:
            text += ": " + " ".join(names)
        if text != self.last:
            self.last = text
            self.say(text)

    def say(self, text):
        print("{:.2f} {}".format(max(self.t_ms, 0) / 1000, text))

    def host(self, *words):
        """As from the next whole second, a heartbeat is among what a step brings."""
        if words == ("gone",):
            self.heartbeat = None
        else:
            priority = WORDS.index(words[1]) if words else 0
            self.heartbeat = (priority, words[-1:] == ("paused",))

    def press(self):
        self.guard.press()

    def taps(self):
        self.guard.call()

    def acknowledge(self):
        if not self.guard.acknowledge():
            self.say("refused")

    def limits(self, *numbers):
        self.profile = [int(float(number) * 1000) for number in numbers[:3]] + [cdeg(numbers[3])]
        self.guard.set_limits(*self.profile)

    def boots(self):
        self.profile[3] = vocabulary.ANGLE_NOT_JUDGED
        self.guard.set_limits(*self.profile)

    def reset(self, how):
        memory = bytearray(MEMORY_BYTES)
        self.guard.save(memory)
        gap_ms = 1000
        if how == "damaged":
            memory[9] ^= 1
        else:
            gap_ms = ms(how)
        self.t_ms += gap_ms
        self.guard = Guard(8)
        self.guard.set_limits(*self.profile)
        kept = self.guard.restore(memory, gap_ms)
        self.say(
            "restored" if kept else "started anew, epoch {}".format(self.guard.exposure.epoch)
        )


def ms(word):
    return round(float(word[:-1]) * 1000)


def cdeg(word):
    return round(float(word) * 100)


def wrapped(angle_cdeg):
    return angle_cdeg if angle_cdeg <= 18000 else angle_cdeg - 36000


story = Story()
story.tell()
story.play(sys.argv[1])
exposure = story.guard.exposure
print(
    "posture {} inversions {} inverted {} exposure {} rest {}".format(
        story.guard.posture.state,
        exposure.inversions,
        exposure.inverted_ms,
        exposure.exposure_ms,
        exposure.rest_ms,
    )
)
