# SPDX-License-Identifier: MIT
"""Step `flash`: done where a node answers, however its firmware came there."""

from __future__ import annotations

from pathlib import Path

from upturn.cli.asking import LEAVE, read, yes
from upturn.cli.flash import flash
from upturn.errors import RunError, UpturnError
from upturn.setup import simulated
from upturn.setup.place import Place
from upturn.setup.step import Outcome, Standing, State
from upturn.transports.serial_ports import ports_here

NO_PORT = "Switch the node on, or plug the board in, by a cable that carries data."
NO_NODE = "Switch the node on and bring it near, or plug it in."
NO_HARDWARE = """\
Without any board the same way is gone with a simulated node:

  {} setup --simulated
"""
IN_ANOTHER = """\
The simulated node is Upturn's own firmware, on a simulated board and table.
Open a second terminal and start it there; it says how to move its table:

  {}

Leave it open as long as you try Upturn."""
MICROPYTHON = "The file of MicroPython for it (.bin), or Enter: then it says which it needs: "
NO_CLONE = (
    "the simulated node is part of the project's tests, and this program was installed without. "
    "Clone the project, run 'make node' in it, and this from its .venv"
)


def standing(place: Place) -> Standing:
    if place.is_simulated or place.known_source() is not None:
        try:
            hello = place.hello()
        except UpturnError as error:
            return Standing(State.TODO, str(error))
        simulated_one = "simulated " if place.is_simulated else ""
        return Standing(State.DONE, f"{simulated_one}{hello.board}, firmware {hello.firmware}")
    around = place.around()
    if not around.nodes:
        return Standing(State.TODO, around.none)
    return Standing(State.DONE, "; ".join(one.words for one in around.nodes))


def run(place: Place) -> Outcome:
    if place.is_simulated:
        return _start_simulated(place)
    now = standing(place)
    answers = now.state is State.DONE
    ports = ports_here()
    print(f"A node answers: {now.words}." if answers else f"{_capital(now.words)}.")
    if not answers and place.known_source() is None:
        print(NO_HARDWARE.format(place.command))
    if not ports:
        return _wait(place, NO_PORT)
    lost = not answers and place.known_source() is not None
    wanted = yes("Put the firmware on a board now?", unless_said=False if lost else None)
    if wanted is None:
        return Outcome.LEFT
    if not wanted:
        return Outcome.WENT if answers else _wait(place, NO_NODE)
    return _flash(place)


def _flash(place: Place) -> Outcome:
    file = read(MICROPYTHON)
    if file is None or file.lower() in LEAVE:
        return Outcome.LEFT
    image = Path(file).expanduser() if file else None
    try:
        done = flash(None, None, micropython=image)
    finally:
        place.changed()
    return Outcome.LEFT if done is None else Outcome.WENT


def _start_simulated(place: Place) -> Outcome:
    root = simulated.project()
    if root is None:
        raise RunError(NO_CLONE)
    print(IN_ANOTHER.format(f"make -C {root} node"))
    return _wait(place, "")


def _wait(place: Place, what: str) -> Outcome:
    if what:
        print(what)
    said = read("Enter when that is so, q to leave: ")
    place.changed()
    if said is None or said.lower() in LEAVE:
        return Outcome.LEFT
    return Outcome.WENT


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
