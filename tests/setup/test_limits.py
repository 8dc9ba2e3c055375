# SPDX-License-Identifier: MIT
"""Which limits Enter means: those that somebody chose or uses, else those for the first time."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.store.diary import write_days
from upturn.setup import limits
from upturn.setup.place import Place
from upturn.setup.said import Said
from upturn.setup.step import Outcome, State


@pytest.mark.parametrize(
    ("config", "days", "profile"),
    [
        ("", 0, "first-time"),
        ("", 1, "standard"),
        ('profile = "sixty-degree"\n', 0, "sixty-degree"),
        ('profile = "standard"\n', 0, "standard"),
    ],
)
def test_enter_means_the_safe_side_unless_somebody_chose(
    config: str, days: int, profile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "upturn.sqlite3"
    place = Place(tmp_path / "config.toml", said=Said(tmp_path / "setup.json"))
    place.config_file.write_text(f'{config}[store]\npath = "{store}"\n')
    if days:
        write_days(store, days)
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert limits.run(place) is Outcome.WENT
    assert place.config().profile == profile
    assert limits.standing(place).state is State.DONE


def test_a_node_with_limits_of_its_own_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path / "config.toml", said=Said(tmp_path / "setup.json"))
    place.config_file.write_text('[[node]]\nname = "den"\nprofile = "sixty-degree"\n')
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert limits.run(place) is Outcome.WENT
    (node,) = place.config().nodes
    assert node.profile == "sixty-degree"
