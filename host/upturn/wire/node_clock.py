# SPDX-License-Identifier: MIT
"""Node time on the host's axis (`PROTOCOL.md`, section 4).

The axis runs with the node's clock, so that intervals are those at the sensor, however bursty the
arrival. It begins at the first arrival and goes on over wraps and restarts of the node.

Where "now" stands on it is a line: the highest of slope 1 - 500 ppm that passes through an
arrival. An arrival below the line was late, by as much as it is below; one above it raises the
line. The slope lets the line sink onto a node whose clock is slower than the host's.
"""

from __future__ import annotations

RELAX = 500e-6
"""Crystals differ by 40 ppm, resonators by 200; the rest is margin."""
LEAP_S = 10.0
"""A node that is this far from the host's clock has started anew, or slept."""
_WRAP_MS = 1 << 32


class NodeClock:
    def __init__(self) -> None:
        self.starts = 0
        """How often node time began: 1 after the first arrival."""
        self._anew = True
        self._newest_t_ms = 0
        self._elapsed_ms = 0
        self._anchor_s = 0.0
        self._newest_s = 0.0
        self._arrival_s = 0.0
        self._line_at_s = 0.0
        self._line_s: float | None = None

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

    def place(self, t_ms: int, arrival_s: float, span_ms: int = 0) -> float:
        """Where a message stands whose newest sample has the node time `t_ms`.

        Its oldest is `span_ms` older. One that is not newer than what was placed before, or that
        leaves the host's clock by 10 s, is a start anew.
        """
        step_ms = self.step_ms(t_ms)
        if step_ms is not None and step_ms > span_ms:
            elapsed_ms = self._elapsed_ms + step_ms
            t_s = self._anchor_s + elapsed_ms / 1000
            if abs(self.axis_s(arrival_s) - t_s) <= self._leap_s(arrival_s):
                return self._placed(t_ms, elapsed_ms, t_s, arrival_s)
        self._anchor_s = self._start_s(arrival_s, span_ms)
        self.starts += 1
        self._anew = False
        return self._placed(t_ms, 0, self._anchor_s, arrival_s)

    def _leap_s(self, arrival_s: float) -> float:
        """With what the two clocks may have drifted, and the line sunk, since the last arrival."""
        return LEAP_S + 2 * RELAX * max(0.0, arrival_s - self._arrival_s)

    def _start_s(self, arrival_s: float, span_ms: int) -> float:
        """Now, and no nearer to the time before than what has passed on the host."""
        if self._line_s is None:
            return arrival_s
        passed_s = max(arrival_s - self._arrival_s, (span_ms + 1) / 1000)
        return max(self.axis_s(arrival_s), self._newest_s + passed_s)

    def _placed(self, t_ms: int, elapsed_ms: int, t_s: float, arrival_s: float) -> float:
        self._newest_t_ms = t_ms
        self._elapsed_ms = elapsed_ms
        self._newest_s = t_s
        self._arrival_s = arrival_s
        if self._line_s is None or t_s > self.axis_s(arrival_s):
            self._line_s = t_s
            self._line_at_s = arrival_s
        return t_s
