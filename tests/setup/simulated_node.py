# SPDX-License-Identifier: MIT
"""A simulated node for who has no board: `make node`, then `upturn setup --simulated` elsewhere.

It is the firmware as it is, under MicroPython on a simulated board (`tests/firmware`), behind a
serial port where `upturn.setup.simulated` looks for it. What it keeps over a loss of power, its
name and calibration among it, it keeps until its folder is deleted. Its table is moved by whoever
types here.
"""

from __future__ import annotations

import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.firmware import interpreter
from tests.firmware.node import Node
from upturn.setup import simulated
from upturn.transports.in_use import InUse

UPRIGHT_DEG, LEVEL_DEG, DOWN_DEG, STEEPEST_DEG = -90.0, 0.0, 60.0, 175.0
MOVE_MS = 3000
SLOW_MS = 6000
PRESS_S = 0.3
BURST_S = 2.0
"""Beeps nearer to each other than this are one burst."""
HELP = f"""\
SIMULATED: Upturn's firmware on a simulated board and table. Nobody is on it.
Its port is {{}}
Leave this open, and go on in another terminal. Move the table with, and Enter:

  u  upright, at {UPRIGHT_DEG:g} degrees     s  slowly from upright to {DOWN_DEG:g}, and back
  l  level, at {LEVEL_DEG:g}                 b  press the node's button
  d  head-down, at {DOWN_DEG:g}            r  take its power away and give it back
  NUMBER  that angle            q  end
"""


def main() -> int:
    try:
        interpreter.fetch()
    except interpreter.MissingError as missing:
        print(f"no simulated node: {missing}", file=sys.stderr)
        return 1
    folder = simulated.folder()
    folder.mkdir(parents=True, exist_ok=True)
    alone = InUse(folder, "node")
    if not alone.try_take():
        print("the simulated node runs already, in another terminal", file=sys.stderr)
        return 1
    with started(folder) as node:
        print(HELP.format(node.port), flush=True)
        ended = threading.Event()
        threading.Thread(target=tell_sounds, args=(node, ended), daemon=True).start()
        try:
            for line in prompted():
                if not obey(line.strip().lower(), node):
                    break
        finally:
            ended.set()
            alone.give_back()
    return 0


def started(folder: Path) -> Node:
    """A node on a flash that has what it had when it last ended."""
    flash = folder / "flash"
    kept = {path.name: path.read_bytes() for path in flash.glob("*.json")}
    shutil.rmtree(flash, ignore_errors=True)
    (folder / "retained").unlink(missing_ok=True)
    return Node(folder, start_deg=UPRIGHT_DEG, hardware_id=simulated.NODE_ID, files=kept)


def prompted() -> Iterator[str]:
    while True:
        print("table> ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        yield line


def obey(word: str, node: Node) -> bool:
    """False: it was the last."""
    places = {"u": UPRIGHT_DEG, "l": LEVEL_DEG, "d": DOWN_DEG}
    number = re.fullmatch(r"-?\d{1,3}(\.\d+)?", word)
    if word in places or number:
        angle = places[word] if word in places else float(word)
        if abs(angle) > STEEPEST_DEG:
            print(f"  from {-STEEPEST_DEG:g} to {STEEPEST_DEG:g}")
            return True
        node.act(f"go {angle:g} {MOVE_MS}")
    elif word == "s":
        node.act(f"go {DOWN_DEG:g} {SLOW_MS}")
        time.sleep(SLOW_MS / 1000 + 2.0)
        node.act(f"go {UPRIGHT_DEG:g} {SLOW_MS}")
    elif word == "b":
        node.act("button 1")
        time.sleep(PRESS_S)
        node.act("button 0")
    elif word == "r":
        node.power_cycle()
    elif word == "q":
        return False
    elif word:
        print(HELP.format(node.port))
    return True


def tell_sounds(node: Node, ended: threading.Event) -> None:
    """A line for each burst of its buzzer."""
    heard_s = told_s = 0.0
    while not ended.wait(0.1):
        for entry in node.sounds(heard_s):
            if entry.at_s > heard_s and entry.at_s > told_s + BURST_S:
                print("\n* its buzzer sounds\ntable> ", end="", flush=True)
            if entry.at_s > heard_s:
                heard_s = told_s = entry.at_s


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
