# SPDX-License-Identifier: MIT
"""Step `name`: what the node calls itself, and what it is called here; one name for both."""

from __future__ import annotations

import re
from collections.abc import Mapping

from upturn.cli.asking import LEAVE, choose, read
from upturn.cli.node import NAME
from upturn.cli.node_orders import Order
from upturn.core.limits import DeviceKind
from upturn.setup import simulated
from upturn.setup.config_file import set_node
from upturn.setup.look import tell
from upturn.setup.place import Place
from upturn.setup.step import Outcome, Standing, State
from upturn.wire import commands as wire

FROM_THE_FACTORY = re.compile(r"upturn-[0-9a-f]{4}")
DEVICES: Mapping[DeviceKind, str] = {
    DeviceKind.TABLE: "an inversion table",
    DeviceKind.CHAIR: "an inversion chair: it reaches 70 degrees at most",
    DeviceKind.BOOTS: "gravity boots: no alarm for the angle, for they hang vertical",
}
QUESTION = "What shall it be called? 1 to 16 of A-Z a-z 0-9 _ -"


def standing(place: Place) -> Standing:
    hello, name = place.hello(), place.table()
    if not hello.name or FROM_THE_FACTORY.fullmatch(hello.name):
        return Standing(State.TODO, f"it has the name that it came with: {hello.name}")
    if NAME.fullmatch(name) and hello.name != name:
        return Standing(State.TODO, f"it calls itself {hello.name}, the config says {name}")
    return Standing(State.DONE, name)


def run(place: Place) -> Outcome:
    node, before = place.node(), place.table()
    assert node is not None
    name, device = simulated.NAME, node.device
    if not place.is_simulated:
        taken = [other.name for other in place.config().nodes if other.name != before]
        asked = _asked(_usual(before, place.hello().name), taken)
        kind = None if asked is None else _kind(node.device)
        if asked is None or kind is None:
            return Outcome.LEFT
        name, device = asked, kind
    tell(place.here(), [Order(wire.set_name(name), "name", lambda new: new.name == name)])
    place.changed()
    source = node.source
    if source is not None and source.startswith("ble:") and source != "ble:auto":
        source = f"ble:{name}"
    set_node(place.config_file, before, {"name": name, "source": source, "device": device.value})
    if place.node_name is not None:
        place.node_name = name
    return Outcome.WENT


def _kind(now: DeviceKind) -> DeviceKind | None:
    kinds = list(DEVICES)
    number = choose("What is it clipped to?", list(DEVICES.values()), unless_said=kinds.index(now))
    return None if number is None else kinds[number]


def _usual(*names: str) -> str:
    """What it is called already, if somebody has named it."""
    for name in names:
        if NAME.fullmatch(name) and not FROM_THE_FACTORY.fullmatch(name):
            return name
    return "table"


def _asked(usual: str, taken: list[str]) -> str | None:
    print(QUESTION)
    while True:
        said = read(f"Enter for {usual!r}, q to leave: ")
        if said is None or said.lower() in LEAVE:
            return None
        name = said or usual
        if name in taken:
            print(f"  Another node is called {name}.")
        elif NAME.fullmatch(name):
            return name
        else:
            print("  A node takes 1 to 16 of A-Z a-z 0-9 _ - as its name.")
