# SPDX-License-Identifier: MIT
"""What one table tells over one connection: what the broker does not take holds up nothing."""

from __future__ import annotations

from math import inf

from upturn.sinks.mqtt.client import Connection, NotTaken
from upturn.sinks.mqtt.words import why

REFUSED_S = 5.0
"""Before a message that the broker did not take is tried again."""


class Teller:
    def __init__(self, connection: Connection) -> None:
        self.refused: dict[str, str] = {}
        """What the broker does not take, by topic, and why."""
        self._connection = connection
        self._again_s: dict[str, float] = {}

    async def keep(self, topic: str, payload: bytes | str, now_s: float) -> bool:
        """Have the broker keep it for whoever comes later; False: it does not take it now."""
        return await self._take(topic, payload, now_s, retain=True)

    async def once(self, topic: str, payload: bytes, now_s: float) -> bool:
        """Tell it to those who are there; False: the broker does not take it now."""
        return await self._take(topic, payload, now_s, retain=False)

    async def say(self, topic: str, payload: bytes) -> None:
        """Tell it to those who are there, if it arrives."""
        try:
            await self._connection.say(topic, payload)
        except NotTaken as error:
            self.refused[topic] = f"{why(error)} ({topic})"

    def give_up(self, topic: str, now_s: float, reason: str) -> None:
        """It is of no use there, though the broker took it: not for a while."""
        self._again_s[topic] = now_s + REFUSED_S
        self.refused[topic] = f"{reason} ({topic})"

    async def _take(self, topic: str, payload: bytes | str, now_s: float, *, retain: bool) -> bool:
        if now_s < self._again_s.get(topic, -inf):
            return False
        try:
            await self._connection.confirm(topic, payload, retain=retain)
        except NotTaken as error:
            self.give_up(topic, now_s, why(error))
            return False
        self.refused.pop(topic, None)
        return True
