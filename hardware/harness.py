# SPDX-License-Identifier: MIT
"""Reads a WireViz file for what can be checked without WireViz: who is joined to what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("wiring")
STRANGERS = ("PC1",)  # at the other end of a cable, and no part of a node


@dataclass(frozen=True)
class Harness:
    """`joined` are pairs of (part, pin); a cable's wires are followed through."""

    refs: frozenset[str]
    joined: frozenset[frozenset[tuple[str, str]]]
    loose: tuple[str, ...]

    def gpios(self, ref: str = "U1") -> dict[int, str]:
        """GPIOs of the board in use, and to which pin of which part each leads."""
        found: dict[int, str] = {}
        for pair in self.joined:
            for part, pin in pair:
                name = re.search(r"GPIO(\d+)", pin)
                if part == ref and name:
                    (other,) = pair - {(part, pin)}
                    found[int(name[1])] = " ".join(other)
        return found


def read(key: str, folder: Path = FOLDER) -> Harness:
    try:
        yaml = import_module("yaml")
    except ImportError:
        raise ValueError("PyYAML is missing: pip install -e '.[hardware]'") from None
    path = folder / f"{key}.yml"
    try:
        return parse(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise ValueError(f"wiring/{path.name}: {' '.join(str(error).split())}") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        what = "connectors with pins, cables with a wirecount, connections"
        raise ValueError(f"wiring/{path.name}: needs {what}; {error!r}") from None


def parse(source: dict[str, Any]) -> Harness:
    connectors, cables = source["connectors"], source["cables"]
    ends: dict[tuple[str, str], tuple[str, str]] = {}
    joined = set()
    loose = []
    for chain in source["connections"]:
        steps = [_step(step) for step in chain]
        for part, pin in (end for step in steps for end in step):
            known = connectors.get(part, {}).get("pins") or range(
                1, cables.get(part, {}).get("wirecount", 0) + 1
            )
            if pin not in {str(name) for name in known}:
                loose.append(f"{part} has no {pin}")
        steps = [step for step in steps if step and step[0][0] in connectors]
        for left, right in pairwise(steps):
            if len(left) != len(right):
                loose.append(f"{left[0][0]} and {right[0][0]}: not as many pins on both sides")
            for end, other in zip(left, right, strict=False):
                joined.add(frozenset({end, other}))
                ends[end], ends[other] = other, end
    pins = {(ref, str(pin)) for ref, part in connectors.items() for pin in part["pins"]}
    loose += [f"{ref} {pin} leads nowhere" for ref, pin in sorted(pins - set(ends))]
    refs = (frozenset(connectors) | frozenset(cables)) - frozenset(STRANGERS)
    return Harness(refs, frozenset(joined), tuple(loose))


def _step(step: Any) -> list[tuple[str, str]]:
    if isinstance(step, str):  # an arrow: plugged or screwed together without a cable
        return []
    ((ref, pins),) = step.items()
    return [(ref, str(pin)) for pin in pins]
