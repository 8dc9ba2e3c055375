# SPDX-License-Identifier: MIT
"""Which node is meant and how it is watched; what is found is given here, the rest is real."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from upturn.config import load_config
from upturn.errors import RunError
from upturn.setup import find, flash
from upturn.setup.look import Around, Found
from upturn.setup.place import Place
from upturn.setup.said import Said
from upturn.setup.step import Outcome
from upturn.transports.ble.known import KnownNode
from upturn.transports.node_probe import Port

DEN = Found("24aa", "den", "/dev/ttyUSB0", by_cable=True)
ATTIC = Found("24bb", "attic", "/dev/ttyUSB1", by_cable=True)
DEN_IN_SIGHT = Found("24aa", "den", "11:22", by_cable=False, is_paired=False)
HELLO: Any = SimpleNamespace(node_id="24aa", name="den", board="atoms3")


class Here(Place):
    """A place where all nodes that it is told of are."""

    found: tuple[Found, ...] = ()
    no_radio: str = ""

    def around(self) -> Around:
        return Around(self.found, self.no_radio)

    def hello(self) -> Any:
        return HELLO


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    ports = [Port("/dev/ttyUSB0"), Port("/dev/ttyUSB1")]
    monkeypatch.setattr(find, "ports_here", lambda: ports)
    return Here(tmp_path / "config.toml", said=Said(tmp_path / "setup.json"))


def answered(monkeypatch: pytest.MonkeyPatch, *numbers: int | None, right: bool = True) -> None:
    given = iter(numbers)
    monkeypatch.setattr(find, "choose", lambda *_args, **_more: next(given))
    monkeypatch.setattr(find, "yes", lambda *_args, **_more: right)


def test_the_only_node_is_asked_for_nothing(here: Here) -> None:
    here.found = (DEN,)
    assert find.run(here) is Outcome.WENT
    assert [(n.name, n.source) for n in load_config(here.config_file).nodes] == [
        ("den", "serial:auto")
    ]


def test_of_several_the_one_that_blinks_is_taken_by_its_port(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    blinked: list[str] = []
    monkeypatch.setattr(find, "identify", blinked.append)
    answered(monkeypatch, 1)
    here.found = (DEN, ATTIC)
    assert find.run(here) is Outcome.WENT
    assert blinked == ["serial:/dev/ttyUSB1"]
    assert load_config(here.config_file).nodes[0].source == "serial:/dev/ttyUSB1"


def test_a_node_in_sight_by_both_is_paired_rather_than_left_on_a_cable(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed: list[str] = []

    def pair(address: str) -> KnownNode:
        pressed.append(address)
        return KnownNode("24aa", address, "den")

    monkeypatch.setattr(find, "pair", pair)
    answered(monkeypatch, 0)
    here.found = (DEN, DEN_IN_SIGHT)
    assert find.run(here) is Outcome.WENT
    assert pressed == ["11:22"]
    assert load_config(here.config_file).nodes[0].source == "ble:den"


def test_the_cable_may_be_chosen_all_the_same(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, 1)
    here.found = (DEN, DEN_IN_SIGHT)
    assert find.run(here) is Outcome.WENT
    assert load_config(here.config_file).nodes[0].source == "serial:auto"


@pytest.mark.parametrize("found", [(DEN, ATTIC), (DEN, DEN_IN_SIGHT)])
def test_who_leaves_has_changed_nothing(
    here: Here, monkeypatch: pytest.MonkeyPatch, found: tuple[Found, ...]
) -> None:
    answered(monkeypatch, None)
    here.found = found
    assert find.run(here) is Outcome.LEFT
    assert not here.config_file.exists()


def test_no_node_is_a_failure_that_says_where_to_begin(here: Here) -> None:
    with pytest.raises(RunError) as failed:
        find.run(here)
    told, _, remedy = str(failed.value).partition(". ")
    assert told == "no node answers by cable, and none is in sight by Bluetooth"
    assert remedy.endswith(" setup flash' says what to do")


def test_where_bluetooth_cannot_be_used_a_node_that_is_not_found_says_why(here: Here) -> None:
    here.no_radio = "it is switched off. Switch it on"
    with pytest.raises(RunError) as failed:
        find.run(here)
    assert str(failed.value).startswith(
        "no node answers by cable, and by Bluetooth none is found: it is switched off. Switch it"
    )
    assert flash.standing(here).words == here.around().none
