# SPDX-License-Identifier: MIT
"""What a person does by a key, and what comes of it in words.

The law: a command goes to the one table that is shown in full, and never to one that nobody looks
at; in the overview an acknowledgement and a call for help go to the table in its banner, and the
answer names it. What cannot be done is said, with the reason; what cannot be undone is asked
first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from upturn.core.after import FELT
from upturn.core.commands import (
    Acknowledge,
    CheckIn,
    Command,
    Distress,
    EquipmentChecked,
    ImFine,
    Override,
    Resume,
    SeenUpright,
    StandDown,
    Symptoms,
)
from upturn.dashboard import outlived, questions
from upturn.dashboard.asking import Act, Asking
from upturn.dashboard.feed import Asked
from upturn.dashboard.sound import SoundControl
from upturn.dashboard.tables import Table, Tables
from upturn.dashboard.uses import Now

NOTICE_S = 6.0
SHOW_FIRST = "Show a table first (number, Tab or click): this key acts on the one shown."
IN_BANNER = (Acknowledge, Distress)
"""What in the overview goes to the table that its banner is of."""
_COMMANDS: Mapping[Act, type[Command]] = {
    Act.SEEN_UPRIGHT: SeenUpright,
    Act.STAND_DOWN: StandDown,
    Act.INSPECTED: EquipmentChecked,
    Act.OVERRIDE: Override,
}
"""What has to be allowed before it is asked for."""
NO_SOUND = "No sound here: nothing plays alarms but the terminal's own bell."


class Said(NamedTuple):
    text: str
    question: bool = False


class Acts:
    """`now_s` is the dashboard's clock; `leave` ends the app; `remembers`: what people answer
    is kept.
    """

    def __init__(
        self,
        tables: Tables,
        sound: SoundControl | None,
        now_s: Callable[[], float],
        leave: Callable[[], None],
        *,
        remembers: bool = False,
    ) -> None:
        self._tables = tables
        self._sound = sound
        self._now_s = now_s
        self._leave = leave
        self._remembers = remembers
        self._asking = Asking()
        self._notice = ""
        self._until_s = 0.0
        self._waits = False
        """The notice is of a command that is on its way: its answer takes the place."""
        self._acted: Table | None = None
        """The table that the last command went to."""
        self._ends: outlived.Ends | None = None

    @property
    def by_name(self) -> dict[str, Callable[[], None]]:
        """The acts that keys have the names of."""
        return {
            "acknowledge": self.acknowledge,
            "seen_upright": lambda: self._ask(Act.SEEN_UPRIGHT),
            "stand_down": self.stand_down,
            "check_in": self.check_in,
            "inspected": lambda: self._ask(Act.INSPECTED),
            "override": self.override,
            "distress": lambda: self._send(Distress(), "Call for help raised."),
            "im_fine": lambda: self._send(ImFine(), "Noted: I am fine."),
            "test_tone": self.test_tone,
            "ask_quit": self.quit,
            "confirm": self.confirm,
        }

    def now(self, *, overview: bool) -> Now:
        """What the keys meet, as it was painted last."""
        tables = self._tables
        table = tables.in_banner if overview else tables.shown
        sound = self._sound
        return Now(
            view=tables.view_of(table) if table is not None else None,
            all=tables.views,
            overview=overview,
            has_sound=sound is not None,
            tone_unheard=sound is not None and sound.needs_confirming(),
            remembers=self._remembers,
            asks=not overview and tables.shown.asks,
        )

    def acknowledge(self) -> None:
        """Each occurrence that is on the screen, by number: never one that nobody has seen.

        Some are the screen's own: where nothing else can be commanded, these can.
        """
        table = self._commanded(Acknowledge)
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
            asked = next((a for a in answers if isinstance(a, Asked)), None)
            # A tile has no room for all of them: in the overview the answer names them.
            titles = ", ".join(alarm.spec.title for alarm in alarms)
            said = f"Acknowledged: {titles}." if self._tables.overview else "Acknowledged."
            self._done(asked, said, outlived.of_acknowledged(table.feed))

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
            if (answer := table.feed.source().why_not(CheckIn) or table.feed.command(CheckIn()))
            and not isinstance(answer, Asked)
        ]
        said = "; ".join(refused)
        self.say(f"Not done: {said}" if said else "Checked in at all tables.", whose=())

    def tell_felt(self, answer: str) -> bool:
        """How a session was; whether that was told."""
        table = self._commanded(Symptoms)
        if table is None:
            return False
        said = table.feed.command(Symptoms(answer))
        self._done(said, f"Noted: {FELT[answer].words}.")
        return not said or isinstance(said, Asked)

    def override(self) -> None:
        snapshot = self._tables.shown.feed.snapshot()
        if snapshot.ready and not self._tables.overview:
            self._asking.cancel()
            already = "READY by override already" if snapshot.overridden else "READY"
            self.say(f"It is {already}.")
        else:
            self._ask(Act.OVERRIDE)

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

    def asks(self) -> bool:
        """A question below waits for yes or no."""
        return self._asking.pending(self._now_s()) is not None

    def drop(self) -> None:
        """Another key was pressed: what was asked is taken back."""
        self._asking.cancel()

    def turned(self) -> None:
        """Another table is shown: what was asked or said was of the one before."""
        self._asking.cancel()
        self._acted = None
        self._notice = ""
        self._ends = None

    def say(self, text: str, whose: Sequence[str] | None = None) -> None:
        """`whose`: the tables that it is of; those of no table are nobody's."""
        names = self._shown() if whose is None else whose
        self._notice = f"{', '.join(names)}: {text}" if names and text else text
        self._until_s = self._now_s() + NOTICE_S
        self._waits = False
        self._ends = None

    def said(self) -> Said:
        """The line of the moment: a question before an answer."""
        now_s = self._now_s()
        act = self._asking.pending(now_s)
        if act is not None:
            question = self._asking.text(now_s, self._words(act))
            names = self._of(act)
            return Said(f"{', '.join(names)}: {question}" if names else question, True)
        acted = self._acted if self._tables.overview else self._tables.shown
        answer = acted.feed.source().answer if acted is not None else ""
        if self._ends is not None and self._ends.come():
            self.say(self._ends.text)
        notice = self._notice if now_s < self._until_s else ""
        if answer and (self._waits or not notice):
            names = self._shown()
            return Said(f"{', '.join(names)}: {answer}" if names else answer)
        return Said(notice)

    def _words(self, act: Act) -> str:
        """The question as it is now; empty where it is always the same."""
        tables = self._tables
        match act:
            case Act.SEEN_UPRIGHT:
                return questions.seen_upright(tables.shown.feed.snapshot())
            case Act.STAND_DOWN:
                return questions.stand_down(tables.shown.feed.snapshot())
            case Act.OVERRIDE:
                return questions.override(tables.shown.feed.snapshot())
            case Act.QUIT:
                elsewhere = any(table.feed.source().elsewhere for table in tables.all)
                return questions.leave(tables.needy(), len(tables.all), elsewhere=elsewhere)
            case Act.HEARD | Act.INSPECTED:
                return ""

    def _of(self, act: Act) -> Sequence[str]:
        """The tables that a question is of."""
        return () if act in {Act.HEARD, Act.QUIT} else self._shown()

    def _shown(self) -> Sequence[str]:
        tables = self._tables
        table = self._acted if tables.overview else tables.shown
        return [table.name] if tables.several and table is not None else ()

    def _commanded(self, command: type[Command]) -> Table | None:
        """The table that such a command goes to; None where none does, and that is said."""
        self._asking.cancel()
        tables = self._tables
        banner = tables.in_banner if command in IN_BANNER else None
        self._acted = table = banner if tables.overview else tables.shown
        if table is None:
            self.say(SHOW_FIRST)
            return None
        why = table.feed.source().why_not(command)
        if why:
            self.say(f"Not done: {why}")
            return None
        return table

    def _ask(self, act: Act) -> None:
        is_new = self._asking.pending(self._now_s()) is not act
        if is_new and self._commanded(_COMMANDS[act]) is None:
            return
        if self._asking.press(act, self._now_s()):
            self._do(act)

    def _do(self, act: Act) -> None:
        feed = self._tables.shown.feed
        match act:
            case Act.SEEN_UPRIGHT:
                ends = outlived.of_seen_upright(feed)
                self._send(SeenUpright(), "Seen upright: the inversion is ended.", ends)
            case Act.STAND_DOWN:
                ends = outlived.of_stand_down(feed)
                self._send(StandDown(), "Stood down: alarms are off.", ends)
            case Act.INSPECTED:
                self._send(EquipmentChecked(), "Noted: the table was inspected.")
            case Act.OVERRIDE:
                self._send(Override(), "READY by override.")
            case Act.QUIT:
                self._leave()
            case Act.HEARD:
                if self._sound is not None:
                    problem = self._sound.confirm()
                    heard = f"Heard: {self._sound.words()} is confirmed."
                    self.say(f"Not confirmed: {problem}." if problem else heard, whose=())

    def _send(self, command: Command, done: str, ends: outlived.Ends | None = None) -> None:
        table = self._commanded(type(command))
        if table is not None:
            self._done(table.feed.command(command), done, ends)

    def _done(self, answer: str | None, done: str, ends: outlived.Ends | None = None) -> None:
        if isinstance(answer, Asked):
            self.say(answer)
            self._waits = True
        else:
            self.say(f"Not done: {answer}" if answer else done)
            # Where the state is told later than the act, only the time ends what was said.
            self._ends = ends if ends is not None and not answer and not ends.come() else None
