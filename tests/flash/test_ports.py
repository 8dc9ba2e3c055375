# SPDX-License-Identifier: MIT
"""One port is taken, of several one has to be named, and a port that moves is followed."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from upturn.errors import RunError
from upturn.flash.ports import BRIDGES, Found, again, boards_here, named, only_one

ONE = Found("/dev/ttyUSB0", "CP210x", "1-1.4")
OTHER = Found("/dev/ttyUSB1", "CH9102", "1-1.3")


def test_the_only_port_is_taken() -> None:
    assert only_one([ONE]) == ONE


def test_without_a_port_the_cable_the_switch_and_the_driver_are_named() -> None:
    with pytest.raises(RunError) as refused:
        only_one([])
    for word in ("switch it on", "cable", "driver", "CP210x", "CH9102"):
        assert word in str(refused.value)


def test_of_two_ports_none_is_guessed() -> None:
    with pytest.raises(RunError) as refused:
        only_one([ONE, OTHER])
    assert str(refused.value) == (
        "boards may be on /dev/ttyUSB0, /dev/ttyUSB1. Name one: --port /dev/ttyUSB0"
    )


def test_only_chips_that_boards_have_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    def port(device: str, vid: int | None, pid: int | None) -> SimpleNamespace:
        return SimpleNamespace(device=device, vid=vid, pid=pid, location="1-1")

    listed = [port("/dev/ttyS0", None, None), port("/dev/ttyUSB9", 0x1234, 1)]
    listed += [port(f"/dev/b{n}", *ids) for n, ids in enumerate(BRIDGES)]
    listed += [port("/dev/ttyACM0", 0x303A, 0x1001)]
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: listed)
    assert {found.device for found in boards_here()} == {
        *(f"/dev/b{n}" for n in range(len(BRIDGES))),
        "/dev/ttyACM0",
    }


def test_a_system_that_cannot_list_its_ports_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise TypeError

    monkeypatch.setattr("serial.tools.list_ports.comports", fails)
    assert boards_here() == []


def test_a_named_port_is_taken_though_nobody_lists_it() -> None:
    assert named("/dev/x", lambda: [ONE]) == Found("/dev/x", "", "")
    assert named(ONE.device, lambda: [ONE]) == ONE


def test_a_port_that_comes_back_under_another_name_is_known_by_its_plug() -> None:
    moved = Found("/dev/ttyACM1", "Espressif", ONE.place)
    looks: Iterator[list[Found]] = iter([[], [OTHER], [OTHER, moved]])
    assert again(ONE, lambda _: False, 60.0, lambda: next(looks)) == moved


def test_a_port_that_is_there_is_kept() -> None:
    assert again(ONE, lambda _: True, 60.0, list) == ONE


def test_a_port_that_stays_away_is_given_back_to_be_complained_of() -> None:
    assert again(ONE, lambda _: False, 0.0, lambda: [OTHER]) == ONE
