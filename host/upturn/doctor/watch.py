# SPDX-License-Identifier: MIT
"""Whether a watch runs on this computer, and which nodes it has.

The law: while one runs, no port is opened and no radio is switched on: a question to a node that
is watched is heard by that node, and a scan may keep a lost one from coming back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from upturn.doctor import service
from upturn.doctor.findings import Finding, address, ok, private
from upturn.doctor.scene import Scene, apart

_NO_NODE = "list"
"""A lock that is not a node's: of the list of those that are paired."""


@dataclass(frozen=True, slots=True)
class Watching:
    node_ids: tuple[str, ...] = ()
    """Of the nodes that a program of this user has."""
    names: tuple[str, ...] = ()
    """What they are called, as far as that is known; else their ids."""
    serves: bool = False
    """The service runs: as another user, perhaps, whose nodes are not seen from here."""

    @property
    def any(self) -> bool:
        return bool(self.node_ids) or self.serves

    @property
    def why(self) -> str:
        return "not asked: a watch of this computer runs"


async def look(scene: Scene) -> Watching:
    return await scene.shared(_look)


def judge(facts: Watching) -> Iterable[Finding]:
    for node_id, name in zip(facts.node_ids, facts.names, strict=True):
        called = private(name, "node") if name != node_id else address(node_id)
        yield ok(f"{called} is in use by a watch or another command: it is left alone")
    if facts.serves and not facts.node_ids:
        yield ok("the service watches: nodes are left alone")
    if not facts.any:
        yield ok("no watch runs on this computer now")


async def _look(scene: Scene) -> Watching:
    from upturn.errors import RunError  # noqa: PLC0415
    from upturn.transports.ble.known import KnownNodes  # noqa: PLC0415 - it may lack a package
    from upturn.transports.in_use import default_folder  # noqa: PLC0415

    held = await apart(lambda: held_in(default_folder()))
    try:
        names = {node.node_id: node.name for node in KnownNodes().all()}
    except RunError:
        names = {}
    states = await scene.shared(service.look_at_units)
    return Watching(
        held,
        tuple(names.get(node_id, node_id) for node_id in held),
        any(unit.active for unit in states.units),
    )


def held_in(folder: Path) -> tuple[str, ...]:
    """The nodes that another program has now. Each lock is had for an instant, none is made."""
    from upturn.transports.in_use import InUse  # noqa: PLC0415

    try:
        names = sorted(file.name for file in folder.iterdir() if file.name != _NO_NODE)
    except OSError:
        return ()
    held = []
    for name in names:
        lock = InUse(folder, name)
        if not lock.try_take():
            held.append(name)
        lock.give_back()
    return tuple(held)
