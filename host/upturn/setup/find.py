# SPDX-License-Identifier: MIT
"""Step `find`: which node it is, and how it is watched; it becomes a [[node]] of the config."""

from __future__ import annotations

from collections.abc import Sequence

from upturn.cli.asking import choose, yes
from upturn.config import NodeConfig
from upturn.errors import InputError, RunError
from upturn.setup import simulated
from upturn.setup.config_file import set_node, set_values
from upturn.setup.look import Found, identify, pair
from upturn.setup.place import Place
from upturn.setup.step import Outcome, Standing, State
from upturn.transports.ble.known import KnownNode, KnownNodes
from upturn.transports.serial_ports import ports_here

SERIAL, AUTO = "serial:", "serial:auto"
CABLE_IS_A_HAZARD = (
    "It is in sight by Bluetooth too. A cable across the hinge is a hazard; by Bluetooth there "
    "is none, and pairing takes one press of its button."
)


def standing(place: Place) -> Standing:
    node = place.node()
    if node is None or node.source is None:
        return Standing(State.TODO, "the config has no node to watch yet")
    if place.source not in (None, node.source):
        return Standing(State.TODO, f"it is watched by {node.source}, not by {place.source}")
    hello = place.hello()
    return Standing(State.DONE, f"{hello.node_id}, watched by {node.source}")


def run(place: Place) -> Outcome:
    if place.source is not None:
        _keep(place, place.source)
        return Outcome.WENT
    place.changed()
    around = place.around()
    found = around.nodes
    nodes = {one.node_id: one for one in reversed(found)}  # by cable, where it is in sight by both
    if not nodes:
        raise RunError(f"{around.none}. '{place.command} setup flash' says what to do")
    one = _one_of(list(reversed(nodes.values())))
    if one is None:
        return Outcome.LEFT
    by_radio = next((o for o in found if o.node_id == one.node_id and not o.by_cable), None)
    if one.by_cable and by_radio is not None:
        print(CABLE_IS_A_HAZARD)
        way = choose("How shall it be watched?", ["by Bluetooth", "by this cable"], unless_said=0)
        if way is None:
            return Outcome.LEFT
        one = by_radio if way == 0 else one
    place.source = _source(place, one)
    _keep(place, place.source)
    place.source = None
    return Outcome.WENT


def _one_of(nodes: Sequence[Found]) -> Found | None:
    """The only one, or the one that a person knows by its blinking; None: the person left."""
    if len(nodes) == 1:
        return nodes[0]
    while True:
        number = choose("Which node?", [node.words for node in nodes])
        if number is None:
            return None
        one = nodes[number]
        if not one.by_cable and not one.is_paired:
            return one  # the press of its button will tell
        identify(f"serial:{one.where}" if one.by_cable else f"ble:{one.where}")
        if (right := yes("It blinks and beeps now. Is it the one?")) is None:
            return None
        if right:
            return one


def _source(place: Place, one: Found) -> str:
    if one.by_cable:
        alone = not any((node.source or "").startswith(SERIAL) for node in _others(place))
        listed = any(port.device == one.where for port in ports_here())
        only = sum(found.by_cable for found in place.around().nodes) == 1
        return AUTO if alone and listed and only else f"{SERIAL}{one.where}"
    known = None if not one.is_paired else _known(one.node_id)
    return f"ble:{(known or pair(one.where)).name}"


def _known(node_id: str) -> KnownNode | None:
    return next((node for node in KnownNodes().all() if node.node_id == node_id), None)


def _others(place: Place) -> list[NodeConfig]:
    mine = place.node()
    return [node for node in place.config().nodes if mine is None or node.name != mine.name]


def _keep(place: Place, source: str) -> None:
    """In the config, by the name that is there, or that the node has."""
    place.changed()
    hello = place.hello()
    node = place.node()
    name = node.name if node is not None else place.node_name or hello.name or hello.node_id
    if node is None and any(other.name == name for other in place.config().nodes):
        raise InputError(
            f"the config has another node of the name {name!r}",
            where=str(place.config_file),
            remedy="Give this one a name by --node",
        )
    if place.is_simulated:
        set_values(place.config_file, "store", {"path": str(simulated.store_file())})
    set_node(place.config_file, name, {"source": source})
    print(f"{name}, {hello.board}, is in your config now:\n  {place.config_file}")
