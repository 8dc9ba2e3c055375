# SPDX-License-Identifier: MIT
"""What a node keeps through a loss of power: sound files come back, no other is believed."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from tests.firmware import mpy

LOAD = """
from upturn_node.config import Config
config = Config("upturn-0001")
config.load()
"""
TELL = """
print([config.fault, config.name, config.profile, config.notice_ms, config.limit_ms,
       config.rest_ms, config.max_angle_cdeg, config.rate_hz, list(config.rows),
       list(config.offsets), config.calibrated])
"""

ASSUMED = [0, 16384, 0, 0, 0, 16384, 16384, 0, 0]
TURNED = [0, 0, 16384, 16384, 0, 0, 0, 16384, 0]
SAFE = [0, "upturn-0001", "first-time", 30_000, 45_000, 90_000, 3000, 50, ASSUMED, [0, 0], False]
CHANGED = [
    0, "table", "standard", 45_000, 60_000, 90_000, 6000, 100, TURNED, [10, -20], True,
]  # fmt: skip
CHANGE = """
config.change(name="table", rate_hz=100)
config.change(profile="standard", notice_ms=45000, limit_ms=60000, max_angle_cdeg=6000)
config.change(rows=[0, 0, 16384, 16384, 0, 0, 0, 16384, 0], offsets=[10, -20], calibrated=True)
"""


def told(bits: int, code: str, flash: Path) -> Any:
    return ast.literal_eval(mpy.run(bits, code, cwd=flash))


def files(flash: Path) -> list[str]:
    return sorted(path.name for path in flash.iterdir())


@pytest.fixture
def stored(bits: int, tmp_path: Path) -> Path:
    """A flash with settings on it."""
    mpy.run(bits, LOAD + CHANGE, cwd=tmp_path)
    return tmp_path


def test_a_new_node_has_the_strictest_limits_and_writes_nothing(bits: int, tmp_path: Path) -> None:
    assert told(bits, LOAD + TELL, tmp_path) == SAFE
    assert files(tmp_path) == []


def test_what_was_set_is_there_after_a_restart(bits: int, stored: Path) -> None:
    assert told(bits, LOAD + TELL, stored) == CHANGED
    assert files(stored) == ["upturn.json"]


def test_what_one_word_size_wrote_the_other_reads(bits: int, stored: Path) -> None:
    other = {64: 32, 32: 64}[bits]
    assert told(other, LOAD + TELL, stored) == CHANGED


def test_a_calibration_is_given_up_for_assumed_axes(bits: int, stored: Path) -> None:
    told_after = told(bits, LOAD + "config.clear_calibration()" + TELL, stored)
    assert told_after == [*CHANGED[:8], ASSUMED, [0, 0], False]
    assert told(bits, LOAD + TELL, stored) == told_after


@pytest.mark.parametrize(
    "damage", ["cut", "flipped", "empty", "no JSON", "no UTF-8", "other JSON"]
)
def test_a_damaged_file_is_kept_beside_and_not_believed(
    bits: int, stored: Path, damage: str
) -> None:
    file = stored / "upturn.json"
    whole = file.read_bytes()
    bad = {
        "cut": whole[:-7],
        "flipped": whole.replace(b"60000", b"60001"),
        "empty": b"",
        "no JSON": b"notice = 45\n",
        "no UTF-8": whole.replace(b"table", b"t\xffble"),
        "other JSON": b"[1, 2]",
    }[damage]
    assert bad != whole
    file.write_bytes(bad)
    assert told(bits, LOAD + TELL, stored) == [5, *SAFE[1:]]
    assert files(stored) == ["upturn.bad.json"]
    assert (stored / "upturn.bad.json").read_bytes() == bad


def test_no_cut_of_a_file_is_taken_for_another_file(bits: int, stored: Path) -> None:
    whole = (stored / "upturn.json").read_bytes()
    code = f"""
from upturn_node import store
whole = {whole!r}
content = store.read("upturn.json")
told = []
for length in range(len(whole)):
    with open("cut", "wb") as file:
        file.write(whole[:length])
    try:
        read = store.read("cut")
        if read != content:  # MicroPython does without the last brace
            told.append(read)
    except store.DamagedError:
        pass
print(told)
"""
    assert told(bits, code, stored) == []


def write_checked(flash: Path, bits: int, **changes: Any) -> None:
    """A file whose check is right, and whose content was made elsewhere."""
    content = json.loads((flash / "upturn.json").read_text())["content"]
    content.update(changes)
    content = {key: value for key, value in content.items() if value != "gone"}
    mpy.run(
        bits,
        f"from upturn_node import store\nstore.write('upturn.json', {content!r})",
        cwd=flash,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"name": 7},
        {"name": "gone"},
        {"name": "x" * 17},
        {"rate_hz": "100"},
        {"rate_hz": True},
        {"notice_ms": 45.5},
        {"limit_ms": None},
        {"rows": [0] * 8},
        {"rows": [0] * 8 + [40_000]},
        {"rows": "000000000"},
        {"offsets": [0, 0.5]},
        {"calibrated": 1},
        {"format": 2},
        {"colour": "red"},
    ],
    ids=str,
)
def test_a_field_of_another_kind_makes_the_whole_file_a_stranger(
    bits: int, stored: Path, changes: dict[str, Any]
) -> None:
    write_checked(stored, bits, **changes)
    assert told(bits, LOAD + TELL, stored) == [5, *SAFE[1:]]
    assert files(stored) == ["upturn.bad.json"]


def test_every_field_has_a_row_and_no_row_is_without_a_field(bits: int, tmp_path: Path) -> None:
    code = LOAD + "from upturn_node.config import FIELDS\nprint(sorted(FIELDS))"
    assert told(bits, code, tmp_path) == [
        "bthome", "bthome_key", "calibrated", "format", "limit_ms", "max_angle_cdeg", "name",
        "notice_ms", "offsets", "profile", "rate_hz", "rest_ms", "rows",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "in_force"),
    [
        ({"limit_ms": 300_001}, [8, "table", *SAFE[2:7], *CHANGED[7:]]),
        ({"notice_ms": 0}, [8, "table", *SAFE[2:7], *CHANGED[7:]]),
        ({"max_angle_cdeg": 9001}, [8, "table", *SAFE[2:7], *CHANGED[7:]]),
        ({"rest_ms": 89_999}, [8, "table", *SAFE[2:7], *CHANGED[7:]]),
        ({"rows": [0] * 9}, [8, *CHANGED[1:8], ASSUMED, [0, 0], False]),
        ({"offsets": [0, 4097]}, [8, *CHANGED[1:8], ASSUMED, [0, 0], False]),
        ({"rate_hz": 60}, [8, *CHANGED[1:7], 50, *CHANGED[8:]]),
        ({"name": "a/b"}, [8, "upturn-0001", *CHANGED[2:]]),
    ],
    ids=str,
)
def test_an_impossible_value_in_a_sound_file_costs_its_own_group(
    bits: int, stored: Path, changes: dict[str, Any], in_force: list[Any]
) -> None:
    write_checked(stored, bits, **changes)
    assert told(bits, LOAD + TELL, stored) == in_force
    assert files(stored) == ["upturn.bad.json"]


BTHOME = "print([config.fault, config.bthome, config.bthome_key])"


def test_a_file_of_the_version_before_has_its_own_and_the_rest_by_default(
    bits: int, stored: Path
) -> None:
    write_checked(stored, bits, bthome="gone", bthome_key="gone")
    assert told(bits, LOAD + TELL, stored) == CHANGED
    assert told(bits, LOAD + BTHOME, stored) == [0, 1, ""]
    assert files(stored) == ["upturn.json"]


@pytest.mark.parametrize(
    ("mode", "key", "in_force"),
    [
        (0, "", [0, 0, ""]),
        (2, 16 * "ab", [0, 2, 16 * "ab"]),
        (1, 16 * "ab", [0, 1, 16 * "ab"]),
        (3, "", [8, 1, ""]),
        (2, "", [8, 1, ""]),
        (2, 15 * "ab", [8, 1, ""]),
        (0, "xy", [8, 1, ""]),
        (True, "", [5, 1, ""]),
    ],
)
def test_bthome_is_kept_with_its_key_where_both_are_possible(
    bits: int, stored: Path, mode: int, key: str, in_force: list[Any]
) -> None:
    write_checked(stored, bits, bthome=mode, bthome_key=key)
    assert told(bits, LOAD + BTHOME, stored) == in_force


def test_a_refused_change_changes_nothing(bits: int, stored: Path) -> None:
    before = (stored / "upturn.json").read_bytes()
    code = (
        LOAD
        + """
try:
    config.change(name="other", limit_ms=300001)
except ValueError:
    pass
"""
    )
    assert told(bits, code + TELL, stored) == CHANGED
    assert (stored / "upturn.json").read_bytes() == before


def test_a_change_that_cannot_be_stored_is_not_in_force(bits: int, stored: Path) -> None:
    before = (stored / "upturn.json").read_bytes()
    (stored / "upturn.json.new").mkdir()  # in the way of the file that is written aside
    code = (
        LOAD
        + """
try:
    config.change(name="other")
    print("stored")
except OSError:
    pass
"""
    )
    assert told(bits, code + TELL, stored) == CHANGED
    assert (stored / "upturn.json").read_bytes() == before


def test_power_lost_before_the_rename_leaves_the_old_file(bits: int, stored: Path) -> None:
    code = (
        LOAD
        + """
import os
def lost(old, new):
    raise SystemExit
from upturn_node import store
class Os:
    rename = staticmethod(lost)
store.os = Os
config.change(name="other")
"""
    )
    mpy.run(bits, code, cwd=stored)
    assert files(stored) == ["upturn.json", "upturn.json.new"]
    assert told(bits, LOAD + TELL, stored) == CHANGED


def test_a_good_change_ends_the_fault_and_the_bad_file_stays(bits: int, stored: Path) -> None:
    (stored / "upturn.json").write_text("{")
    code = LOAD + "config.change(name='again')"
    assert told(bits, code + TELL, stored) == [0, "again", *SAFE[2:]]
    assert files(stored) == ["upturn.bad.json", "upturn.json"]


COUNT = "from upturn_node.config import count_boot\nprint(count_boot({}))"


def test_starts_are_counted(bits: int, tmp_path: Path) -> None:
    assert [told(bits, COUNT.format(0), tmp_path) for _ in range(3)] == [1, 2, 3]


def test_a_lost_count_goes_on_from_memory(bits: int, tmp_path: Path) -> None:
    told(bits, COUNT.format(0), tmp_path)
    (tmp_path / "upturn.boots.json").write_bytes(b"\xff\xff")
    assert told(bits, COUNT.format(41), tmp_path) == 42
    assert told(bits, COUNT.format(0), tmp_path) == 43


def test_flash_that_cannot_be_written_does_not_stop_a_start(bits: int, tmp_path: Path) -> None:
    (tmp_path / "upturn.boots.json.new").mkdir()
    assert told(bits, COUNT.format(7), tmp_path) == 8
