# SPDX-License-Identifier: MIT
"""The home's side of a run: the connection to the broker around it, if there is a broker."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import AsyncIterator, Callable
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
from upturn.sinks.mqtt.topics import slug
from upturn.transports.source import LiveSource

if TYPE_CHECKING:
    from upturn.sinks.mqtt.link import MqttLink
    from upturn.sinks.mqtt.table import MqttTable

CLOSE_S = 1.0
"""How long a run that ends waits for a broker to take its farewell."""


class Home:
    """One table as the home knows it, over all sessions of a run."""

    def __init__(self, link: MqttLink | None, speed: float) -> None:
        self._link = link
        self._speed = speed
        self._table: MqttTable | None = None

    def listeners(self, judged: Judged[Any]) -> list[Listener]:
        if self._link is None:
            return []
        if self._table is None:
            source = judged.source
            live = isinstance(source, LiveSource)
            self._table = self._link.table(
                source.label,
                name=judged.name or ("" if live else source.label.capitalize()),
                model="Node" if live else source.label.capitalize(),
                fallback_id="" if live else slug(f"{source.label} {self._link.broker.id}"),
                speed=self._speed,
            )
        return [self._table]

    def begin(self, act: Callable[[Command], str | None]) -> None:
        """A session begins; `act` is where the home's commands go."""
        if self._table is not None:
            self._table.begin(act)


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
async def home(broker: Broker | None, speed: float) -> AsyncIterator[Home]:
    """Tell the home all that happens inside; at the end, that nobody is watched any more."""
    if broker is None:
        yield Home(None, speed)
        return
    from upturn.sinks.mqtt.link import MqttLink

    link = MqttLink(broker)
    task = asyncio.create_task(link.run(), name="mqtt")
    try:
        yield Home(link, speed)
    finally:
        await link.stop()
        await asyncio.wait({task}, timeout=CLOSE_S if link.connected else 0.0)
        task.cancel()
        await asyncio.wait({task})
        if link.untold:
            noun = "event was" if link.untold == 1 else "events were"
            write_line(f"mqtt: {link.untold} {noun} not delivered ({link.failure})")
