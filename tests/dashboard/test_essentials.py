# SPDX-License-Identifier: MIT
"""80x24 holds what a spotter needs, whatever the alarm and however long its text."""

from __future__ import annotations

from tests.dashboard.desk import opened
from tests.dashboard.scenes import alarm, inverted
from tests.dashboard.test_alarm_list import LONGEST
from upturn.core.alarm_table import ALARMS, AlarmId
from upturn.dashboard.wording import sentence


async def test_no_alarm_pushes_anything_that_matters_off_the_screen() -> None:
    async with opened(size=(80, 24)) as desk:
        for id in AlarmId:
            await desk.show(inverted(71.0, alarms=(alarm(id, detail=LONGEST[id]),)))
            screen = " ".join(desk.screen.split())
            assert ALARMS[id].title.casefold() in screen.casefold()
            assert ALARMS[id].advice in screen
            assert sentence(LONGEST[id]) in screen
            assert "INVERTED" in desk.text("posture")
            assert "0:11 OVER THE LIMIT" in desk.text("exposure")
            assert "then rest 1:30" in desk.text("exposure")
            assert "a acknowledge" in desk.text("keys")
