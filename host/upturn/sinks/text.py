# SPDX-License-Identifier: MIT
"""Events as text for people: one line each, aligned, readable in a log."""

from __future__ import annotations

from upturn.core.events import (
    AlarmChanged,
    Event,
    InversionEnded,
    InversionStarted,
    Noted,
    PostureChanged,
    SignalChanged,
    Summary,
)


def line(event: Event) -> str:
    """One event as one line, the time in seconds first."""
    return f"{event.t_s:10.2f} s  {_columns(event)}"


def words(event: Event) -> str:
    """The same without its time and its columns."""
    return " ".join(_columns(event).split())


def summary_lines(summary: Summary) -> list[str]:
    """The end of a session in a few lines."""
    alarms = ", ".join(f"{id} {n}x" for id, n in sorted(summary.alarms.items())) or "none"
    lost = f", {summary.samples_lost} lost" if summary.samples_lost else ""
    watched = f"{summary.duration_s:.1f} s watched, profile {summary.profile}"
    noun = "inversion" if summary.inversions == 1 else "inversions"
    inverted = f"{summary.inversions} {noun}, {summary.inverted_s:.1f} s inverted"
    longest = f"longest {summary.longest_s:.1f} s, steepest {summary.peak_angle_deg:.1f} degrees"
    return [
        f"{watched}; {summary.samples} samples{lost}",
        f"{inverted}, {longest}",
        f"alarms: {alarms}",
    ]


def _columns(event: Event) -> str:
    match event:
        case PostureChanged():
            return (
                f"     posture    {event.before} -> {event.after} at {event.angle_deg:.1f} degrees"
            )
        case InversionStarted():
            rest = "" if event.rest_s is None else f", after {event.rest_s:.0f} s of rest"
            return f"     inversion  {event.n} since {event.since_s:.2f} s{rest}"
        case InversionEnded():
            return (
                f"     inversion  {event.n} ended after {event.duration_s:.1f} s, "
                f"up to {event.peak_angle_deg:.1f} degrees; exposure {event.exposure_s:.1f} s"
            )
        case AlarmChanged():
            marks = event.priority.marks
            said = f"{event.id} #{event.occurrence} {event.state}"
            return f"{marks:<3}  alarm      {said}: {event.message}"
        case SignalChanged():
            state = "lost" if event.lost else "restored"
            return f"     signal     {state}, {event.gap_s:.1f} s since the last sample"
        case Noted():
            return f"     note       {event.text}"
