# SPDX-License-Identifier: MIT
"""The lines around: header, session and readiness, and on wide screens the panel at the side."""

from __future__ import annotations

from collections.abc import Collection

from upturn.core.readiness import REST, TABLE
from upturn.dashboard import remedies, wording
from upturn.dashboard.inversions import Inversions
from upturn.dashboard.painters.checks import paint_checks, paint_checks_short, verdict
from upturn.dashboard.painters.session import paint_session
from upturn.dashboard.palette import ink
from upturn.dashboard.spans import EMPTY, Line, apart, fit, heading, padded, width_of, wrapped
from upturn.dashboard.view import View

NOT_A_DEVICE = "An aid for user and spotter. Not a medical device."
_READY_WIDTH = 60
_FULL = 100
_LOG = 5
"""Lines for the newest that happened."""
_FEW = 3
"""Inversions in the session table, where there is room and where there is little."""


def paint_header(view: View, title: str, width: int, *, several: bool = False) -> list[Line]:
    """`several`: which table it is has to be said at any width."""
    palette = view.palette
    base = ink(palette.text, palette.raised)
    quiet = ink(palette.dim, palette.raised)
    name: Line = ((" UPTURN ", ink(palette.text, palette.raised, bold=True)),)
    if width >= _READY_WIDTH:
        label = view.source.label
        if title:
            label = f"{title} · {label.removeprefix(f'{title} ')}"
        name = (*name, (f" {label}", quiet))
    elif several:
        name = ((f" {title} ", name[0][1]),)
    age_style = quiet if view.fresh else ink(palette.text, palette.raised, bold=True)
    age = f"{wording.data_age(view)} "
    right: Line = (*verdict(view, palette.raised), ("  ", base), (age, age_style))
    if width >= _READY_WIDTH:
        full = ((f"{wording.limits(view.snapshot.profile)}  ", quiet), *right)
        # Why nothing is heard is needed more than the limits, where there is no room for both.
        if view.source.well or width_of(name) + width_of(full) < width:
            right = full
    return [padded(apart(name, right, width, base), width, base)]


def paint_info(view: View, width: int) -> list[Line]:
    """For narrow screens: session, spotter, the profile's warning, and why it is not ready."""
    palette = view.palette
    lines = [_session_line(view, width)]
    if view.snapshot.profile.beyond:
        lines += wrapped(wording.beyond(view.snapshot.profile), width, palette.plain)
    reasons = _untold(view)
    if reasons and view.snapshot.alarms:
        lines += wrapped(f"Not ready: {reasons}.", width, palette.plain)
    return lines


def _untold(view: View) -> str:
    """Why it is not ready, but for what the list of alarms and the posture say."""
    titles = {alarm.spec.title for alarm in view.snapshot.alarms}
    told = {check.name for check in view.snapshot.checks if check.problem in titles}
    return remedies.reasons(view.snapshot, view.source, {*told, TABLE, REST})


def paint_side(
    view: View,
    log: Collection[tuple[str, str]],
    width: int,
    height: int,
    *,
    inversions: Inversions | None = None,
) -> list[Line]:
    """For wide screens: the pre-use check, the session, the limits, and what happened last.

    What there is no room for is left away from the end; of the checks that are not passed, none.
    Limits, which never change, give way to a few lines of what happened.
    """
    checks, short = paint_checks(view, width), paint_checks_short(view, width)
    beyond = wrapped(wording.beyond(view.snapshot.profile), width, view.palette.strong)
    ways = (
        (checks, _FULL, _limits(view, width)),
        (checks, _FEW, _limits(view, width)),
        (checks, _FEW, beyond),
        (short, _FEW, beyond),
        (short, 0, beyond),
        (paint_checks_short(view, width, passed=False), 0, beyond),
    )
    lines: list[Line] = []
    for (shown, kept, limits), spare in zip(ways, (_LOG, _LOG, 0, 0, 0, 0), strict=True):
        session = paint_session(view, inversions, width, kept)
        lines = [*shown, EMPTY, *session, *([EMPTY, *limits] if limits else [])]
        if len(lines) + (spare if log else 0) <= height:
            break
    return [*lines, *_log(view, log, width, height - len(lines))][:height]


def _session_line(view: View, width: int) -> Line:
    palette = view.palette
    said = wording.session(view.snapshot)
    if view.stopped:
        return (("was ", palette.quiet), (said, palette.gone))
    spotter = wording.spotter(view.snapshot)
    line: Line = ((said, palette.quiet),)
    if not spotter:
        return fit(line, width)
    short = spotter.removeprefix("here, ").removesuffix(" ago")
    texts = (f"Spotter: {spotter}", f"spotter {short}", "")
    words = wording.fullest(texts, width - len(said) - 1)
    return apart(line, ((words, palette.quiet),), width, palette.quiet)


def _limits(view: View, width: int) -> list[Line]:
    palette = view.palette
    profile = view.snapshot.profile
    device = view.snapshot.device
    angle = f"angle {profile.max_angle_deg:g}°" if device.judges_angle else "no angle limit"
    pairs = (
        ("profile", f"{profile.name} ({device.kind})"),
        (
            "time",
            f"notice {wording.passed(profile.notice_s)}, limit {wording.passed(profile.limit_s)}",
        ),
        ("rest", f"{wording.passed(profile.rest_s)}, {angle}"),
        ("source", profile.source),
    )
    return [
        heading("LIMITS", width, palette.quiet, palette.rule),
        *(((f"{name:<10}", palette.quiet), (value, palette.plain)) for name, value in pairs),
        *wrapped(wording.beyond(profile), width, palette.strong),
    ]


def _log(view: View, log: Collection[tuple[str, str]], width: int, height: int) -> list[Line]:
    """Below a blank line and a heading, the newest first; nothing where there is no room."""
    palette = view.palette
    room = height - 2
    written: list[Line] = []
    for clock, text in reversed(list(log)):
        entry = wrapped(text, width, palette.plain, indent=" " * (len(clock) + 1))
        first = entry[0][0][0].lstrip() if entry else ""
        if len(written) + max(1, len(entry)) > room:
            break
        written += [((f"{clock} ", palette.quiet), (first, palette.plain)), *entry[1:]]
    if not written:
        return []
    return [EMPTY, heading("LOG", width, palette.quiet, palette.rule), *written]
