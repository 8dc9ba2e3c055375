# SPDX-License-Identifier: MIT
"""The ledger of inverted time: inversions, exposure, rest and session.

Exposure is the inverted time summed since the last full rest, so that rocking up and down cannot
hide a long one. It is computed from the ends of each inversion, never added up sample by sample:
how the samples arrive cannot change it, and time without samples counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from upturn.core.past import LedgerPast, TallyPast, known, or_never
from upturn.core.thresholds import REST_GAP_S, SESSION_GAP_S, TIME_EPSILON_S


@dataclass(slots=True)
class Tally:
    """Totals over some inversions."""

    inversions: int = 0
    inverted_s: float = 0.0
    longest_s: float = 0.0
    peak_deg: float = -inf

    def add(self, duration_s: float) -> None:
        self.inverted_s += duration_s
        self.longest_s = max(self.longest_s, duration_s)

    def past(self) -> TallyPast:
        return TallyPast(self.inversions, self.inverted_s, self.longest_s, known(self.peak_deg))

    @classmethod
    def of(cls, past: TallyPast) -> Tally:
        return cls(past.inversions, past.inverted_s, past.longest_s, or_never(past.peak_deg))


class ExposureLedger:
    def __init__(self, full_rest_s: float) -> None:
        self._full_rest_s = full_rest_s
        self._before_s = 0.0
        self._resting_from_s = inf
        self._rested_s = 0.0
        self.ended_s = -inf
        """When the last inversion ended; -inf before the first."""
        self.since_s = inf
        """When the open inversion began; inf when none is open."""
        self._counted_s = inf
        self.at_least = False
        """Part of the exposure was assumed over missing data."""
        self.session = 0
        self.total = Tally()
        self.session_tally = Tally()

    @property
    def open(self) -> bool:
        return self.since_s < inf

    @property
    def owes_rest(self) -> bool:
        """Inverted time stands on the ledger that no full rest has wiped yet."""
        return self._before_s > 0.0

    def exposure_s(self, now_s: float) -> float:
        return self._before_s + (max(0.0, now_s - self._counted_s) if self.open else 0.0)

    def inversion_s(self, now_s: float) -> float:
        """Length of the open inversion, 0 when none is open."""
        return max(0.0, now_s - self.since_s) if self.open else 0.0

    def reaches_s(self, exposure_s: float) -> float:
        """When the open inversion reaches this exposure; inf when none is open."""
        return self._counted_s + exposure_s - self._before_s if self.open else inf

    def rest_s(self, now_s: float) -> float:
        """Rest since the last inversion ended."""
        return self._rested_s + max(0.0, now_s - self._resting_from_s)

    def rest_left_s(self, now_s: float) -> float:
        return max(0.0, self._full_rest_s - self.rest_s(now_s)) if self.owes_rest else 0.0

    def wiped_in_s(self, now_s: float) -> float:
        """How long it takes at least until a full rest is over; inverted, none has begun."""
        return self._full_rest_s if self.open else self.rest_left_s(now_s)

    @property
    def rest_due_s(self) -> float:
        """A sample at or after this time completes the rest."""
        if self._resting_from_s == inf or not self.owes_rest:
            return inf
        return self._resting_from_s + self._full_rest_s - self._rested_s - TIME_EPSILON_S

    def start(
        self,
        now_s: float,
        since_s: float,
        counted_s: float | None = None,
        *,
        at_least: bool = False,
    ) -> float | None:
        """Open an inversion; the rest before it, None for the first.

        `counted_s`: from when on it is exposure, if not from its start; `at_least`: it is taken to
        have begun over missing data.
        """
        self.at_least |= at_least
        rest_s = self.rest_s(now_s) if self.total.inversions else None
        self.set_resting(now_s, False)
        if since_s - self.ended_s > SESSION_GAP_S:
            self.session += 1
            self.session_tally = Tally()
        self.since_s = since_s
        self._counted_s = since_s if counted_s is None else counted_s
        for tally in (self.total, self.session_tally):
            tally.inversions += 1
        return rest_s

    def end(self, now_s: float) -> float:
        """Close the open inversion; its duration. Rest starts at zero."""
        duration_s = self.inversion_s(now_s)
        self._before_s = self.exposure_s(now_s)
        for tally in (self.total, self.session_tally):
            tally.add(duration_s)
        self.since_s = inf
        self.ended_s = now_s
        self._rested_s = 0.0
        self._resting_from_s = inf
        return duration_s

    def set_resting(self, now_s: float, resting: bool) -> None:
        """Rest runs from here, or pauses."""
        if resting and self._resting_from_s == inf:
            self._resting_from_s = now_s
        elif not resting and self._resting_from_s < inf:
            self._rested_s += now_s - self._resting_from_s
            self._resting_from_s = inf

    def gap(self, from_s: float, to_s: float) -> None:
        """No valid sample from `from_s` to `to_s`: no rest, and an open inversion goes on."""
        if to_s - from_s <= REST_GAP_S:
            return
        if self._resting_from_s < inf:
            self._rested_s += from_s - self._resting_from_s
            self._resting_from_s = to_s
        if self.open:
            self.at_least = True

    def repair(self, now_s: float, exposure_s: float, inversion_s: float, rest_s: float) -> None:
        """Take the count of somebody who missed nothing; `inversion_s` only while one is open."""
        if self.open:
            self.since_s = now_s - inversion_s
            self._counted_s = now_s - min(inversion_s, exposure_s)
            self._before_s = max(0.0, exposure_s - inversion_s)
        else:
            self._before_s = exposure_s
            self._rested_s = rest_s
            if self._resting_from_s < inf:
                self._resting_from_s = now_s
        self.at_least = False

    def past(self, now_s: float, seen_s: float) -> LedgerPast:
        """How it stands, to be taken up by `resume`; `seen_s` is when the newest sample was.

        Silence is no rest, and what follows it in the dark is none either.
        """
        return LedgerPast(
            exposure_s=self.exposure_s(now_s),
            at_least=self.at_least,
            inversion_s=self.inversion_s(now_s) if self.open else None,
            rest_s=self.rest_s(min(now_s, seen_s)),
            resting=self._resting_from_s < inf and now_s - seen_s <= REST_GAP_S,
            ended_age_s=known(now_s - self.ended_s),
            session=self.session,
            total=self.total.past(),
            session_tally=self.session_tally.past(),
        )

    def resume(self, past: LedgerPast, then_s: float, *, rested_s: float, lasts: bool) -> None:
        """Take up what was so at `then_s`: an open inversion went on, and so did a rest.

        `rested_s` is how long at least that was ago. Unless the state `lasts`, an open inversion
        is closed where it was last seen: nobody knows how it ended.
        """
        self.at_least = past.at_least
        self.session = past.session
        self.total, self.session_tally = Tally.of(past.total), Tally.of(past.session_tally)
        self.ended_s = -inf if past.ended_age_s is None else then_s - past.ended_age_s
        self._before_s = past.exposure_s
        self._rested_s = past.rest_s + (rested_s if past.resting else 0.0)
        if past.inversion_s is None:
            return
        counted_s = min(past.inversion_s, past.exposure_s)
        self.since_s = then_s - past.inversion_s
        self._counted_s = then_s - counted_s
        self._before_s = past.exposure_s - counted_s
        self.at_least = True
        if not lasts:
            self.end(then_s)

    def settle_rest(self, now_s: float) -> None:
        """Wipe the exposure once a full rest has passed."""
        if now_s >= self.rest_due_s:
            self._before_s = 0.0
            self.at_least = False
