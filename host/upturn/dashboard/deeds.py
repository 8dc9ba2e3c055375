# SPDX-License-Identifier: MIT
"""What a person did that stays in view: that the watch was told something, and when.

It is read from the events, so that it stands whoever did it: here, by the home, by a command.
"""

from __future__ import annotations

from upturn.core.after import FELT, STOP
from upturn.core.events import Event, InversionStarted, Noted

SEEN = "seen upright"
STOOD_DOWN = "stand down begins"
ENDS = "stand down ends"
AFTER = "after the session: "
"""How the core's notes of them begin."""


class Deeds:
    def __init__(self) -> None:
        self._seen = ""
        self._stood_down = ""
        self.felt: str | None = None
        """How the last session was; one of `commands.SYMPTOMS`."""
        self._felt_at = ""

    def read(self, event: Event, at: str) -> None:
        """`at` is its time of day."""
        match event:
            case Noted(refusal=True):
                pass
            case Noted(text=text) if text == SEEN:
                self._seen = at
            case Noted(text=text) if text.startswith(STOOD_DOWN):
                self._stood_down = at
            case Noted(text=text) if text.startswith(ENDS):
                self._stood_down = ""
            case Noted(text=text) if text.startswith(AFTER):
                self.felt, self._felt_at = text.removeprefix(AFTER), at
            case InversionStarted():
                self._seen = ""
            case _:
                pass

    def words(self, *, stand_down: bool) -> list[str]:
        """`stand_down`: it is so now, whatever was heard of it."""
        said = []
        if stand_down and self._stood_down:
            said.append(f"Stood down since {self._stood_down}: alarms are off. s watches again.")
        if self._seen:
            said.append(f"Seen upright at {self._seen} by a person: that inversion is ended.")
        felt = FELT.get(self.felt or "")
        if felt is not None and felt.advice[0] is STOP:
            said.append(f"After the session, {self._felt_at}: {felt.words}. {STOP.words}")
        return said
