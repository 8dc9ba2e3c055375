# SPDX-License-Identifier: MIT
"""The law of every pane: a value that is not of now is struck out or not there.

Each scene has values that stand nowhere else. In every pane, at every size, they are looked for in
what is not struck.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.dashboard.scenes import EARLIER, RESTING, SCENES, WALL, alarm, checks, inverted, view
from upturn.core.alarm_table import AlarmId
from upturn.core.events import Posture
from upturn.dashboard.feed import SourceState
from upturn.dashboard.inversions import Inversions
from upturn.dashboard.painters.alarm_list import paint_alarms
from upturn.dashboard.painters.exposure import paint_bar, paint_exposure
from upturn.dashboard.painters.posture import paint_figure, paint_posture
from upturn.dashboard.painters.status import paint_header, paint_info, paint_side
from upturn.dashboard.spans import Line
from upturn.dashboard.view import View

_SIZES = ((19, 8), (37, 8), (52, 11), (95, 14))
_PAUSED = replace(
    alarm(AlarmId.TIME_LIMIT, age_s=7.0), acknowledged=True, sounding=False, pause_left_s=22.6
)
HEAD_DOWN = replace(
    inverted(38.0, alarms=(_PAUSED,)), battery_percent=78.0, check_in_age_s=254.0, checks=checks()
)
HEAD_UP = replace(
    RESTING, posture=Posture.UPRIGHT, angle_deg=-84.0, battery_percent=78.0, checks=checks()
)
VALUES = (
    "52°",
    "84°",
    "0:38",
    "0:22 left",
    "3.91 V",
    "78 %",
    "79 %",
    "READY",
    "ok Data",
    "friction",
)
"""What the node told, and what follows from it. `at least` takes the place of a time of now."""


def _panes(shown: View) -> Iterator[list[Line]]:
    inversions = Inversions()
    for event in EARLIER:
        inversions.read(event, shown.time_of_day)
    for width, height in _SIZES:
        yield paint_posture(shown, width, height)
        yield paint_exposure(shown, width, height)
        yield paint_alarms(shown, width, height, headed=True)
        yield paint_side(shown, [], width, 3 * height, inversions=inversions)
        yield paint_info(shown, width)
        yield paint_header(shown, "den", width)


def _told(shown: View) -> str:
    """All that is not struck out, a line of a pane on a line."""
    return "\n".join(
        "".join(text for text, style in line if not style.strike)
        for pane in _panes(shown)
        for line in pane
    )


def _found(shown: View) -> set[str]:
    told = _told(shown).replace("NOT READY", "")
    return {value for value in VALUES if value in told}


def test_what_is_of_now_is_told() -> None:
    angles = {"52°", "84°"}  # large digits, until they are struck out
    assert _found(view(HEAD_DOWN)) == set(VALUES) - angles
    # While resting the exposure is what was, and the rest is what is left.
    head_down_alone = {"0:22 left", "79 %", "friction"}
    assert _found(view(HEAD_UP)) == set(VALUES) - angles - head_down_alone


@pytest.mark.parametrize(
    "changes",
    [{"signal_age_s": 2.1}, {"signal_lost": True}, {"signal_lost": True, "signal_age_s": 30.0}],
)
def test_of_a_person_head_up_nothing_is_told_without_fresh_data(
    changes: dict[str, object],
) -> None:
    stale = replace(HEAD_UP, **changes)  # type: ignore[arg-type]
    assert _found(view(stale)) == set()


def test_of_a_person_head_down_the_time_goes_on_as_at_least() -> None:
    lost = view(replace(HEAD_DOWN, signal_lost=True, signal_age_s=4.3), wall=WALL)
    assert _found(lost) == {"0:38", "0:22 left"}
    told = [line for line in _told(lost).splitlines() if "0:38" in line]
    assert {line.split()[0] for line in told} == {"3"}  # digits elsewhere are large
    assert all(">0:38" in line for line in told)
    assert "EXPOSURE at least" in _told(lost)


@pytest.mark.parametrize("snapshot", [HEAD_DOWN, HEAD_UP], ids=["head down", "head up"])
@pytest.mark.parametrize(
    "changes",
    [
        {"silent_s": 3.0},
        {"source": SourceState("den", live=False, note="FAILED", failure="it has melted")},
    ],
    ids=["stopped", "failed"],
)
def test_when_nobody_watches_nothing_is_told(snapshot: object, changes: dict[str, object]) -> None:
    shown = view(snapshot, **changes)  # type: ignore[arg-type]
    assert _found(shown) == set()
    assert "audio paused" not in _told(shown)
    assert "ok " not in _told(shown)


def test_when_the_table_is_lost_to_a_remote_screen_nothing_of_the_node_is_told() -> None:
    lost = SourceState("den", lost="the broker is gone")
    assert _found(view(HEAD_UP, source=lost)) == set()


@pytest.mark.parametrize("name", ["stale", "lost", "no_signal"])
def test_the_figure_is_an_empty_stand_and_the_bar_claims_nothing(name: str) -> None:
    shown = view(SCENES[name])
    bare = view(replace(SCENES[name], angle_deg=None))
    assert paint_figure(shown, 20, 8) == paint_figure(bare, 20, 8)
    assert ("▄" in "".join(text for text, _ in paint_bar(shown, 37))) is shown.snapshot.inverted
