# SPDX-License-Identifier: MIT
"""Questions say what their yes will do, as it is now: what the sensor reads, who watches on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, SCENES, inverted
from upturn.core.events import Posture
from upturn.core.snapshot import Snapshot
from upturn.dashboard import questions
from upturn.dashboard.asking import Act

USUAL = Act.SEEN_UPRIGHT.value.text
TWO_LINES = 2 * 76
ANSWERS = len(" u, y or Enter: yes. Esc: no. (5)")


@pytest.mark.parametrize(
    ("snapshot", "against"),
    [
        (inverted(20.0), "+52°, inverted"),
        (SCENES["over_rotated"], "+121°, inverted"),
        (CALM, ""),
        (SCENES["lost"], ""),
        (replace(inverted(20.0), signal_age_s=2.01), ""),
        (replace(inverted(20.0), signal_age_s=None), ""),
    ],
)
def test_seen_upright_says_what_the_sensor_still_reads(snapshot: Snapshot, against: str) -> None:
    said = questions.seen_upright(snapshot)
    if against:
        assert said == (
            f"Did you SEE the person upright? The sensor still reads {against}: "
            "a new inversion would be counted at once."
        )
    else:
        assert said == USUAL
    assert len(said) + ANSWERS <= TWO_LINES


@pytest.mark.parametrize(
    ("posture", "ends"),
    [
        (Posture.UPRIGHT, "This table is upright: it ends by itself after 5 s."),
        (Posture.LEVEL, "5 s upright ends it."),
        (Posture.UNKNOWN, "5 s upright ends it."),
    ],
)
def test_stand_down_says_how_it_ends_by_itself(posture: Posture, ends: str) -> None:
    said = questions.stand_down(replace(CALM, posture=posture))
    assert said == f"Stand down? Alarms are switched off, nobody is watched. {ends}"
    assert len(said) + ANSWERS <= TWO_LINES


@pytest.mark.parametrize(
    ("needy", "tables", "elsewhere", "said"),
    [
        (["den"], 1, False, "Quit while someone may be inverted? Nobody is watched then."),
        (["den"], 3, False, "Quit while den may need you? None of the 3 tables is watched then."),
        (
            ["a", "b", "c", "d", "e"],
            20,
            False,
            "Quit while a, b, c and 2 more may need you? None of the 20 tables is watched then.",
        ),
        ([], 2, False, "Quit while someone may need you? None of the 2 tables is watched then."),
        (
            ["den"],
            1,
            True,
            "Close this screen while someone may need you? That does not stop the host.",
        ),
        (
            ["den"],
            3,
            True,
            "Close this screen while den may need you? That does not stop the host.",
        ),
    ],
)
def test_quit_says_who_may_need_somebody_and_who_is_watched_then(
    needy: list[str], tables: int, elsewhere: bool, said: str
) -> None:
    assert questions.leave(needy, tables, elsewhere=elsewhere) == said
