# SPDX-License-Identifier: MIT
"""The session: a line for each inversion, the open one last, and below them the totals."""

from __future__ import annotations

from upturn.dashboard import wording
from upturn.dashboard.inversions import Inversion, Inversions
from upturn.dashboard.spans import Line, heading, width_of
from upturn.dashboard.view import View

_COLUMNS = ("n", "began", "lasted", "peak", "exposure")


def paint_session(view: View, inversions: Inversions | None, width: int, kept: int) -> list[Line]:
    """With at most `kept` inversions, the newest; those of the session before them are counted."""
    palette = view.palette
    lines = [heading("SESSION", width, palette.quiet, palette.rule)]
    if not view.snapshot.session_inversions:
        return [*lines, (("no inversion yet", palette.plain),)]
    if kept:
        lines += _table(view, inversions or Inversions(), kept)
    return [*lines, *_totals(view, width)]


def _table(view: View, inversions: Inversions, kept: int) -> list[Line]:
    palette = view.palette
    snapshot = view.snapshot
    first, last = snapshot.inversion - snapshot.session_inversions + 1, snapshot.inversion
    ended = inversions.numbered(first, last - snapshot.inverted)
    ended = ended[max(0, len(ended) + snapshot.inverted - kept) :]
    lines: list[Line] = [((_row(*_COLUMNS), palette.quiet),)]
    earlier = snapshot.session_inversions - len(ended) - snapshot.inverted
    if earlier:
        lines.append(((f"{earlier} earlier", palette.quiet),))
    lines += [((_closed(one), palette.plain),) for one in ended]
    if snapshot.inverted:
        lines.append(((_open(view), palette.gone if view.stopped else palette.strong),))
    return lines


def _closed(one: Inversion) -> str:
    return _row(
        str(one.n),
        wording.time_of_day(one.began),
        wording.passed(one.duration_s),
        wording.angle(one.peak_deg),
        wording.passed(one.exposure_s),
    )


def _open(view: View) -> str:
    snapshot = view.snapshot
    began = view.time_of_day(snapshot.now_s - snapshot.inversion_s)
    least = ">" if snapshot.exposure_at_least or not view.fresh else ""
    return _row(
        str(snapshot.inversion),
        wording.time_of_day(began),
        f"{least}{wording.passed(snapshot.inversion_s)}",
        "was" if view.stopped else "now",
        f"{least}{wording.passed(snapshot.exposure_s)}",
    )


def _totals(view: View, width: int) -> list[Line]:
    """Of the whole session, and so of inversions before this screen was opened too."""
    palette = view.palette
    snapshot = view.snapshot
    was: Line = (("was ", palette.quiet),) if view.stopped else ()
    style = palette.gone if view.stopped else palette.plain
    n, peak = snapshot.session_inversions, wording.angle(snapshot.session_peak_deg)
    inverted = (
        f"{wording.at_least(snapshot)}{wording.passed(snapshot.session_inverted_s)} inverted"
    )
    longest = wording.passed(snapshot.session_longest_s)
    texts = (
        f"{n} inversion{'s' if n > 1 else ''}, {inverted}",
        f"longest {longest}, peak {peak}",
    )
    one = ", ".join(texts)
    fits = len(one) + width_of(was) <= width
    return [(*was, (text, style)) for text in ((one,) if fits else texts)]


def _row(n: str, began: str, lasted: str, peak: str, exposure: str) -> str:
    return f"{n:>2}  {began:<8} {lasted:>8} {peak:>6} {exposure:>9}"
