# SPDX-License-Identifier: MIT
"""Reads the pins out of the firmware's board.py, the one source, without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "firmware" / "boards"


@dataclass(frozen=True)
class Pin:
    """One GPIO of a board and what the firmware does with it."""

    gpio: int
    use: str


def board(name: str) -> dict[str, Any]:
    path = FOLDER / name / "board.py"
    if not path.is_file():
        known = ", ".join(sorted(p.parent.name for p in FOLDER.glob("*/board.py")))
        raise ValueError(f"board {name}: firmware/boards has none of that name; it has {known}")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "BOARD":
            row: dict[str, Any] = ast.literal_eval(node.value)
            return row
    raise ValueError(f"{path}: has no BOARD")


def pins(row: dict[str, Any]) -> list[Pin]:
    """In the order of a reader's interest."""
    found = [
        Pin(row["i2c"]["sda"], "sensor, data (SDA)"),
        Pin(row["i2c"]["scl"], "sensor, clock (SCL)"),
    ]
    if row["buzzer"]["kind"] != "none":
        found.append(Pin(row["buzzer"]["pin"], f"sounder, {row['buzzer']['kind']}"))
    if row["led"]:
        found.append(Pin(row["led"]["pin"], f"LED, lit when {_level(row['led']['lit'])}"))
    found += [
        Pin(b["pin"], f"button, pressed when {_level(b['pressed'])}") for b in row["buttons"]
    ]
    if row["battery"]["kind"] == "adc":
        times = row["battery"]["times_1000"] / 1000
        found.append(Pin(row["battery"]["pin"], f"battery, its voltage divided by {times:g}"))
    found += [
        Pin(pin, f"supply, held {_level(on)} while it runs") for pin, on, _ in row["power_pins"]
    ]
    return found


def _level(level: int) -> str:
    return "high" if level else "low"
