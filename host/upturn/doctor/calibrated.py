# SPDX-License-Identifier: MIT
"""Whether each node on a cable is calibrated, and as this computer proved it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from upturn.doctor import cable
from upturn.doctor.findings import Finding, not_well, note, ok
from upturn.doctor.scene import SERIAL, Calibrated, Scene, apart
from upturn.wire.messages import Hello

OLD_DAYS = 180
"""Clamps creep and tables are moved: twice a year is no trouble."""
ANEW = "Run 'upturn calibrate'"


@dataclass(frozen=True, slots=True)
class Calibrations:
    nodes: tuple[cable.Looked, ...]
    """Those that answered."""
    records: Mapping[str, Calibrated]
    by_config: frozenset[str]
    """Ports of nodes whose calibration stands in the config; the node's own goes before it."""
    now: datetime


async def look(scene: Scene) -> Calibrations:
    records = await apart(scene.reach.calibrations)
    ports = await scene.shared(cable.look)
    return Calibrations(
        tuple(one for one in ports.looked if one.hello is not None),
        records,
        frozenset(
            node.source.removeprefix(SERIAL)
            for node in scene.settings().nodes
            if node.mounting is not None and node.source is not None
        ),
        datetime.now(tz=UTC),
    )


def judge(facts: Calibrations) -> Iterable[Finding]:
    heard = set()
    for one in facts.nodes:
        if one.hello is not None:
            heard.add(one.hello.node_id)
            yield _of_node(one, one.hello, facts)
    unheard = [record for node_id, record in facts.records.items() if node_id not in heard]
    if unheard:
        nodes = "1 node" if len(unheard) == 1 else f"{len(unheard)} nodes"
        yield ok(f"the calibration of {nodes} that did not answer just now is noted here")
    elif not facts.nodes:
        yield ok("no node answered, and this computer has calibrated none yet")


def _of_node(one: cable.Looked, hello: Hello, facts: Calibrations) -> Finding:
    called = one.node
    record = facts.records.get(hello.node_id)
    if hello.mounting is None:
        if one.device in facts.by_config:
            return note(
                f"{called}: calibrated by the config, and not by itself: alone it cannot guard",
                ANEW,
            )
        if record is not None:
            return not_well(f"{called}: its calibration is gone; its flash was erased", ANEW)
        return not_well(f"{called}: not calibrated: no angle of it can be believed", ANEW)
    if record is None:
        return note(
            f"{called}: calibrated, but not by this computer, which knows of no proof",
            f"{ANEW} to prove it",
        )
    if not record.is_on(hello.mounting):
        return not_well(
            f"{called}: its calibration is another one than this computer has proved",
            f"{ANEW}, which proves it anew",
        )
    return _aged(called, record, facts.now)


def _aged(called: str, record: Calibrated, now: datetime) -> Finding:
    try:
        made = datetime.fromisoformat(record.date)
    except ValueError:
        return note(f"{called}: calibrated, nobody knows when", ANEW)
    age_days = (now - made.replace(tzinfo=made.tzinfo or UTC)).days
    ago = {0: "today", 1: "yesterday"}.get(age_days, f"{age_days} days ago")
    error = f"expected error {record.expected_error_deg:.1f} degrees"
    if age_days > OLD_DAYS:
        return note(f"{called}: calibrated {ago}, {error}", f"{ANEW} to prove it again")
    if age_days < 0:
        return note(f"{called}: calibrated in the future", "Set this computer's clock")
    return ok(f"{called}: calibrated {ago}, {error}")
