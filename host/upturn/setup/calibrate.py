# SPDX-License-Identifier: MIT
"""Step `calibrate`: done where the node has the very calibration that was proved from here."""

from __future__ import annotations

from upturn.cli.calibrate import calibrate
from upturn.cli.calibrations import records
from upturn.setup.place import Place
from upturn.setup.step import Outcome, Standing, State

MOVED_THERE = """\
The simulated table is moved in its own terminal, a letter and Enter each:
u for upright rest, l for level, d for head-down, s for the slow tilt and back.
"""


def standing(place: Place) -> Standing:
    hello = place.hello()
    record = records().get(hello.node_id)
    if hello.mounting is None:
        lost = f"; it had one of {record.date[:10]}" if record is not None else ""
        return Standing(State.TODO, f"the node has no calibration{lost}")
    if record is None:
        return Standing(State.TODO, "the node has a calibration that was not proved from here")
    if not record.is_on(hello.mounting):
        return Standing(State.TODO, f"the node has another one than that of {record.date[:10]}")
    error = f"off by {record.expected_error_deg:.1f} degrees or so (estimated)"
    return Standing(State.DONE, f"on {record.date[:10]}, {record.method}, {error}")


def run(place: Place) -> Outcome:
    if place.is_simulated:
        print(MOVED_THERE)
    record = calibrate(place.here(), place.config())
    place.changed()
    return Outcome.LEFT if record is None else Outcome.WENT
