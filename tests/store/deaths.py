# SPDX-License-Identifier: MIT
"""One death of a watch, and what the next one makes of it, beside one that lived and saw all."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.store.driver import BOOT_S, STEP_S
from tests.store.watching import EPOCH_S
from upturn.core.alarm_table import AlarmId
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.store.database import Store
from upturn.store.moment import Moment
from upturn.store.past import last_past
from upturn.transports.sim import SCRIPTS, simulate
from upturn.transports.sim.simulation import Simulation

SPEED = 150.0
SLACK_S = 1.0
"""An angle that begins in the middle of a turn lags until it has settled: so does a crossing."""
UNSEEN_S = 1.0
"""The dwell before a posture is believed, and a step."""
ROOT = Path(__file__).parents[2]


@dataclass
class Death:
    script: str
    seed: int
    died_s: float
    gap_s: float
    inverted: bool
    """When it died, by what was on the disk."""
    committed: int
    lost: list[str] = field(default_factory=list)
    """Committed events that are not in the log."""
    exposure_short_s: float = 0.0
    rest_long_s: float = 0.0
    unseen_s: float = 0.0
    """The person was inverted, and the next watch did not say so."""
    hidden: bool = False
    """While nobody watched, the person did what nobody can know of."""
    distrusted: bool = False
    """The sensor was said to be at fault, before or after: its angle is no measure."""

    @property
    def fault(self) -> str:
        """What is wrong with it; empty: nothing that could have been known."""
        found = list(self.lost)
        if not (self.hidden or self.distrusted):
            if self.exposure_short_s > SLACK_S:
                found.append(f"exposure {self.exposure_short_s:.2f} s too small")
            if self.rest_long_s > SLACK_S:
                found.append(f"rest {self.rest_long_s:.2f} s too long")
            if self.unseen_s > UNSEEN_S:
                found.append(f"inverted for {self.unseen_s:.2f} s and not seen")
        return ", ".join(found)


@dataclass(frozen=True)
class Fixed:
    moment: Moment

    def now(self) -> Moment:
        return self.moment


def die(folder: Path, number: int) -> Death:
    """A random session, killed at a random moment."""
    rng = Random(number)  # noqa: S311 - seeded, and no secret
    script = rng.choice(sorted(SCRIPTS))
    simulation = simulate(script, seed=number)
    share = rng.random()
    gap_s = rng.choice((0.3, 1.0, 3.0, 20.0))
    path = folder / f"{number}.sqlite3"
    dies_s = max(0.02, share * simulation.duration_s / SPEED)
    command = (sys.executable, "-m", "tests.store.driver", path, script, number, SPEED, dies_s)
    ended = subprocess.run(
        [str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.stderr == "", ended.stderr
    said = ended.stdout.splitlines()
    died_s = max((float(line[2:]) for line in said if line.startswith("T ")), default=0.0)
    committed = [e for line in said if line.startswith("C ") for e in json.loads(line[2:])]
    death = Death(script, number, died_s, gap_s, False, len(committed))
    _compare(path, simulation, death, committed)
    return death


def _compare(
    path: Path, simulation: Simulation, death: Death, committed: list[tuple[float, str]]
) -> None:
    again_s = death.died_s + death.gap_s
    restarted = Moment(EPOCH_S + again_s, "boot-1", BOOT_S + again_s)
    with Store.open(path) as store:
        kept = [row[0] for row in store.rows("SELECT t_s FROM events ORDER BY id")]
        for t_s, kind in committed:
            if t_s in kept:
                kept.remove(t_s)
            else:
                death.lost.append(f"{kind} at {t_s:.2f} s")
        taken = last_past(store, "sim", Fixed(restarted))
    lived = Pipeline(simulation.info, STANDARD, start_s=0.0)
    before = [s for s in simulation.samples if s.t_s < again_s]
    after = [s for s in simulation.samples if s.t_s >= again_s]
    lived.feed([s for s in before if s.t_s < death.died_s])
    lived.tick(death.died_s)
    at_death = lived.snapshot(death.died_s)
    death.distrusted = _distrusted(at_death)
    lived.feed([s for s in before if s.t_s >= death.died_s])
    lived.tick(again_s)
    core = Pipeline(simulation.info, STANDARD, start_s=again_s)
    if taken is not None:
        death.inverted = taken.past.inverted
        core.resume(taken.past, again_s, gap_s=taken.gap_s, rested_s=taken.rested_s)
        if death.inverted:
            _judge(death, core.snapshot(again_s), lived.snapshot(again_s))
    from_s = again_s - (taken.gap_s if taken is not None else again_s)
    inside = (simulation.truth_t_s >= from_s - 1.0) & (simulation.truth_t_s <= again_s + 1.0)
    if not death.inverted:
        death.hidden = bool((simulation.truth_deg[inside] > 4.0).any())
    end_s = max(simulation.duration_s, again_s)
    t_s = again_s
    at = 0
    while t_s < end_s:
        t_s += STEP_S
        first = at
        while at < len(after) and after[at].t_s <= t_s:
            at += 1
        for pipeline in (lived, core):
            pipeline.feed(after[first:at])
            pipeline.tick(t_s)
        now = core.snapshot(t_s)
        death.distrusted |= _distrusted(now)
        if at:  # once it is seen how the person is
            _judge(death, now, lived.snapshot(t_s))


def _distrusted(now: Snapshot) -> bool:
    return any(a.spec.id in (AlarmId.SENSOR_FAULT, AlarmId.SENSOR_MOVED) for a in now.alarms)


def _judge(death: Death, now: Snapshot, truth: Snapshot) -> None:
    if truth.inverted and not now.inverted:
        death.unseen_s += STEP_S
    elif truth.inverted == now.inverted:
        death.exposure_short_s = max(death.exposure_short_s, truth.exposure_s - now.exposure_s)
        if not now.inverted:
            death.rest_long_s = max(death.rest_long_s, truth.rest_left_s - now.rest_left_s)
