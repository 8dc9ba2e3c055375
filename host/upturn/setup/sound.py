# SPDX-License-Identifier: MIT
"""Step `sound`: the tone of `upturn run`, by the same desk; that it was heard a person says.

The watch asks for it again each time: a volume is soon turned down.
"""

from __future__ import annotations

import os
import textwrap
import threading

from upturn.cli.asking import choose, yes
from upturn.cli.sound import VARIABLE
from upturn.errors import RunError
from upturn.setup.config_file import set_values
from upturn.setup.place import Place
from upturn.setup.step import Outcome, Standing, State
from upturn.sinks.sound.desk import SoundDesk

READY_S = 8.0
"""A device may take some to open, and the next is tried then."""
WIDTH = 80
ANSWERS = ("yes", "play it again", "no")
SILENT = "Shall this computer stay silent? Alarms then sound elsewhere only."


def standing(place: Place) -> Standing:
    if os.environ.get(VARIABLE) == "off":
        return Standing(State.WITHOUT, f"off, by {VARIABLE}: this computer is silent")
    if not place.config().sound.enabled:
        return Standing(State.WITHOUT, "off, by the config: this computer is silent")
    word = place.said.word("sound", "")
    if word is None:
        return Standing(State.TODO, "nobody has said that the test tone is heard")
    return Standing(State.DONE, f"heard on {word.day}; each watch asks again")


def run(place: Place) -> Outcome:
    settings = place.config().sound
    told = threading.Event()
    status: list[tuple[bool, str]] = []

    def hear(working: bool, words: str) -> None:
        status.append((working, words))
        told.set()

    desk = SoundDesk(settings)
    desk.on_status = hear
    desk.start()
    try:
        told.wait(READY_S)
        working, words = status[-1] if status else (False, "no output is ready")
        if not working:
            return _silent(place, words)
        return _asked(place, desk, words)
    finally:
        desk.close()


def _asked(place: Place, desk: SoundDesk, words: str) -> Outcome:
    while True:
        problem = desk.test_tone()
        if problem is not None:
            return _silent(place, problem)
        print(f"The test tone plays now, on {words}.")
        match choose("Is it heard?", ANSWERS):
            case None:
                return Outcome.LEFT
            case 0:
                place.said.say("sound", "")
                return Outcome.WENT
            case 2:
                place.said.forget("sound", "")
                return _silent(place, "the tone was played, and not heard")


def _silent(place: Place, why: str) -> Outcome:
    print(textwrap.fill(f"Sound does not work: {why}.", WIDTH))
    match yes(SILENT, unless_said=False):
        case None:
            return Outcome.LEFT
        case True:
            set_values(place.config_file, "sound", {"enabled": False})
            return Outcome.WENT
    raise RunError(f"{why}. Turn it up, or plug a loudspeaker in")
