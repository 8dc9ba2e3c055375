# SPDX-License-Identifier: MIT
"""The steps as a table, in the order in which a newcomer goes through them.

Each is a module of its own with `standing(place)` and `run(place)`; it is imported when it is
looked at.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from upturn.setup.step import Step, StepModule

STEPS: tuple[Step, ...] = (
    Step("flash", "upturn.setup.flash", "Put the firmware on the board", skippable=False),
    Step("find", "upturn.setup.find", "Find the node", skippable=False),
    Step("name", "upturn.setup.name", "Give it a name", skippable=True, needed=False),
    Step("mount", "upturn.setup.mount", "Clip it to the table", skippable=True),
    Step("calibrate", "upturn.setup.calibrate", "Calibrate it, and prove it", skippable=True),
    Step("buzzer", "upturn.setup.buzzer", "Hear the node", skippable=True),
    Step("sound", "upturn.setup.sound", "Hear this computer", skippable=True),
    Step("limits", "upturn.setup.limits", "Choose the limits", skippable=True, needed=False),
    Step(
        "mqtt",
        "upturn.setup.mqtt",
        "Tell the home (MQTT; you may leave it out)",
        skippable=True,
        needed=False,
    ),
    Step("check", "upturn.setup.check", "The check before a session", skippable=True),
)
NAMES = tuple(step.name for step in STEPS)


def step_named(name: str) -> Step:
    return next(step for step in STEPS if step.name == name)


def module_of(step: Step) -> StepModule:
    return cast("StepModule", import_module(step.module))
