# SPDX-License-Identifier: MIT
"""The printed parts, without CAD: sums and refusals, and the exports as a slicer sees them."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from hardware import bom, builds, stamps
from hardware.enclosure import build
from hardware.enclosure.bought import BOUGHT, bought_of
from hardware.enclosure.mesh import Mesh, read
from hardware.enclosure.parameters import (
    BOLT_HOLE_MM,
    CROWN_MM,
    DECK_MM,
    EDGE_RADIUS_MM,
    FINGER_GAP_MM,
    FLOOR_MM,
    HEAD_DEPTH_MM,
    JAW_MM,
    LID_MM,
    NUT_MM,
    NUT_SEAT_MM,
    OPENINGS_MM,
    PETG_G_CM3,
    TUNNEL_MM,
    Making,
    Refused,
)
from hardware.enclosure.plan import (
    BUILDS,
    CELL_COVER_MM,
    CELL_LEG_MM,
    FEATHER_LEG_MM,
    GAUGE_CARD_MM,
    GAUGE_SPINE_MM,
    Plan,
    gauge_notches,
)
from hardware.enclosure.tubes import (
    DEFAULT_RECTANGULAR,
    DEFAULT_ROUND,
    GAUGE_MM,
    Rectangular,
    Round,
    Tube,
    rectangular_of,
    round_of,
)

FOLDER = build.HERE
STLS = sorted((FOLDER / "stl").glob("*.stl"))
TUBES: tuple[Tube, ...] = (
    Round(25.0),
    Round(38.0),
    Round(52.0),
    Rectangular(20.0, 60.0),
    Rectangular(25.0, 50.0),
    Rectangular(40.0, 40.0),
    Rectangular(60.0, 20.0),
)
PLANS = [Plan(build=name, tube=tube) for name in BUILDS for tube in TUBES]


def _table() -> dict[str, dict[str, str]]:
    with (FOLDER / "parts.csv").open(encoding="utf-8", newline="") as file:
        return {row["part"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def meshes() -> dict[str, Mesh]:
    return {path.stem: read(path) for path in STLS}


# --- what is refused, dense at each bound ---


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("24.9", "tube diameter 24.9 mm is under 25 mm, the thinnest that two straps hold"),
        ("25", None),
        ("25.1", None),
        ("51.9", None),
        ("52", None),
        ("52.1", "tube diameter 52.1 mm is over 52 mm, the thickest that the jaws are drawn for"),
        ("0", "tube diameter 0 mm is under 25 mm"),
        ("-38", "tube diameter -38 mm is under 25 mm"),
        ("nan", "tube diameter nan mm is no length"),
        ("inf", "tube diameter inf mm is no length"),
        ("1.5in", "tube diameter '1.5in' is no number of millimetres; 38.1 is"),
        ("", "tube diameter '' is no number of millimetres; 38.1 is"),
    ],
)
def test_a_round_tube_is_taken_from_25_to_52_mm(text: str, refusal: str | None) -> None:
    if refusal is None:
        assert round_of(text) == Round(float(text))
        return
    with pytest.raises(Refused) as refused:
        round_of(text)
    assert str(refused.value).startswith(refusal)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("20x20", None),
        ("25x50", None),
        ("60X60", None),
        ("19.9x40", "tube width 19.9 mm is under 20 mm, the narrowest side that the jaws grip"),
        ("40x19.9", "tube depth 19.9 mm is under 20 mm, the narrowest side that the jaws grip"),
        ("60.1x40", "tube width 60.1 mm is over 60 mm, the widest side that the jaws are drawn"),
        ("40x60.1", "tube depth 60.1 mm is over 60 mm, the widest side that the jaws are drawn"),
        ("40", "rectangular tube '40' is not WIDTHxDEPTH in millimetres; 25x50 is"),
        ("40x", "rectangular tube '40x' is not WIDTHxDEPTH in millimetres; 25x50 is"),
        ("40x40x40", "rectangular tube '40x40x40' is not WIDTHxDEPTH in millimetres"),
    ],
)
def test_a_rectangular_tube_is_taken_from_20_to_60_mm_a_side(
    text: str, refusal: str | None
) -> None:
    if refusal is None:
        width, depth = text.lower().split("x")
        assert rectangular_of(text) == Rectangular(float(width), float(depth))
        return
    with pytest.raises(Refused) as refused:
        rectangular_of(text)
    assert str(refused.value).startswith(refusal)


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("wall_mm", 2.0, 4.0),
        ("clearance_mm", 0.3, 0.6),
        ("liner_mm", 1.0, 2.5),
        ("strap_mm", 16.0, 25.0),
    ],
)
def test_what_a_printer_may_change_has_bounds(field: str, least: float, most: float) -> None:
    word = field.removesuffix("_mm")
    for value in (least, least + 0.01, most - 0.01, most):
        assert getattr(Making(**{field: value}), field) == value  # type: ignore[arg-type]
    for value, bound in (
        (least - 0.01, f"under {least:g} mm"),
        (most + 0.01, f"over {most:g} mm"),
    ):
        with pytest.raises(Refused, match=rf"^{word} {value:g} mm is {bound}, \w+"):
            Making(**{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "widest_mm"), [("a", 23.3), ("b", 25.0), ("c", 25.0)])
def test_two_straps_lie_between_the_nuts(name: str, widest_mm: float) -> None:
    Plan(build=name, tube=DEFAULT_ROUND, making=Making(strap_mm=widest_mm))
    with pytest.raises(Refused, match=r"^strap [\d.]+ mm is over (23\.3|25) mm, the widest of "):
        Plan(build=name, tube=DEFAULT_ROUND, making=Making(strap_mm=widest_mm + 0.1))


def test_a_part_that_is_larger_than_the_print_bed_is_refused() -> None:
    Plan(build="b", tube=DEFAULT_ROUND, making=Making(bed_mm=(70.8, 84.0, 60.0)))
    with pytest.raises(Refused, match=r"^print bed x 70\.7 mm is under 70\.8 mm, which build b "):
        Plan(build="b", tube=DEFAULT_ROUND, making=Making(bed_mm=(70.7, 84.0, 60.0)))
    with pytest.raises(Refused, match=r"^print bed y 83\.9 mm is under 84\.0 mm, which build b "):
        Plan(build="b", tube=DEFAULT_ROUND, making=Making(bed_mm=(70.8, 83.9, 60.0)))


@pytest.mark.parametrize(
    ("name", "board", "fits", "refusal"),
    [
        ("a", "stick", "48x24x13.5", None),
        ("a", "stick", "48.1x24x13.5", "stick: its length needs 48.1 mm, over the 48.0 mm"),
        ("a", "stick", "48x24.1x13.5", "stick: its width needs 24.1 mm, over the 24.0 mm"),
        ("a", "stick", "48x24x13.6", "stick: its height needs 13.6 mm, over the 13.5 mm"),
        ("a", "stick", "47.4x23.4x13.1", None),
        ("a", "stick", "47.3x24x13.5", "stick: its length of 47.3 mm is under 47.4 mm, it would"),
        ("a", "stick", "48x23.3x13.5", "stick: its width of 23.3 mm is under 23.4 mm, it would"),
        ("a", "stick", "48x24x13", "stick: its height of 13.0 mm is under 13.1 mm, it would be"),
        ("b", "cell", "36.3x17.8x8.5", None),
        ("b", "cell", "37x17.9x7.8", "cell: its width with clearance and walls needs 22.9 mm"),
        ("b", "cell", "50x17x7.8", "cell: its length with clearance and walls needs 55.0 mm"),
        ("b", "cell", "36x17x8.6", "cell: its height, and a tenth to swell, needs 9.5 mm"),
        ("b", "cell", "33.9x5x5", None),
        ("b", "cell", "33.8x17x7", "cell: its length of 33.8 mm is under 33.9 mm, its lead would"),
        ("b", "cell", "36x4.9x7", "cell: its width of 4.9 mm is under 5.0 mm, more foam than"),
        ("b", "cell", "36x17x4.9", "cell: its height of 4.9 mm is under 5.0 mm, more foam than"),
        ("b", "feather", "50.8x23.6x7.6", "feather: its width with clearance needs 24.6 mm"),
        ("b", "feather", "57x22.86x7.6", "feather: its length with socket and clearance needs"),
        ("b", "feather", "53x22.86x7.6", "feather: its length needs 53.0 mm, over the 50.8 mm"),
        ("b", "feather", "50.4x22.86x7.6", "feather: its length of 50.4 mm is under 50.5 mm, the"),
        ("b", "feather", "50.8x22.5x7.6", "feather: its width of 22.5 mm is under 22.6 mm, the"),
        ("b", "feather", "50.8x22.86x10.6", "feather: its height on its legs needs 23.1 mm"),
        ("b", "lis3dh", "25.5x17.78x4.8", "lis3dh: its length needs 25.5 mm, over the 25.4 mm"),
        ("b", "amp", "25.4x18x8.6", "amp: its width needs 18.0 mm, over the 17.8 mm"),
        ("b", "lis3dh", "25.1x17.5x4.8", None),
        (
            "b",
            "lis3dh",
            "25x17.78x4.8",
            "lis3dh: its length of 25.0 mm is under 25.1 mm, the pins",
        ),
        ("b", "amp", "25.4x17.4x8.6", "amp: its width of 17.4 mm is under 17.5 mm, the pins of"),
        ("b", "piezo", "30x30x8.4", None),
        ("b", "piezo", "30x30x8.5", "piezo: its height needs 8.5 mm, over the 8.4 mm"),
        ("c", "piezo", "30.1x30.1x7", "piezo: its diameter needs 30.1 mm, over the 30.0 mm"),
        ("c", "piezo", "20x20x7", None),
        (
            "c",
            "piezo",
            "19.9x19.9x7",
            "piezo: its diameter of 19.9 mm is under 20.0 mm, the holes",
        ),
        ("c", "devkitc", "57x28.5x5.4", None),
        ("c", "devkitc", "57.1x27.9x5.4", "devkitc: its length with clearance needs 58.1 mm"),
        ("c", "devkitc", "56.7x28.6x5.4", "devkitc: its width with clearance needs 29.6 mm"),
        ("c", "devkitc", "56.7x27.9x8.1", "devkitc: its height on its ribs needs 28.1 mm"),
        ("c", "devkitc", "56x25.4x5.4", None),
        ("c", "devkitc", "55.9x27.9x5.4", "devkitc: its length of 55.9 mm is under 56.0 mm, ribs"),
        ("c", "devkitc", "56.7x25.3x5.4", "devkitc: its width of 25.3 mm is under 25.4 mm, ribs"),
        ("c", "gy521", "21x16x23", None),
        ("c", "gy521", "21x16x23.1", "gy521: its height on its seat needs 28.1 mm"),
        ("c", "gy521", "21.1x16x20", "gy521: its length needs 21.1 mm, over the 21.0 mm"),
        ("c", "gy521", "20.6x16x20", "gy521: its length of 20.6 mm is under 20.7 mm, the pins of"),
        ("c", "gy521", "21x15.6x20", "gy521: its width of 15.6 mm is under 15.7 mm, the pins of"),
    ],
)
def test_a_board_that_does_not_fit_is_refused(
    name: str, board: str, fits: str, refusal: str | None
) -> None:
    bought = BOUGHT | {board: bought_of(f"{board}={fits}")}
    if refusal is None:
        Plan(build=name, tube=DEFAULT_ROUND, bought=bought)
        return
    with pytest.raises(Refused) as refused:
        Plan(build=name, tube=DEFAULT_ROUND, bought=bought)
    assert str(refused.value).startswith(refusal)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (
            "radio=1x2x3",
            "board 'radio' is not one of amp, cell, devkitc, feather, gy521, lis3dh, ",
        ),
        ("cell=36x17", "board 'cell=36x17' is not NAME=LENGTHxWIDTHxHEIGHT in millimetres"),
        ("cell", "board 'cell' is not NAME=LENGTHxWIDTHxHEIGHT in millimetres"),
        ("cell=axbxc", "board 'cell=axbxc' is not NAME=LENGTHxWIDTHxHEIGHT in millimetres"),
    ],
)
def test_a_board_is_given_by_name_and_three_lengths(text: str, refusal: str) -> None:
    with pytest.raises(Refused) as refused:
        bought_of(text)
    assert str(refused.value).startswith(refusal)


@pytest.mark.parametrize("size_mm", [0.0, -1.0, math.nan, math.inf])
def test_a_board_without_a_size_is_refused(size_mm: float) -> None:
    cell = replace(BOUGHT["cell"], length_mm=size_mm)
    with pytest.raises(Refused, match=rf"^cell: {size_mm:g} mm is no length$"):
        Plan(build="b", tube=DEFAULT_ROUND, bought=BOUGHT | {"cell": cell})


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["--tube-mm", "20", "--out", "x"], "tube diameter 20 mm is under 25 mm, "),
        (["--tube-mm", "wide", "--out", "x"], "tube diameter 'wide' is no number of millimetres"),
        (["--tube-rect", "25", "--out", "x"], "rectangular tube '25' is not WIDTHxDEPTH"),
        (["--wall", "1.9", "--out", "x"], "wall 1.9 mm is under 2 mm, five lines of a 0.4 mm"),
        (["--liner", "3", "--out", "x"], "liner 3 mm is over 2.5 mm, too soft to hold the angle"),
        (["--strap-mm", "26", "--out", "x"], "strap 26 mm is over 25 mm, the widest of which"),
        (["--strap-mm", "24", "--build", "a", "--out", "x"], "strap 24 mm is over 23.3 mm, "),
        (["--bed", "220", "--out", "x"], "print bed '220' is not XxYxZ in millimetres"),
        (["--bed", "120x70x120", "--out", "x"], "print bed y 70 mm is under 75.8 mm, which build"),
        (["--board", "cell=60x40x5", "--out", "x"], "cell: its width with clearance and walls "),
        (["--tube-mm", "40"], "other sizes than the committed ones need --out FOLDER"),
        (["--wall", "thick", "--out", "x"], "argument --wall: 'thick' is no number of millimetre"),
        (["--liner", "", "--out", "x"], "argument --liner: '' is no number of millimetres; 2.4 "),
        (["--strap-mm", "nan", "--out", "x"], "strap nan mm is no length"),
        (["--build", "d", "--out", "x"], "argument --build: invalid choice: 'd' (choose from "),
        (["--tube-mm", "40", "--tube-rect", "25x50", "--out", "x"], "argument --tube-rect: not a"),
        (["--tube-rect", "-25x50", "--out", "x"], "argument --tube-rect: expected one argument"),
        (["--clearance", "1", "--out", "x"], "unrecognized arguments: --clearance 1"),
        (
            ["--build", "a", "--board", "cell=36x17x7", "--out", "x"],
            "board 'cell' is no part of build a",
        ),
    ],
)
def test_the_command_refuses_in_one_line_before_it_draws(
    words: list[str], refusal: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "made"
    assert build.main([str(out) if word == "x" else word for word in words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"hardware.enclosure.build: {refusal}")
    assert printed.err.count("\n") == 1
    assert not out.exists()


def test_a_library_that_the_system_lacks_is_named_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def lacking(name: str) -> object:
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(build, "find_spec", lambda name: name)
    monkeypatch.setattr(build, "import_module", lacking)
    assert build.main(["--build", "a", "--out", str(tmp_path / "made")]) == 1
    assert capsys.readouterr().err == (
        "hardware.enclosure.build: libGL.so.1: cannot open shared object file; "
        "on Debian: apt-get install libgl1 libegl1 libegl-mesa0 libgl1-mesa-dri\n"
    )
    assert not (tmp_path / "made").exists()


def test_the_command_ends_with_2_for_a_tube_that_cannot_be_held() -> None:
    words = [sys.executable, "-m", "hardware.enclosure.build", "--tube-mm", "20", "--out", "x"]
    ended = subprocess.run(
        words, cwd=FOLDER.parents[1], capture_output=True, text=True, check=False, timeout=60
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "hardware.enclosure.build: tube diameter 20 mm is under 25 mm, "
        "the thinnest that two straps hold without its turning\n"
    )


# --- rules ---


def test_no_opening_draws_in_a_finger() -> None:
    least, most = FINGER_GAP_MM
    for name, sides_mm in OPENINGS_MM.items():
        assert not least <= min(sides_mm) <= most, name
    for plan in PLANS:
        for gap_mm in plan.shape.notches_mm:
            assert not least <= gap_mm <= most, plan.build


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.build}-{plan.tube}")
def test_every_clip_can_be_put_on_and_strapped(plan: Plan) -> None:
    assert plan.jaw_mm <= plan.tube.deep_mm / 2 + plan.making.liner_mm or isinstance(
        plan.tube, Rectangular
    )  # half round at most
    assert plan.jaw_mm <= 0.6 * plan.tube.deep_mm or isinstance(plan.tube, Round)
    assert 2 * plan.bore_x_mm == pytest.approx(plan.tube.across_mm + 2 * plan.making.liner_mm)
    assert plan.slot_x_mm > plan.jaw_x_mm  # a strap has its way down beside the jaws
    rim_mm = plan.deck_x_mm / 2 - plan.slot_x_mm - OPENINGS_MM["strap"][0]
    assert rim_mm >= 2 * EDGE_RADIUS_MM
    foot_mm, head_mm = plan.straps_y_mm
    assert head_mm - foot_mm - plan.slot_mm >= 3.0  # plastic between the two slots
    assert plan.slot_mm <= OPENINGS_MM["strap"][1]
    half_mm = plan.slot_mm / 2
    low_mm, high_mm = plan.shape.bolts_y_mm
    assert foot_mm - half_mm > low_mm + BOLT_HOLE_MM
    assert head_mm + half_mm < high_mm - BOLT_HOLE_MM
    assert DECK_MM - TUNNEL_MM >= 2.4
    assert JAW_MM >= 2 * EDGE_RADIUS_MM
    assert plan.strap_length_mm >= plan.tube.girth_mm + 80


@pytest.mark.parametrize("name", list(BUILDS))
def test_the_bolt_reaches_through_lid_box_and_clip_and_out_of_its_nut(name: str) -> None:
    shape = Plan(build=name, tube=DEFAULT_ROUND).shape
    through_mm = LID_MM - HEAD_DEPTH_MM + shape.base_mm + NUT_SEAT_MM
    assert shape.bolt_mm - through_mm == pytest.approx(NUT_MM)
    assert NUT_MM <= DECK_MM + CROWN_MM - NUT_SEAT_MM  # it ends inside the clip
    bolts = [part for part in bom.read(name) if part.part.startswith("Bolt")]
    assert [(part.qty, part.part.split(" mm")[0]) for part in bolts] == [
        (4, f"Bolt M3 x {shape.bolt_mm}")
    ]


@pytest.mark.parametrize("name", list(BUILDS))
def test_boards_are_inside_the_room_and_apart_from_each_other(name: str) -> None:
    plan = Plan(build=name, tube=DEFAULT_ROUND)
    shape, places = plan.shape, plan.places
    for place in places.values():
        assert place.x_mm >= 0
        assert place.x_mm + place.dx_mm <= shape.room_x_mm
        assert place.y_mm >= 0
        assert place.y_mm + place.dy_mm <= shape.room_y_mm
        over_mm = 0.5 if name == "a" else 0.0  # the frame has room for it
        assert place.z_mm >= 0
        assert place.z_mm + place.dz_mm <= shape.room_z_mm + over_mm + 1e-9
    for (one, a), (other, b) in combinations(places.items(), 2):
        apart = (
            a.x_mm + a.dx_mm <= b.x_mm
            or b.x_mm + b.dx_mm <= a.x_mm
            or a.y_mm + a.dy_mm <= b.y_mm
            or b.y_mm + b.dy_mm <= a.y_mm
            or a.z_mm + a.dz_mm <= b.z_mm
            or b.z_mm + b.dz_mm <= a.z_mm
        )
        assert apart, f"{one} and {other}"


@pytest.mark.parametrize(("name", "board"), [("b", "feather"), ("c", "devkitc")])
def test_the_cable_leaves_at_the_head_end_away_from_the_hinge(name: str, board: str) -> None:
    plan = Plan(build=name, tube=DEFAULT_ROUND)
    place = plan.places[board]
    to_head_mm = plan.shape.room_y_mm - place.y_mm - place.dy_mm
    assert to_head_mm <= 2.0 < place.y_mm


def test_no_bolt_points_at_the_cell_and_its_cover_is_between_it_and_the_board() -> None:
    plan = Plan(build="b", tube=DEFAULT_ROUND)
    cell, shape = plan.places["cell"], plan.shape
    left_mm, foot_mm = cell.x_mm - shape.room_x_mm / 2, cell.y_mm - shape.room_y_mm / 2
    for x_mm, y_mm in shape.bolts:
        beside_mm = max(left_mm - x_mm, x_mm - left_mm - cell.dx_mm)
        along_mm = max(foot_mm - y_mm, y_mm - foot_mm - cell.dy_mm)
        assert max(beside_mm, along_mm) > BOLT_HOLE_MM
    assert cell.dz_mm < CELL_LEG_MM
    assert CELL_LEG_MM + CELL_COVER_MM < FEATHER_LEG_MM


def test_every_bought_part_says_where_its_size_is_from() -> None:
    for part in BOUGHT.values():
        assert len(part.source) > 10
        for along_mm, across_mm in part.holes_mm:
            assert part.hole_mm / 2 < along_mm < part.length_mm - part.hole_mm / 2
            assert part.hole_mm / 2 < across_mm < part.width_mm - part.hole_mm / 2


def test_the_tube_of_the_committed_clip_is_the_one_of_the_builds() -> None:
    for entry in builds.load().values():
        assert entry.tube == {"shape": "round", "diameter_mm": DEFAULT_ROUND.diameter_mm}


def test_the_gauge_card_has_ten_steps_and_prints() -> None:
    assert GAUGE_MM == (25.0, 28.0, 31.0, 34.0, 37.0, 40.0, 43.0, 46.0, 49.0, 52.0)
    notches = gauge_notches()
    assert sorted(diameter_mm for diameter_mm, _, _ in notches) == list(GAUGE_MM)
    assert max(GAUGE_CARD_MM) <= 220
    for (a_mm, xa_mm, side_a), (b_mm, xb_mm, side_b) in combinations(notches, 2):
        if side_a == side_b:
            assert abs(xa_mm - xb_mm) - (a_mm + b_mm) / 2 >= 3.0
        else:
            apart_mm = math.hypot(xa_mm - xb_mm, GAUGE_CARD_MM[1]) - (a_mm + b_mm) / 2
            assert apart_mm >= GAUGE_SPINE_MM - 6


# --- what was exported ---


def test_the_exports_are_of_todays_sources() -> None:
    assert stamps.stale(FOLDER) == [], "run: python -m hardware.make enclosure"
    named = {
        line.partition("  ")[2]
        for line in (FOLDER / stamps.NAME).read_text(encoding="utf-8").splitlines()
    }
    there = {
        path.relative_to(FOLDER).as_posix()
        for pattern in ("*.py", "parts.csv", "stl/*", "step/*", "img/*")
        for path in FOLDER.glob(pattern)
    }
    assert named == there


def test_every_part_is_there_as_step_and_as_stl_and_in_the_table() -> None:
    parts = {
        *("clip_round", "clip_rect", "clip_round_a", "gauge_card", "cradle_a", "cradle_a_frame"),
        *("enclosure_b", "enclosure_b_lid", "enclosure_b_cell_cover"),
        *("enclosure_c", "enclosure_c_lid"),
    }
    assert {path.stem for path in STLS} == parts
    assert {path.stem for path in (FOLDER / "step").glob("*.step")} == parts
    assert set(_table()) == parts
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 8_000_000


def test_the_pictures_of_the_documents_are_there() -> None:
    for name in (
        *("clip_round", "clip_rect", "cradle_a", "enclosure_b", "enclosure_b_open", "mounted"),
        *("enclosure_b_cell", "enclosure_c", "enclosure_c_open", "gauge_card"),
        *("build_a", "build_b", "build_c"),
    ):
        picture = (FOLDER / "img" / f"{name}.png").read_bytes()
        assert picture.startswith(b"\x89PNG\r\n")
        assert len(picture) > 5000


@pytest.mark.parametrize("path", STLS, ids=lambda path: path.stem)
def test_an_stl_is_watertight_and_as_the_table_says(path: Path, meshes: dict[str, Mesh]) -> None:
    mesh, row = meshes[path.stem], _table()[path.stem]
    assert mesh.open_edges() == 0
    assert mesh.lowest_mm == pytest.approx(0, abs=1e-4)
    for size_mm, column in zip(mesh.size_mm, ("x_mm", "y_mm", "z_mm"), strict=True):
        assert size_mm <= 220
        assert f"{size_mm:.1f}" == row[column]
    volume_cm3 = mesh.volume_mm3 / 1000
    assert volume_cm3 == pytest.approx(float(row["volume_cm3"]), abs=0.006)
    assert row["petg_solid_g"] == f"{volume_cm3 * PETG_G_CM3:.0f}"


def test_the_exports_have_the_sizes_of_their_plans(meshes: dict[str, Mesh]) -> None:
    for name, clip in (("a", "clip_round_a"), ("b", "clip_round"), ("c", "clip_round")):
        plan = Plan(build=name, tube=DEFAULT_ROUND)
        foot_mm, head_mm = plan.shape.outer_y_mm
        wanted = (plan.deck_x_mm, head_mm - foot_mm, plan.clip_z_mm)
        assert meshes[clip].size_mm == pytest.approx(wanted, abs=0.02)
        base = meshes[BUILDS[name]].size_mm
        assert base == pytest.approx(
            (plan.shape.outer_x_mm, head_mm - foot_mm, plan.shape.base_mm), abs=0.02
        )
        assert base[2] == pytest.approx(plan.shape.room_z_mm + FLOOR_MM, abs=0.02)
    plan = Plan(build="b", tube=DEFAULT_RECTANGULAR)
    assert meshes["clip_rect"].size_mm[2] == pytest.approx(plan.clip_z_mm, abs=0.02)


def test_a_hole_in_a_mesh_is_seen(meshes: dict[str, Mesh]) -> None:
    cover = meshes["enclosure_b_cell_cover"]
    assert Mesh(cover.corners[1:]).open_edges() > 0
    assert Mesh(cover.corners[:, ::-1]).volume_mm3 == pytest.approx(-cover.volume_mm3)
    twice = Mesh(cover.corners.repeat(2, axis=0))
    assert twice.open_edges() > 0


def test_walls_are_measured_through_the_plastic(meshes: dict[str, Mesh]) -> None:
    walls_mm = meshes["enclosure_b_cell_cover"].walls_mm(200)
    assert float(walls_mm.min()) == pytest.approx(CELL_COVER_MM, abs=0.01)
