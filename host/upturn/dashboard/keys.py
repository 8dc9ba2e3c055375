# SPDX-License-Identifier: MIT
"""The keys: one row each, with what it does, in the order in which they are shown.

What there is to do now comes first. Where a line is too short for all, those that would do nothing
are left to the help page, then those with the highest `spared`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

from upturn.dashboard.uses import Use

_IDLE_SPARED = 100


class When(Enum):
    ALWAYS = auto()
    WATCHING = auto()
    """Not while a recording is played back: it acts on a person who is there."""
    SEVERAL = auto()
    """With more tables than one."""
    PLAYBACK = auto()


@dataclass(frozen=True, slots=True)
class Key:
    key: str
    label: str
    short: str
    """For lines where not all of them fit."""
    action: str
    """Its name among the acts of the app."""
    help: str
    spared: int
    when: When = When.ALWAYS
    bound: str = ""
    """Textual's names of the key, where they differ."""
    back: str = ""
    """What it does where it takes back what it did."""
    shared: bool = False
    """In a short line it shares its word with the neighbours that have the same one."""

    def __post_init__(self) -> None:
        if not self.bound:
            object.__setattr__(self, "bound", self.key)


KEYS = (
    Key(
        "a",
        "acknowledge",
        "acknowledge",
        "acknowledge",
        "Acknowledge every alarm on the screen: its audio is paused, 30 s while inverted, "
        "120 s at most otherwise. A new or higher alarm sounds at once. "
        "In the overview: those of the table in the banner.",
        spared=1,
        when=When.WATCHING,
    ),
    Key(
        "u",
        "seen upright",
        "seen upright",
        "seen_upright",
        "You saw the person upright: the inversion ends now, its exposure stays. Asks once.",
        spared=3,
        when=When.WATCHING,
    ),
    Key(
        "s",
        "stand down",
        "stand down",
        "stand_down",
        "Alarms off and NOT READY, for a table folded or a node charging. Asks once; "
        "pressed again later it watches again, as does 5 s upright.",
        spared=5,
        when=When.WATCHING,
        back="watch again",
    ),
    Key(
        "c",
        "check in",
        "check in",
        "check_in",
        "You are here and look: READY needs it, 30 min old at most. In the overview: to all.",
        spared=4,
        when=When.WATCHING,
    ),
    Key(
        "i",
        "inspected",
        "inspected",
        "inspected",
        "The table was inspected, and both ankle locks are closed: READY needs it every day. "
        "Asks once.",
        spared=7,
        when=When.WATCHING,
    ),
    Key(
        "p",
        "pre-use check",
        "pre-use",
        "check",
        "The questions about health before a session; their answers hold for 30 days.",
        spared=7,
        when=When.WATCHING,
    ),
    Key(
        "w",
        "how it felt",
        "felt",
        "felt",
        "After a session: how it felt, and what to do then.",
        spared=7,
        when=When.WATCHING,
    ),
    Key(
        "d",
        "call for help",
        "call help",
        "distress",
        "Call for help, at once. In the overview: for the table in the banner.",
        spared=2,
        when=When.WATCHING,
    ),
    Key(
        "f",
        "I am fine",
        "fine",
        "im_fine",
        "Answers the alarm for no movement.",
        spared=8,
        when=When.WATCHING,
    ),
    Key(
        "t",
        "test tone",
        "test tone",
        "test_tone",
        "Plays the tone that an alarm has, and asks whether you heard it: y says so.",
        spared=10,
        when=When.WATCHING,
    ),
    Key(
        "!",
        "ready all the same",
        "override",
        "override",
        "READY in spite of what stands against it now; a new reason ends that. Asks once.",
        spared=12,
        when=When.WATCHING,
        bound="exclamation_mark",
    ),
    Key(
        "o",
        "overview",
        "all",
        "overview",
        "All tables at once, the worst first; and back to the one before.",
        spared=6,
        when=When.SEVERAL,
        back="one table",
    ),
    Key(
        "l",
        "large",
        "large",
        "large",
        "Large: posture, time, alarm and what to do, to be read from 4 m; and back.",
        spared=9,
    ),
    Key(
        "m",
        "theme",
        "theme",
        "theme",
        "The next theme: dark, light, colour-blind, monochrome.",
        spared=11,
    ),
    Key(
        "?",
        "help",
        "help",
        "help",
        "This page, and back. Arrows and Page keys scroll it.",
        spared=0,
        bound="question_mark,h",
    ),
    Key("q", "quit", "quit", "ask_quit", "Ends watching. Asks once while it matters.", spared=1),
    Key(
        "[",
        "shorter chart",
        "zoom",
        "zoom_in",
        "Less time in the chart, down to 30 s.",
        spared=9,
        bound="left_square_bracket",
        shared=True,
    ),
    Key(
        "]",
        "longer chart",
        "zoom",
        "zoom_out",
        "More time in the chart, up to 1 h.",
        spared=9,
        bound="right_square_bracket",
        shared=True,
    ),
)

PLAYBACK_KEYS = (
    Key(
        "space",
        "pause, go on",
        "pause",
        "pause_or_go",
        "Holds the recording, or lets it go on; at its end it begins again.",
        spared=1,
        when=When.PLAYBACK,
    ),
    Key(
        "←",
        "1 s back",
        "1 s",
        "step_back",
        "A second back.",
        spared=3,
        when=When.PLAYBACK,
        bound="left",
        shared=True,
    ),
    Key(
        "→",
        "1 s on",
        "1 s",
        "step_on",
        "A second on.",
        spared=3,
        when=When.PLAYBACK,
        bound="right",
        shared=True,
    ),
    Key(
        "e",
        "next event",
        "event",
        "next_event",
        "To the moment after the next event, and holds there.",
        spared=2,
        when=When.PLAYBACK,
        shared=True,
    ),
    Key(
        "E",
        "event before",
        "event",
        "event_before",
        "To the moment after the event before, and holds there.",
        spared=2,
        when=When.PLAYBACK,
        shared=True,
    ),
    Key(
        "+",
        "faster",
        "speed",
        "faster",
        "Twice as fast.",
        spared=5,
        when=When.PLAYBACK,
        bound="plus,equals_sign",
        shared=True,
    ),
    Key(
        "-",
        "slower",
        "speed",
        "slower",
        "Half as fast.",
        spared=5,
        when=When.PLAYBACK,
        bound="minus",
        shared=True,
    ),
    Key(
        "Home",
        "beginning",
        "",
        "beginning",
        "To the beginning. A click on the bar goes to that moment.",
        spared=6,
        when=When.PLAYBACK,
        bound="home",
        shared=True,
    ),
    Key(
        "End",
        "end",
        "",
        "end",
        "To the end.",
        spared=6,
        when=When.PLAYBACK,
        bound="end",
        shared=True,
    ),
    Key(
        ",",
        "0.1 s back",
        "0.1 s",
        "bit_back",
        "A tenth of a second back; Shift and ← do the same.",
        spared=13,
        when=When.PLAYBACK,
        bound="comma,shift+left",
        shared=True,
    ),
    Key(
        ".",
        "0.1 s on",
        "0.1 s",
        "bit_on",
        "A tenth of a second on; Shift and → do the same.",
        spared=13,
        when=When.PLAYBACK,
        bound="full_stop,shift+right",
        shared=True,
    ),
)


def keys_for(
    *,
    several: bool = False,
    playback: bool = False,
    uses: Mapping[str, Use] | None = None,
    turned: Collection[str] = (),
) -> tuple[Key, ...]:
    """Those that do something here, and first what is wanted now; `turned` take back their act."""
    held = {
        When.ALWAYS: True,
        When.WATCHING: not playback,
        When.SEVERAL: several,
        When.PLAYBACK: playback,
    }
    rows = (*PLAYBACK_KEYS, *KEYS) if playback else KEYS
    judged = [(key, (uses or {}).get(key.action, Use.USUAL)) for key in rows if held[key.when]]
    offered = [
        replace(_named(key, turned), spared=_spared(key, use))
        for key, use in judged
        if use is not Use.REFUSED
    ]
    wanted = {key.action for key, use in judged if use is Use.WANTED}
    return tuple(sorted(offered, key=lambda key: key.action not in wanted))


def _named(key: Key, turned: Collection[str]) -> Key:
    if key.action not in turned or not key.back:
        return key
    return replace(key, label=key.back, short=key.back)


def _spared(key: Key, use: Use) -> int:
    """An act that is wanted stays as long as any."""
    if use is Use.WANTED:
        return 0
    return key.spared + (_IDLE_SPARED if use is Use.IDLE else 0)
