# SPDX-License-Identifier: MIT
"""What a node says beside its force: the report that goes on the newest sample of a message.

A press and a call are counted by the node, so that they outlive the messages lost around them.
Here the counts become the levels that the core knows.
"""

from __future__ import annotations

from upturn.core.sample import NodeReport
from upturn.wire.messages import Measurement, Short
from upturn.wire.vocabulary import Flag

_SATURATED = int(Flag.SATURATED)
_WRAP = 256
_SHORT_WRAP = 16


class NodeReports:
    def __init__(self) -> None:
        self._presses = _Counted()
        self._calls = _Counted()
        self._button_shown = False
        self._press_owed = False

    def begin_anew(self) -> None:
        """The node has restarted, or may have: it counts from zero.

        If it has not, what it counted before is told once more: the lesser evil with a call.
        """
        self._presses.begin_anew()
        self._calls.begin_anew()

    def report(self, said: Measurement | Short) -> NodeReport:
        """Of a SHORT without its angle, which is the sample itself, and without counters: those
        that it has are too few to put in place of the host's.
        """
        if isinstance(said, Short):
            return NodeReport(
                button=self._pressed(said, _SHORT_WRAP),
                battery_percent=said.battery_percent,
                saturated=bool(said.flags & _SATURATED),
                call=self._calls.rose(said.calls, _SHORT_WRAP),
            )
        return NodeReport(
            said.angle_deg,
            self._pressed(said, _WRAP),
            None,  # taps are counted by the node: `call`
            said.battery_v,
            said.battery_percent,
            said.peak_g,
            bool(said.flags & _SATURATED),
            self._calls.rose(said.calls, _WRAP),
            said.counters,
        )

    def _pressed(self, said: Measurement | Short, wrap: int) -> bool:
        """True once for a press, as the node counts it: held down long it may be no press at all.

        Of two in a row the second is owed, for a press is a step from 0 to 1.
        """
        owed = self._presses.rose(said.presses, wrap) or self._press_owed
        self._press_owed = owed and self._button_shown
        self._button_shown = owed and not self._button_shown
        return self._button_shown


class _Counted:
    """Something that a node counts from its start."""

    def __init__(self) -> None:
        self._count: int | None = None
        self._wrap = _WRAP

    def begin_anew(self) -> None:
        self._count, self._wrap = 0, _WRAP

    def rose(self, count: int, wrap: int) -> bool:
        """It happened since the count before; what was counted before the first is not news.

        Counts that wrap at different numbers are compared by what both tell.
        """
        before, both = self._count, min(wrap, self._wrap)
        self._count, self._wrap = count, wrap
        return before is not None and (count - before) % both != 0
