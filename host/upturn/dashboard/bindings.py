# SPDX-License-Identifier: MIT
"""The keys as Textual binds them: those of the table, and those that need no row of their own."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from upturn.dashboard.keys import KEYS

BOUND: list[BindingType] = [
    *(Binding(key.bound, f"do('{key.action}')", key.label) for key in KEYS),
    Binding("tab", "step(1)", "next table", priority=True),
    Binding("shift+tab", "step(-1)", "table before", priority=True),
    *(Binding(str(digit), f"digit({digit})", "table") for digit in range(10)),
    Binding("y", "say(True)", "yes"),
    Binding("n", "say(False)", "no"),
    Binding("enter", "do('confirm')", "yes"),
    Binding("escape", "cancel", "no"),
    Binding("b", "page_back", "back"),
    Binding("ctrl+q", "do('ask_quit')", "quit", priority=True),
    Binding("ctrl+c", "interrupt", "end", priority=True),
]
