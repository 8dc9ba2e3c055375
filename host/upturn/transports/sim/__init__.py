# SPDX-License-Identifier: MIT
"""A physical simulator of table sessions, seeded: hinge, person, sensor, link.

It is a model: rates of alarms that follow from it describe the model of people in it, not people.
"""

from upturn.transports.sim.scripts import DANGEROUS, SCRIPTS, SILENT, Script
from upturn.transports.sim.sensors import CHIPS
from upturn.transports.sim.simulation import Simulation, simulate
from upturn.transports.sim.source import SimRequest, parse_script

__all__ = [
    "CHIPS",
    "DANGEROUS",
    "SCRIPTS",
    "SILENT",
    "Script",
    "SimRequest",
    "Simulation",
    "parse_script",
    "simulate",
]
