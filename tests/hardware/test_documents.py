# SPDX-License-Identifier: MIT
"""A stranger follows these pages: each link, part and picture that they name is there."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from hardware import bom, builds, documents, tables

HARDWARE = documents.FOLDER
PAGES = documents.pages()
BUILDS = builds.load()

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
REF = re.compile(r"\*\*([A-Z]+[0-9]+)\*\*")
NUMBER = re.compile(r"(?<![\w./-])(?=[A-Z0-9-]*[0-9])(?=[A-Z0-9-]*[A-Z])[A-Z0-9][A-Z0-9-]{2,}\b")
NOT_PARTS = re.compile(r"CERN-OHL-P-2|ESP32|GPIO\d+|3V3|AD0|0.*")

every_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: page.relative_to(HARDWARE).as_posix()
)


def own_words(page: Path) -> str:
    """Without the tables that are made of the sources, and without code."""
    text = documents.PLACE.sub("", page.read_text(encoding="utf-8"))
    return re.sub(r"`[^`]*`|\]\([^)]*\)", "", text)


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_the_pages_that_the_front_page_promises_are_there() -> None:
    assert {page.relative_to(HARDWARE).as_posix() for page in PAGES} == {
        "CHANGELOG.md",
        "README.md",
        "assembly-a.md",
        "assembly-b.md",
        "assembly-c.md",
        "calibration.md",
        "enclosure/README.md",
        "enclosure/printing.md",
        "mounting.md",
        "power/README.md",
        "safety.md",
        "test-procedure.md",
    }


@every_page
def test_every_link_leads_to_a_file_of_the_project_and_to_a_heading_in_it(page: Path) -> None:
    broken = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("key", BUILDS)
def test_every_part_that_a_page_of_assembly_names_has_a_row(key: str) -> None:
    named = set(REF.findall((HARDWARE / f"assembly-{key}.md").read_text(encoding="utf-8")))
    rows = {part.ref for part in bom.read(key)}
    assert named <= rows
    assert rows - named <= {"P3"}  # the gauge card: mounting.md


@every_page
def test_every_part_number_in_a_page_is_in_a_row_of_parts(page: Path) -> None:
    known = " ".join(
        f"{part.part} {part.mpn} {part.supplier_pn} {part.alternative} {part.notes}"
        for key in BUILDS
        for part in bom.read(key)
    )
    refs = {part.ref for key in BUILDS for part in bom.read(key)}
    unknown = {
        number
        for number in NUMBER.findall(own_words(page))
        if number not in known and number not in refs and not NOT_PARTS.fullmatch(number)
    }
    assert unknown == set()


@every_page
def test_every_table_that_is_made_of_sources_is_of_today(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert documents.filled(text) == text, "run: python -m hardware.make documents"


def test_each_page_of_assembly_has_its_own_parts_and_pins() -> None:
    for key in BUILDS:
        text = (HARDWARE / f"assembly-{key}.md").read_text(encoding="utf-8")
        places = {(place["name"], place["key"]) for place in documents.PLACE.finditer(text)}
        assert places == {("parts", key), ("pins", key)}
        assert f"](wiring/{key}.svg)" in text


def test_no_marker_is_left_open() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        begun = re.findall(r"<!-- ([a-z -]+): begin -->", text)
        assert [p[0] for p in re.findall(r"<!-- (([a-z -]+)): end -->", text)] == begun
        assert len(list(documents.PLACE.finditer(text))) == len(begun)


def test_a_marker_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="marker 'colors' is not known"):
        documents.filled("<!-- colors a: begin -->\n<!-- colors a: end -->\n")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("README.md", "Nothing here was built yet"),
        ("assembly-a.md", "Not built yet"),
        ("assembly-b.md", "Not built yet"),
        ("assembly-c.md", "Not built yet"),
        ("enclosure/README.md", "Nothing here has been printed yet"),
        ("enclosure/printing.md", "Not tried yet"),
        ("mounting.md", "No mount of these was tried yet"),
        ("power/README.md", "None was measured on our boards"),
        ("safety.md", "No control on this page was tried on hardware"),
        ("test-procedure.md", "no node has passed them yet"),
    ],
)
def test_a_page_that_a_life_may_hang_on_says_what_was_not_tried(name: str, said: str) -> None:
    text = " ".join((HARDWARE / name).read_text(encoding="utf-8").split())
    assert f"{said}." in text


def test_the_pages_on_safety_speak_of_the_weights_that_were_worked_out() -> None:
    weights_g = [weight_g for key in BUILDS for weight_g in tables.weight_g(key)]
    light_g, heavy_g = (round(end(weights_g), -1) for end in (min, max))
    safety = (HARDWARE / "safety.md").read_text(encoding="utf-8")
    assert f"; {light_g} to {heavy_g} g, worked out |" in safety
    procedure = (HARDWARE / "test-procedure.md").read_text(encoding="utf-8")
    assert f"the heaviest node, some {heavy_g} g" in procedure
    times = round(40 / (heavy_g / 1000 * 2.5 * 9.81))
    assert f"40 N is {('eight', 'nine', 'ten')[times - 8]} times" in procedure


def test_a_part_that_was_never_drawn_has_no_weight_and_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = tables.PRINTS.read_text(encoding="utf-8")
    monkeypatch.setattr(tables, "PRINTS", tmp_path / "parts.csv")
    tables.PRINTS.write_text(re.sub(r"clip_round_a,.*\n", "", text), encoding="utf-8")
    with pytest.raises(ValueError, match=r"^enclosure/parts.csv: has no clip_round_a; bom/a.csv"):
        tables.weight_g("a")


def test_a_picture_says_in_words_what_it_shows() -> None:
    pictures = [
        words for page in PAGES for words in re.findall(r"!\[([^\]]*)\]", page.read_text("utf-8"))
    ]
    assert len(pictures) >= 20
    assert all(len(words) > 5 for words in pictures)


def test_every_picture_that_is_committed_is_on_a_page() -> None:
    shown = {
        (page.parent / target).resolve()
        for page in PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
    }
    made = {
        p for place in ("img/*", "enclosure/img/*", "wiring/*.svg") for p in HARDWARE.glob(place)
    }
    assert made - shown == set()


def test_every_test_of_the_procedure_has_a_criterion_and_room_for_a_result() -> None:
    text = (HARDWARE / "test-procedure.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert [int(section.partition(".")[0]) for section in sections] == list(range(1, 11))
    for section in sections:
        assert re.search(r"^Pass|\| pass \|", section, re.MULTILINE), section[:30]
        assert re.search(r"^\| .*\| \|$|^\| \|", section, re.MULTILINE), section[:30]


def test_the_licence_is_the_official_text_of_its_publisher() -> None:
    """As SPDX has it; three public copies of it agree word for word."""
    text = (HARDWARE / "LICENSE").read_bytes()
    assert text.startswith(b"CERN Open Hardware Licence Version 2 - Permissive\n")
    assert hashlib.sha256(text).hexdigest() == (
        "eeecc593866fa1c3b80189c7e3dc0ceb77740557fa92f81771f891cc54c579cb"
    )
