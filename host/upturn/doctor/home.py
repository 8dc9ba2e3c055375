# SPDX-License-Identifier: MIT
"""The home's broker: reached with the login of the config, and left again.

Nothing is published and nothing subscribed; the name is one that no watch has, for a broker throws
out whoever is there by a name that comes again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace

from upturn.doctor.findings import Finding, not_well, note, ok, private
from upturn.doctor.scene import Scene
from upturn.errors import InputError

_REMEDY = "Look at [mqtt] in the config, at the broker's log, and whether it runs"


@dataclass(frozen=True, slots=True)
class Home:
    broker: str = ""
    """As people write it, without its password; empty: none is named."""
    refusal: str = ""
    remedy: str = ""
    why: str = ""
    """Why it is not reached; empty: it is."""
    ours: bool = False
    """That is in this program's own words."""
    shortcomings: tuple[str, ...] = ()
    tls: bool = False
    login: bool = False
    local: bool = True


async def look(scene: Scene) -> Home:
    try:
        broker = scene.reach.broker()
    except InputError as error:
        where = f"{error.where}: " if error.where else ""
        return Home(refusal=f"{where}{error.what}", remedy=error.remedy)
    if broker is None:
        return Home()
    import aiomqtt  # noqa: PLC0415 - who names no broker need not have it

    from upturn.sinks.mqtt.client import Connection, DaemonThreads  # noqa: PLC0415
    from upturn.sinks.mqtt.words import REASONS, SILENCE, why  # noqa: PLC0415

    asyncio.get_running_loop().set_default_executor(DaemonThreads())
    name = f"upturn-doctor-{secrets.token_hex(4)}"
    facts = Home(
        broker=broker.described,
        tls=broker.tls is not None,
        login=broker.username is not None,
        local=broker.host in ("localhost", "127.0.0.1", "::1"),
    )
    try:
        async with Connection(broker, name, None, anew=True) as connection:
            return replace(facts, shortcomings=tuple(connection.shortcomings))
    except (aiomqtt.MqttError, InputError, OSError) as error:
        words = why(error)
        return replace(facts, why=words, ours=words in (SILENCE, *REASONS.values()))


def judge(facts: Home) -> Iterable[Finding]:
    if facts.refusal:
        yield not_well(
            f"the broker cannot be asked: {private(facts.refusal, 'a refusal')}",
            private(facts.remedy, "what to do") if facts.remedy else _REMEDY,
        )
        return
    if not facts.broker:
        yield ok("no broker is named: the home is not told, and no alarm leaves this computer")
        return
    called = private(facts.broker, "broker")
    if facts.why:
        words = facts.why if facts.ours else private(facts.why, "why")
        yield not_well(f"{called}: {words}", _REMEDY)
        return
    yield ok(f"{called}: takes this computer{' over TLS' if facts.tls else ''}")
    for words in facts.shortcomings:
        yield note(f"{called}: {words}", "Change it in the broker's settings")
    if not facts.login and not facts.local:
        yield note(f"{called}: lets in anybody", "Give it a user name and a password")
