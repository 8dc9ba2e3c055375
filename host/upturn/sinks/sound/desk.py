# SPDX-License-Identifier: MIT
"""The sound of a whole program: one desk with a thread of its own, for all its tables.

The law: whoever tells it something goes on at once and hears of no fault of it; and it goes on
sounding whatever stands still above it. What it cannot play it reports.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import numpy as np

from upturn.config import SoundConfig
from upturn.core.events import Event
from upturn.core.snapshot import Snapshot
from upturn.sinks.sound.conductor import Act, Burst, Conductor, Cut, Speech
from upturn.sinks.sound.loudspeaker import Loudspeaker, Status
from upturn.sinks.sound.patterns import BURSTS, TEST_TONE
from upturn.sinks.sound.synth import gain, samples
from upturn.sinks.sound.voice import Spoken, Voice

LOOK_S = 0.1
"""How often the output is looked at, while nothing else is due."""
EVENTS_KEPT = 200
"""Of a table, for the voice, while the thread is busy; alarms are those of the newest snapshot."""
FAULT_S = 1.0
"""After a fault of the desk itself, before it tries to go on."""
FAREWELL_S = 3.0

Clock = Callable[[], float]
OnStatus = Callable[[bool, str], None]


class SoundTable:
    """A listener of one table's core."""

    name = "sound"

    def __init__(self, desk: SoundDesk, table: str, called: str) -> None:
        """`table` is its own for good; `called` is what the voice calls it now."""
        self.called = called
        self._desk = desk
        self._table = table

    def heard(self, events: Sequence[Event], snapshot: Snapshot) -> None:
        self._desk.take(self._table, events, snapshot, self.called)

    def end(self) -> None:
        self._desk.end(self._table)


class _Word:
    """What was said of a table since the thread last listened."""

    def __init__(self, *, ended: bool = False) -> None:
        self.ended = ended
        """Before all else: what is said after that is of another session."""
        self.events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self.snapshot: Snapshot | None = None
        self.called = ""


class SoundDesk:
    """Made, started, told, closed. `on_status` is called from its thread."""

    def __init__(
        self,
        settings: SoundConfig,
        *,
        loudspeaker: Loudspeaker | None = None,
        voice: Voice | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        """Without a `voice` it has the one of the settings. `clock` may stand still in suspend:
        nobody is heard then.
        """
        self.on_status: OnStatus | None = None
        self.toned = ""
        """What the newest test tone was played on; empty until it has begun."""
        self._settings = settings
        self._gain = gain(settings.volume)
        self._loudspeaker = loudspeaker or Loudspeaker()
        self._voice = voice
        self._voice_fault = ""
        self._clock = clock
        self._conductor = Conductor()
        self._wake = threading.Condition()
        # What follows is shared by threads, under `_wake`.
        self._words: dict[str, _Word] = {}
        self._tone_wanted = False
        self._alarming = False
        self._closing = False
        self._status: Status | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Nothing is heard before; where sound is off, nothing ever is."""
        if self._thread is None and self._settings.enabled:
            self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Silence, and everything given back."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(FAREWELL_S)

    def table(self, name: str, key: str = "") -> SoundTable:
        """The listener of one table; its name is empty where there is only one.

        `key` tells it from the others where its name does not, or may change.
        """
        return SoundTable(self, key or name, name)

    def test_tone(self) -> str | None:
        """Play the tone that a person confirms; why it cannot be played, or None."""
        with self._wake:
            status = self._status
            if self._thread is None or self._closing:
                return "sound is off"
            if status is None:
                return "the sound is not ready yet: try again in a moment"
            if not status.working:
                return status.words
            if self._alarming:
                return "an alarm sounds: what is heard is the test"
            self._tone_wanted = True
            self.toned = ""
            self._wake.notify()
        return None

    @property
    def output(self) -> str:
        """What plays, in words; empty while nothing does that can be relied on."""
        status = self._status
        return status.words if status is not None and status.working else ""

    @property
    def voice_problem(self) -> str:
        """Why the voice does not work as it should; empty while it does, or is not wanted."""
        return self._voice.problem if self._voice is not None else self._voice_fault

    def take(self, table: str, events: Sequence[Event], snapshot: Snapshot, called: str) -> None:
        """What a core has said, and how its table stands; for `SoundTable`."""
        with self._wake:
            word = self._words.setdefault(table, _Word())
            word.events.extend(events)
            word.snapshot, word.called = snapshot, called
            self._wake.notify()

    def end(self, table: str) -> None:
        """Nothing more is said of that table; for `SoundTable`."""
        with self._wake:
            self._words[table] = _Word(ended=True)
            self._wake.notify()

    def _run(self) -> None:
        """The thread: it ends when the desk is closed, and not before."""
        while not self._closing:
            try:
                self._begin()
                while not self._closing:
                    self._turn()
            except Exception as fault:  # noqa: BLE001 - it is reported, and the desk goes on
                self._report(Status(working=False, words=f"a fault of Upturn's: {_line(fault)}"))
                with self._wake:
                    self._wake.wait_for(lambda: self._closing, FAULT_S)
        with suppress(Exception):  # nobody is left to hear of it
            self._loudspeaker.close()
        with self._voice_faults():
            if self._voice is not None:
                self._voice.close()

    def _begin(self) -> None:
        for pattern in (*BURSTS.values(), TEST_TONE):
            samples(pattern)  # made once, and not when it is wanted
        if self._voice is None and self._settings.voice and not self.voice_problem:
            with self._voice_faults():
                self._voice = Voice(self._settings.language)
        self._conductor.again()

    def _turn(self) -> None:
        """Listen, judge, play, and wait for what comes next."""
        words, tone = self._listen()
        now_s = self._clock()
        for table, word in words.items():
            if word.ended:
                self._conductor.ended(table)
            if word.snapshot is not None:
                self._conductor.heard(now_s, table, word.snapshot)
        if self._loudspeaker.look(now_s):
            self._conductor.again()
        if tone:
            self._conductor.test_tone(now_s)
        waiting: Sequence[Spoken] = ()
        with self._voice_faults():
            waiting = self._phrases(now_s, words)
        self._do(self._conductor.act(now_s, waiting))
        self._alarming = self._conductor.alarming
        if self._loudspeaker.status is not None:
            self._report(self._loudspeaker.status)
        with self._wake:
            patience_s = min(LOOK_S, self._conductor.due_s(now_s) - self._clock())
            self._wake.wait_for(self._is_wanted, max(0.0, patience_s))

    def _is_wanted(self) -> bool:
        return bool(self._words) or self._tone_wanted or self._closing

    def _listen(self) -> tuple[dict[str, _Word], bool]:
        with self._wake:
            words, self._words = self._words, {}
            tone, self._tone_wanted = self._tone_wanted, False
        return words, tone

    def _phrases(self, now_s: float, words: dict[str, _Word]) -> Sequence[Spoken]:
        """What the voice has to say."""
        if self._voice is None:
            return ()
        for table, word in words.items():
            if word.ended:
                self._voice.forget(table)
            if word.snapshot is not None:
                self._voice.heard(table, tuple(word.events), word.snapshot, now_s, word.called)
        return self._voice.waiting(now_s) if self._loudspeaker.is_loud else ()

    def _do(self, act: Act | None) -> None:
        match act:
            case Burst(pattern):
                self._loudspeaker.play(samples(pattern) * np.float32(self._gain))
                if pattern is TEST_TONE:
                    self.toned = self.output
            case Speech(Spoken() as spoken):
                with self._voice_faults():
                    if self._voice is not None:
                        self._voice.said(spoken)
                self._loudspeaker.play(spoken.samples * np.float32(self._gain))
            case Cut():
                self._loudspeaker.cut()
            case _:
                pass

    @contextmanager
    def _voice_faults(self) -> Iterator[None]:
        """A voice that fails is done without; the tones go on."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001 - as any fault of a part
            self._voice = None
            self._voice_fault = f"voice: a fault of Upturn's: {_line(fault)}"

    def _report(self, status: Status) -> None:
        """Changes only."""
        if status == self._status:
            return
        self._status = status
        if self.on_status is not None:
            with suppress(Exception):  # whoever listens has faults of its own
                self.on_status(status.working, status.words)


def _line(fault: Exception) -> str:
    return " ".join(str(fault).split()) or type(fault).__name__
