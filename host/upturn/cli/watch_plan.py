# SPDX-License-Identifier: MIT
"""What to watch and how: what a command asks of whoever watches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from upturn.cli.awake import Wakefulness
from upturn.cli.sound import Need
from upturn.cli.watched import Place
from upturn.config import Config
from upturn.sinks.mqtt.broker import Broker
from upturn.transports.source import Chunk


@dataclass(frozen=True, slots=True)
class Watch:
    """The defaults are those of simulations and recordings: nobody is there."""

    places: Sequence[Place]
    """Several are told apart by name, in all that is said of them."""
    speed: float
    headless: bool
    as_json: bool = False
    recorder: Callable[[Chunk], None] | None = None
    broker: Broker | None = None
    """Where the home listens."""
    leaves: bool = False
    """The dashboard closes when the sources end; else it stays to be looked at."""
    config: Config = field(default_factory=Config)
    """How screen and sound are set."""
    sound: Need = Need.NONE
    silent: str = ""
    """Which flag wants no sound."""
    remembers: bool = False
    """What live tables do is stored, and what an earlier watch left of them is taken up."""
    user: str = ""
    awake: Wakefulness = field(default_factory=Wakefulness)
    """What live tables hear of it."""

    @property
    def alone(self) -> bool:
        return len(self.places) == 1
