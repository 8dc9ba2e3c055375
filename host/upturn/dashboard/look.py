# SPDX-License-Identifier: MIT
"""How the screen looks: its theme, large or not, and how much time the plot shows.

What a config says is how it begins; keys change it, and nothing is written back.
"""

from __future__ import annotations

from upturn.config import DashboardConfig
from upturn.dashboard.painters.chart import WINDOWS_S
from upturn.dashboard.palette import MONOCHROME, THEMES, Palette
from upturn.dashboard.terminal import Terminal

WIDTHS = [(0, "-tiny"), (76, "-narrow"), (110, "-wide"), (170, "-huge")]
HEIGHTS = [
    (0, "-bare"),
    (9, "-flat"),
    (14, "-low"),
    (18, "-short"),
    (32, "-tall"),
    (50, "-high"),
]
"""From so many columns or rows the screen has this class; styles.tcss lays out by them."""
BARE_BELOW = HEIGHTS[1][0]
"""So few rows are for the most urgent words, and where they leave room for posture and time."""
OVERVIEW_FROM = 3
"""With so many tables it begins with the overview, where that has room."""
OVERVIEW_WIDTH, OVERVIEW_HEIGHT = 76, 18


class Look:
    def __init__(self, settings: DashboardConfig, terminal: Terminal) -> None:
        self.palette = THEMES[settings.theme] if terminal.colour else MONOCHROME
        self.large = settings.large
        self._colourless = terminal.why
        self._windows_s = sorted({*WINDOWS_S, settings.window_s})
        self._window = self._windows_s.index(settings.window_s)

    @property
    def window_s(self) -> float:
        return self._windows_s[self._window]

    def begins_with_all(self, tables: int, width: int, height: int) -> bool:
        """Whether the overview is what is seen first."""
        room = width >= OVERVIEW_WIDTH and height >= OVERVIEW_HEIGHT
        return tables >= OVERVIEW_FROM and room and not self.large

    def zoom(self, by: int) -> None:
        self._window = min(max(0, self._window + by), len(self._windows_s) - 1)

    def next_theme(self) -> str:
        """Change to it; what to say of it."""
        if self._colourless:
            return f"No other theme: {self._colourless}."
        names = list(THEMES)
        self.palette = THEMES[names[(names.index(self.palette.name) + 1) % len(names)]]
        return f"Theme: {self.palette.name}."

    @property
    def css(self) -> dict[str, str]:
        """The colours that styles.tcss has names for."""
        palette: Palette = self.palette
        return {
            "paper": palette.ground,
            "ink": palette.text,
            "ink-dim": palette.dim,
            "ink-faint": palette.faint,
        }
