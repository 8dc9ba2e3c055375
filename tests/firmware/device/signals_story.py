# SPDX-License-Identifier: MIT
"""Plays requests to the signals in steps, and prints what buzzer and LED did.

    signals_story.py STEP_MS "high 5s; silent 1s; beeps 3; silent 2s"

    silent 1s | low 1s | medium 1s | high 1s    what the guard wants heard and shown for so long
    shown PRIORITY                              the least that it wants shown, from here on
    beeps 3 | identify | test 2 | fault 4 | silence
A line is a pulse: who, from, to (ms; "on" where it never ended), and Hz for the buzzer. Those of
"sounding" and "testing" are the spans in which these flags were set.
"""

import sys

from upturn_node.signals import Signals

WORDS = ("silent", "low", "medium", "high")


class Output:
    """Remembers when it was on; `on` while on with another tone is a pulse of its own."""

    def __init__(self, name):
        self.name = name
        self.since = None
        self.freq_hz = 0

    def on(self, freq_hz=0):
        self.off()
        self.since = now_ms
        self.freq_hz = freq_hz

    def off(self):
        if self.since is not None:
            tell(self.name, self.since, now_ms, self.freq_hz)
            self.since = None


def tell(name, since, until, freq_hz):
    print(name, since, until, *([freq_hz] if freq_hz else []))


def flag(output, level):
    if level and output.since is None:
        output.on()
    elif not level:
        output.off()


step_ms = int(sys.argv[1])
now_ms = 0
shown = 0
buzzer, led = Output("buzzer"), Output("led")
sounding, testing = Output("sounding"), Output("testing")
signals = Signals(buzzer, led)
for part in sys.argv[2].split(";"):
    word, *rest = part.split()
    if word == "shown":
        shown = WORDS.index(rest[0])
    elif word in WORDS:
        for _ in range(int(float(rest[0][:-1]) * 1000) // step_ms):
            now_ms += step_ms
            priority = WORDS.index(word)
            signals.step(step_ms, priority, max(priority, shown))
            flag(sounding, signals.sounding)
            flag(testing, signals.testing)
    else:
        getattr(signals, word)(*[int(number) for number in rest])
        flag(sounding, signals.sounding)
        flag(testing, signals.testing)
for output in (buzzer, led, sounding, testing):
    if output.since is not None:
        tell(output.name, output.since, "on", output.freq_hz)
