# SPDX-License-Identifier: MIT
"""`upturn check`: what it asks, what it keeps, what READY says, and how a session felt."""

from __future__ import annotations

import io
import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.store.diary import write_days
from tests.stories import pipeline, tell, timeline
from tests.terminal import Terminal
from tests.transports.fake_node import FakeNode
from upturn.cli import check_look
from upturn.cli.main import main
from upturn.core.checklist import ITEMS, Part, part
from upturn.store.checklists import checklist
from upturn.store.database import Store
from upturn.store.reading import sessions

Capture = pytest.CaptureFixture[str]

GLAUCOMA = "ask a doctor first: glaucoma or another eye disease (MNT-inv, CC, ITB)"
NOT_INSPECTED = "nobody has said that the table was inspected today"
NEVER = "the questions about health were never answered"


def answers(of: Part, **given: bool) -> list[str]:
    """A line for each question: the safe one, or what is given."""
    safe = {item.id: not item.counts for item in part(of)}
    assert given.keys() <= safe.keys()
    return ["y" if yes else "n" for yes in {**safe, **given}.values()]


TABLE = answers(Part.EQUIPMENT)


class Desk:
    """A store in a folder of its own, and `upturn check` over it."""

    def __init__(self, folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store = folder / "upturn.sqlite3"
        self.config = folder / "c.toml"
        self.config.write_text(f'[store]\npath = "{self.store}"\n')
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def check(self, *words: str, lines: list[str] | None = None) -> tuple[int, str, str]:
        """Its exit code, stdout and stderr, with these lines on stdin."""
        said = "".join(f"{line}\n" for line in lines or [])
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(said))
        code = main(["check", "--config", str(self.config), *words])
        out, err = self._capsys.readouterr()
        return code, out, err

    def told(self, *words: str) -> tuple[int, list[dict[str, Any]]]:
        code, out, err = self.check("--json", *words)
        assert err == ""
        return code, [json.loads(line) for line in out.splitlines()]

    def kept(self, user: str = "") -> dict[str, object] | None:
        with Store.open(self.store) as store:
            row = checklist(store, user)
        return None if row is None else dict(row.answers)

    def answer(self, **given: bool) -> None:
        assert self.check(lines=answers(Part.HEALTH, **given) + TABLE)[2] == ""


@pytest.fixture
def desk(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, capsys, monkeypatch)


def test_safe_answers_and_an_inspected_table_are_ready(desk: Desk) -> None:
    code, out, err = desk.check(lines=answers(Part.HEALTH) + TABLE)
    assert (code, err) == (0, "")
    assert out.splitlines()[-5:] == [
        "ok Health      answered today",
        "ok Equipment   inspected, both ankle locks closed",
        "ok Spotter     not asked for by this profile",
        "",
        "READY as far as people can say; --source or --node look at the table",
    ]
    assert desk.kept() == {item.id: not item.counts for item in part(Part.HEALTH)}


def test_every_question_is_a_line_with_its_sources(desk: Desk) -> None:
    lines = desk.check(lines=answers(Part.HEALTH) + TABLE)[1].splitlines()
    for item in ITEMS.values():
        found = [line for line in lines if f"{item.question} ({item.cited}) " in line]
        assert len(found) == (0 if item.part is Part.SPOTTER else 1), item.id


def test_what_bars_is_not_ready_with_its_sources(desk: Desk) -> None:
    code, out, _ = desk.check(lines=answers(Part.HEALTH, eye_disease=True) + TABLE)
    assert code == 1
    assert "-- Health      ask a doctor first: glaucoma or another eye disease (MNT-inv," in out
    assert out.splitlines()[-1].startswith("NOT READY")


def test_answers_that_hold_are_not_asked_for_again(desk: Desk) -> None:
    desk.answer(stroke=True)
    code, out, _ = desk.check("--inspected")
    assert "1/23" not in out
    assert code == 1
    code, out, _ = desk.check("--again", "--inspected", lines=answers(Part.HEALTH))
    assert "23/23" in out
    assert code == 0


@pytest.mark.parametrize(
    "lines",
    [[], ["y"], [*answers(Part.HEALTH)[:-1]], [*answers(Part.HEALTH)[:-1], "q"], ["y", "b", "q"]],
)
def test_who_leaves_before_the_end_has_said_nothing(desk: Desk, lines: list[str]) -> None:
    code, out, _ = desk.check(lines=lines)
    assert code == 1
    assert "Left before the end: nothing of it is kept." in out
    assert f"-- Health      {NEVER}" in out
    assert desk.kept() is None


@pytest.mark.parametrize("lines", [["y", "q"], ["y"], [*answers(Part.HEALTH), "q"]])
def test_who_leaves_is_asked_nothing_more(desk: Desk, lines: list[str]) -> None:
    code, out, _ = desk.check("--profile", "first-time", "--override", lines=[*lines, *TABLE])
    parts = [line for line in out.splitlines() if line.startswith(" 1/")]
    assert (code, len(parts)) == (1, 1 if len(lines) < 3 else 2)
    assert "About the spotter" not in out
    assert f"-- Equipment   {NOT_INSPECTED}" in out


def test_back_takes_an_answer_back_and_other_words_are_asked_again(desk: Desk) -> None:
    given = answers(Part.HEALTH)
    lines = ["b", "perhaps", "N", "b", "Yes", "no", "back", *given[1:]]
    code, out, _ = desk.check("--inspected", lines=lines)
    assert code == 0
    assert "This is the first." in out
    assert "      Keys, each with Enter: y yes, n no, b back, q quit." in out
    assert desk.kept() == {item.id: not item.counts for item in part(Part.HEALTH)}


def test_a_table_that_is_not_as_it_has_to_be_is_not_ready_and_says_what(desk: Desk) -> None:
    lines = answers(Part.HEALTH) + answers(Part.EQUIPMENT, ankle_locks=False, safety_devices=False)
    code, out, _ = desk.check(lines=lines)
    assert code == 1
    assert f"-- Equipment   {NOT_INSPECTED}" in out
    assert "   Note        no double ankle lock is closed (MNT-hang)" in out
    assert "   Note        use a table with additional safety devices (MNT-hang)" in out


@pytest.mark.parametrize(("line", "code"), [("y", 0), ("n", 1), ("q", 1)])
def test_the_first_time_profile_asks_for_the_spotter(desk: Desk, line: str, code: int) -> None:
    desk.answer()
    found, out, _ = desk.check("--profile", "first-time", "--inspected", lines=[line])
    assert found == code
    assert ("ok Spotter     is here" in out) is (code == 0)
    assert desk.check("--profile", "first-time", "--inspected", "--spotter")[0] == 0


def test_programs_are_told_and_asked_nothing(desk: Desk) -> None:
    code, told = desk.told("--user", "ada")
    assert code == 1
    assert told == [
        {"kind": "check", "name": "Health", "passed": False, "problem": NEVER, "note": ""},
        {
            "kind": "check",
            "name": "Equipment",
            "passed": False,
            "problem": NOT_INSPECTED,
            "note": "",
        },
        {
            "kind": "check",
            "name": "Spotter",
            "passed": True,
            "problem": "",
            "note": "not asked for by this profile",
        },
        {
            "kind": "verdict",
            "user": "ada",
            "ready": False,
            "looked": False,
            "reasons": [NEVER, NOT_INSPECTED],
        },
    ]


def test_each_user_has_answers_of_their_own(desk: Desk) -> None:
    desk.check("--user", "ada", "--inspected", lines=answers(Part.HEALTH))
    assert desk.told("--user", "ada", "--inspected")[0] == 0
    assert desk.told("--inspected")[0] == 1
    _, out, _ = desk.check("--user", "ada", "--inspected")
    assert out.splitlines()[0] == "For ada:"


def test_an_override_needs_words_and_holds_with_the_answers(desk: Desk) -> None:
    desk.answer(eye_disease=True)
    assert desk.check("--override", "--inspected", lines=["  "])[0] == 1
    code, out, _ = desk.check("--override", "--inspected", lines=["my doctor knows"])
    assert code == 0
    assert f"{GLAUCOMA[0].upper()}{GLAUCOMA[1:]}." in out
    code, told = desk.told("--inspected")
    assert code == 0
    assert told[0]["note"].startswith("by override (")
    assert told[0]["note"].endswith(f": my doctor knows) in spite of: {GLAUCOMA}; answered today")
    desk.check("--again", "--inspected", lines=answers(Part.HEALTH, eye_disease=True))
    assert desk.told("--inspected")[0] == 1


def test_where_nothing_bars_there_is_nothing_to_override(desk: Desk) -> None:
    desk.answer()
    code, out, _ = desk.check("--override", "--inspected", lines=["because"])
    assert code == 0
    assert "There is nothing in the answers about health that an override could accept." in out


def test_a_program_cannot_override(desk: Desk) -> None:
    code, out, err = desk.check("--json", "--override")
    assert (code, out) == (2, "")
    assert err == "upturn: --override: asks for a reason. Leave --json out\n"


def test_a_table_is_looked_at_and_every_check_is_shown(desk: Desk) -> None:
    desk.answer()
    code, out, _ = desk.check("--inspected", "--source", "sim:normal")
    assert code == 0
    shown = [line.split()[1] for line in out.splitlines() if line[:3] in ("ok ", "-- ")]
    assert shown == [
        *("Alarms", "Data", "Table", "Rest", "Sensor", "Calibration", "Battery", "Computer"),
        *("Health", "Equipment", "Spotter"),
    ]
    assert out.splitlines()[-1] == "READY"


def test_a_node_is_looked_at(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_look, "LOOK_S", 0.3)
    desk.answer()
    with FakeNode(tmp_path / "tty") as node:
        code, told = desk.told("--inspected", "--source", node.source)
        reasons = told[-1]["reasons"]
        assert (code, reasons) == (0, [])
        node.angle_deg = 0.0
        code, told = desk.told("--inspected", "--source", node.source)
    assert (code, told[-1]["looked"]) == (1, True)
    assert told[-1]["reasons"] == ["the table is not upright"]


def test_a_rest_that_had_not_passed_when_the_last_watch_ended_has_not(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_look, "LOOK_S", 0.3)
    desk.answer()
    story = timeline("upright 2s; to 50 in 2s; inverted 9s; to -80 in 3s; upright 5s")
    core = pipeline(story)
    tell(core, story)
    past = core.past(core.last_sample_s)
    assert past is not None
    with Store.open(desk.store) as store, store.transaction() as db:
        db.execute(
            "INSERT INTO pasts (table_key, user_id, wall_s, boot_id, past)"
            " VALUES (?, 1, ?, '', ?)",
            ("den", time.time(), json.dumps(past.to_record())),
        )
    with FakeNode(tmp_path / "tty") as node:
        with desk.config.open("a") as config:
            config.write(f'[[node]]\nname = "den"\nsource = "{node.source}"\n')
        code, told = desk.told("--inspected", "--node", "den")
    assert (code, told[-1]["reasons"]) == (1, ["a full rest has not passed"])


def test_a_node_that_says_nothing_is_not_ready(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_look, "WAIT_S", 0.3)
    desk.answer()
    code, told = desk.told("--inspected", "--source", f"serial:{tmp_path / 'nothing'}")
    assert (code, told[-1]["reasons"]) == (1, ["no data from the table yet"])


def test_a_source_that_is_refused_is_told_before_anything_is_asked(desk: Desk) -> None:
    code, out, err = desk.check("--source", "nonsense", lines=["y"])
    assert (code, out) == (2, "")
    assert err.startswith("upturn: source 'nonsense' is not known.")


@pytest.mark.parametrize("name", [" ada", "a\x07", "x" * 65])
def test_a_name_that_is_none_is_refused(desk: Desk, name: str) -> None:
    code, _, err = desk.check("--user", name)
    assert code == 2
    assert "--user" in err
    assert "cannot be a name" in err


def test_how_a_session_felt_can_be_said_later(desk: Desk) -> None:
    write_days(desk.store, 2)
    code, out, err = desk.check("--after", "dizzy")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].startswith("Session 2 (")
    assert out.splitlines()[0].endswith("), standard: dizzy.")
    assert out.splitlines()[1] == "Stop: no further inversion today. (MNT-hang, MNT-inv, CC)"
    assert "call the emergency services at once" in out
    assert "profile first-time, 45 s at a time" in out
    with Store.open(desk.store) as store:
        assert [row.answer for row in sessions(store)] == [None, "dizzy"]
    _, told = desk.told("--inspected")
    hints = [line["words"] for line in told if line["kind"] == "hint"]
    assert len(hints) == 1
    assert hints[0].startswith("Stop for now, and ask a doctor")


def test_who_felt_ill_is_not_ready_until_a_session_felt_fine_or_a_day_has_passed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.answer()
    write_days(desk.store, 2)
    with Store.open(desk.store) as store:
        last = sessions(store)[-1]
    ill = "dizzy after the last session: stop for a day, ask a doctor"
    for answer, hours, reasons in (("dizzy", 2, [ill]), ("dizzy", 25, []), ("fine", 2, [])):
        at = last.began_at + timedelta(hours=hours)
        monkeypatch.setattr("upturn.cli.check.now", lambda at=at: at)
        desk.check("--after", answer)
        verdict = desk.told("--inspected")[1][-1]
        found = [reason for reason in verdict["reasons"] if "session" in reason]
        assert found == reasons


def test_an_answer_may_be_about_another_session(desk: Desk) -> None:
    write_days(desk.store, 2)
    code, told = desk.told("--after", "fine", "--session", "1")
    assert code == 0
    assert told == [
        {
            "kind": "after",
            "session": 1,
            "answer": "fine",
            "advice": [
                {
                    "words": "Lengthen only while there is neither dizziness nor worse pain.",
                    "sources": ["CC"],
                }
            ],
            "suggested": None,
        }
    ]
    code, out, _ = desk.check("--after", "fine", "--session", "last")
    assert "Stay with standard: sixty-degree is suggested after 6 sessions in a row" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--after", "fine", "--session", "7"], "there is no session '7'"),
        (["--after", "fine", "--user", "ada"], "nobody is stored by the name 'ada'"),
        (["--after", "splendid"], "invalid choice"),
    ],
)
def test_an_answer_to_nothing_is_refused(desk: Desk, words: list[str], said: str) -> None:
    write_days(desk.store, 1)
    code, _, err = desk.check(*words)
    assert code == 2
    assert said in err


def test_before_the_first_session_there_is_nothing_to_answer(desk: Desk) -> None:
    code, _, err = desk.check("--after", "fine")
    assert code == 2
    assert err == "upturn: --after: no session is stored yet. 'upturn run' stores them\n"


def test_a_session_without_an_answer_is_asked_about(desk: Desk) -> None:
    write_days(desk.store, 1)
    _, told = desk.told("--inspected")
    hints = [line["words"] for line in told if line["kind"] == "hint"]
    assert len(hints) == 1
    assert hints[0].endswith("felt: see --after")


def test_in_a_terminal_each_key_is_a_line(desk: Desk) -> None:
    words = ["check", "--config", str(desk.config), "--inspected"]
    with Terminal([sys.executable, "-m", "upturn", *words]) as terminal:
        terminal.reads("1/23")
        terminal.press(b"n\n")
        terminal.reads("2/23")
        terminal.press(b"b\n")
        terminal.reads_next("1/23")
        for n, key in enumerate(answers(Part.HEALTH), start=1):
            terminal.press(f"{key}\n".encode())
            terminal.reads_next(f"{n + 1:>2}/23" if n < 23 else "READY as far as")
        assert terminal.end() == 0
