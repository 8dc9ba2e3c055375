# SPDX-License-Identifier: MIT
"""What the dashboard polls of one table: the session that runs now, or why none does."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from upturn.cli.home import Home
from upturn.core.commands import Command
from upturn.core.events import Event
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.core.sample import StreamInfo
from upturn.core.snapshot import Check, Snapshot
from upturn.dashboard.feed import EventRing, SourceState
from upturn.dashboard.history import History
from upturn.sinks.mqtt.payloads import Origin
from upturn.transports.source import LinkState, LiveSource

FAILED = "FAILED"
_CONNECTED = "connected to "
_WAITING = "waiting for "
_SPARED = ("the system's ", "this computer has ", "there is ", "the ")
"""How a cause may begin that is understood without it."""


class Running(Protocol):
    """A session, as far as it is looked at from outside."""

    @property
    def ended(self) -> bool: ...

    def snapshot(self) -> Snapshot: ...

    def command(self, command: Command) -> str | None: ...


class TableFeed:
    def __init__(self, speed: float) -> None:
        self._session: Running | None = None
        self._label = ""
        self._link: LiveSource | None = None
        self._home: Home | None = None
        self._failure = ""
        self._unreal = ""
        self._speed = speed
        self._pace = "" if speed == 1.0 else f" at {speed:g}x" if math.isfinite(speed) else ""
        self._history = History()
        self._events = EventRing()

    def begin(
        self,
        session: Running,
        label: str,
        link: LiveSource | None = None,
        home: Home | None = None,
        origin: Origin = Origin.LIVE,
    ) -> None:
        """A new session: its time axis starts anew."""
        self._unreal = "" if origin is Origin.LIVE else str(origin)
        self._home = home
        self._session = session
        self._label = label
        self._link = link
        self._history.clear()

    def fail(self, why: str) -> None:
        """It is watched no more."""
        self._failure = why

    def observe(self, t_s: float, angle_deg: float, events: Sequence[Event]) -> None:
        self._events.extend(events)
        if math.isfinite(t_s):
            self._history.append(t_s, angle_deg)

    def snapshot(self) -> Snapshot:
        """After the end nobody is watched, whatever the last samples said."""
        if self._session is None:
            shown = Pipeline(StreamInfo(), STANDARD).snapshot(0.0)
        else:
            shown = self._session.snapshot()
        checks = tuple(Check("Link", problem) for problem in self._problems())
        return replace(shown, checks=(*checks, *shown.checks))

    def source(self) -> SourceState:
        if self._failure:
            return SourceState(
                self._label,
                live=False,
                note=FAILED,
                failure=self._failure,
                unreal=self._unreal,
            )
        label = self._label + self._pace
        well = self._link is None or self._link.state.well
        if self._link is not None:
            label = _short(self._link.state) or label
        if self._home is not None and self._home.words:
            label = f"{label} {self._home.words}"
        return SourceState(
            label,
            not self._ended,
            "ended" if self._ended else "",
            well=well,
            speed=self._speed,
            unreal=self._unreal,
        )

    def history(self) -> History:
        return self._history

    def events_since(self, n: int) -> tuple[int, Sequence[Event]]:
        return self._events.since(n)

    def command(self, command: Command) -> str | None:
        if self._failure or self._session is None:
            return "nobody is watched there"
        return self._session.command(command)

    def _problems(self) -> Iterator[str]:
        if self._failure:
            yield self._failure
        elif self._ended:
            yield "the session has ended"
        if self._link is not None and not self._failure:
            state = self._link.state
            if not state.well:
                yield state.words
            if state.trouble:
                yield state.trouble

    @property
    def _ended(self) -> bool:
        return self._session is None or self._session.ended


def _short(state: LinkState) -> str:
    """Who is heard and how, or why nobody is: for the first line, where there is little room."""
    words = state.words
    if state.well:
        whom = words.removeprefix(_CONNECTED)
        return whom.replace(" on /dev/", " on ") if whom != words else ""
    if words.startswith(_WAITING):
        words = words.partition(": ")[2] or words
    cause = words.partition(". ")[0].removesuffix(".")
    for spared in _SPARED:
        cause = cause.removeprefix(spared)
    return cause
