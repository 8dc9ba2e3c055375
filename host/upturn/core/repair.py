# SPDX-License-Identifier: MIT
"""The node's own count in place of the host's estimate, after data was missing.

The node goes on counting while nobody hears it. What it counted since it was last heard replaces
what was assumed over the gap, upwards or downwards; a host that starts in the middle takes its
count as it stands. A node that lost its count itself (another epoch) can repair nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from upturn.core.events import Event, Noted
from upturn.core.exposure import ExposureLedger, Tally
from upturn.core.past import HeardPast
from upturn.core.sample import NodeCounters
from upturn.core.thresholds import COUNTS_AGREE_S

_INVERSIONS_WRAP = 65_536


@dataclass(frozen=True, slots=True)
class _Heard:
    """Both counts at the last sample before the gap."""

    at_s: float
    node: NodeCounters
    exposure_s: float
    inversion_s: float
    wiped_in_s: float
    inverted_s: float
    longest_s: float
    session: int
    session_inverted_s: float
    session_longest_s: float


_KEPT = tuple(field.name for field in fields(_Heard) if field.name != "at_s")


class CountRepair:
    def __init__(self, ledger: ExposureLedger, out: list[Event]) -> None:
        self._ledger = ledger
        self._out = out
        self._heard: _Heard | None = None
        self._missed = True
        self._starts = True

    def missed(self) -> None:
        """Data was missing: the next counts are compared."""
        self._missed = True

    def forget(self) -> None:
        """Another node: what it counts is not of this table's past."""
        self._heard = None
        self._starts = self._ledger.total.inversions == 0

    def past(self, now_s: float) -> HeardPast | None:
        heard = self._heard
        if heard is None:
            return None
        rest = {name: getattr(heard, name) for name in _KEPT}
        return HeardPast(age_s=max(0.0, now_s - heard.at_s), **rest)

    def resume(self, past: HeardPast | None, then_s: float) -> None:
        """What the node has counted since it was heard then goes on from there."""
        if past is not None:
            rest = {name: getattr(past, name) for name in _KEPT}
            self._heard = _Heard(at_s=then_s - past.age_s, **rest)

    def on_counters(self, now_s: float, node: NodeCounters, *, settled: bool) -> bool:
        """Take what the node has counted; True if the ledger was changed.

        A repair waits until both agree whether somebody is inverted, and until no crossing is
        under way (`settled`): after a gap a posture needs its dwell.
        """
        ledger, heard = self._ledger, self._heard
        if self._missed and not (settled and (node.inversion_s > 0.0) is ledger.open):
            return False
        repaired = False
        if self._missed:
            self._missed = False
            if heard is None:
                repaired = self._starts and self._take_up(now_s, node)
            elif _goes_on(heard, now_s, node):
                repaired = self._replace(now_s, heard, node)
            elif ledger.at_least:
                why = "lost its count" if node.epoch != heard.node.epoch else "contradicts itself"
                self._out.append(Noted(now_s, f"the node {why}: ours stays an estimate"))
        total, session = ledger.total, ledger.session_tally
        self._heard = _Heard(
            now_s,
            node,
            ledger.exposure_s(now_s),
            ledger.inversion_s(now_s),
            ledger.wiped_in_s(now_s),
            total.inverted_s,
            total.longest_s,
            ledger.session,
            session.inverted_s,
            session.longest_s,
        )
        return repaired

    def _take_up(self, now_s: float, node: NodeCounters) -> bool:
        """The first count heard: all that was before is the node's."""
        if node.exposure_s <= self._ledger.exposure_s(now_s) + COUNTS_AGREE_S:
            return False
        self._ledger.repair(now_s, node.exposure_s, node.inversion_s, node.rest_s)
        self._out.append(
            Noted(now_s, f"taken up from the node: {node.exposure_s:.1f} s of exposure")
        )
        return True

    def _replace(self, now_s: float, heard: _Heard, node: NodeCounters) -> bool:
        ledger, before = self._ledger, heard.node
        inverted_s = node.inverted_s - before.inverted_s
        same = _same_inversion(before, node)
        assumed_s, assumed = ledger.exposure_s(now_s), ledger.at_least
        exposure_s = (
            node.exposure_s
            if _rested(before, node)
            else heard.exposure_s + max(0.0, node.exposure_s - before.exposure_s)
        )
        inversion_s = (
            heard.inversion_s + node.inversion_s - before.inversion_s if same else node.inversion_s
        )
        ledger.repair(now_s, exposure_s, inversion_s, node.rest_s)
        totals = [(ledger.total, heard.inverted_s, heard.longest_s)]
        if ledger.session == heard.session:
            session = ledger.session_tally
            totals.append((session, heard.session_inverted_s, heard.session_longest_s))
        for tally, then_s, longest_s in totals:
            _settle(
                tally, then_s, longest_s, heard.inversion_s + inverted_s, inversion_s, same=same
            )
        if abs(exposure_s - assumed_s) <= COUNTS_AGREE_S and not assumed:
            return True
        least = "at least " if assumed else ""
        self._out.append(
            Noted(
                now_s,
                f"the node's count replaces ours: {exposure_s:.1f} s of exposure, "
                f"not {least}{assumed_s:.1f} s",
            )
        )
        return True


def _settle(
    tally: Tally, then_s: float, longest_s: float, since_s: float, open_s: float, *, same: bool
) -> None:
    """Totals of closed inversions: those of before the gap, and what of `since_s`, all inverted
    time since the inversion that was open then began, is not open now.

    How several inversions shared it is not known: together is the longest that one can have been.
    """
    closed_s = 0.0 if same and open_s > 0.0 else max(0.0, since_s - open_s)
    tally.inverted_s = then_s + closed_s
    tally.longest_s = max(longest_s, closed_s)


def _goes_on(heard: _Heard, now_s: float, now: NodeCounters) -> bool:
    """The same count, later, and one that can be.

    No more can have been counted than time has passed; and a count that has become less had a
    full rest, which takes its time, and does not come about head-down.
    """
    before = heard.node
    gap_s = now_s - heard.at_s + COUNTS_AGREE_S
    begun = (now.inversions - before.inversions) % _INVERSIONS_WRAP
    if now.epoch != before.epoch or begun >= _INVERSIONS_WRAP // 2:
        return False
    if not 0.0 <= now.inverted_s - before.inverted_s <= gap_s:
        return False
    if now.exposure_s - before.exposure_s > gap_s:
        return False
    still_open = _same_inversion(before, now) and now.inversion_s > 0.0
    return not _rested(before, now) or (not still_open and heard.wiped_in_s <= gap_s)


def _same_inversion(before: NodeCounters, now: NodeCounters) -> bool:
    return now.inversions == before.inversions and before.inversion_s > 0.0


def _rested(before: NodeCounters, now: NodeCounters) -> bool:
    """The exposure is less than it would be without a full rest."""
    inverted_s = now.inverted_s - before.inverted_s
    return now.exposure_s < before.exposure_s + inverted_s - COUNTS_AGREE_S
