# SPDX-License-Identifier: MIT
"""The ways to an output, and what is said where one is not to be had."""

from __future__ import annotations

import importlib
import sys

import pytest

from upturn.sinks.sound import outputs
from upturn.sinks.sound.outputs import WAYS, OutputError

DEVICE = "upturn.sinks.sound.device"


def test_the_best_way_comes_first_and_the_bell_last() -> None:
    assert [way.name for way in WAYS] == ["sound device", "player", "bell"]


def test_without_miniaudio_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    monkeypatch.delitem(sys.modules, DEVICE, raising=False)
    with pytest.raises(OutputError) as caught:
        WAYS[0].open()
    assert str(caught.value) == "miniaudio is not installed (pip install miniaudio)"


def test_a_miniaudio_that_is_broken_is_told_in_its_own_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def import_module(name: str) -> object:
        raise OSError("wrong ELF class:\nELFCLASS32")

    monkeypatch.setattr(outputs, "import_module", import_module)
    with pytest.raises(OutputError) as caught:
        WAYS[0].open()
    assert str(caught.value) == "miniaudio cannot be loaded: wrong ELF class: ELFCLASS32"


@pytest.mark.parametrize("name", ["device", "players", "bell"])
def test_every_way_has_its_module(name: str) -> None:
    module = importlib.import_module(f"upturn.sinks.sound.{name}")
    assert callable(module.open_output)
