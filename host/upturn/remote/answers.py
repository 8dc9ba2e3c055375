# SPDX-License-Identifier: MIT
"""Commands from here: what goes to the host, and what became of it.

The law: a command is done when its host has said so, and not when it was sent. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple, cast

from upturn.core.commands import (
    COMMANDS,
    Acknowledge,
    Command,
    Distress,
    ImFine,
    SeenUpright,
    Symptoms,
    TestAlarm,
)
from upturn.remote.said import Answer
from upturn.sinks.mqtt.commands import PRESS

ANSWER_S = 3.0
SHOWN_S = 6.0
WAITS = "Asked the host; it has not answered yet."
NO_ANSWER = f"No answer from the host in {ANSWER_S:g} s: nobody knows whether it was done"


class Order(NamedTuple):
    """What is published, and how its answer is known."""

    verb: str
    payload: bytes
    id: str | None = None
    occurrence: int | None = None


def order_of(command: Command) -> Order | None:
    """None: it can be given at the host only."""
    make = ORDERS.get(type(command))
    return None if make is None else make(command)


def _acknowledge(command: Command) -> Order:
    one = cast("Acknowledge", command)
    if one.id is None:
        return Order("acknowledge", PRESS.encode())
    fields = {"id": str(one.id), "occurrence": one.occurrence}
    said = {key: value for key, value in fields.items() if value is not None}
    return Order("acknowledge", json.dumps(said).encode(), str(one.id), one.occurrence)


def _symptoms(command: Command) -> Order:
    return Order("symptoms", cast("Symptoms", command).answer.encode())


def _press(verb: str) -> Callable[[Command], Order]:
    return lambda _: Order(verb, PRESS.encode())


ORDERS: dict[type[Command], Callable[[Command], Order]] = {
    Acknowledge: _acknowledge,
    Symptoms: _symptoms,
    SeenUpright: _press("seen_upright"),
    Distress: _press("distress"),
    ImFine: _press("im_fine"),
    TestAlarm: _press("test_alarm"),
}
VERBS = {command: verb for verb, command in COMMANDS.items() if command in ORDERS}
WORDS: dict[str, str] = {
    "acknowledge": "acknowledged",
    "symptoms": "noted",
    "seen_upright": "seen upright, the inversion is ended",
    "distress": "call for help raised",
    "im_fine": "noted, I am fine",
    "test_alarm": "test alarm raised",
}
"""What the host has done."""


class Answers:
    """Of one table: what was asked and has no answer yet, and what is to be shown of the last."""

    def __init__(self) -> None:
        self._open: list[tuple[Order, float]] = []
        self._said: list[str] = []
        """Of all that was asked together."""
        self._until_s = 0.0

    def asked(self, now_s: float, order: Order) -> None:
        if not self._open:
            self._said.clear()
        self._open.append((order, now_s + ANSWER_S))

    def heard(self, now_s: float, answer: Answer) -> str | None:
        """What it says, if it answers us; another client's is nothing to us."""
        for order, _ in self._open:
            # A refusal of what was put wrongly does not name the alarm.
            if order.verb == answer.verb and answer.id in (order.id, None):
                reason = answer.reason
                done = f"Done: {WORDS[order.verb]}"
                return self._close(now_s, order, f"Not done: {reason}" if reason else done)
        return None

    def failed(self, now_s: float, order: Order, why: str) -> None:
        """The broker did not take it."""
        self._close(now_s, order, f"Not done: {why}")

    def tick(self, now_s: float) -> None:
        """Say what was never answered."""
        for order, until_s in self._open:
            if now_s >= until_s:
                self._close(now_s, order, NO_ANSWER)

    def shown(self, now_s: float) -> str:
        """What went wrong goes before what went well."""
        if self._open:
            return WAITS
        if now_s >= self._until_s:
            return ""
        wrong = [words for words in self._said if not words.startswith("Done")]
        return "; ".join(dict.fromkeys(wrong)) or self._said[-1]

    def _close(self, now_s: float, order: Order, words: str) -> str:
        self._open = [asked for asked in self._open if asked[0] is not order]
        self._said.append(words)
        self._until_s = now_s + SHOWN_S
        return words
