# SPDX-License-Identifier: MIT
"""The node's own count in place of the host's estimate, after data was missing.

The node goes on counting while nobody hears it. What it counted since it was last heard replaces
what was assumed over the gap, upwards or downwards; a host that starts in the middle takes its
count as it stands. A node that lost its count itself (another epoch) can repair nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from upturn.core.events import Event, Noted
from upturn.core.exposure import ExposureLedger, Tally
from upturn.core.sample import NodeCounters
from upturn.core.thresholds import COUNTS_AGREE_S

_INVERSIONS_WRAP = 65_536


@dataclass(frozen=True, slots=True)
class _Heard:
    """Both counts at the last sample before the gap."""

    node: NodeCounters
    exposure_s: float
    inversion_s: float
    inverted_s: float
    longest_s: float
    session: int
    session_inverted_s: float
    session_longest_s: float


class CountRepair:
    def __init__(self, ledger: ExposureLedger, out: list[Event]) -> None:
        self._ledger = ledger
        self._out = out
        self._heard: _Heard | None = None
        self._missed = True

    def missed(self) -> None:
        """Data was missing: the next counts are compared."""
        self._missed = True

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
                repaired = self._take_up(now_s, node)
            elif _goes_on(heard.node, node):
                repaired = self._replace(now_s, heard, node)
            elif ledger.at_least:
                self._out.append(Noted(now_s, "the node lost its count: ours stays an estimate"))
        total, session = ledger.total, ledger.session_tally
        self._heard = _Heard(
            node,
            ledger.exposure_s(now_s),
            ledger.inversion_s(now_s),
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
        exposed_s = node.exposure_s - before.exposure_s
        rested = abs(exposed_s - inverted_s) > COUNTS_AGREE_S
        same = node.inversions == before.inversions and before.inversion_s > 0.0
        assumed_s, assumed = ledger.exposure_s(now_s), ledger.at_least
        exposure_s = node.exposure_s if rested else heard.exposure_s + exposed_s
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


def _goes_on(before: NodeCounters, now: NodeCounters) -> bool:
    """The same count, later."""
    begun = (now.inversions - before.inversions) % _INVERSIONS_WRAP
    return (
        now.epoch == before.epoch
        and begun < _INVERSIONS_WRAP // 2
        and now.inverted_s >= before.inverted_s
    )
