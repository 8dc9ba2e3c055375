# SPDX-License-Identifier: MIT
"""One table of the broker, for the dashboard: what it polls, what it may tell, and who hears it.

All of it is of one thread; nothing waits and nothing raises. The angle's history has a point for
each reading, one a second and at every change, and a gap where nothing was heard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf

from upturn.core.alarm_table import Priority
from upturn.core.commands import (
    COMMANDS,
    Acknowledge,
    Command,
    SeenUpright,
    SinkStatus,
    SoundOutput,
)
from upturn.core.events import Event, InversionStarted, Noted, PostureChanged
from upturn.core.snapshot import Check, Snapshot
from upturn.dashboard.feed import Asked, EventRing, SourceState
from upturn.dashboard.history import History
from upturn.remote.answers import VERBS, Answers, Order, order_of
from upturn.remote.own_alarm import NO_SOUND, OwnAlarm
from upturn.remote.said import AlarmsSaid, Answer, EventSaid, StateSaid
from upturn.remote.table import RemoteTable
from upturn.sinks.mqtt.commands import why_forbidden
from upturn.sinks.mqtt.payloads import Origin

READ_ONLY = "this screen only shows: start it with --allow-commands, or go to the host"
AT_THE_HOST = "that can be done at the host only"
SOUND_CHECK = "Sound here"
UNHEARD = "nobody has heard the test tone of this screen"
UIDS_KEPT = 200
REFUSAL_S = 10.0

Send = Callable[["RemoteFeed", Order], None]


class RemoteFeed:
    def __init__(
        self, table: RemoteTable, clock: Callable[[], float], send: Send | None = None
    ) -> None:
        """`send` puts a command on its way; None: this screen only shows."""
        self.table = table
        self._clock = clock
        self._send = send
        self._history = History()
        self._events = EventRing()
        self._answers = Answers()
        self._no_sound = OwnAlarm(NO_SOUND)
        self._sound: Check | None = None
        self._uids: dict[str, None] = {}
        self._refused_s = -inf

    def snapshot(self) -> Snapshot:
        now_s = self._judged()
        shown = self.table.snapshot(now_s)
        if self._sound is not None:
            shown = replace(shown, checks=(*shown.checks, self._sound))
        if not self._no_sound.why:
            return shown
        own = self._no_sound.view(now_s)
        ordered = sorted((*shown.alarms, own), key=lambda alarm: -alarm.priority)
        return replace(shown, alarms=tuple(ordered))

    def source(self) -> SourceState:
        now_s = self._judged()
        lost = self.table.loss.why
        host = self.table.host
        origin = self.table.origin
        unreal = "" if origin is Origin.LIVE else str(origin)
        where = f"on {host}" if host else "at the broker"
        return SourceState(
            where if self.table.name.lower().startswith(unreal) else f"{unreal} {where}",
            well=not lost,
            read_only=READ_ONLY if self._send is None else "",
            lost=lost,
            answer=self._answers.shown(now_s),
            unreal=unreal,
            elsewhere=True,
            acts=self._acts(),
        )

    def hear_sound(self, command: Command) -> None:
        """How it stands with the sound of this computer."""
        match command:
            case SinkStatus():
                why = "" if command.working else command.reason
                self._no_sound.judge(self._clock(), why)
                self._sound = Check(SOUND_CHECK, why) if why else None
            case SoundOutput():
                unheard = "" if command.confirmed else UNHEARD
                if not self._no_sound.why:
                    self._sound = Check(SOUND_CHECK, unheard, command.words)

    def history(self) -> History:
        return self._history

    def events_since(self, n: int) -> tuple[int, Sequence[Event]]:
        return self._events.since(n)

    def command(self, command: Command) -> str | None:
        now_s = self._judged()
        loss = self.table.loss
        for own in (loss, self._no_sound):
            if own.is_meant(command):
                return own.acknowledge(now_s)
        if isinstance(command, SeenUpright) and self._may_be_seen:
            self.table.see_upright()
            self.note("seen upright, as this screen was told")
            return None
        why = self._why_not(type(command))
        order = None if why else order_of(command)
        if order is None:
            return why or AT_THE_HOST
        assert self._send is not None  # else there is a reason
        self._answers.asked(now_s, order)
        self._send(self, order)
        return Asked("asked the host")

    def not_sent(self, order: Order, why: str) -> None:
        """The broker did not take it."""
        self._answers.failed(self._clock(), order, why)

    def hear_state(self, said: StateSaid) -> None:
        """A reading that came live.

        Raises:
            Refused: it is not of who has the node.
        """
        now_s = self._clock()
        before = None if self.table.state is None else self.table.state.snapshot
        self.table.hear_state(now_s, said)
        told = said.snapshot
        at_s = self.table.moment_s(now_s, said.head.at_s)
        if told.angle_deg is not None:
            self._history.append(at_s, told.angle_deg)
            if before is not None and before.posture is not told.posture:
                moved = PostureChanged(at_s, before.posture, told.posture, told.angle_deg)
                self._events.extend([moved])
        self._judged()

    def hear_alarms(self, said: AlarmsSaid, *, live: bool) -> None:
        """As `hear_state`; if not `live`, kept by the broker."""
        self.table.hear_alarms(self._judged(), said, live=live)

    def hear_event(self, heard: EventSaid) -> None:
        """Once, however often it is told.

        Raises:
            Refused: it is of another time.
        """
        if heard.uid in self._uids:
            return
        self._uids[heard.uid] = None
        if len(self._uids) > UIDS_KEPT:
            self._uids.pop(next(iter(self._uids)))
        now_s = self._clock()
        at_s = self.table.moment_s(now_s, heard.head.at_s)
        said = heard.said
        if isinstance(said, Answer):
            if self._answers.heard(now_s, said):
                became = "done" if said.reason is None else f"refused: {said.reason}"
                text = f"{said.verb.replace('_', ' ')} from here: {became}"
                self._events.extend([Noted(at_s, text, said.reason is not None)])
        elif isinstance(said, InversionStarted):
            since_s = at_s + min(0.0, said.since_s - said.t_s)
            self._events.extend([replace(said, t_s=at_s, since_s=since_s)])
        else:
            self._events.extend([replace(said, t_s=at_s)])

    def note_refusal(self, words: str) -> None:
        """A message that is none of ours; where they are many, only some are told of."""
        now_s = self._clock()
        if now_s >= self._refused_s + REFUSAL_S:
            self._refused_s = now_s
            self.note(f"refused: {words}")

    def note(self, words: str) -> None:
        """For the log."""
        self._events.extend([Noted(self._clock(), words)])

    @property
    def _may_be_seen(self) -> bool:
        """A person who looks knows more than this screen: it shall not sound for ever."""
        loss = self.table.loss
        heard = self.table.state is not None or self.table.alarms is not None
        return bool(loss.why) and heard and loss.priority > Priority.LOW

    def _acts(self) -> dict[type[Command], str]:
        """Each command: why it is none from here; where it does not reach the host, what is this
        screen's own is possible still.
        """
        acts = {command: self._why_not(command) for command in COMMANDS.values()}
        own = [alarm for alarm in (self.table.loss, self._no_sound) if alarm.why]
        if acts[Acknowledge] and own:
            acts[Acknowledge] = "" if any(not a.unpausable for a in own) else own[0].unpausable
        if self._may_be_seen:
            acts[SeenUpright] = ""
        return acts

    def _why_not(self, command: type[Command]) -> str:
        """Why it is not for the host, from here and now."""
        if self._send is None:
            return READ_ONLY
        if self.table.loss.why:
            return f"it does not reach the host: {self.table.loss.why}"
        verb = VERBS.get(command)
        if verb is None:
            return AT_THE_HOST
        state = self.table.state
        return why_forbidden(verb) if state is not None and verb in state.forbidden else ""

    def _judged(self) -> float:
        """The time, with all that is due by it judged."""
        now_s = self._clock()
        loss = self.table.loss
        if self.table.judge(now_s):
            back = f"heard again after {loss.lasted_s(now_s):.0f} s"
            self.note(f"link lost: {loss.why}" if loss.why else back)
        self._answers.tick(now_s)
        return now_s
