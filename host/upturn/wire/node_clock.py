# SPDX-License-Identifier: MIT
"""Node time on the host's axis (`PROTOCOL.md`, section 4).

The axis runs with the node's clock, so that intervals are those at the sensor, however bursty the
arrival. It begins at the first arrival and goes on over wraps and restarts of the node.

Where "now" stands on it is a line: the highest of slope 1 - 500 ppm that passes through an
arrival. An arrival below the line was late, by as much as it is below; one above it raises the
line, for what came before was late. The slope lets the line sink onto a node whose clock is slower
than the host's.

Rule: over no span does the line gain more on the host than 10 s and 0.2 %. More is no delay and
no drift, but a clock that runs away, and with it rest would pass that nobody had.
"""

from __future__ import annotations

START_S = 1.0
"""What both clocks and the way of a message may be off by, over the time since a restart."""
RELAX = 500e-6
"""Crystals differ by 40 ppm, resonators by 200; the rest is margin."""
LEAP_S = 10.0
"""A node that is this far from the host's clock has started anew, or slept."""
DRIFT = 0.002
"""No node's clock gains so much on the host's."""
_WRAP_MS = 1 << 32


class NodeClock:
    def __init__(self) -> None:
        self._anew = True
        self._newest_t_ms = 0
        self._elapsed_ms = 0
        self._anchor_s = 0.0
        self._newest_s = 0.0
        self._arrival_s = 0.0
        self._line_at_s = 0.0
        self._line_s: float | None = None
        self._least_gain_s = 0.0

    def axis_s(self, host_s: float) -> float:
        """Where that moment of the host stands on the axis; before the first arrival: there."""
        if self._line_s is None:
            return host_s
        return self._line_s + (host_s - self._line_at_s) * (1.0 - RELAX)

    def step_ms(self, t_ms: int) -> int | None:
        """From the newest placed time to `t_ms`, the shortest way; None after a start."""
        if self._anew:
            return None
        return (t_ms - self._newest_t_ms + _WRAP_MS // 2) % _WRAP_MS - _WRAP_MS // 2

    def begin_anew(self) -> None:
        """The node has restarted: the next time that is placed has nothing to do with the last."""
        self._anew = True

    def continues(self, t_ms: int, arrival_s: float, after_ms: int = 0) -> bool:
        """It can be of the life that was placed: more than `after_ms` later, and in step."""
        step_ms = self.step_ms(t_ms)
        if step_ms is None:
            return True
        t_s = self._continued_s(step_ms)
        in_step = self.axis_s(arrival_s) - LEAP_S <= t_s <= self._latest_s(arrival_s)
        return step_ms > after_ms and in_step

    def can_have_begun(self, t_ms: int, arrival_s: float) -> bool:
        """A node that has counted `t_ms` can have restarted since it was placed last.

        What lies ahead says nothing of that: it is no echo, but a clock that runs wrong.
        """
        step_ms = self.step_ms(t_ms)
        if step_ms is None or step_ms >= 0:
            return True
        return t_ms / 1000 <= self.axis_s(arrival_s) - self._newest_s + START_S

    def runs_away(self, t_ms: int, arrival_s: float) -> bool:
        """It is too early for the host's clock, and got there by small steps."""
        step_ms = self.step_ms(t_ms)
        if step_ms is None or step_ms > 1000 * LEAP_S:
            return False
        return self._continued_s(step_ms) > self._latest_s(arrival_s)

    def place(self, t_ms: int, arrival_s: float, span_ms: int = 0) -> float | None:
        """Where a message stands whose newest sample has the node time `t_ms`.

        Its oldest is `span_ms` older. None: it does not continue what was placed, or would be
        later than now.
        """
        if not self.continues(t_ms, arrival_s, span_ms):
            return None
        step_ms = self.step_ms(t_ms)
        if step_ms is None:
            start_s = self._start_s(arrival_s, span_ms)
            if start_s is None:
                return None
            self._anew = False
            self._anchor_s = start_s
            self._elapsed_ms = 0
        else:
            self._elapsed_ms += step_ms
        self._newest_t_ms = t_ms
        self._newest_s = t_s = self._continued_s(0)
        self._arrival_s = arrival_s
        if self._line_s is None:
            self._raise(t_s, arrival_s, _gain_s(t_s, arrival_s))
        elif t_s > self.axis_s(arrival_s):
            self._raise(t_s, arrival_s, self._least_s(arrival_s))
        return t_s

    def _continued_s(self, step_ms: int) -> float:
        return self._anchor_s + (self._elapsed_ms + step_ms) / 1000

    def _start_s(self, arrival_s: float, span_ms: int) -> float | None:
        """Now, and no nearer to the time before than what has passed on the host."""
        if self._line_s is None:
            return arrival_s
        passed_s = arrival_s - self._arrival_s
        latest_s = self._latest_s(arrival_s)
        start_s = min(max(self.axis_s(arrival_s), self._newest_s + passed_s), latest_s)
        earliest_s = self._newest_s + (span_ms + 1) / 1000
        return max(start_s, earliest_s) if earliest_s <= latest_s else None

    def _raise(self, t_s: float, arrival_s: float, least_gain_s: float) -> None:
        self._line_s = t_s
        self._line_at_s = arrival_s
        self._least_gain_s = least_gain_s

    def _least_s(self, host_s: float) -> float:
        """The least that the line has gained up to then; between raises it only sinks."""
        return min(self._least_gain_s, _gain_s(self.axis_s(host_s), host_s))

    def _latest_s(self, host_s: float) -> float:
        """How far the line may be raised at that moment."""
        return self._least_s(host_s) + LEAP_S + host_s * (1.0 + DRIFT)


def _gain_s(axis_s: float, host_s: float) -> float:
    """How far that is ahead of a host whose clock runs as fast as a node's ever could."""
    return axis_s - host_s * (1.0 + DRIFT)
