# SPDX-License-Identifier: MIT
"""The one thing to say now: what the banner shows, and what the spotter should do.

Most urgent first: nobody watches at all, the highest alarm, then the quiet states. Pure. The law:
while another table needs somebody, and this one no more than that, nothing here sounds calm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from upturn.core.alarm_table import Priority
from upturn.dashboard import wording
from upturn.dashboard.flash import flash_on, lit
from upturn.dashboard.view import View

STAND_DOWN_NOTE = "Alarms are off. Press s to watch again; 5 s upright ends it too."


class Beside(NamedTuple):
    """Another table, which is not shown in full."""

    name: str
    key: str
    """Shows it."""
    view: View

    @property
    def needs_somebody(self) -> bool:
        return self.view.urgency >= Priority.MEDIUM


@dataclass(frozen=True, slots=True)
class Headline:
    title: str
    text: str
    """What is known and what to do."""
    note: str = ""
    """State of its sound, and source."""
    priority: Priority | None = None
    """None for a quiet state."""
    lit: bool = True
    stands_out: bool = False
    """No alarm, yet not to be taken for calm: nobody is watched, or nothing is known."""
    table: str = ""
    """Which it is of, where that is not the one that is shown."""

    @property
    def full(self) -> str:
        """The title, with the table that it is of."""
        return f"{self.table}: {self.title}" if self.table else self.title

    @property
    def marked(self) -> str:
        """The same between its marks."""
        if self.priority is None:
            return self.full.upper()
        marks = self.priority.marks
        return f"{marks} {self.full.upper()} {marks}"


def headline(view: View, beside: Sequence[Beside] = ()) -> Headline:
    """What the shown table has to say, or the one `beside` it that needs somebody more."""
    worst = max(beside, key=_need, default=None)
    if worst is not None and worst.needs_somebody and worst.view.urgency > view.urgency:
        return _of_another(worst)
    return _own(view)


def _need(other: Beside) -> tuple[int, bool]:
    return other.view.urgency, other.view.snapshot.inverted


def _of_another(other: Beside) -> Headline:
    """It says what to do there; the keys act on the shown table, so that one comes first."""
    said = _own(other.view)
    alarm = other.view.top
    note = said.note
    if alarm is not None and not other.view.stopped:
        state = " · acknowledged" if alarm.acknowledged else ""
        note = f"{alarm.priority.word} alarm{state} · {alarm.spec.source}"
    text = f"Press {other.key} to see it. {_sentence(said.text)}"
    return replace(said, text=text, note=note, table=other.name)


def _own(view: View) -> Headline:
    snapshot = view.snapshot
    if view.source.failure:
        return Headline(
            "Watching failed",
            "Nobody is watched there. Look at the person now, then restart Upturn.",
            f"{_sentence(view.source.failure)}.",
            Priority.HIGH,
            flash_on(Priority.HIGH, view.clock_s),
        )
    if view.stopped:
        return Headline(
            "Upturn itself has stopped",
            "Nobody is watched. Look at the person now, then restart Upturn.",
            f"Nothing new for {wording.age(view.silent_s)}.",
            Priority.HIGH,
            flash_on(Priority.HIGH, view.clock_s),
        )
    if view.top is not None:
        alarm = view.top
        return Headline(
            alarm.spec.title,
            wording.advice(alarm),
            f"{alarm.priority.word} alarm · {wording.alarm_state(alarm)} · {alarm.spec.source}",
            alarm.priority,
            lit(alarm, view.clock_s),
        )
    if snapshot.stand_down:
        return Headline("Stood down", STAND_DOWN_NOTE, stands_out=True)
    if view.age_s is None:
        return Headline(
            "Waiting for data", "Nobody is watched yet.", _reasons(view), stands_out=True
        )
    if not view.fresh:
        return Headline(
            "No fresh data", f"The last came {wording.age(view.age_s)} ago.", stands_out=True
        )
    if not view.source.live:
        title = view.source.note or "Time stands still"
        return Headline(title, "What you see is its last moment.", stands_out=True)
    if snapshot.inverted:
        return Headline("Inverted", f"{_sentence(wording.exposure_left(snapshot))}.")
    if snapshot.rest_left_s > 0.0:
        more = f"{wording.left(snapshot.rest_left_s)} more before the next inversion."
        return Headline("Rest", more, _reasons(view))
    if not snapshot.ready:
        return Headline("Not ready", _reasons(view))
    return Headline("Ready", "Watching. No alarm.")


def _reasons(view: View) -> str:
    return f"{_sentence('; '.join(view.snapshot.not_ready))}." if view.snapshot.not_ready else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
