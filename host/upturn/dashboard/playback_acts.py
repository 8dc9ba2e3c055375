# SPDX-License-Identifier: MIT
"""What a person does by a key while a recording is played back."""

from __future__ import annotations

from collections.abc import Callable

from upturn.dashboard.acts import Acts
from upturn.dashboard.playback import SHORT_STEP_S, STEP_S, Playback


def acts_of(playback: Playback, acts: Acts) -> dict[str, Callable[[], object]]:
    """By the names that `keys.PLAYBACK_KEYS` have."""

    def jump(by: int) -> None:
        if not playback.jump(by):
            acts.say(f"No event {'after' if by > 0 else 'before'} this.", whose=())

    return {
        "pause_or_go": playback.pause_or_go,
        "step_on": lambda: playback.step(STEP_S),
        "step_back": lambda: playback.step(-STEP_S),
        "next_event": lambda: jump(1),
        "event_before": lambda: jump(-1),
        "bit_on": lambda: playback.step(SHORT_STEP_S),
        "bit_back": lambda: playback.step(-SHORT_STEP_S),
        "beginning": lambda: playback.seek(0.0),
        "end": lambda: playback.seek(playback.state().end_s),
        "faster": playback.faster,
        "slower": playback.slower,
    }
