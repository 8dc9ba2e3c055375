# SPDX-License-Identifier: MIT
"""The one thing to say now: what the banner shows, and what the spotter should do.

Most urgent first: nobody watches at all, the highest alarm, then the quiet states; the time of
somebody inverted comes before a low alarm. Pure. The law: while another table needs somebody, and
this one no more than that, nothing here sounds calm.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from upturn.core import readiness
from upturn.core.alarm_table import Priority
from upturn.core.commands import Acknowledge, Resume
from upturn.core.snapshot import AlarmView
from upturn.dashboard import remedies, wording
from upturn.dashboard.flash import flash_on, lit
from upturn.dashboard.view import View

STAND_DOWN_NOTE = "Alarms are off. Press s to watch again; 5 s upright ends it too."
_OFF = "Alarms are off; 5 s upright ends it."
_UNSEEN = "Nobody is watched yet. Switch the node on; check its link."
_LOOK = "Look at the person; then check the node's power and link."
_TO_REST = {
    wording.HEAD_LOW: "Raise the table.",
    wording.NO_POSTURE: "Look at the person.",
    wording.NO_DATA: _LOOK,
}
"""What makes a rest go on, by what holds it."""
_RESTS = (readiness.TABLE, readiness.REST)
"""Checks that a banner about a rest need not name."""
RECORDED = "A recording: nobody is watched by this."


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
    act: str = ""
    """What to do, alone; empty where `text` is no more than that."""

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


def headline_of_all(tables: Sequence[Beside]) -> Headline:
    """What an overview has to say: the worst, or how many are how."""
    worst = max(tables, key=_need)
    if worst.needs_somebody:
        return _of_another(worst)
    unwatched = [other.name for other in tables if not _is_watched(other.view)]
    if unwatched:
        text = f"{', '.join(unwatched)}: nothing is known of them now."
        return Headline(f"{len(unwatched)} not watched", text, stands_out=True)
    inverted = [other for other in tables if other.view.snapshot.inverted]
    low = sum(other.view.urgency > 0 for other in tables)
    note = f"{low} low alarm{'s' if low > 1 else ''}." if low else "No alarm."
    if not inverted:
        return Headline("Nobody inverted", f"Watching {len(tables)} tables. {note}")
    first = min(inverted, key=lambda other: other.view.snapshot.time_left_s)
    left = wording.exposure_left(first.view.snapshot)
    return Headline(f"{len(inverted)} inverted", f"{first.name}: {left}. {note}")


def foremost(view: View) -> AlarmView | None:
    """The alarm that comes before all; a low one yields to the time of somebody inverted.

    In a recording, where nobody can acknowledge what is over, it yields to all that is not.
    """
    alarm = _lasting(view)
    if alarm is None or alarm.priority is not Priority.LOW:
        return alarm
    snapshot = view.snapshot
    hangs = snapshot.inverted and view.fresh and not snapshot.stand_down
    hangs = hangs and view.runs
    return None if hangs else alarm


def _lasting(view: View) -> AlarmView | None:
    now_s = view.snapshot.now_s
    alarms = iter(view.snapshot.alarms)
    return next((a for a in alarms if not (view.replayed and wording.is_past(a, now_s))), None)


def _is_watched(view: View) -> bool:
    return view.fresh and view.source.live and not view.snapshot.stand_down


def _need(other: Beside) -> tuple[int, bool, bool]:
    return other.view.need


def _of_another(other: Beside) -> Headline:
    """It says what to do there; the keys act on the shown table, so that one comes first."""
    said = _own(other.view)
    alarm = other.view.top
    note = said.note
    if alarm is not None and not other.view.stopped:
        state = " · acknowledged" if alarm.acknowledged else ""
        note = f"{alarm.priority.word} alarm{state}"
    press = f"Press {other.key} to see it."
    text = f"{press} {wording.sentence(said.text)}"
    act = f"{press} {said.act or said.text}"
    return replace(said, text=text, note=note, table=other.name, act=act)


def _own(view: View) -> Headline:
    said = _of_its_time(view)
    if view.replayed and said.priority is None:
        return replace(said, note=_past(view) or said.note or RECORDED)
    return said


def _past(view: View) -> str:
    """Of a recording: what nobody had acknowledged yet, though it was over."""
    now_s = view.snapshot.now_s
    past = next((a for a in view.snapshot.alarms if wording.is_past(a, now_s)), None)
    if past is None:
        return ""
    return f"{past.priority.marks} {past.spec.title}: over, not acknowledged."


def _of_its_time(view: View) -> Headline:
    snapshot = view.snapshot
    if view.source.failure:
        return Headline(
            "Watching failed",
            "Nobody is watched there. Look at the person now, then restart Upturn.",
            f"{wording.sentence(view.source.failure)}.",
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
    alarm = foremost(view)
    if alarm is not None:
        read_only = bool(view.source.why_not(Acknowledge)) and not view.source.lost
        state = wording.alarm_state(alarm, read_only=read_only)
        title = alarm.spec.title
        return Headline(
            f"Over: {title}" if wording.is_over(alarm) else title,
            wording.advice(alarm, view),
            f"{alarm.priority.word} alarm · {state}",
            alarm.priority,
            lit(alarm, view.clock_s),
            act=wording.to_do(alarm, view),
        )
    if snapshot.stand_down:
        note = (
            "Alarms are off; 5 s upright ends it."
            if view.source.why_not(Resume)
            else STAND_DOWN_NOTE
        )
        return Headline("Stood down", note, stands_out=True)
    if view.age_s is None:
        return Headline("Waiting for data", _UNSEEN, _reasons(view), stands_out=True)
    if not view.fresh:
        came = f"The last came {wording.age(view.age_s)} ago."
        text = came if view.replayed else f"{came} {_LOOK}"
        return Headline("No fresh data", text, stands_out=True)
    if not view.runs:
        title = view.source.note or "Time stands still"
        return Headline(title, "What you see is its last moment.", stands_out=True)
    if snapshot.inverted:
        low = _lasting(view)
        note = "" if low is None else f"{low.priority.marks} {low.spec.title}"
        return Headline("Inverted", f"{wording.sentence(wording.exposure_left(snapshot))}.", note)
    if view.owes_rest:
        return _rest(view)
    if not snapshot.ready:
        return Headline("Not ready", _reasons(view))
    if snapshot.overridden:
        accepted = "; ".join(snapshot.not_ready)
        return Headline("Ready by override", f"In spite of: {accepted}.")
    return Headline("Ready", "No alarm." if view.replayed else "Watching. No alarm.")


def _rest(view: View) -> Headline:
    """How long, or why its time does not run and what makes it run."""
    more = f"{wording.left(view.snapshot.rest_left_s)} more"
    why = wording.rest_pause(view)
    if not why:
        return Headline("Rest", f"{more} before the next inversion.", _reasons(view, _RESTS))
    act = "" if view.replayed else _TO_REST[why]
    text = f"{act} {wording.sentence(why)}: no rest is counted; {more}.".lstrip()
    return Headline("Rest is paused", text, _reasons(view, _RESTS), act=act)


def _reasons(view: View, without: Collection[str] = ()) -> str:
    said = remedies.reasons(view.snapshot, view.source, without)
    return f"{wording.sentence(said)}." if said else ""
