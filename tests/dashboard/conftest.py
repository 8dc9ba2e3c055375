# SPDX-License-Identifier: MIT
"""The same terminal for every test of the screen, wherever it runs."""

from __future__ import annotations

import pytest

from upturn.dashboard.frames import Frames
from upturn.dashboard.palette import Palette


@pytest.fixture(autouse=True)
def _terminal_with_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture(autouse=True)
def _frames_do_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a screen that failed says is for people: a test is to see the fault itself."""

    def fail(self: Frames, fault: Exception, palette: Palette) -> None:
        raise fault

    monkeypatch.setattr(Frames, "fail", fail)
