# SPDX-License-Identifier: MIT
"""A frame that cannot be painted says so in its place, and the watch goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.desk import opened
from tests.dashboard.scenes import CALM
from upturn.core.commands import Distress
from upturn.dashboard import frames
from upturn.dashboard.frames import Frames
from upturn.dashboard.view import View

FAIL = Frames.fail
"""As people have it; tests are given the fault itself."""


async def test_a_screen_that_fails_shows_nothing_old_and_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Frames, "fail", FAIL)
    async with opened() as desk:
        before = desk.text("posture")
        rung = len(desk.rung)

        def overflows(view: View, *_: object, **__: object) -> None:
            raise OverflowError("date value out of range")

        with monkeypatch.context() as broken:
            broken.setattr(frames, "paint_posture", overflows)
            await desk.show()
            assert desk.text("banner").splitlines() == [
                "*** THIS SCREEN HAS FAILED ***",
                "Look at the person now, and restart Upturn. Alarms still sound.",
                "OverflowError: date value out of range",
            ]
            assert desk.text("posture") == desk.text("exposure") == ""
            assert len(desk.rung) == rung + 1
            await desk.press("d")
            assert desk.feed.commands == [Distress()]
        await desk.show(replace(CALM, now_s=CALM.now_s + 1.0))
        assert desk.text("posture") == before
        assert "FAILED" not in desk.text("banner")
