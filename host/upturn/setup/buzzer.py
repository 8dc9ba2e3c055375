# SPDX-License-Identifier: MIT
"""Step `buzzer`: the node guards alone if it must, so somebody has to have heard it."""

from __future__ import annotations

from upturn.cli.asking import choose
from upturn.cli.node_orders import Order
from upturn.core.alarm_table import Priority
from upturn.errors import RunError
from upturn.setup.look import tell
from upturn.setup.place import Place
from upturn.setup.step import Outcome, Standing, State
from upturn.wire import commands as wire
from upturn.wire.vocabulary import Trait

UNHEARD = "the node was not heard. Look at the wiring of its buzzer (firmware/README.md)"
SOUNDS = "It sounds now, one burst of a high alarm{}."
HEARD = "Is it heard where the person hangs?"
ANSWERS = ("yes", "let it sound again", "no")


def standing(place: Place) -> Standing:
    hello = place.hello()
    if Trait.BUZZER not in hello.traits:
        return Standing(State.WITHOUT, "its board has none: only this computer sounds")
    word = place.said.word("buzzer", hello.node_id)
    if word is None:
        return Standing(State.TODO, "nobody has said that it is heard")
    return Standing(State.DONE, f"heard on {word.day}")


def run(place: Place) -> Outcome:
    node_id = place.hello().node_id
    terminal = ": look at its terminal" if place.is_simulated else ""
    while True:
        tell(place.here(), [Order(wire.test_alarm(Priority.HIGH))])
        print(SOUNDS.format(terminal))
        match choose(HEARD, ANSWERS):
            case None:
                return Outcome.LEFT
            case 0:
                place.said.say("buzzer", node_id)
                return Outcome.WENT
            case 2:
                place.said.forget("buzzer", node_id)
                raise RunError(UNHEARD)
