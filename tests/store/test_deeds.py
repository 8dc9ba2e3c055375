# SPDX-License-Identifier: MIT
"""What people did about a session, and what its user had said about health."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.store.watching import StoryClocks, Watch
from upturn.core.checklist import VERSION, Part, part
from upturn.core.commands import CheckIn, EquipmentChecked
from upturn.store.checklists import save_checklist
from upturn.store.checks import Due
from upturn.store.database import Store
from upturn.store.deeds import deeds
from upturn.store.reading import sessions
from upturn.store.rows import ChecklistRow

STORY = (
    "upright 5s; to 50 in 4s; inverted 20s; call for help; inverted 2s; acknowledge; inverted 2s;"
    " to -80 in 4s; upright 9s; stand down; level 2s"
)


def told(path: Path, n: int = -1) -> tuple[str, list[tuple[str, str]]]:
    with Store.open(path) as store:
        found = deeds(store, sessions(store)[n])
    assert list(found.acts) == sorted(found.acts, key=lambda act: act.at)
    return found.health, [(act.words, act.source) for act in found.acts]


IN_IT = [
    ("call for help", "dashboard"),
    ("acknowledge: Call for help", "dashboard"),
    ("stand down", "dashboard"),
]


def test_what_was_done_before_and_in_a_session_is_told_with_where(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with Watch(path, user="anna") as watch:
        watch.table.commanded(EquipmentChecked(), "dashboard")
        watch.table.commanded(CheckIn(), "home")
        watch.clocks.pass_by(60.0)
        watch.lives(STORY)
    before = [("the table was inspected", "dashboard"), ("the spotter checks in", "home")]
    assert told(path) == (Due.NEVER, [*before, *IN_IT])


def test_neither_another_persons_acts_nor_yesterdays_are_of_it(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    clocks = StoryClocks()
    for user, later in (("anna", timedelta(hours=13)), ("ben", timedelta(hours=1))):
        with Watch(path, user=user, clocks=clocks) as watch:
            watch.table.commanded(EquipmentChecked(), "dashboard")
        clocks.pass_by(later.total_seconds())
    with Watch(path, user="anna", clocks=clocks) as watch:
        watch.lives(STORY)
    assert told(path)[1] == IN_IT


def test_an_acknowledgement_at_the_node_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with Watch(path) as watch:
        watch.lives(
            "upright 2s; to 50 in 4s; inverted 20s; call for help; to -80 in 4s; upright 9s;"
            " button; upright 1s"
        )
    assert ("acknowledge: Call for help", "node") in told(path)[1]


def test_health_is_as_it_stood_when_the_session_began(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with Watch(path, user="anna") as watch:
        watch.lives(STORY)
    safe = {item.id: not item.counts for item in part(Part.HEALTH)}
    with Store.open(path) as store:
        (session,) = sessions(store)
        for days in (-40, -3, 2):
            at = session.began_at + timedelta(days=days)
            save_checklist(store, ChecklistRow("anna", at, VERSION, safe))
    assert told(path)[0] == "answered 3 days ago"
