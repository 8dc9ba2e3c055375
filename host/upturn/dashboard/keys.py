# SPDX-License-Identifier: MIT
"""The keys: one row each, with what it does, in the order in which they are shown.

Where a line is too short for all, those with the highest `spared` are left to the help page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto


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
        "120 s at most otherwise. A new or higher alarm sounds at once.",
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
        spared=8,
        when=When.WATCHING,
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
        "d",
        "call for help",
        "call help",
        "distress",
        "Call for help, at once.",
        spared=2,
        when=When.WATCHING,
    ),
    Key(
        "f",
        "I am fine",
        "fine",
        "im_fine",
        "Answers the alarm for no movement.",
        spared=7,
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
        "o",
        "overview",
        "all",
        "overview",
        "All tables at once, the worst first; and back to the one before.",
        spared=5,
        when=When.SEVERAL,
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
    Key("q", "quit", "quit", "ask_quit", "Ends watching. Asks once while it matters.", spared=6),
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
        "→",
        "1 s on",
        "on",
        "step_on",
        "A second on.",
        spared=3,
        when=When.PLAYBACK,
        bound="right",
    ),
    Key(
        "←",
        "1 s back",
        "back",
        "step_back",
        "A second back.",
        spared=3,
        when=When.PLAYBACK,
        bound="left",
    ),
    Key(
        "e",
        "next event",
        "next",
        "next_event",
        "To the moment after the next event, and holds there.",
        spared=2,
        when=When.PLAYBACK,
    ),
    Key(
        "E",
        "event before",
        "before",
        "event_before",
        "To the moment after the event before, and holds there.",
        spared=4,
        when=When.PLAYBACK,
    ),
    Key(
        "+",
        "faster",
        "faster",
        "faster",
        "Twice as fast.",
        spared=5,
        when=When.PLAYBACK,
        bound="plus,equals_sign",
    ),
    Key(
        "-",
        "slower",
        "slower",
        "slower",
        "Half as fast.",
        spared=5,
        when=When.PLAYBACK,
        bound="minus",
    ),
    Key(
        ".",
        "0.1 s on",
        "bit on",
        "bit_on",
        "A tenth of a second on; Shift and → do the same.",
        spared=12,
        when=When.PLAYBACK,
        bound="full_stop,shift+right",
    ),
    Key(
        ",",
        "0.1 s back",
        "bit back",
        "bit_back",
        "A tenth of a second back; Shift and ← do the same.",
        spared=12,
        when=When.PLAYBACK,
        bound="comma,shift+left",
    ),
    Key(
        "Home",
        "beginning",
        "begin",
        "beginning",
        "To the beginning. A click on the bar goes to that moment.",
        spared=13,
        when=When.PLAYBACK,
        bound="home",
    ),
    Key(
        "End",
        "end",
        "end",
        "end",
        "To the end.",
        spared=13,
        when=When.PLAYBACK,
        bound="end",
    ),
)


def keys_for(
    *, several: bool = False, playback: bool = False, wanted: Iterable[str] = ()
) -> tuple[Key, ...]:
    """Those that do something here; an action that is `wanted` now stays as long as any."""
    held = {
        When.ALWAYS: True,
        When.WATCHING: not playback,
        When.SEVERAL: several,
        When.PLAYBACK: playback,
    }
    first = frozenset(wanted)
    rows = (*PLAYBACK_KEYS, *KEYS) if playback else KEYS
    return tuple(
        replace(key, spared=0) if key.action in first else key for key in rows if held[key.when]
    )
