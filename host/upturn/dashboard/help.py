# SPDX-License-Identifier: MIT
"""The help page: keys, how alarms look, what each asks for, the profiles and the sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from upturn.core.alarm_table import ALARMS, AlarmSpec, Clear
from upturn.core.limits import PROFILES, Profile
from upturn.core.sources import DOCUMENTS, UPTURN
from upturn.dashboard import wording
from upturn.dashboard.keys import Key
from upturn.dashboard.painters.status import NOT_A_DEVICE
from upturn.dashboard.palette import Palette

DOCTOR = "Talk to a doctor before you invert."
SIGNALS = (
    ("***", "High: red, flashing twice a second. Act at once."),
    ("**", "Medium: yellow, flashing slowly. Act promptly."),
    ("*", "Low: cyan, steady. Know about it."),
    ("steady", "Acknowledged: its audio is paused for the time shown, then sounds again."),
    ("--", "Not known. A value struck through was true once and is not now."),
)
MORE_KEYS = (
    ("y Enter", "Yes to a question, as its own key pressed again; Esc or n is no."),
    ("Ctrl-C", "Ends at once, without asking."),
)
TABLE_KEYS = (
    ("Tab", "The next table; Shift-Tab goes back. In the overview Tab shows the worst."),
    ("1 12", "The table of that number; two digits within a second are one number."),
    ("click", "On a tile or a name: that table. Every other key acts on the one shown."),
)
_CLEARS = {
    Clear.WITH_CONDITION: "ends with its condition",
    Clear.AFTER_ACKNOWLEDGE: "ends when it is over and acknowledged",
    Clear.AFTER_HOLD: "ends by itself after 10 s",
}


def help_page(palette: Palette, shown: Sequence[Key], *, several: bool = False) -> Group:
    """`shown`: the keys that do something here; `several`: there is more than one table."""
    keys = [*((k.key, k.help) for k in shown), *(TABLE_KEYS if several else ()), *MORE_KEYS]
    return Group(
        Text(f"{NOT_A_DEVICE} {DOCTOR}", palette.strong),
        *_section(palette, "KEYS", keys),
        *_section(palette, "HOW ALARMS LOOK", SIGNALS),
        Padding(Text("ALARMS, AND WHAT TO DO", palette.quiet), (1, 0, 0, 0)),
        *(_alarm(palette, spec) for spec in ALARMS.values()),
        *_section(palette, "PROFILES", [(p.name, _limits(p)) for p in PROFILES.values()]),
        *_section(
            palette,
            "SOURCES",
            [
                *((d.key, f"{d.title}. {d.publisher}.") for d in DOCUMENTS.values()),
                (UPTURN, "An engineering choice of this project; no document gives it."),
            ],
        ),
    )


def _section(
    palette: Palette, title: str, entries: Iterable[tuple[str, str]]
) -> tuple[Padding, Table]:
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, meaning in entries:
        table.add_row(Text(name, palette.strong), Text(meaning, palette.plain))
    return Padding(Text(title, palette.quiet), (1, 0, 0, 0)), table


def _alarm(palette: Palette, spec: AlarmSpec) -> Padding:
    facts = [" or ".join(priority.word for priority in spec.priorities), _CLEARS[spec.clear]]
    if not spec.pausable:
        facts.append("audio cannot be paused")
    if spec.delay_s:
        facts.append(f"after {spec.delay_s:g} s")
    highest = spec.priorities[-1]
    return Padding(
        Group(
            Text(f"{highest.marks:<4}{spec.title}", palette.mark(highest)),
            Padding(Text(spec.advice, palette.plain), (0, 0, 0, 4)),
            Padding(Text(f"{'; '.join(facts)} ({spec.source})", palette.quiet), (0, 0, 0, 4)),
        ),
        (0, 0, 0, 0),
    )


def _limits(profile: Profile) -> str:
    return (
        f"Notice {wording.passed(profile.notice_s)}, limit {wording.passed(profile.limit_s)}, "
        f"rest {wording.passed(profile.rest_s)}, angle {profile.max_angle_deg:g}°: "
        f"{profile.reason} ({profile.source})."
    )
