# SPDX-License-Identifier: MIT
"""Nothing that is exported is older than what it was made of, and the maker says so if it is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware import alike, builds, figures, make, stamps
from hardware.enclosure import build as enclosure
from hardware.enclosure import mesh

WIRING = make.WIRING
ROOT = make.HERE.parent


def test_every_harness_is_drawn_from_its_source_of_today() -> None:
    assert stamps.stale(WIRING) == [], "run: make hardware"
    named = {
        line.partition("  ")[2]
        for line in (WIRING / stamps.NAME).read_text(encoding="utf-8").splitlines()
    }
    assert named == {f"{key}.{end}" for key in builds.load() for end in ("yml", "svg", "bom.tsv")}


def test_every_figure_is_what_the_program_draws() -> None:
    assert figures.stale() == [], "run: python -m hardware.make figures"


def test_nothing_is_stale() -> None:
    assert make.check() == []


@pytest.mark.parametrize("folder", [WIRING, enclosure.HERE], ids=lambda folder: folder.name)
def test_what_is_stale_is_told_of_every_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "NAME", "no-such-stamp")
    assert f"{folder.name}/no-such-stamp is missing" in make.check()


@pytest.mark.parametrize("path", sorted([*WIRING.glob("*.svg"), *figures.FOLDER.glob("*.svg")]))
def test_a_drawing_is_sound_xml_and_names_no_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ET.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314
    assert "file:" not in text


@pytest.mark.parametrize("key", builds.load())
def test_a_drawing_shows_every_part_of_its_harness(key: str) -> None:
    from hardware import harness

    words = set(re.findall(r">([A-Z]+\d+)<", (WIRING / f"{key}.svg").read_text(encoding="utf-8")))
    assert harness.read(key).refs <= words


def test_a_source_that_changed_after_its_export_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "wiring"
    shutil.copytree(WIRING, folder)
    assert stamps.stale(folder) == []
    source = folder / "b.yml"
    source.write_text(source.read_text(encoding="utf-8").replace("GPIO25", "GPIO26"), "utf-8")
    (folder / "c.svg").unlink()
    assert stamps.stale(folder) == ["wiring/b.yml has changed", "wiring/c.svg is missing"]
    (folder / "d.yml").touch()
    assert stamps.stale(folder, [folder / "b.yml", folder / "d.yml"])[2:] == [
        "wiring/d.yml is new"
    ]
    (folder / stamps.NAME).unlink()
    assert stamps.stale(folder) == ["wiring/sources.sha256 is missing"]


def test_a_stamp_is_fresh_when_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("a", encoding="utf-8")
    stamps.write(tmp_path, [tmp_path / "a.yml"])
    assert stamps.stale(tmp_path) == []


def ended(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "hardware.make", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_target_that_is_not_known_is_refused_in_one_line() -> None:
    code, said = ended("box")
    assert code == 2
    assert said == (
        "make.py: no such target: box; there are wiring, enclosure, figures, documents, check\n"
    )


@pytest.mark.parametrize("target", ["wiring", "enclosure"])
def test_a_tool_that_is_missing_is_named_with_the_way_to_get_it(
    target: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make, "find_spec", lambda name: None)
    assert make.main([target]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{target}: ")
    assert said.endswith("is missing; pip install -e '.[hardware]'\n")
    assert said.count("\n") == 1


def test_graphviz_is_named_where_it_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make, "find_spec", lambda name: name)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert make.main(["wiring"]) == 1
    assert "apt-get install graphviz" in capsys.readouterr().err


def test_sources_that_cannot_be_end_it_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_build() -> list[str]:
        raise ValueError("builds.toml, [a]: tube of 60 mm; clips go 25 to 52")

    monkeypatch.setattr(make, "source_problems", no_build)
    assert make.main(["figures"]) == 2
    assert capsys.readouterr() == ("", "builds.toml, [a]: tube of 60 mm; clips go 25 to 52\n")
    monkeypatch.setattr(make, "source_problems", lambda: ["U1: twice"])
    assert make.main(["figures"]) == 2
    assert capsys.readouterr() == ("", "U1: twice\n")


# --- what shows the same stays as it is ---


def two_folders(tmp_path: Path) -> tuple[Path, Path]:
    made, there = tmp_path / "made", tmp_path / "there"
    made.mkdir()
    there.mkdir()
    return made, there


def test_a_drawing_whose_letters_only_are_wider_is_kept_as_long_as_no_source_changed(
    tmp_path: Path,
) -> None:
    made, there = two_folders(tmp_path)
    drawn = (WIRING / "b.svg").read_text(encoding="utf-8")
    (there / "b.svg").write_text(drawn, encoding="utf-8")
    wider = re.sub(r' x="(-?\d+)', r' x="1\1', drawn).replace("graphviz", "Graphviz")
    assert wider != drawn
    (made / "b.svg").write_text(wider, encoding="utf-8")
    assert alike.take(made, there, [there / "b.svg"], keep=True) == []
    assert (there / "b.svg").read_text(encoding="utf-8") == drawn
    assert alike.take(made, there, [there / "b.svg"], keep=False) == ["b.svg"]
    assert (there / "b.svg").read_text(encoding="utf-8") == wider


@pytest.mark.parametrize(
    ("old", "new"),
    [(">GPIO25 A1<", ">GPIO26 A1<"), ("#ff0000", "#00ff00"), ("</svg>", "<g/></svg>")],
)
def test_a_drawing_that_shows_something_else_is_taken(tmp_path: Path, old: str, new: str) -> None:
    made, there = two_folders(tmp_path)
    drawn = (WIRING / "b.svg").read_text(encoding="utf-8")
    assert old in drawn
    (there / "b.svg").write_text(drawn, encoding="utf-8")
    (made / "b.svg").write_text(drawn.replace(old, new), encoding="utf-8")
    assert alike.take(made, there, [there / "b.svg"], keep=True) == ["b.svg"]


def square(*, other_diagonal: bool = False, width_mm: float = 10.0) -> tuple[object, object]:
    points = [(0, 0, 0), (width_mm, 0, 0), (width_mm, 10, 0), (0, 10, 0), (5, 5, 8)]
    floor = [(0, 3, 1), (1, 3, 2)] if other_diagonal else [(0, 2, 1), (0, 3, 2)]
    return points, [*floor, (0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)]


def written(path: Path, solid: tuple[object, object]) -> None:
    points, triangles = solid
    mesh.write(path, np.array(points, dtype=float), np.array(triangles), "Upturn test")


def test_a_solid_with_the_other_diagonal_is_kept_and_a_wider_one_is_taken(tmp_path: Path) -> None:
    made, there = two_folders(tmp_path)
    written(there / "p.stl", square())
    before = (there / "p.stl").read_bytes()
    assert mesh.read(there / "p.stl").open_edges() == 0
    written(made / "p.stl", square(other_diagonal=True))
    assert (made / "p.stl").read_bytes() != before
    assert alike.take(made, there, [there / "p.stl"], keep=True) == []
    assert (there / "p.stl").read_bytes() == before
    written(made / "p.stl", square(width_mm=10.01))
    assert alike.take(made, there, [there / "p.stl"], keep=True) == ["p.stl"]


@pytest.mark.parametrize(
    ("pixels", "shade", "kept"), [(100, 255, True), (101, 255, False), (25500, 1, True)]
)
def test_a_picture_is_kept_as_long_as_its_pixels_differ_by_a_shade_on_the_average(
    pixels: int, shade: int, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pillow is not there in `make test`: a picture is its pixels, as they are."""

    class Picture:
        def __init__(self, path: Path) -> None:
            self.pixels = np.frombuffer(path.read_bytes(), dtype=np.uint8).reshape(150, 170, 1)

        def convert(self, mode: str) -> NDArray[np.uint8]:
            assert mode == "RGB"
            return self.pixels

    monkeypatch.setattr(alike, "import_module", lambda name: SimpleNamespace(open=Picture))
    old, new = tmp_path / "old.png", tmp_path / "new.png"
    old.write_bytes(bytes(25500))
    new.write_bytes(bytes([shade]) * pixels + bytes(25500 - pixels))
    assert alike.alike(old, new) is kept


def test_of_other_kinds_only_bytes_count_and_what_is_no_longer_made_goes(tmp_path: Path) -> None:
    made, there = two_folders(tmp_path)
    for name, text in (("same.csv", "1"), ("new.csv", "1"), ("sub/more.step", "1")):
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    for name, text in (("same.csv", "1"), ("new.csv", "2"), ("gone.stl", "1"), ("own.py", "1")):
        (there / name).write_text(text, encoding="utf-8")
    exports = [there / name for name in ("same.csv", "new.csv", "gone.stl")]
    assert alike.take(made, there, exports, keep=True) == [
        "gone.stl deleted",
        "new.csv",
        "sub/more.step",
    ]
    assert {p.name for p in there.rglob("*") if p.is_file()} == {
        *("same.csv", "new.csv", "more.step", "own.py")
    }
