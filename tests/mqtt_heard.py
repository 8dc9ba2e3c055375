# SPDX-License-Identifier: MIT
"""Messages as they came in, for one thread to put them and any other to wait for them."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from paho.mqtt.client import topic_matches_sub

ANSWER_S = 10.0
TOLD = 20
"""Messages in what is said of a wait in vain."""

Found = TypeVar("Found")


class Message(NamedTuple):
    at_s: float
    """When it came, on time.monotonic()."""
    topic: str
    payload: bytes
    qos: int
    retain: bool
    """The broker had kept it; or with `as_published`, that it was published to be kept."""

    @property
    def json(self) -> Any:
        """None if it is empty."""
        return json.loads(self.payload) if self.payload else None

    def has(self, fields: dict[str, object]) -> bool:
        """Whether it is a JSON object with all of these values."""
        try:
            said = self.json
        except ValueError:
            return False
        return isinstance(said, dict) and fields.items() <= said.items()


class Heard:
    def __init__(self) -> None:
        self._heard: list[Message] = []
        self._news = threading.Condition()
        self._end: Exception | None = None
        """Why nothing more will come."""

    def messages(self, topic: str = "#") -> list[Message]:
        """All of that topic or filter so far, in the order in which they came."""
        with self._news:
            return [m for m in self._heard if topic_matches_sub(topic, m.topic)]

    def json(self, topic: str) -> list[Any]:
        """The payloads of those."""
        return [message.json for message in self.messages(topic)]

    def wait_for(
        self,
        match: Callable[[Message], bool] | None = None,
        *,
        topic: str = "#",
        since_s: float = 0.0,
        timeout_s: float = ANSWER_S,
        **fields: object,
    ) -> Message:
        """The first that came since then on that topic, matches, and whose JSON has the fields.

        Raises:
            TimeoutError: there is none in time.
            ConnectionError: the broker dropped us before.
        """
        seen = 0

        def fits(message: Message) -> bool:
            return (
                message.at_s >= since_s
                and topic_matches_sub(topic, message.topic)
                and (match is None or match(message))
                and (not fields or message.has(fields))
            )

        def look() -> Message | None:
            nonlocal seen
            start, seen = seen, len(self._heard)
            return next(filter(fits, self._heard[start:]), None)

        return self._wait(look, timeout_s, f"message on {topic} with {fields}")

    async def hears(
        self, match: Callable[[Message], bool] | None = None, **wanted: Any
    ) -> Message:
        """`wait_for`, while other coroutines run."""
        return await asyncio.to_thread(self.wait_for, match, **wanted)

    def _put(self, message: Message) -> None:
        with self._news:
            self._heard.append(message)
            self._news.notify_all()

    def _tell(self, end: Exception | None = None) -> None:
        """Wake who waits: something else came, or the end, of which the first reason counts."""
        with self._news:
            self._end = self._end or end
            self._news.notify_all()

    def _wait(self, look: Callable[[], Found | None], timeout_s: float, what: str) -> Found:
        """The first thing that `look` finds; it is called with the lock held."""
        end_s = time.monotonic() + timeout_s
        with self._news:
            while (found := look()) is None:
                left_s = end_s - time.monotonic()
                if self._end is not None or left_s <= 0:
                    error = self._end or TimeoutError(f"no {what} within {timeout_s:g} s")
                    error.add_note(self._told())
                    raise error
                self._news.wait(left_s)
            return found

    def _told(self) -> str:
        last = [f"{m.at_s:.2f} {m.topic} {m.payload[:200]!r}" for m in self._heard[-TOLD:]]
        return "\n".join([f"heard {len(self._heard)} messages, at last:", *last])
