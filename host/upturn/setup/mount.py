# SPDX-License-Identifier: MIT
"""Step `mount`: no sensor can tell whether a clip holds, so a person says it, of this node."""

from __future__ import annotations

from upturn.cli.asking import yes
from upturn.setup.place import Place
from upturn.setup.step import Outcome, Standing, State

HOW = """\
With the table empty, and held by a second person:

  - on a tube of the bed's own frame, near the hinge, away from hands:
    never on the A-frame, the main shaft, the ankle lock or a hand rail
  - any side up; the calibration finds out which. It must not turn or slip
  - clip, both straps, tether; then swing the table through its whole range
    by hand: nothing may touch anything

hardware/mounting.md tells all of it, with drawings."""


def standing(place: Place) -> Standing:
    if place.is_simulated:
        return Standing(State.DONE, "on the simulated table")
    word = place.said.word("mount", place.hello().node_id)
    if word is None:
        return Standing(State.TODO, "nobody has said that it is on the table, and holds")
    return Standing(State.DONE, f"said on {word.day}")


def run(place: Place) -> Outcome:
    node_id = place.hello().node_id
    print(HOW)
    holds = yes("Is it on, and does it hold?")
    if holds is None:
        return Outcome.LEFT
    if not holds:
        place.said.forget("mount", node_id)
        return Outcome.SKIPPED
    place.said.say("mount", node_id)
    return Outcome.WENT
