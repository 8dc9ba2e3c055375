# SPDX-License-Identifier: MIT
"""What is ordered is what the printed parts are drawn for. Sums only: nothing is drawn here."""

from __future__ import annotations

import re

import pytest

from hardware import bom, builds
from hardware.enclosure.bought import AMP, CELL, PIEZO
from hardware.enclosure.plan import Plan
from hardware.enclosure.tubes import DEFAULT_ROUND, Round

BUILDS = builds.load()


def row(key: str, start: str) -> str:
    """The only row whose part begins so, in full."""
    (found,) = (p for p in bom.read(key) if p.part.startswith(start))
    return f"{found.part}; {found.notes}"


def number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in {text!r}"
    return float(found[1])


def plan_of(key: str) -> Plan:
    return Plan(build=key, tube=Round(BUILDS[key].tube["diameter_mm"]))


@pytest.mark.parametrize("key", BUILDS)
def test_bolts_straps_and_liner_have_the_sizes_that_the_prints_need(key: str) -> None:
    plan = plan_of(key)
    assert number(r"M3 x (\d+) mm", row(key, "Bolt")) == plan.shape.bolt_mm
    assert number(r"(\d+) mm wide", row(key, "Hook-and-loop")) == plan.making.strap_mm
    assert number(r"([\d.]+) mm thick", row(key, "Liner")) == plan.making.liner_mm
    thickest = Plan(build=key, tube=Round(builds.ROUND_MM[1]))
    assert number(r"least (\d+) mm long", row(key, "Hook-and-loop")) >= thickest.strap_length_mm


@pytest.mark.parametrize("key", BUILDS)
def test_the_clip_that_is_committed_is_for_the_tube_of_the_build(key: str) -> None:
    assert plan_of(key).tube == DEFAULT_ROUND


def test_the_bounds_of_a_round_tube_are_the_same_everywhere() -> None:
    for bound_mm, beyond_mm in zip(builds.ROUND_MM, (-0.1, 0.1), strict=True):
        assert Round(bound_mm).diameter_mm == bound_mm
        with pytest.raises(ValueError, match="tube diameter"):
            Round(bound_mm + beyond_mm)


def test_sounder_driver_and_cell_have_the_places_of_their_sizes() -> None:
    assert number(r"(\d+) mm", row("b", "Large enclosed piezo")) == PIEZO.length_mm
    assert number(r"(\d+) mm", row("c", "Large enclosed piezo")) == PIEZO.length_mm
    length_mm = number(r"([\d.]+) x [\d.]+ mm", row("b", "STEMMA Piezo Driver"))
    assert length_mm == AMP.length_mm
    sizes = re.search(r"([\d.]+) x ([\d.]+) x ([\d.]+) mm", row("b", "Lithium polymer cell"))
    assert sizes
    assert [float(size) for size in sizes.groups()] == [
        CELL.length_mm,
        CELL.width_mm,
        CELL.above_mm,
    ]


@pytest.mark.parametrize("key", BUILDS)
def test_what_is_to_be_printed_is_there_as_a_file(key: str) -> None:
    names = [n for p in bom.read(key) if p.kind == "P" for n in p.supplier_pn.split()]
    assert len(names) >= 4
    missing = [n for n in names if not (bom.FOLDER.parent / f"enclosure/stl/{n}.stl").is_file()]
    assert missing == []
