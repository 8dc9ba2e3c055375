# SPDX-License-Identifier: MIT
"""Bluetooth: whether this computer has it, and which of its paired nodes are in sight.

It is only listened, and not for long; with a watch running not at all (`watch`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from upturn.doctor import watch
from upturn.doctor.findings import Finding, address, not_well, note, ok, private
from upturn.doctor.scene import AUTO, BLE, Scene
from upturn.errors import RunError

if TYPE_CHECKING:
    from upturn.transports.ble.bluetooth import Sighting

SIGHT_S = 4.0
"""By radio a node says within two seconds who it is and what it is called."""
PAIR = "Press its button, then run 'upturn node pair'"


@dataclass(frozen=True, slots=True)
class Seen:
    """One node that advertises."""

    name: str
    rssi_dbm: int
    bonded: bool | None
    in_use: bool
    calibrated: bool
    fault: bool
    battery_low: bool


@dataclass(frozen=True, slots=True)
class Paired:
    name: str
    address: str
    seen: Seen | None = None
    watched: bool = False


@dataclass(frozen=True, slots=True)
class Radio:
    skipped: str = ""
    """Why nobody listened; empty: somebody did."""
    trouble: str = ""
    remedy: str = ""
    said_by_us: bool = True
    """The trouble is in our own words."""
    wanted: bool = False
    """A node is paired, or the config names one by radio."""
    paired: tuple[Paired, ...] = ()
    others: int = 0
    """Nodes in sight that are not paired."""
    list_fault: str = ""
    """Why it is not known who is paired."""
    unmet: tuple[tuple[str, str], ...] = ()
    """What the config names and no paired node is, and why."""


async def look(scene: Scene) -> Radio:
    return await scene.shared(_look)


def judge_bluetooth(facts: Radio) -> Iterable[Finding]:
    if facts.skipped:
        yield ok(f"Bluetooth is {facts.skipped}")
    elif facts.trouble:
        words = facts.trouble if facts.said_by_us else private(facts.trouble, "its words")
        if facts.wanted:
            yield not_well(words, facts.remedy)
        else:
            yield note(f"{words}; on a cable none is needed", facts.remedy)
    elif facts.others:
        nodes = "1 node" if facts.others == 1 else f"{facts.others} nodes"
        more = "one that is" if facts.others == 1 else "some that are"
        yield ok(f"Bluetooth works; {nodes} in sight, {more} not paired: see 'upturn scan'")
    else:
        yield ok("Bluetooth works")


def judge_paired(facts: Radio) -> Iterable[Finding]:
    if facts.list_fault:
        yield not_well(
            private(facts.list_fault, "why the list of paired nodes cannot be read"),
            "Move that file away, and pair your nodes again",
        )
    for source, why in facts.unmet:
        yield not_well(f"{private(source, 'source')}: {private(why, 'why')}", PAIR)
    for node in facts.paired:
        yield _paired(node, listened=not (facts.skipped or facts.trouble))
    if not (facts.paired or facts.list_fault or facts.unmet):
        yield ok("no node is paired with this computer")


def _paired(node: Paired, *, listened: bool) -> Finding:
    called = f"{private(node.name, 'node')} ({address(node.address)})"
    seen = node.seen
    if node.watched:
        return ok(f"{called}: paired, and in use now")
    if seen is None:
        if not listened:
            return ok(f"{called}: paired")
        return note(
            f"{called}: paired, not in sight", "Switch it on, go nearer, and look once more"
        )
    words = f"{called}: paired, in sight at {seen.rssi_dbm} dBm"
    if seen.bonded is False:
        return not_well(f"{words}, but this computer has lost its bond", PAIR)
    if seen.fault:
        return not_well(f"{words}; it does not believe its sensor", "See 'upturn node info'")
    if not seen.calibrated:
        return not_well(f"{words}, not calibrated", "Run 'upturn calibrate'")
    if seen.battery_low:
        return note(f"{words}, its battery is low", "Charge it before the next session")
    if seen.in_use:
        return note(
            f"{words}; another computer is connected to it", "End the watch there to have it here"
        )
    return ok(words)


async def _look(scene: Scene) -> Radio:
    from upturn.transports.ble.known import KnownNodes  # noqa: PLC0415 - it may lack a package

    fault, nodes = "", KnownNodes()
    try:
        known_nodes = nodes.all()
    except RunError as error:
        known_nodes, fault = [], str(error)
    watching = await scene.shared(watch.look)
    unmet = () if fault else await _unmet(scene)
    paired = tuple(
        Paired(node.name, node.address, watched=node.node_id in watching.node_ids)
        for node in known_nodes
    )
    wanted = bool(paired) or any(
        source is not None and source.startswith(BLE)
        for source in (scene.source, *(node.source for node in scene.settings().nodes))
    )
    facts = Radio(wanted=wanted, paired=paired, list_fault=fault, unmet=unmet)
    if not scene.radio:
        return replace(facts, skipped="not looked at, as you said")
    if watching.any:
        return replace(facts, skipped=watching.why)
    return await _listened(facts)


async def _unmet(scene: Scene) -> tuple[tuple[str, str], ...]:
    """What is named and means no node that is paired."""
    from upturn.transports.ble.choice import choose  # noqa: PLC0415 - it needs bleak
    from upturn.transports.ble.known import KnownNodes  # noqa: PLC0415
    from upturn.transports.ble.trouble import BleError  # noqa: PLC0415

    found = []
    sources = [scene.source, *(node.source for node in scene.settings().nodes)]
    for source in dict.fromkeys(s for s in sources if s is not None and s.startswith(BLE)):
        try:
            choose(source.removeprefix(BLE) or AUTO, KnownNodes())
        except BleError as error:
            found.append((source, error.why))
    return tuple(found)


async def _listened(facts: Radio) -> Radio:
    from upturn.transports.ble import trouble  # noqa: PLC0415
    from upturn.transports.ble.bluetooth import this_bluetooth  # noqa: PLC0415

    missing = {node.address.casefold() for node in facts.paired}

    def all_seen(sighting: Sighting) -> bool:
        if sighting.said is not None:
            missing.discard(sighting.address.casefold())
        return bool(facts.paired) and not missing

    bluetooth = this_bluetooth()
    try:
        sightings = await bluetooth.sightings(SIGHT_S, all_seen)
    except trouble.BleError as error:
        ours = {words.why for words in (*trouble.DBUS.values(), *trouble.REASONS.values())}
        ours |= {words.why for _, words in trouble.DETAILS}
        return replace(facts, trouble=error.why, remedy=error.remedy, said_by_us=error.why in ours)
    finally:
        await bluetooth.end()
    nodes = {s.address.casefold(): _seen(s) for s in sightings if s.said is not None}
    paired = tuple(
        Paired(node.name, node.address, nodes.pop(node.address.casefold(), None), node.watched)
        for node in facts.paired
    )
    return replace(facts, paired=paired, others=len(nodes))


def _seen(sighting: Sighting) -> Seen:
    said = sighting.said
    assert said is not None
    return Seen(
        sighting.name,
        sighting.rssi,
        sighting.bonded,
        said.in_use,
        said.calibrated,
        said.fault,
        said.battery_low,
    )
