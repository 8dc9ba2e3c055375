# SPDX-License-Identifier: MIT
"""The pre-use check: each part with a mark that needs no colour, and what is so or why not.

`ok` is never said of what only the node can tell while the node is not heard.
"""

from __future__ import annotations

import textwrap
from typing import NamedTuple

from rich.style import Style

from upturn.core.readiness import BATTERY, DATA, REST, SENSOR, SPOTTER, TABLE
from upturn.core.snapshot import Check
from upturn.dashboard import wording
from upturn.dashboard.palette import ink
from upturn.dashboard.remedies import reason
from upturn.dashboard.spans import Line, fit, width_of
from upturn.dashboard.view import View

PASSED = "ok"
NOT_PASSED = "--"
LINK = "Link"

_SEEN_BY_NODE = frozenset({SENSOR, TABLE, REST})
"""They stand for as long as data come."""
_TITLE = "PRE-USE CHECK"
_NAME = 12
_INDENT = "     "


class Row(NamedTuple):
    name: str
    words: str
    passed: bool
    gone: bool = False
    """The words were true once, and nobody knows whether they are now."""


def paint_checks(view: View, width: int) -> list[Line]:
    """One line each, or more where the reason is long."""
    if view.stopped:
        return _unknown(view, width)
    lines = [_heading(view, width)]
    for row in rows(view):
        lines += _lines(view, row, width)
    return lines


def paint_checks_short(view: View, width: int, *, passed: bool = True) -> list[Line]:
    """Where there is little room: what is not passed, and the names of the others if `passed`."""
    if view.stopped:
        return _unknown(view, width)
    lines = [_heading(view, width)]
    shown = rows(view)
    for row in shown:
        if not row.passed:
            lines += _lines(view, row, width)
    names = ", ".join(row.name for row in shown if row.passed)
    if names and passed:
        style = ink(view.palette.good)
        lines += _hanging(PASSED, f" {names}", width, style, view.palette.plain)
    return lines


def rows(view: View) -> list[Row]:
    """As the core says, but for what is known here alone: the link, and how fresh the data are."""
    checks = view.snapshot.checks
    shown = [_row(view, check) for check in checks]
    if all(check.name != LINK for check in checks):
        shown.insert(0, Row(LINK, view.source.label, view.source.well))
    return shown


def verdict(view: View, ground: str | None = None) -> Line:
    """The word for all of it; READY is struck out when the data behind it are stale."""
    palette = view.palette
    strong = ink(palette.text, ground, bold=True)
    if view.stopped:
        return (("STOPPED", strong),)
    word = wording.readiness(view.snapshot)
    if view.snapshot.ready and not view.fresh:
        quiet = ink(palette.dim, ground)
        return (("was ", quiet), (word, ink(palette.dim, ground, strike=True)))
    return ((word, ink(palette.good, ground, bold=True) if view.ready else strong),)


def _row(view: View, check: Check) -> Row:
    name, note = check.name, check.note
    if not check.passed:
        return Row(name, reason(check, view.snapshot, view.source), passed=False)
    if name == DATA:
        age = wording.data_age(view)
        if view.fresh and view.source.live:
            return Row(name, f"{age}, {view.snapshot.samples_lost} lost", passed=True)
        return Row(name, age, passed=False)
    if name in _SEEN_BY_NODE and not view.fresh:
        return Row(name, "not known without data", passed=False)
    if name == BATTERY:
        battery = wording.battery(view.snapshot)
        if view.fresh:
            return Row(name, f"{note}, {battery}" if battery else "not told", passed=True)
        known = view.age_s is not None
        return Row(name, battery or note if known else "not known yet", passed=False, gone=known)
    if name == SPOTTER:
        return Row(name, wording.spotter(view.snapshot) or note, passed=True)
    return Row(name, note, passed=True)


def _unknown(view: View, width: int) -> list[Line]:
    """Nobody checks any more; what was found before would only be believed."""
    strong = view.palette.strong
    names = ", ".join(dict.fromkeys(row.name for row in rows(view)))
    said = _hanging(NOT_PASSED, f" not known now: {names}", width, strong, view.palette.quiet)
    return [_heading(view, width), *said]


def _lines(view: View, row: Row, width: int) -> list[Line]:
    palette = view.palette
    name = f" {row.name:<{_NAME}}"
    if row.gone:
        was: Line = (
            (NOT_PASSED, palette.strong),
            (f"{name}was ", palette.quiet),
            (row.words, palette.gone),
        )
        return [fit(was, width)]
    if row.passed:
        return _hanging(PASSED, name + row.words, width, ink(palette.good), palette.plain)
    return _hanging(NOT_PASSED, name + row.words, width, palette.strong, palette.strong)


def _hanging(mark: str, text: str, width: int, style: Style, words: Style) -> list[Line]:
    room = max(8, width - len(mark))
    first, *more = textwrap.wrap(text, room, subsequent_indent=_INDENT[len(mark) :]) or [""]
    pad = " " * len(mark)
    return [((mark, style), (first, words)), *(((pad + rest, words),) for rest in more)]


def _heading(view: View, width: int) -> Line:
    said = verdict(view)
    rule = "─" * max(0, width - len(_TITLE) - width_of(said) - 3)
    return ((f"{_TITLE}: ", view.palette.quiet), *said, (f" {rule}", view.palette.rule))
