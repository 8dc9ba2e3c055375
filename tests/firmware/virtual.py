# SPDX-License-Identifier: MIT
"""Runs the unmodified firmware in virtual time and hands back all that it said and did."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.firmware import mpy
from tests.firmware.node import lay_out_flash
from tests.firmware.node_log import Entry, lines_of
from upturn.wire import commands
from upturn.wire.framing import wrap

TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Past:
    said: bytes
    """Everything on the line."""
    log: list[Entry]
    """With node time as its moments."""

    def entries(self, what: str) -> list[Entry]:
        return [entry for entry in self.log if entry.what == what]


def run(
    folder: Path,
    *,
    bits: int,
    seconds: int,
    board: str = "m5stickc_plus2",
    sensor: str | None = None,
    start_deg: float = -90.0,
    script: Sequence[tuple[int, str]] = (),
    noise: tuple[int, int] = (2, 1),
    rate_hz: int | None = None,
    step_ms: int = 2,
    heap_every_s: int = 100,
    heapsize: str | None = None,
) -> Past:
    """A host is heard once a second; with `rate_hz` it asks for that rate at first."""
    flash = folder / "flash"
    lay_out_flash(flash, board, {})
    opening = [commands.READ_INFO]
    if rate_hz is not None:
        opening.insert(0, commands.set_rate(rate_hz))
    setup = {
        "board": board,
        "sensor": sensor,
        "start_deg": start_deg,
        "script": [list(entry) for entry in script],
        "step_ms": step_ms,
        "noise": list(noise),
        "id": "240ac4000001",
        "cause": 1,
        "flash": str(flash),
        "log": str(folder / "log"),
        "seconds": seconds,
        "heap_every_s": heap_every_s,
        "opening": b"".join(map(_wrapped, opening)).hex(),
        "heartbeat": _wrapped(commands.heartbeat(0, paused=False)).hex(),
    }
    path = folder / "setup.json"
    path.write_text(json.dumps(setup))
    with (folder / "line").open("wb") as line:
        done = subprocess.run(
            mpy.argv(bits, "run_virtual.py", path, heapsize=heapsize),
            env=mpy.environment(),
            stdin=subprocess.DEVNULL,
            stdout=line,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT_S,
            check=False,
        )
    said = (folder / "line").read_bytes()
    if done.returncode:
        raise mpy.ScriptError(f"exit {done.returncode}: {said[-1000:].decode(errors='replace')}")
    return Past(said, list(lines_of((folder / "log").read_bytes())))


def _wrapped(command: commands.Command) -> bytes:
    return wrap(commands.encode_command(1, command))
