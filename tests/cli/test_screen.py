# SPDX-License-Identifier: MIT
"""The screen outlives what comes from the keyboard, and itself."""

from __future__ import annotations

import asyncio
import sys

import pytest

from tests.dashboard.scenes import StubFeed
from tests.terminal import Terminal
from upturn.cli import screen as module
from upturn.cli.screen import Screen
from upturn.dashboard.app import UpturnDashboard

DEMO = [sys.executable, "-m", "upturn", "demo"]


@pytest.mark.parametrize(
    "noise",
    [b"\xff", b"\xe4p", b"\xf0\x9f", b"\x1b[M \xa0\xa0", bytes(range(128, 256))],
    ids=["no UTF-8", "an umlaut of old", "half of a sign", "an old mouse", "anything"],
)
def test_no_byte_from_the_keyboard_ends_the_watch(noise: bytes) -> None:
    with Terminal(DEMO) as terminal:
        terminal.reads("simulated")
        terminal.press(noise)
        for _ in range(20):  # a key may be taken for a part of the noise before it
            terminal.press(b"m")
            if terminal.has_read("Theme: ", within_s=2.0):
                break
        terminal.reads("Theme: ")
        terminal.press(b"\x03")
        assert terminal.end() == 130
        assert "the screen has failed" not in terminal.text
        assert "Traceback" not in terminal.text


class Failing(UpturnDashboard):
    """The first of them fails as soon as it is there."""

    made = 0

    def __init__(self) -> None:
        super().__init__({"": StubFeed()})
        Failing.made += 1
        self.number = Failing.made

    def on_ready(self) -> None:
        if self.number < 3:
            raise ValueError("no such pane")
        self.exit(return_code=7)

    async def run_async(self, **_: object) -> None:
        await super().run_async(headless=True)


async def test_a_screen_that_fails_is_made_anew_and_said_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "ANEW_S", 0.0)
    monkeypatch.setattr(Failing, "made", 0)
    assert await Screen(Failing).show() == 7
    said = "upturn: the screen has failed (ValueError: no such pane), and is drawn anew\n"
    assert capsys.readouterr().err == said * 2


async def test_what_ends_while_it_is_made_anew_is_not_shown_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed = asyncio.Event()
    monkeypatch.setattr(module, "ANEW_S", 0.05)
    monkeypatch.setattr(module, "write_line", lambda _: failed.set())
    monkeypatch.setattr(Failing, "made", 0)
    screen = Screen(Failing)
    showing = asyncio.create_task(screen.show())
    await failed.wait()
    screen.leave()
    await asyncio.wait_for(showing, 30.0)
    assert Failing.made == 1


async def test_what_is_over_is_not_shown_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Failing, "made", 0)
    screen = Screen(Failing)
    screen.leave()
    await asyncio.wait_for(screen.show(), 30.0)
    assert Failing.made == 1
