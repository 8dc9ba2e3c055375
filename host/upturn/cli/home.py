# SPDX-License-Identifier: MIT
"""The home's side of a run: the connection to the broker around it, if there is a broker.

The law: what the home was not told is said on stderr, for there may be nobody else to say it.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from upturn.cli.judging import Judged
from upturn.cli.mqtt_options import resolve_broker
from upturn.cli.stderr import write_line
from upturn.config import load_config
from upturn.core.commands import Command
from upturn.service.bus import Listener
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.host_id import claim_host_id
from upturn.sinks.mqtt.payloads import Origin
from upturn.sinks.mqtt.topics import MAX_ID, slug
from upturn.transports.simulated import SimulatedSource
from upturn.transports.source import LiveSource, Source

if TYPE_CHECKING:
    from upturn.sinks.mqtt.link import MqttLink
    from upturn.sinks.mqtt.table import MqttTable

CLOSE_S = 1.0
"""How long a run that ends waits for a broker to take its farewell."""
LOOPBACK = "127.0.0.1", "localhost", "::1"
"""A broker there may have been started for this run alone: nobody else says where it listens."""
MARK_LENGTH = 6
"""Of a source's words, where they are too long."""
LATE = "the broker did not take it in time"
LOST = "the connection was lost"


class Home:
    """Who is told of the tables of a run, if anybody is."""

    def __init__(self, link: MqttLink | None, speed: float) -> None:
        self._link = link
        self._speed = speed

    @property
    def words(self) -> str:
        """For the screen, short; empty where there is no home."""
        if self._link is None:
            return ""
        if self._link.failure:
            return "(no home)"
        near = self._link.broker.host in LOOPBACK
        return f"+ home at {self.address}" if near else "+ home"

    @property
    def address(self) -> str:
        """Of the broker, short; empty where there is none."""
        if self._link is None:
            return ""
        broker = self._link.broker
        host = f"[{broker.host}]" if ":" in broker.host else broker.host
        return f"{host}:{broker.port}"

    def table(self, mark: str = "") -> HomeTable:
        """One of them; `mark` tells it from the others of this run."""
        return HomeTable(self._link, self._speed, mark)


class HomeTable:
    """One table as the home knows it, over all sessions of a run."""

    def __init__(self, link: MqttLink | None, speed: float, mark: str) -> None:
        self._link = link
        self._speed = speed
        self._mark = mark
        self._table: MqttTable | None = None

    def listeners(self, judged: Judged[Any]) -> list[Listener]:
        if self._link is None:
            return []
        if self._table is None:
            source = judged.source
            live = isinstance(source, LiveSource)
            told_apart = f"{source.label} {self._mark}".strip()
            self._table = self._link.table(
                told_apart,
                name=judged.name or ("" if live else source.label.capitalize()),
                model="Node" if live else source.label.capitalize(),
                fallback_id="" if live else node_id(told_apart, self._link.broker.id),
                origin=origin_of(source),
                speed=self._speed,
            )
        return [self._table]

    def begin(self, act: Callable[[Command], str | None]) -> None:
        """A session begins; `act` is where the home's commands go."""
        if self._table is not None:
            self._table.begin(act)

    def end(self) -> None:
        """The last session is over, in whatever way: nobody is watched there any more."""
        if self._table is not None:
            self._table.begin(lambda _: "nobody is watched there any more")
            self._table.end()


def origin_of(source: Source | LiveSource) -> Origin:
    """Whether somebody is there."""
    if isinstance(source, LiveSource):
        return Origin.LIVE
    return Origin.SIMULATED if isinstance(source, SimulatedSource) else Origin.RECORDED


def node_id(label: str, host: str) -> str:
    """What a source without hardware is called on this host, the same each time.

    The host's id stays whole: of two hosts with one node the second would stand by.
    """
    words = slug(label)
    room = MAX_ID - len(host) - 1
    if len(words) <= room:
        return slug(f"{label} {host}")
    mark = hashlib.sha256(label.encode(errors="surrogatepass")).hexdigest()[:MARK_LENGTH]
    kept = words[: max(0, room - MARK_LENGTH - 1)].rstrip("-")
    return "-".join(part for part in (kept, mark, host) if part)


def broker_of(args: argparse.Namespace, role: str = "") -> Broker | None:
    """The broker that flags, environment or config name, with an id that is this process's alone.

    Raises:
        InputError: what names it is refused.
    """
    broker = resolve_broker(args, load_config(args.config), os.environ)
    if broker is not None:
        broker = replace(broker, id=claim_host_id(broker.id, role))
    return broker


def broker_is_asked_for(args: argparse.Namespace) -> bool:
    """By a flag or the environment, and not by the config alone."""
    return args.mqtt is not None or bool(os.environ.get("MQTT_HOST"))


@asynccontextmanager
async def home(
    broker: Broker | None, speed: float, say: Callable[[str], None] = lambda _: None
) -> AsyncIterator[Home]:
    """Tell the home all that happens inside; at the end, that nobody is watched any more.

    `say` hears when the home begins to be told; that it is not is an alarm.
    """
    if broker is None:
        yield Home(None, speed)
        return
    from upturn.sinks.mqtt.link import MqttLink

    link = MqttLink(broker)
    link.on_change = lambda failure: None if failure else say(f"mqtt: {broker.described} is told")
    task = asyncio.create_task(link.run(), name="mqtt")
    try:
        yield Home(link, speed)
    finally:
        await link.stop()
        connected = link.connected
        await asyncio.wait({task}, timeout=CLOSE_S if connected else 0.0)
        task.cancel()
        await asyncio.wait({task})
        for problem in _untold(link, connected=connected):
            write_line(f"mqtt: {problem}")


def _untold(link: MqttLink, *, connected: bool) -> Iterator[str]:
    """What the home does not know, and why."""
    from upturn.sinks.mqtt.link import UNTRIED

    works = connected and link.failure in ("", UNTRIED)
    why = LATE if works else link.failure or LOST
    if link.untold:
        noun = "event was" if link.untold == 1 else "events were"
        yield f"{link.untold} {noun} not delivered ({why})"
    if link.tables and not link.parted and (connected or link.reached):
        yield f"the home was not told that nobody is watched any more ({why})"
