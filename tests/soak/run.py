# SPDX-License-Identifier: MIT
"""Hours of simulated sessions: false high alarms of normal ones, misses of dangerous ones.

    python -m tests.soak.run [--hours 10] [--seed 0] [--dangerous 20] [--json]

An alarm is false when its condition never truly held in the simulator's truth. What counts is
the simulator's idea of people and sensors, not people; the result goes to host/SAFETY.md with the
seed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.events import AlarmChanged, AlarmState
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.transports.sim import DANGEROUS, simulate
from upturn.transports.sim.simulation import Simulation

NORMAL = "normal-any"
WORKERS = 2
BATCH = 20
MAY_MISS = ("fall",)
"""Scripts whose misses are reported as a rate and fail nothing: free fall is not always seen."""


@dataclass
class Tally:
    hours: float = 0.0
    sessions: int = 0
    false_high: list[str] = field(default_factory=list)
    other: Counter[str] = field(default_factory=Counter)
    errors_deg2: list[float] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    parser.add_argument("--dangerous", type=int, default=20, help="sessions a dangerous script")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with ProcessPoolExecutor(WORKERS) as pool:
        normal = Tally()
        seed = args.seed
        while normal.hours < args.hours:
            starts = [seed + i * BATCH for i in range(WORKERS)]
            for part in pool.map(_normal_batch, starts):
                normal.hours += part.hours
                normal.sessions += part.sessions
                normal.false_high += part.false_high
                normal.other += part.other
            seed += WORKERS * BATCH
        runs = [(script, args.seed + n) for script in DANGEROUS for n in range(args.dangerous)]
        missed: Counter[str] = Counter()
        for script, lacking in pool.map(_dangerous, runs, chunksize=5):
            missed.update(f"{script}: {id}" for id in lacking)
    bad = {name: n for name, n in missed.items() if name.split(":")[0] not in MAY_MISS}
    rates = {
        script: 1.0
        - sum(n for name, n in missed.items() if name.startswith(f"{script}:")) / args.dangerous
        for script in MAY_MISS
    }
    result = {
        "seed": args.seed,
        "hours": round(normal.hours, 2),
        "sessions": normal.sessions,
        "false_high": normal.false_high,
        "other_alarms": dict(sorted(normal.other.items())),
        "dangerous_scripts": len(DANGEROUS),
        "sessions_each": args.dangerous,
        "missed": dict(sorted(missed.items())),
        "seen_share": rates,
    }
    if args.json:
        print(json.dumps(result, indent=2))
    else:
        print(
            f"{normal.hours:.1f} h of normal sessions ({normal.sessions}), from seed {args.seed}"
        )
        print(f"false high alarms: {len(normal.false_high)}")
        for line in normal.false_high:
            print(f"  {line}")
        print(f"other alarms in them: {dict(sorted(normal.other.items())) or 'none'}")
        print(f"{len(DANGEROUS)} dangerous scripts, {args.dangerous} sessions each")
        print(f"missed: {dict(sorted(missed.items())) or 'none'}; falls seen: {rates['fall']:.0%}")
    return 1 if normal.false_high or bad else 0


def _normal_batch(first_seed: int) -> Tally:
    tally = Tally()
    for seed in islice(range(first_seed, first_seed + BATCH), BATCH):
        simulation = simulate(NORMAL, seed=seed)
        tally.hours += simulation.duration_s / 3600.0
        tally.sessions += 1
        for alarm in _raised(simulation):
            text = f"{alarm.id} at {alarm.t_s:.1f} s, seed {seed}, {simulation.chip}"
            if alarm.priority is not Priority.HIGH:
                tally.other[str(alarm.id)] += 1
            elif not _truly(alarm, simulation):
                tally.false_high.append(text)
            else:
                tally.other[f"{alarm.id} (true)"] += 1
    return tally


def _dangerous(run: tuple[str, int]) -> tuple[str, list[AlarmId]]:
    script, seed = run
    simulation = simulate(script, seed=seed)
    seen = {alarm.id for alarm in _raised(simulation)}
    return script, [id for id in simulation.dangers if id not in seen]


def _raised(simulation: Simulation) -> list[AlarmChanged]:
    pipeline = Pipeline(simulation.info, STANDARD)
    events = pipeline.feed(simulation.samples) + pipeline.tick(simulation.duration_s)
    rising = (AlarmState.RAISED, AlarmState.ESCALATED)
    return [e for e in events if isinstance(e, AlarmChanged) and e.state in rising]


def _truly(alarm: AlarmChanged, simulation: Simulation) -> bool:
    """Whether the condition held in truth by then; what truth does not tell counts as false."""
    before = simulation.truth_t_s <= alarm.t_s
    truth_deg = simulation.truth_deg[before]
    if alarm.id is AlarmId.OVER_ROTATION:
        return bool(truth_deg.max() >= 95.0)
    if alarm.id is AlarmId.TIME_LIMIT:
        steps_s = np.diff(simulation.truth_t_s[before], prepend=0.0)
        return bool(steps_s[truth_deg >= 5.0].sum() >= STANDARD.limit_s)
    return False


if __name__ == "__main__":
    sys.exit(main())
