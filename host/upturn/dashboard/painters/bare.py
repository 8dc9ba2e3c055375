# SPDX-License-Identifier: MIT
"""A screen of a few rows: the most urgent words, and where they leave room, posture and time.

The words come first, whatever there is room for; the two lines below them come one by one.
"""

from __future__ import annotations

from upturn.dashboard import wording
from upturn.dashboard.headline import Headline
from upturn.dashboard.painters.banner import paint_headline, rows_of
from upturn.dashboard.spans import Line, fit
from upturn.dashboard.view import View


def paint_said(view: View, said: Headline, width: int, height: int) -> list[Line]:
    """The headline alone."""
    return paint_headline(said, view.palette, width, height)


def paint_bare(view: View, said: Headline, width: int, height: int) -> list[Line]:
    room = max(0, height - rows_of(said, view.palette, width))
    below = [fit(line, width) for line in (_posture(view), _exposure(view))][:room]
    return [*paint_headline(said, view.palette, width, height - len(below)), *below]


def _posture(view: View) -> Line:
    palette = view.palette
    snapshot = view.snapshot
    if view.age_s is None:
        return ((" no data yet", palette.strong),)
    value = f"{wording.POSTURES[snapshot.posture]} {wording.angle(snapshot.angle_deg)}"
    if view.of_now:
        age = (f"  {wording.age(view.age_s)} old", palette.quiet)
        return ((" ", palette.plain), (value, palette.posture(snapshot.posture)), age)
    return ((" was ", palette.quiet), (value, palette.gone))


def _exposure(view: View) -> Line:
    palette = view.palette
    snapshot = view.snapshot
    if not view.counted:
        return ((" not counted", palette.strong),)
    priority = view.exposure_priority
    style = palette.mark(priority) if priority is not None else palette.strong
    least = "≥" if snapshot.exposure_at_least else ""
    limit = wording.passed(snapshot.profile.limit_s)
    rest = f", {wording.rest(snapshot)}" if snapshot.rest_left_s > 0.0 else ""
    return (
        (f" {least}{wording.passed(snapshot.exposure_s)}", style),
        (f" of {limit}{rest}", palette.quiet),
    )
