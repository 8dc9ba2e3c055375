# SPDX-License-Identifier: MIT
"""What this computer remembers of a node's calibration, told to the core that hears the node.

The law: a node that was calibrated elsewhere is as good as its word; one that was calibrated here
and has another calibration now is not READY.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from upturn.cli.calibrations import CalibrationRecord, records
from upturn.cli.cores import Act
from upturn.core.commands import Command, LinkNote, ProvedCalibration
from upturn.core.events import Event
from upturn.core.snapshot import Snapshot
from upturn.errors import RunError
from upturn.transports.node_source import NodeSource
from upturn.wire.messages import Hello


class Proved:
    """A `Listener`, for it is asked often enough."""

    name = "calibration"

    def __init__(self, source: NodeSource) -> None:
        self._source = source
        self._act: Act | None = None
        self._told: object = None

    def begin(self, act: Act) -> None:
        """`act` takes what the core has to know."""
        self._act = act

    def heard(self, _events: Sequence[Event], _snapshot: Snapshot) -> None:
        hello = self._source.hello
        if hello is None or self._told == (known := (hello.node_id, hello.mounting)):
            return
        self._told = known
        try:
            record = records().get(hello.node_id)
        except RunError as error:
            self._tell(LinkNote(f"calibrations: {error}"))
            return
        if record is not None:
            self._tell(judged(record, hello))

    def end(self) -> None:
        self._act = None

    def _tell(self, command: Command) -> None:
        """Not before everybody has heard what is being told now."""
        act = self._act
        if act is not None:
            asyncio.get_running_loop().call_soon(act, command)


def judged(record: CalibrationRecord, hello: Hello) -> ProvedCalibration:
    """What the record says of the calibration that the node tells."""
    day = record.date[:10]
    if record.is_on(hello.mounting):
        return ProvedCalibration(stop_deg=record.idle_deg)
    if hello.mounting is None:
        return ProvedCalibration(f"the node has lost the calibration of {day}: calibrate it again")
    return ProvedCalibration(f"the node has another calibration than the one proved on {day}")
