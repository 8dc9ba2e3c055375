# SPDX-License-Identifier: MIT
"""The same terminal for every test of the screen, wherever it runs."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _terminal_with_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
