# SPDX-License-Identifier: MIT
from __future__ import annotations

from pathlib import Path

import pytest

from upturn.setup.said import Said


def test_a_word_is_kept_for_what_it_is_about_alone(tmp_path: Path) -> None:
    said = Said(tmp_path / "setup.json")
    said.say("mount", "24aa")
    word = said.word("mount", "24aa")
    assert word is not None
    assert len(word.day) == len("2026-11-21")
    assert said.word("mount", "24bb") is None
    assert said.word("buzzer", "24aa") is None


def test_a_word_can_be_taken_back(tmp_path: Path) -> None:
    said = Said(tmp_path / "setup.json")
    said.say("mount", "24aa")
    said.say("sound", "")
    said.forget("mount", "24aa")
    said.forget("mount", "24bb")
    assert said.word("mount", "24aa") is None
    assert said.word("sound", "") is not None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"said": 3}', '{"said": {"mount 24aa": 7}}', "[" * 100_000]
)
def test_a_file_that_makes_no_sense_holds_no_word(tmp_path: Path, text: str) -> None:
    file = tmp_path / "setup.json"
    file.write_text(text)
    said = Said(file)
    assert said.word("mount", "24aa") is None
    said.say("mount", "24aa")
    assert said.word("mount", "24aa") is not None
