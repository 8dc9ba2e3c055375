# SPDX-License-Identifier: MIT
"""What a person does by a key, and what comes of it in words.

The law: a command goes to the one table that is shown in full, and never to one that nobody looks
at. What cannot be done is said, with the reason; what cannot be undone is asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from upturn.core.commands import (
    Acknowledge,
    CheckIn,
    Command,
    Distress,
    ImFine,
    Resume,
    SeenUpright,
    StandDown,
)
from upturn.dashboard.asking import Act, Asking
from upturn.dashboard.feed import Asked
from upturn.dashboard.sound import SoundControl
from upturn.dashboard.tables import Table, Tables

NOTICE_S = 6.0
SHOW_FIRST = "Show a table first: its digit, Tab or a click. A key acts on the one shown."
NO_SOUND = "No sound here: nothing plays alarms but the terminal's own bell."


class Said(NamedTuple):
    text: str
    question: bool = False


class Acts:
    """`now_s` is the dashboard's clock; `leave` ends the app."""

    def __init__(
        self,
        tables: Tables,
        sound: SoundControl | None,
        now_s: Callable[[], float],
        leave: Callable[[], None],
    ) -> None:
        self._tables = tables
        self._sound = sound
        self._now_s = now_s
        self._leave = leave
        self._asking = Asking()
        self._notice = ""
        self._until_s = 0.0
        self._waits = False
        """The notice is of a command that is on its way: its answer takes the place."""

    @property
    def by_name(self) -> dict[str, Callable[[], None]]:
        """The acts that keys have the names of."""
        return {
            "acknowledge": self.acknowledge,
            "seen_upright": lambda: self._ask(Act.SEEN_UPRIGHT),
            "stand_down": self.stand_down,
            "check_in": self.check_in,
            "distress": lambda: self._send(Distress(), "Call for help raised."),
            "im_fine": lambda: self._send(ImFine(), "Noted: I am fine."),
            "test_tone": self.test_tone,
            "ask_quit": self.quit,
            "confirm": self.confirm,
        }

    @property
    def wanted(self) -> list[str]:
        """What has to be done before READY, so that its key has to be seen."""
        return ["test_tone"] if self._sound is not None and self._sound.needs_confirming() else []

    def acknowledge(self) -> None:
        """Each occurrence that is on the screen, by number: never one that nobody has seen.

        Some are the screen's own: where nothing else can be commanded, these can.
        """
        table = self._commanded(own=True)
        if table is None:
            return
        alarms = table.feed.snapshot().alarms
        if not alarms:
            self.say("No alarm to acknowledge.")
            return
        answers = [table.feed.command(Acknowledge(a.spec.id, a.occurrence)) for a in alarms]
        refused = [answer for answer in answers if answer and not isinstance(answer, Asked)]
        done = len(answers) - len(refused)
        if refused:
            some = f"Acknowledged {done} of {len(answers)}. " if done else ""
            self.say(some + "; ".join(dict.fromkeys(refused)))
        else:
            self._done(next((a for a in answers if isinstance(a, Asked)), None), "Acknowledged.")

    def stand_down(self) -> None:
        """Asks before it stops watching; watching again is the safe way and asks nothing."""
        if self._tables.shown.feed.snapshot().stand_down:
            self._send(Resume(), "Watching again.")
        else:
            self._ask(Act.STAND_DOWN)

    def check_in(self) -> None:
        """In the overview to all: whoever looks at it looks at every table."""
        if not self._tables.overview:
            self._send(CheckIn(), "Checked in: you are here and look.")
            return
        self._asking.cancel()
        refused = [
            f"{table.name}: {answer}"
            for table in self._tables.all
            if (answer := table.feed.source().read_only or table.feed.command(CheckIn()))
            and not isinstance(answer, Asked)
        ]
        said = "; ".join(refused)
        self.say(f"Not done: {said}" if said else "Checked in at all tables.", whose=())

    def test_tone(self) -> None:
        self._asking.cancel()
        if self._sound is None:
            self.say(NO_SOUND, whose=())
            return
        problem = self._sound.test_tone()
        if problem:
            self.say(f"No sound here: {problem}", whose=())
        else:
            self._asking.press(Act.HEARD, self._now_s())

    def quit(self) -> None:
        if not self._tables.needy() or self._asking.press(Act.QUIT, self._now_s()):
            self._leave()

    def confirm(self) -> None:
        act = self._asking.confirm(self._now_s())
        if act is not None:
            self._do(act)

    def cancel(self) -> None:
        heard = self._asking.pending(self._now_s()) is Act.HEARD
        self._asking.cancel()
        if heard:
            self.say(
                "Not heard: turn the sound up, or choose another output. t plays it again.", ()
            )

    def drop(self) -> None:
        """Another key was pressed: what was asked is taken back."""
        self._asking.cancel()

    def turned(self) -> None:
        """Another table is shown: what was asked or said was of the one before."""
        self._asking.cancel()
        self._notice = ""

    def say(self, text: str, whose: Sequence[str] | None = None) -> None:
        """`whose`: the tables that it is of; those of no table are nobody's."""
        names = self._shown() if whose is None else whose
        self._notice = f"{', '.join(names)}: {text}" if names else text
        self._until_s = self._now_s() + NOTICE_S
        self._waits = False

    def said(self) -> Said:
        """The line of the moment: a question before an answer."""
        now_s = self._now_s()
        question = self._asking.text(now_s)
        if question:
            names = self._of(self._asking.pending(now_s))
            return Said(f"{', '.join(names)}: {question}" if names else question, True)
        answer = self._tables.shown.feed.source().answer
        notice = self._notice if now_s < self._until_s else ""
        if answer and (self._waits or not notice):
            names = self._shown()
            return Said(f"{', '.join(names)}: {answer}" if names else answer)
        return Said(notice)

    def _of(self, act: Act | None) -> Sequence[str]:
        """The tables that a question is of."""
        if act is Act.HEARD or not self._tables.several:
            return ()
        return self._tables.needy() if act is Act.QUIT else self._shown()

    def _shown(self) -> Sequence[str]:
        tables = self._tables
        return [tables.shown.name] if tables.several and not tables.overview else ()

    def _commanded(self, *, own: bool = False) -> Table | None:
        """The table that a command goes to; None where none does, and that is said.

        `own`: it may be for the screen's part of it, and the feed says so if not.
        """
        self._asking.cancel()
        if self._tables.overview:
            self.say(SHOW_FIRST)
            return None
        table = self._tables.shown
        why = table.feed.source().read_only
        if why and not own:
            self.say(f"Not done: {why}")
            return None
        return table

    def _ask(self, act: Act) -> None:
        if self._asking.pending(self._now_s()) is not act and self._commanded() is None:
            return
        if self._asking.press(act, self._now_s()):
            self._do(act)

    def _do(self, act: Act) -> None:
        match act:
            case Act.SEEN_UPRIGHT:
                self._send(SeenUpright(), "Seen upright: the inversion is ended.")
            case Act.STAND_DOWN:
                self._send(StandDown(), "Stood down: alarms are off.")
            case Act.QUIT:
                self._leave()
            case Act.HEARD:
                if self._sound is not None:
                    self._sound.confirm()
                    self.say(f"Heard: {self._sound.words() or 'sound'} is confirmed.", whose=())

    def _send(self, command: Command, done: str) -> None:
        table = self._commanded()
        if table is not None:
            self._done(table.feed.command(command), done)

    def _done(self, answer: str | None, done: str) -> None:
        if isinstance(answer, Asked):
            self.say(answer)
            self._waits = True
        else:
            self.say(f"Not done: {answer}" if answer else done)
