# SPDX-License-Identifier: MIT
"""The reference builds, read from builds.toml and refused where they cannot be."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from hardware import boards
from hardware.enclosure.tubes import THICKEST, THINNEST

FILE = Path(__file__).with_name("builds.toml")
ROUND_MM = (THINNEST[0], THICKEST[0])
KINDS: dict[str, type | tuple[type, ...]] = {
    "title": str,
    "board": str,
    "enclosure": str,
    "tube": dict,
    "battery_mah": int,
    "usable": float,
    "cost_usd": list,
    "rest_g": int,
    "soldering": str,
    "time_h": (int, float),
    "good_for": str,
    "weak_at": str,
    "silk": dict,
    "inside": dict,
}


@dataclass(frozen=True)
class Build:
    """One way to make a node; `key` is the letter of its files."""

    key: str
    title: str
    board: str
    enclosure: str
    tube: dict[str, Any]
    battery_mah: int
    usable: float
    cost_usd: tuple[int, int]
    rest_g: int
    soldering: str
    time_h: float
    good_for: str
    weak_at: str
    silk: dict[int, str]
    inside: frozenset[int]

    @property
    def outside(self) -> set[int]:
        """GPIOs that a wire of ours leads to."""
        return {pin.gpio for pin in boards.pins(boards.board(self.board))} - self.inside


def load(path: Path = FILE) -> dict[str, Build]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: {error}") from None
    return {key: _build(f"{path.name}, [{key}]", key, table) for key, table in tables.items()}


def _build(where: str, key: str, table: dict[str, Any]) -> Build:
    wanted = {field.name for field in fields(Build)} - {"key"}
    if set(table) != wanted:
        wrong = ", ".join(sorted(set(table) ^ wanted))
        raise ValueError(f"{where}: missing or not known: {wrong}")
    odd = [name for name, kind in KINDS.items() if not isinstance(table[name], kind)]
    if odd:
        raise ValueError(f"{where}: {odd[0]} is {table[odd[0]]!r}, which is the wrong kind")
    gpios = {pin.gpio for pin in boards.pins(boards.board(table["board"]))}
    if set(table["inside"]) != {"pins"} or not isinstance(table["inside"]["pins"], list):
        raise ValueError(f"{where}: inside has to be pins = [...]")
    inside = frozenset(table["inside"]["pins"])
    silk = {int(gpio): text for gpio, text in table["silk"].items() if gpio.isdecimal()}
    if len(silk) != len(table["silk"]):
        raise ValueError(f"{where}: silk is by GPIO: whole numbers alone")
    if not (inside | set(silk)) <= gpios:
        strange = sorted((inside | set(silk)) - gpios)
        raise ValueError(f"{where}: GPIO {strange} are not in {table['board']}/board.py")
    _check_tube(where, table["tube"])
    for name in ("battery_mah", "rest_g"):
        if table[name] < 0:
            raise ValueError(f"{where}: {name} is {table[name]}, and has to be 0 or more")
    if table["time_h"] <= 0:
        raise ValueError(f"{where}: time_h is {table['time_h']}, and has to be above 0")
    if table["battery_mah"] and not 0 < table["usable"] <= 1:
        raise ValueError(f"{where}: usable is {table['usable']}, and has to be above 0, at most 1")
    if len(table["cost_usd"]) != 2 or not all(isinstance(x, int) for x in table["cost_usd"]):
        raise ValueError(f"{where}: cost_usd is {table['cost_usd']}, and has to be two numbers")
    low_usd, high_usd = table["cost_usd"]
    rest = {name: table[name] for name in wanted - {"silk", "inside", "cost_usd"}}
    return Build(key=key, silk=silk, inside=inside, cost_usd=(low_usd, high_usd), **rest)


def _check_tube(where: str, tube: dict[str, Any]) -> None:
    """The clip that is committed is round; others are made by hardware.enclosure.build."""
    low_mm, high_mm = ROUND_MM
    if set(tube) != {"shape", "diameter_mm"} or tube["shape"] != "round":
        raise ValueError(f'{where}: tube has to be {{ shape = "round", diameter_mm = ... }}')
    diameter_mm = tube["diameter_mm"]
    if not isinstance(diameter_mm, int | float) or not low_mm <= diameter_mm <= high_mm:
        raise ValueError(f"{where}: tube of {diameter_mm} mm; clips go {low_mm:g} to {high_mm:g}")
