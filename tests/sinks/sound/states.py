# SPDX-License-Identifier: MIT
"""Hand-made states of a table: what a core would say, as far as sound is concerned."""

from __future__ import annotations

from dataclasses import replace

from tests.stories import pipeline, timeline
from upturn.core.alarm_table import ALARMS, AlarmId, Priority
from upturn.core.snapshot import AlarmView, Snapshot

_UPRIGHT = pipeline(timeline("upright 1s")).snapshot(0.0)

# One alarm of each priority and kind that there is.
PERSON_HIGH = AlarmId.TIME_LIMIT
PERSON_MEDIUM = AlarmId.TIME_LIMIT_NEAR
TECHNICAL_HIGH = AlarmId.HOST_STALLED
TECHNICAL_MEDIUM = AlarmId.NOT_CALIBRATED
TECHNICAL_LOW = AlarmId.SINK_FAILED


def alarm(
    id: AlarmId, priority: Priority | None = None, *, n: int = 1, sounding: bool = True
) -> AlarmView:
    """An active occurrence; of its row's first priority unless another is named."""
    spec = ALARMS[id]
    return AlarmView(
        spec=spec,
        occurrence=n,
        priority=priority or spec.priorities[0],
        message=spec.title,
        detail="",
        raised_s=0.0,
        condition=True,
        acknowledged=not sounding,
        sounding=sounding,
        pause_left_s=0.0 if sounding else 30.0,
        pausable=spec.pausable,
    )


def table(
    *alarms: AlarmId | AlarmView, inverted: bool = False, stand_down: bool = False
) -> Snapshot:
    """A table that says this, and nothing else."""
    views = tuple(a if isinstance(a, AlarmView) else alarm(a) for a in alarms)
    return replace(_UPRIGHT, alarms=views, inverted=inverted, stand_down=stand_down)
