# SPDX-License-Identifier: MIT
"""Boards, builds, parts and harnesses say the same thing, and what cannot be is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hardware import boards, bom, builds, harness, make

BUILDS = builds.load()
PART = bom.Part("U1", 1, "Board", "5400", "Adafruit", "Adafruit", "5400", "", "10-30", "")

every_build = pytest.mark.parametrize("key", BUILDS)


def test_there_are_three_reference_builds_on_the_boards_that_the_firmware_names() -> None:
    assert {key: build.board for key, build in BUILDS.items()} == {
        "a": "m5stickc_plus2",
        "b": "feather_esp32_v2_lis3dh",
        "c": "devkitc_gy521",
    }


def test_nothing_disagrees() -> None:
    assert make.source_problems() == []


@every_build
def test_the_harness_joins_every_pin_of_the_board_file_that_is_not_wired_inside(key: str) -> None:
    row = boards.board(BUILDS[key].board)
    wired = harness.read(key).gpios()
    assert set(wired) | BUILDS[key].inside == {pin.gpio for pin in boards.pins(row)}
    assert not set(wired) & BUILDS[key].inside
    ends = {row["i2c"]["sda"]: "U2 SDA", row["i2c"]["scl"]: "U2 SCL"}
    ends[row["buzzer"]["pin"]] = {"b": "U3 SIGNAL", "c": "R1 a"}.get(key, "")
    if row["led"]:
        ends[row["led"]["pin"]] = "R2 a"
    assert wired == {gpio: ends[gpio] for gpio in wired}


@every_build
def test_every_electric_part_is_in_the_harness_and_every_part_of_it_has_a_row(key: str) -> None:
    electric = {part.ref for part in bom.read(key) if part.kind in bom.ELECTRIC}
    assert electric == harness.read(key).refs


@every_build
def test_no_pin_of_a_harness_leads_nowhere(key: str) -> None:
    assert harness.read(key).loose == ()


@every_build
def test_every_row_of_parts_is_complete(key: str) -> None:
    assert bom.problems(bom.read(key)) == []


@every_build
def test_a_node_always_has_what_holds_it_on(key: str) -> None:
    parts = {part.part.partition(":")[0].partition(",")[0]: part.qty for part in bom.read(key)}
    assert parts["Hook-and-loop strap"] == 2
    assert parts["Tether"] == 1
    assert parts["Liner"] == 1


@every_build
def test_the_sounder_is_of_the_kind_that_the_board_file_drives(key: str) -> None:
    assert boards.board(BUILDS[key].board)["buzzer"]["kind"] == "passive"
    for part in bom.read(key):
        if part.kind == "LS":
            assert part.notes.startswith("passive")


def test_a_pin_that_moves_in_the_board_file_is_missed_in_the_harness(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in boards.FOLDER.glob("*/board.py"):
        text = folder.read_text(encoding="utf-8")
        moved = text.replace('"passive", "pin": 25', '"passive", "pin": 27')
        copy = tmp_path / folder.parent.name / "board.py"
        copy.parent.mkdir()
        copy.write_text(moved, encoding="utf-8")
    monkeypatch.setattr(boards, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"\[b\]: GPIO \[25\] are not in feather"):
        make.source_problems()


def test_a_part_without_a_wire_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    read = bom.read
    more = replace(PART, ref="R9", part="Resistor", mpn="", manufacturer="any", price_class="0-2")
    monkeypatch.setattr(bom, "read", lambda key: [*read(key), more])
    assert "bom/b.csv and wiring/b.yml: only one of them has R9" in make.source_problems()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ref": "u1"}, "a ref is letters and a number"),
        ({"ref": "Q1"}, "Q is no kind of part"),
        ({"part": ""}, "has no name"),
        ({"price_class": "cheap"}, "price class is one of"),
        ({"mpn": ""}, "a manufacturer a part number"),
        ({"manufacturer": "any"}, "a part number needs its manufacturer"),
        ({"supplier": ""}, "are a name, or any"),
        ({"supplier": "any"}, "needs the supplier"),
        ({"ref": "P1"}, "P is printed"),
    ],
)
def test_a_row_that_cannot_be_is_told(change: dict[str, str], problem: str) -> None:
    told = bom.problems([replace(PART, **change)])  # type: ignore[arg-type]
    assert any(problem in line for line in told), told


def test_a_sound_row_has_no_problem_and_the_same_ref_twice_has() -> None:
    assert bom.problems([PART]) == []
    assert bom.problems([PART, PART]) == ["U1: twice"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ref,qty\nU1,1\n", "has to have the columns"),
        (",".join(bom.COLUMNS) + "\nU1,1,Board\n", "has to have the columns"),
        (",".join(bom.COLUMNS) + "\nU1,none,Board,,,,,,,\n", "a whole number"),
        (",".join(bom.COLUMNS) + '\n"U1,1,Board,,,,,,,\n', "unexpected end of data"),
    ],
)
def test_a_file_of_parts_that_cannot_be_read_is_refused_with_its_row(
    tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "b.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"^bom/b.csv(, row 2)?: .*{told}"):
        bom.read("b", tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("connectors: {", "wiring/b.yml: while parsing"),
        ("", "wiring/b.yml: needs connectors with pins"),
        ("connectors: {U1: {pins: [GND]}}", "wiring/b.yml: needs connectors with pins"),
        ("connectors: {U1: }\ncables: {}\nconnections: []", "wiring/b.yml: needs connectors"),
    ],
)
def test_a_harness_that_cannot_be_read_is_refused_in_one_line(
    tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "b.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=told) as refused:
        harness.read("b", tmp_path)
    assert "\n" not in str(refused.value)


def harness_of(connections: list[Any]) -> harness.Harness:
    return harness.parse(
        {
            "connectors": {"U1": {"pins": ["GPIO25", "GND"]}, "LS1": {"pins": ["a", "b"]}},
            "cables": {"W1": {"wirecount": 2}},
            "connections": connections,
        }
    )


def test_a_wire_is_followed_through_its_cable() -> None:
    chain = [{"U1": ["GPIO25", "GND"]}, {"W1": [1, 2]}, {"LS1": ["a", "b"]}]
    whole = harness_of([chain])
    assert whole.gpios() == {25: "LS1 a"}
    assert whole.loose == ()
    assert whole.refs == {"U1", "LS1", "W1"}


def test_what_a_harness_leaves_loose_is_told() -> None:
    assert harness_of([[{"U1": ["GPIO25"]}, "--", {"LS1": ["a"]}]]).loose == (
        "LS1 b leads nowhere",
        "U1 GND leads nowhere",
    )
    chain = [{"U1": ["GPIO25", "GND"]}, {"W1": [1, 3]}, {"LS1": ["a"]}]
    assert harness_of([chain]).loose == (
        "W1 has no 3",
        "U1 and LS1: not as many pins on both sides",
        "LS1 b leads nowhere",
        "U1 GND leads nowhere",
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'board = "m5stickc_plus2"',
            'board = "m5stick"',
            "board m5stick: firmware/boards has none",
        ),
        ("diameter_mm = 38.0", "diameter_mm = 24.9", "tube of 24.9 mm; clips go 25 to 52"),
        ("diameter_mm = 38.0", "diameter_mm = 52.1", "tube of 52.1 mm; clips go 25 to 52"),
        ("usable = 0.8", "usable = 1.1", "usable is 1.1"),
        ("time_h = 1\n", "", "missing or not known: time_h"),
        ("time_h = 1\n", "time_h = 1\ncolor = 1\n", "missing or not known: color"),
        ("time_h = 1\n", "time_h = 0\n", "time_h is 0, and has to be above 0"),
        ("time_h = 1\n", 'time_h = "1"\n', "time_h is '1', which is the wrong kind"),
        ("time_h = 1\n", "time_h = \n", r"builds.toml: Invalid value \(at line"),
        ('shape = "round"', 'shape = "oval"', "tube has to be { shape ="),
        ("diameter_mm = 38.0", 'diameter_mm = "38"', "tube of 38 mm; clips go 25 to 52"),
        ("diameter_mm = 38.0", "diameter_mm = nan", "tube of nan mm; clips go 25 to 52"),
        ("diameter_mm = 38.0", "width_mm = 38.0", "tube has to be { shape ="),
        ("battery_mah = 200", "battery_mah = -1", "battery_mah is -1, and has to be 0 or more"),
        ("rest_g = 30", "rest_g = -1", "rest_g is -1, and has to be 0 or more"),
        ("cost_usd = [30, 50]", "cost_usd = [30]", "cost_usd is .30., and has to be two numbers"),
        ("[a.silk]", "[a.silk]\nSDA = 'x'", "silk is by GPIO: whole numbers alone"),
        ("pins = [2, 4, 19", "pin = [2, 4, 19", "inside has to be pins = "),
        ("21, 22, 37, 38]", "21, 22, 37, 36]", r"GPIO \[36\] are not in m5stickc_plus2"),
    ],
)
def test_a_build_that_cannot_be_is_refused_with_the_bound(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    text = builds.FILE.read_text(encoding="utf-8")
    assert old in text
    changed = tmp_path / "builds.toml"
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=told):
        builds.load(changed)


@pytest.mark.parametrize("diameter_mm", [25.0, 52.0])
def test_the_bounds_themselves_are_allowed(tmp_path: Path, diameter_mm: float) -> None:
    text = builds.FILE.read_text(encoding="utf-8").replace("38.0", str(diameter_mm))
    changed = tmp_path / "builds.toml"
    changed.write_text(text, encoding="utf-8")
    assert builds.load(changed)["a"].tube["diameter_mm"] == diameter_mm
