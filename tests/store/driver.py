# SPDX-License-Identifier: MIT
"""A simulated session that is watched and written down at speed, and dies when it is told to.

    python -m tests.store.driver STORE SCRIPT SEED SPEED DIES_AFTER_S

In real seconds; 0: it lives to its end. Says on stdout how far it came, and what was committed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from tests.store.watching import EPOCH_S
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.store.inbox import Batch, Inbox
from upturn.store.moment import Moment
from upturn.store.told import Heard
from upturn.store.writer import StoreWriter
from upturn.transports.sim import simulate

STEP_S = 0.1
BOOT_S = 5000.0


class SimClocks:
    """They stand where the simulation stands."""

    def __init__(self) -> None:
        self.t_s = 0.0

    def now(self) -> Moment:
        return Moment(EPOCH_S + self.t_s, "boot-1", BOOT_S + self.t_s)


class TellingWriter(StoreWriter):
    def committed(self, batch: Batch) -> None:
        events = [e for _, _, item in batch.items if isinstance(item, Heard) for e in item.events]
        if events:
            say("C " + json.dumps([[e.t_s, type(e).__name__] for e in events]))


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def die_after(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    store, script = Path(sys.argv[1]), sys.argv[2]
    seed, speed, dies_s = int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])
    simulation = simulate(script, seed=seed)
    clocks = SimClocks()
    inbox = Inbox(pace=speed)
    writer = TellingWriter(store, version="0", config_json="{}", clocks=clocks, inbox=inbox)
    table = writer.table("sim", "sim")
    core = Pipeline(simulation.info, STANDARD, start_s=0.0)
    writer.start()
    if dies_s:
        threading.Thread(target=die_after, args=(dies_s,), daemon=True).start()
    began_s = time.monotonic()
    at = 0
    said_s = -1.0
    while clocks.t_s < simulation.duration_s:
        clocks.t_s += STEP_S
        first = at
        while at < len(simulation.samples) and simulation.samples[at].t_s <= clocks.t_s:
            at += 1
        events = core.feed(simulation.samples[first:at]) + core.tick(clocks.t_s)
        table.angle(core.last_sample_s, core.angle_deg)
        if events or clocks.t_s - said_s >= 1.0:
            said_s = clocks.t_s
            table.heard(events, core.snapshot(clocks.t_s))
            table.wrote(core.past(clocks.t_s))
        say(f"T {clocks.t_s:.3f}")
        time.sleep(max(0.0, began_s + clocks.t_s / speed - time.monotonic()))
    writer.close()


if __name__ == "__main__":
    main()
