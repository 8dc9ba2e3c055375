# SPDX-License-Identifier: MIT
"""The active alarms, most urgent first. Every one is named; what lacks room is said to be there.

As much text as fits: all advice, else that of the alarms which the banner does not show, else one
line each, else the rest by number.
"""

from __future__ import annotations

from upturn.core.commands import Acknowledge
from upturn.core.snapshot import AlarmView
from upturn.dashboard import wording
from upturn.dashboard.flash import lit
from upturn.dashboard.spans import Line, apart, heading, width_of, wrapped
from upturn.dashboard.view import View

_INDENT = "    "


def paint_alarms(
    view: View, width: int, height: int, *, headed: bool = False, elsewhere: bool = False
) -> list[Line]:
    """At most `height` lines; under a heading where there is room for one.

    `elsewhere`: another table has one.
    """
    if headed and height > 1:
        none = "NO ALARM HERE" if elsewhere else "NO ALARM"
        title = "ALARMS" if view.snapshot.alarms else none
        if view.snapshot.stand_down:
            title = "ALARMS OFF"
        if view.stopped:
            title = "ALARMS BEFORE IT STOPPED" if view.snapshot.alarms else "ALARMS NOT KNOWN"
        head = heading(title, width, view.palette.quiet, view.palette.rule)
        return [head, *paint_alarms(view, width, height - 1)]
    alarms = view.snapshot.alarms
    for explained in (alarms, alarms[1:], ()):
        lines = _all(view, explained, width)
        if len(lines) <= height:
            return lines
    kept = max(0, height - 1)
    return [*_all(view, (), width)[:kept], _rest(view, len(alarms) - kept)][:height]


def title_line(view: View, alarm: AlarmView, width: int) -> Line:
    """Marks and title; state of its sound, age and source, as far as the title leaves room."""
    palette = view.palette
    signal = palette.signals[alarm.priority]
    head = signal.style(True) if lit(alarm, view.clock_s) else palette.mark(alarm.priority)
    title = alarm.spec.title
    if view.stopped:
        was: Line = ((f"{alarm.priority.marks:<4}was ", palette.quiet), (title, palette.gone))
        return apart(was, (("not known now", palette.quiet),), width, palette.plain)
    left: Line = (
        (f"{alarm.priority.marks:<3}", head),
        (" ", palette.plain),
        (title, palette.mark(alarm.priority)),
    )
    facts = wording.fullest(_facts(view, alarm), width - width_of(left) - 1)
    return apart(left, ((facts, palette.quiet),), width, palette.plain)


def _facts(view: View, alarm: AlarmView) -> tuple[str, ...]:
    age = wording.passed(max(0.0, view.snapshot.now_s - alarm.raised_s))
    read_only = bool(view.source.why_not(Acknowledge))
    state = wording.alarm_state(alarm, read_only=read_only)
    short = wording.alarm_state(alarm, short=True, read_only=read_only)
    source = alarm.spec.source
    return (f"{state} · {age} · {source}", f"{short} · {age} · {source}", f"{short} · {age}", age)


def _all(view: View, explained: tuple[AlarmView, ...], width: int) -> list[Line]:
    lines: list[Line] = []
    for alarm in view.snapshot.alarms:
        lines.append(title_line(view, alarm, width))
        if alarm in explained:
            said = f"{wording.advice(alarm, view)} {wording.unpausable(alarm)}".rstrip()
            lines += wrapped(said, width, view.palette.plain, indent=_INDENT)
    return lines


def _rest(view: View, count: int) -> Line:
    return ((f"{_INDENT}and {count} more", view.palette.strong),)
