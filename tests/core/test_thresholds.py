# SPDX-License-Identifier: MIT
"""The one table of thresholds holds what is in force, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import upturn
from upturn.core import thresholds

NAMES = [name for name in vars(thresholds) if name.isupper()]
SOURCES = [
    path.read_text(encoding="utf-8")
    for path in Path(upturn.__file__).parent.rglob("*.py")
    if path.name != "thresholds.py"
]


@pytest.mark.parametrize("name", NAMES)
def test_a_threshold_is_in_force_somewhere(name: str) -> None:
    assert any(re.search(rf"\b{name}\b", source) for source in SOURCES)


@pytest.mark.parametrize("name", [n for n in NAMES if n != "TAPS"])
def test_a_threshold_has_its_unit_in_its_name_or_is_a_ratio(name: str) -> None:
    parts = set(name.split("_"))
    assert parts & {"S", "DEG", "DPS", "G", "V", "PERCENT"} or name in RATIOS


LINES = Path(thresholds.__file__).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_a_threshold_has_its_reason_beside_it(name: str) -> None:
    at = next(i for i, line in enumerate(LINES) if line.startswith(f"{name} = "))
    assert "  # " in LINES[at] or LINES[at + 1].startswith('"""')


RATIOS = {"GATE_FLOOR", "RATE_ERROR"}
