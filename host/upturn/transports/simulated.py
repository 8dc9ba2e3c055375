# SPDX-License-Identifier: MIT
"""`sim:SCRIPT`: the simulator as a source."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge

from upturn.core.sample import StreamInfo
from upturn.transports.sim import Simulation, parse_script
from upturn.transports.source import Chunk, Source, pieces


class SimulatedSource:
    """One simulated session, from the first sample to the last."""

    profile: str | None = None
    profile_where = ""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.label = f"simulated {simulation.script}"

    @property
    def info(self) -> StreamInfo:
        return self.simulation.info

    def chunks(self, *, paced: bool) -> Iterator[Chunk]:
        simulation = self.simulation
        samples = pieces(simulation.samples, paced=paced or bool(simulation.commands))
        commands = (Chunk(at_s, [], (command,)) for at_s, command in simulation.commands)
        yield from merge(samples, commands, key=lambda chunk: chunk.at_s)
        yield Chunk(simulation.duration_s, [])


def open_source(text: str, *, skip_bad: bool = False) -> Source:
    """The first session of a script; `skip_bad` has nothing to skip here."""
    del skip_bad
    return SimulatedSource(parse_script(text).simulate())
