# SPDX-License-Identifier: MIT
"""The lines around: header, session and readiness, and on wide screens the panel at the side."""

from __future__ import annotations

from collections.abc import Collection

from rich.style import Style

from upturn.dashboard import wording
from upturn.dashboard.palette import ink
from upturn.dashboard.spans import EMPTY, Line, apart, heading, padded, width_of, wrapped
from upturn.dashboard.view import View

NOT_A_DEVICE = "An aid for user and spotter. Not a medical device."
_READY_WIDTH = 60


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
    ready = view.snapshot.ready and not view.stopped
    word = "STOPPED" if view.stopped else wording.readiness(view.snapshot)
    word_style = ink(palette.good if ready else palette.text, palette.raised, bold=True)
    age_style = quiet if view.fresh else ink(palette.text, palette.raised, bold=True)
    right: Line = ((word, word_style), ("  ", base), (f"{wording.data_age(view)} ", age_style))
    if width >= _READY_WIDTH:
        full = ((f"{wording.limits(view.snapshot.profile)}  ", quiet), *right)
        # Why nothing is heard is needed more than the limits, where there is no room for both.
        if view.source.well or width_of(name) + width_of(full) < width:
            right = full
    return [padded(apart(name, right, width, base), width, base)]


def paint_info(view: View, width: int) -> list[Line]:
    """For narrow screens: session, the profile's warning, and why it is not ready."""
    palette = view.palette
    lines: list[Line] = [((wording.session(view.snapshot), palette.quiet),)]
    if view.snapshot.profile.beyond:
        lines += wrapped(wording.beyond(view.snapshot.profile), width, palette.plain)
    reasons = view.snapshot.not_ready
    if reasons and view.snapshot.alarms:
        lines += wrapped(f"Not ready: {'; '.join(reasons)}.", width, palette.plain)
    return lines


def paint_side(
    view: View, log: Collection[tuple[str, str]], width: int, height: int
) -> list[Line]:
    """For wide screens: readiness with every reason, profile, session, and what happened last."""
    palette = view.palette
    lines = [
        *_readiness(view, width),
        EMPTY,
        *_profile(view, width),
        EMPTY,
        *_session(view, width),
    ]
    room = height - len(lines) - 2
    if room >= 1:
        written: list[Line] = []
        for clock, text in reversed(list(log)):
            entry = wrapped(text, width, palette.plain, indent=" " * (len(clock) + 1))
            first = entry[0][0][0].lstrip() if entry else ""
            if len(written) + max(1, len(entry)) > room:
                break
            written += [((f"{clock} ", palette.quiet), (first, palette.plain)), *entry[1:]]
        if written:
            lines += [EMPTY, _heading(view, "LOG", width), *written]
    return lines[:height]


def _readiness(view: View, width: int) -> list[Line]:
    palette = view.palette
    snapshot = view.snapshot
    ready = snapshot.ready and not view.stopped
    style = ink(palette.good, bold=True) if ready else palette.strong
    word = "STOPPED" if view.stopped else wording.readiness(snapshot)
    lines = [_heading(view, "PRE-USE CHECK", width), ((word, style),)]
    for reason in snapshot.not_ready:
        lines += wrapped(f"· {reason}", width, palette.plain)
    return lines


def _profile(view: View, width: int) -> list[Line]:
    palette = view.palette
    profile = view.snapshot.profile
    device = view.snapshot.device
    steepest = f"{profile.max_angle_deg:g}°" if device.judges_angle else "none"
    pairs = (
        ("profile", f"{profile.name} ({device.kind})"),
        (
            "time",
            f"notice {wording.passed(profile.notice_s)}, limit {wording.passed(profile.limit_s)}",
        ),
        ("rest", wording.passed(profile.rest_s)),
        ("angle limit", steepest),
        ("source", profile.source),
    )
    lines = [_heading(view, "LIMITS", width), *(_pair(view, *pair) for pair in pairs)]
    if profile.beyond:
        lines += wrapped(wording.beyond(profile), width, palette.strong)
    return lines


def _session(view: View, width: int) -> list[Line]:
    snapshot = view.snapshot
    longest = wording.passed(snapshot.session_longest_s)
    pairs = (
        ("inversions", str(snapshot.session_inversions)),
        ("inverted", f"{wording.passed(snapshot.session_inverted_s)}, longest {longest}"),
        ("peak", wording.angle(snapshot.session_peak_deg)),
        ("samples lost", f"{snapshot.samples_lost} of {snapshot.samples + snapshot.samples_lost}"),
    )
    return [_heading(view, "SESSION", width), *(_pair(view, *pair) for pair in pairs)]


def _pair(view: View, name: str, value: str) -> Line:
    return ((f"{name:<13}", view.palette.quiet), (value, view.palette.plain))


def _heading(view: View, title: str, width: int) -> Line:
    style: Style = view.palette.quiet
    return heading(title, width, style, view.palette.rule)
