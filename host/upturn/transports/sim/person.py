# SPDX-License-Identifier: MIT
"""The small motion of a person on the table: breathing always, fidgeting while conscious.

Breathing sways the table by 0.02 to 0.12 degrees (assumed: no measurement on an inversion table
is known). A conscious person moves an arm or shifts weight every few seconds, which turns a table
by a degree or so and shakes its frame by tens of mg; upright, it leans on its stop and turns less.
These are this project's ideas of people: what follows from them describes the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upturn.transports.sim.motion import Floats, span

FIDGET_GAP_S = (2.0, 9.0)
FIDGET_DEG = (0.9, 2.5)
UPRIGHT_SHARE = 0.2
UPRIGHT_BELOW_DEG = -45.0
SWAY_DEG = (0.02, 0.12)
BREATH_S = (2.8, 5.0)


@dataclass(frozen=True, slots=True)
class Fidget:
    """One arm movement or shift of weight: a short swing of the table and a shake of its frame."""

    at_s: float
    amplitude_deg: float
    period_s: float
    width_s: float
    shake_g: tuple[float, float, float]
    shake_hz: float

    def envelope(self, t_s: Floats) -> Floats:
        bell: Floats = np.exp(-(((t_s - self.at_s) / self.width_s) ** 2))
        return bell

    def part(self, t_s: Floats) -> slice:
        return span(t_s, self.at_s - 3.0 * self.width_s, self.at_s + 3.0 * self.width_s)


@dataclass(frozen=True, slots=True)
class Person:
    """One person's motion over one session."""

    sway_deg: float
    breath_s: float
    phase: float
    fidgets: tuple[Fidget, ...]

    def added_deg(self, t_s: Floats) -> Floats:
        """What the person adds to the table's angle."""
        # Breath depth wanders slowly, so that the sway is no pure tone.
        depth = 0.8 + 0.2 * np.sin(2.0 * np.pi * t_s / (7.3 * self.breath_s))
        added: Floats = (
            self.sway_deg * depth * np.sin(2.0 * np.pi * t_s / self.breath_s + self.phase)
        )
        for fidget in self.fidgets:
            part = fidget.part(t_s)
            since = t_s[part] - fidget.at_s
            swing = np.cos(2.0 * np.pi * since / fidget.period_s)
            added[part] += fidget.amplitude_deg * fidget.envelope(t_s[part]) * swing
        return added

    def shake_g(self, t_s: Floats) -> Floats:
        """Force on the table's frame, in table axes (head, front, hinge), one row a moment."""
        shake = np.zeros((t_s.size, 3))
        for fidget in self.fidgets:
            part = fidget.part(t_s)
            wave = np.sin(2.0 * np.pi * fidget.shake_hz * (t_s[part] - fidget.at_s))
            shake[part] += np.outer(fidget.envelope(t_s[part]) * wave, fidget.shake_g)
        return shake


def draw_person(
    rng: np.random.Generator,
    t_s: Floats,
    angle_deg: Floats,
    still: tuple[tuple[float, float], ...] = (),
) -> Person:
    """A person for a session whose turns are known; no fidget reaches into a `still` span."""
    fidgets = []
    at_s = float(rng.uniform(1.0, 4.0))
    while at_s < t_s[-1]:
        fidget = _draw_fidget(rng, at_s, upright=_upright_at(t_s, angle_deg, at_s))
        reach_s = 3.0 * fidget.width_s
        if not any(start - reach_s < at_s < end + reach_s for start, end in still):
            fidgets.append(fidget)
        at_s += float(rng.uniform(*FIDGET_GAP_S))
    return Person(
        sway_deg=float(rng.uniform(*SWAY_DEG)),
        breath_s=float(rng.uniform(*BREATH_S)),
        phase=float(rng.uniform(0.0, 2.0 * np.pi)),
        fidgets=tuple(fidgets),
    )


def _upright_at(t_s: Floats, angle_deg: Floats, at_s: float) -> bool:
    return bool(angle_deg[int(np.searchsorted(t_s, at_s))] < UPRIGHT_BELOW_DEG)


def _draw_fidget(rng: np.random.Generator, at_s: float, *, upright: bool) -> Fidget:
    shake = rng.normal(0.0, 1.0, 3)
    shake *= rng.uniform(0.03, 0.07) / np.sqrt(np.sum(shake**2))
    share = UPRIGHT_SHARE if upright else 1.0
    return Fidget(
        at_s=at_s,
        amplitude_deg=share * float(rng.choice((-1.0, 1.0)) * rng.uniform(*FIDGET_DEG)),
        period_s=float(rng.uniform(1.2, 2.5)),
        width_s=float(rng.uniform(0.35, 0.9)),
        shake_g=(float(shake[0]), float(shake[1]), float(shake[2])),
        shake_hz=float(rng.uniform(1.5, 5.0)),
    )
