# SPDX-License-Identifier: MIT
"""What a person is asked, with what they have to know to answer it as it is now.

A question that hides what its yes will do is no question.
"""

from __future__ import annotations

from collections.abc import Sequence

from upturn.core.events import Posture
from upturn.core.snapshot import Snapshot
from upturn.core.thresholds import SIGNAL_LOST_S, STAND_DOWN_UPRIGHT_S
from upturn.dashboard import wording
from upturn.dashboard.asking import Act

_HEAD_DOWN = (Posture.INVERTED, Posture.OVER_ROTATED)
_NAMED = 3
"""So many tables are named; the others are counted."""


def seen_upright(snapshot: Snapshot) -> str:
    """With what the sensor says against it."""
    age_s = snapshot.signal_age_s
    fresh = age_s is not None and age_s <= SIGNAL_LOST_S and not snapshot.signal_lost
    if not fresh or snapshot.posture not in _HEAD_DOWN:
        return Act.SEEN_UPRIGHT.value.text
    return (
        "Did you SEE the person upright? "
        f"The sensor still reads {wording.angle(snapshot.angle_deg)}, inverted: "
        "a new inversion would be counted at once."
    )


def stand_down(snapshot: Snapshot) -> str:
    """With how it ends by itself."""
    asked = Act.STAND_DOWN.value.text
    ends = f"{STAND_DOWN_UPRIGHT_S:g} s"
    if snapshot.posture is Posture.UPRIGHT:
        return f"{asked} This table is upright: it ends by itself after {ends}."
    return f"{asked} {ends} upright ends it."


def override(snapshot: Snapshot) -> str:
    """With all that its yes accepts."""
    return f"READY in spite of: {'; '.join(snapshot.not_ready)}? It is logged and stays shown."


def leave(needy: Sequence[str], tables: int, *, elsewhere: bool) -> str:
    """`needy`: those of all the tables that somebody should look at now.

    `elsewhere`: another program watches, and this is its screen alone.
    """
    who = _some(needy) if tables > 1 and needy else "someone"
    if elsewhere:
        return f"Close this screen while {who} may need you? That does not stop the host."
    if tables == 1:
        return Act.QUIT.value.text
    return f"Quit while {who} may need you? None of the {tables} tables is watched then."


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
