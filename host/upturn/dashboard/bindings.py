# SPDX-License-Identifier: MIT
"""The keys as Textual binds them: those of the table, and those that need no row of their own."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from upturn.dashboard.keys import KEYS
from upturn.dashboard.tables import DIGITS

BOUND: list[BindingType] = [
    *(Binding(key.bound, f"do('{key.action}')", key.label) for key in KEYS),
    Binding("tab", "step(1)", "next table", priority=True),
    Binding("shift+tab", "step(-1)", "table before", priority=True),
    *(Binding(str(n + 1), f"choose({n})", "table") for n in range(DIGITS)),
    Binding("left_square_bracket", "zoom(-1)", "shorter"),
    Binding("right_square_bracket", "zoom(1)", "longer"),
    Binding("y,enter", "do('confirm')", "yes"),
    Binding("escape,n", "cancel", "no"),
    Binding("ctrl+q", "do('ask_quit')", "quit", priority=True),
    Binding("ctrl+c", "interrupt", "end", priority=True),
]
