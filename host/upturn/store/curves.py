# SPDX-License-Identifier: MIT
"""The angle of one table's session, once a second, as it grows.

It has what led to the session, and the first of the rest after it. A second is addressed by its
time, so that writing it twice changes nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from upturn.store.codec import MISSING, angle_to_int
from upturn.store.standing import SESSION_GAP_MS, OpenSession

LEAD_S = 30.0
TAIL_S = 120
LONGEST_S = 86_400


@dataclass
class Curve:
    """Of one session."""

    session_id: int
    began_ms: int
    t0_s: float
    """On the core's axis, at `began_ms`."""
    angles: list[int] = field(default_factory=list)
    written: int = 0
    """Seconds that are in the store."""

    def add(self, t_s: float, angle_deg: float, upto: int) -> None:
        second = round(t_s - self.t0_s)
        if 0 <= second < min(upto, LONGEST_S):
            missing = second + 1 - len(self.angles)
            self.angles.extend([MISSING] * max(0, missing))
            self.angles[second] = angle_to_int(angle_deg)


class TableCurve:
    """Of one table: the seconds before a session, and its curve."""

    def __init__(self) -> None:
        self.curve: Curve | None = None
        self._recent: deque[tuple[float, float]] = deque(maxlen=round(LEAD_S))

    def end(self) -> None:
        """The core's axis is over."""
        self.curve = None
        self._recent.clear()

    def wants(self, session: OpenSession | None) -> bool:
        """That session's curve has not been begun here."""
        return session is not None and (self.curve is None or self.curve.session_id != session.id)

    def begin(
        self,
        session: OpenSession,
        angles: Sequence[tuple[float, int, float]],
        written: tuple[int, list[int]] | None,
    ) -> None:
        """`angles` are the next ones, by the core's axis and the wall clock.

        `written` is what an earlier run, or an earlier connection, has of it, and since when.
        """
        t_s, wall_ms, _ = angles[0]
        since_s = session.since_s
        if since_s is None:
            since_s = t_s - (wall_ms - session.began_ms) / 1000.0
        if written is not None:
            began_ms, known = written
            t0_s = since_s - (session.began_ms - began_ms) / 1000.0
            self.curve = Curve(session.id, began_ms, t0_s, known, len(known))
            return
        t0_s = max(since_s - LEAD_S, min([*(t for t, _ in self._recent), t_s, since_s]))
        began_ms = session.began_ms - round((since_s - t0_s) * 1000.0)
        self.curve = Curve(session.id, began_ms, t0_s)
        for before_s, angle_deg in self._recent:
            self.curve.add(before_s, angle_deg, LONGEST_S)

    def add(self, t_s: float, angle_deg: float, session: OpenSession | None) -> None:
        if self.curve is not None and session is not None:
            self.curve.add(t_s, angle_deg, self._end_of(session, SESSION_GAP_MS // 1000))
        self._recent.append((t_s, angle_deg))

    def due(self, session: OpenSession | None) -> list[int] | None:
        """The curve as it is to be written, if there is more of it than there was."""
        curve = self.curve
        if curve is None or session is None or curve.session_id != session.id:
            return None
        angles = curve.angles[: self._end_of(session, TAIL_S)]
        if len(angles) <= curve.written:
            return None
        return angles

    def _end_of(self, session: OpenSession, tail_s: int) -> int:
        curve = self.curve
        assert curve is not None
        if session.ended_ms is None:
            return LONGEST_S
        return max(0, round((session.ended_ms - curve.began_ms) / 1000.0) + tail_s)
