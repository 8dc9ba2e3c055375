# SPDX-License-Identifier: MIT
"""`upturn report`, on a real store."""

from __future__ import annotations

import io
import stat
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.storing import Kept
from tests.report.handmade import EVENING, at, eventful, session
from tests.report.test_page import EVIL, Walk, plain
from tests.store.watching import Watch

BEN = session(at("2025-05-01 18:00"), id=900, user="ben")


def made(kept: Kept, *words: str) -> str:
    """The page of a report that is written to stdout."""
    return plain(kept.run("report", "--out", "-", *words)[0])


def test_the_newest_session_becomes_a_page_in_a_file_of_its_own(
    kept: Kept, tmp_path: Path
) -> None:
    kept.fill([BEN, eventful()], curves=True)
    out, err = kept.run("report")
    assert (out, err) == (
        "Wrote upturn-report-2026-03-17-42.html; open it in any browser\n",
        "",
    )
    file = tmp_path / "upturn-report-2026-03-17-42.html"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text(encoding="utf-8")
    assert Walk(text).text["h1"] == ["Inversion session of anna"]
    assert "Began 17 March 2026, 19:30:00" in plain(text)
    assert "no angles are stored" not in text
    assert "inversion 2 ended after 71.5 s" in text


def test_a_session_that_was_lived_through_is_told(kept: Kept) -> None:
    story = "upright 5s; to 50 in 4s; inverted 61s; acknowledge; to -80 in 4s; upright 20s; "
    with Watch(kept.path, user="anna") as watch:
        watch.lives(story + "felt dizzy")
    words = made(kept)
    assert "past the limit of 60 s" in words
    assert "*** high Inverted too long: 60 s reached" in words
    assert "After this session: dizzy" in words
    assert "acknowledge (dashboard)" in words
    assert "acknowledge: Inverted too long dashboard" in words
    assert "when it began The questions about health were never answered" in words
    assert "no angles are stored" not in words


def test_a_session_is_asked_for_by_its_number(kept: Kept) -> None:
    kept.fill([BEN, session(id=1), session(id=2)])
    assert "Inversion session of ben" in made(kept, "--session", "900")
    assert kept.run("report", "--session", "1")[0].startswith("Wrote upturn-report-2026-03-17-1")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--session", "77"), "--session: there is no session '77'. The newest are 900, 1, 2;"),
        (("--session", "1x"), "--session: there is no session '1x'."),
        (("--session", "900", "--user", "anna"), "--session: there is no session '900'."),
        (("--user", "carl"), "--user: nobody is stored by the name 'carl'. Stored: anna, ben"),
        (("--weeks", "0"), "argument --weeks: '0' is no number of weeks from 1 to 260."),
    ],
)
def test_what_is_not_there_is_refused(kept: Kept, words: tuple[str, ...], why: str) -> None:
    kept.fill([BEN, session(id=1), session(id=2)])
    assert kept.refused("report", *words).startswith(why)


def test_nobodys_sessions_are_counted_for_another(kept: Kept) -> None:
    monday = session(at("2026-03-16 18:00"), (30.0,), id=8, user="ben", answer="dizzy")
    kept.fill([monday, session(EVENING, id=9)])
    words = made(kept)
    assert "Inversion session of anna" in words
    assert "1 session in 8 weeks, 7 of them without one" in words
    assert "Stay with standard" in words


def test_of_another_user_it_is_the_newest_and_its_weeks(kept: Kept) -> None:
    kept.fill([BEN, session(id=1)])
    words = made(kept, "--user", "ben", "--weeks", "52")
    assert "Inversion session of ben" in words
    assert "1 session in 52 weeks, 51 of them without one" in words


def test_page_and_picture_go_where_they_are_told(kept: Kept, tmp_path: Path) -> None:
    kept.fill([session()], curves=True)
    out, _ = kept.run("report", "--out", "a.html", "--png", "a.png")
    assert out == "Wrote a.html; open it in any browser\nWrote a.png\n"
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert Image.open(io.BytesIO((tmp_path / "a.png").read_bytes())).format == "PNG"
    assert kept.run("report", "--png", "b.png")[0] == "Wrote b.png\n"
    assert not list(tmp_path.glob("upturn-report*"))
    assert not list(tmp_path.glob(".*"))  # nothing is left of the writing


def test_on_stdout_there_is_nothing_but_the_page(kept: Kept) -> None:
    kept.fill([session()])
    out, err = kept.run("report", "--out", "-", "--png", "a.png")
    assert out.startswith("<!DOCTYPE html>")
    assert out.endswith("</html>\n")
    assert err == ""


def test_without_pillow_it_says_what_is_missing_before_it_writes(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.fill([session()])
    monkeypatch.delitem(sys.modules, "upturn.report.png", raising=False)
    monkeypatch.setitem(sys.modules, "PIL", None)
    said = kept.refused("report", "--out", "a.html", "--png", "a.png", code=1)
    assert said == (
        "--png needs Pillow, which is not installed here. Install it with pip install "
        "'upturn[report]'; the page of --out has the same pictures without it"
    )
    assert not (tmp_path / "a.html").exists()
    kept.run("report", "--out", "a.html")


@pytest.mark.parametrize(
    ("out", "why"),
    [
        ("nowhere/a.html", "nowhere/a.html: cannot be written (No such file or directory)."),
        ("store", "store: cannot be written (Is a directory)."),
        ("config.toml/a.html", "config.toml/a.html: cannot be written (Not a directory)."),
        ("a\0b.html", "a\\x00b.html: cannot be written (embedded null byte)."),
    ],
)
def test_a_file_that_cannot_be_made_is_refused(kept: Kept, out: str, why: str) -> None:
    kept.fill([session()])
    assert kept.refused("report", "--out", out) == f"{why} Name another file"


def test_a_full_disk_is_one_line(kept: Kept) -> None:
    kept.fill([session()])
    said = kept.refused("report", "--out", "/dev/full", code=1)
    assert said == "/dev/full: cannot be written (No space left on device)"


def test_a_link_to_a_file_stays_a_link(kept: Kept, tmp_path: Path) -> None:
    kept.fill([session()])
    (tmp_path / "real.html").write_text("old", encoding="utf-8")
    (tmp_path / "a.html").symlink_to("real.html")
    kept.run("report", "--out", "a.html")
    assert (tmp_path / "a.html").is_symlink()
    assert (tmp_path / "real.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_names_that_are_markup_are_text_on_the_page(kept: Kept) -> None:
    kept.fill([session(EVENING, user=EVIL, table=EVIL)], curves=True)
    text = kept.run("report", "--out", "-")[0]
    walk = Walk(text)
    assert "<script" not in text
    assert {"script", "img"}.isdisjoint(walk.tags)
    assert walk.text["h1"] == [f"Inversion session of {EVIL}"]
    assert EVIL in walk.text["dd"]


def test_pictures_do_not_go_to_stdout(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.fill([session()])
    monkeypatch.chdir(tmp_path)
    assert kept.refused("report", "--png", "-") == (
        "--png: pictures do not go to stdout. Name a file"
    )
    assert not (tmp_path / "-").exists()
