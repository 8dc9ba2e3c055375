# SPDX-License-Identifier: MIT
"""Step `flash`: what is asked where a node answers, where none does, and where no board is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from upturn.errors import RunError
from upturn.setup import flash
from upturn.setup.look import Around, Found
from upturn.setup.place import Place
from upturn.setup.said import Said
from upturn.setup.step import Outcome, State
from upturn.transports.node_probe import Port

DEN = Found("24aa", "den", "/dev/ttyUSB0", by_cable=True)
BOARD = [Port("/dev/ttyUSB0")]


class Here(Place):
    """A place where all nodes that it is told of are."""

    nodes: tuple[Found, ...] = ()

    def around(self) -> Around:
        return Around(self.nodes)


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path / "config.toml", said=Said(tmp_path / "setup.json"))


@pytest.fixture
def flashed(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """The file of MicroPython of each time that a board was flashed."""
    files: list[Path | None] = []

    def flash_board(_port: None, _board: None, *, micropython: Path | None) -> object:
        files.append(micropython)
        if micropython is None:
            raise RunError("it needs a file")
        return object()

    monkeypatch.setattr(flash, "flash", flash_board)
    return files


def answered(patch: pytest.MonkeyPatch, ports: list[Port], *lines: str) -> None:
    patch.setattr(flash, "ports_here", lambda: ports)
    patch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_without_a_board_it_says_how_to_go_the_way_without_one(
    here: Here, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(monkeypatch, [], "q")
    assert flash.standing(here).state is State.TODO
    assert flash.run(here) is Outcome.LEFT
    told = capsys.readouterr().out
    assert told.startswith("No node answers by cable, and none is in sight by Bluetooth.\n")
    assert f"{here.command} setup --simulated" in told
    assert flash.NO_PORT in told


def test_a_node_that_answers_is_flashed_only_where_a_person_wants_it(
    here: Here, monkeypatch: pytest.MonkeyPatch, flashed: list[Path | None]
) -> None:
    here.nodes = (DEN,)
    assert flash.standing(here).state is State.DONE
    answered(monkeypatch, BOARD, "", "n")  # an empty line is no answer here
    assert flash.run(here) is Outcome.WENT
    assert flashed == []
    answered(monkeypatch, BOARD, "y", "~/micropython.bin")
    assert flash.run(here) is Outcome.WENT
    assert flashed == [Path("~/micropython.bin").expanduser()]


def test_without_a_file_the_flashing_says_which_it_needs(
    here: Here, monkeypatch: pytest.MonkeyPatch, flashed: list[Path | None]
) -> None:
    answered(monkeypatch, BOARD, "y", "")
    with pytest.raises(RunError, match="it needs a file"):
        flash.run(here)
    assert flashed == [None]


def test_a_node_of_the_config_that_is_only_switched_off_is_not_flashed_by_an_empty_line(
    here: Here, monkeypatch: pytest.MonkeyPatch, flashed: list[Path | None]
) -> None:
    here.source = "serial:/dev/none"
    answered(monkeypatch, BOARD, "", "")
    assert flash.run(here) is Outcome.WENT
    assert flashed == []
    assert flash.standing(here).state is State.TODO
