# SPDX-License-Identifier: MIT
"""What is remembered of calibrations: kept whole, private, and never written over in doubt."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.cli.calibrations import (
    BiasRecord,
    CalibrationRecord,
    biases,
    default_path,
    records,
    same_mounting,
    save,
    save_bias,
)
from upturn.core.bias import Bias
from upturn.core.calibration import Method
from upturn.core.mounting import ASSUMED, Mounting
from upturn.errors import RunError
from upturn.wire.commands import set_calibration
from upturn.wire.messages import ROW_PER_UNIT

RECORD = CalibrationRecord(
    node_id="a0b1c2d3e4f5",
    node="den",
    date="2026-11-21T12:00:00+00:00",
    who="alex",
    firmware="0.3.0",
    sensor="MPU6886",
    method=Method.THREE_POSES,
    angles_deg=(-85.0, 0.0, 60.0),
    bias_removed=False,
    expected_error_deg=1.0,
    mounting=Mounting((0.01, 1.02, 0.0), (0.0, 0.02, 0.99), (1.0, 0.0, -0.01), 0.02, -0.03),
    norm_error_g=0.03,
    angle_error_deg=1.5,
    bias_g=0.04,
    scale_error=0.02,
    idle_deg=-85.2,
    tilt_deg=48.0,
    turn_ratio=0.99,
    axis_off_deg=1.2,
)
BIAS = BiasRecord(
    "a0b1c2d3e4f5", "MPU6886", "2026-11-21T11:00:00+00:00", Bias((0.01, 0.0, -0.02), (1, 1, 1))
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "calibrations.json"


def test_where_nothing_was_kept_nothing_is_known(file: Path) -> None:
    assert (records(file), biases(file)) == ({}, {})


def test_what_was_kept_is_read_whole(file: Path) -> None:
    other = replace(RECORD, node_id="ffff", turn_ratio=None, axis_off_deg=None, who="")
    save(RECORD, file)
    save(other, file)
    save_bias(BIAS, file)
    assert records(file) == {"a0b1c2d3e4f5": RECORD, "ffff": other}
    assert biases(file) == {"a0b1c2d3e4f5": BIAS}


def test_a_newer_calibration_of_a_node_replaces_the_one_before(file: Path) -> None:
    newer = replace(RECORD, date="2026-12-01T12:00:00+00:00")
    save(RECORD, file)
    save(newer, file)
    assert records(file) == {"a0b1c2d3e4f5": newer}


def test_the_file_is_private_and_leaves_nothing_beside_it(file: Path) -> None:
    save(RECORD, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_it_is_beside_the_list_of_paired_nodes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    save(RECORD)
    assert default_path() == tmp_path / "upturn" / "calibrations.json"
    assert records() == {RECORD.node_id: RECORD}


def spoilt(**change: object) -> str:
    return json.dumps({"format": 1, "calibrations": [{**RECORD.to_json(), **change}]})


BAD = {
    "": "Expecting value",
    "[]": "it is not of format 1",
    '{"format": 2}': "it is not of format 1",
    '{"format": 1, "calibrations": {}}': "its calibrations are no list of objects",
    '{"format": 1, "biases": [1]}': "its biases are no list of objects",
    '{"format": 1, "calibrations": [{}]}': "'node_id' is missing",
    '{"format": 1, "biases": [{"bias": {}}]}': "'node_id' is missing",
    spoilt(mounting=None): "'NoneType' object is not subscriptable",
    spoilt(mounting={"head": [1, 2]}): "not enough values to unpack",
    spoilt(idle_deg="x"): "'x' is no number",
    spoilt(idle_deg=True): "True is no number",
    spoilt(turn_ratio="x"): "'x' is no number",
    spoilt(who=3): "3 is no text",
    spoilt(method="guess"): "'guess' is not a valid Method",
    spoilt(idle_deg=float("inf")): "inf is no number",
}


@pytest.mark.parametrize("text", BAD)
def test_a_file_that_makes_no_sense_is_told_in_one_line_and_left_alone(
    file: Path, text: str
) -> None:
    file.parent.mkdir()
    file.write_text(text)
    for act in (
        lambda: records(file),
        lambda: biases(file),
        lambda: save(RECORD, file),
        lambda: save_bias(BIAS, file),
    ):
        with pytest.raises(RunError) as error:
            act()
        told = str(error.value)
        assert told.startswith(f"{file}: cannot be read ({BAD[text]}")
        assert told.endswith("). Move it away, and calibrate your nodes again")
        assert "\n" not in told
    assert file.read_text() == text


def test_a_file_that_is_no_text_is_told(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RunError, match="it is no text"):
        records(file)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="Not a directory"):
        save(RECORD, tmp_path / "file" / "calibrations.json")


numbers = st.floats(-1.9, 1.9)
vectors = st.tuples(numbers, numbers, numbers)
mountings = st.builds(Mounting, vectors, vectors, vectors, numbers, numbers)


@given(mountings)
def test_a_mounting_that_went_over_the_wire_is_the_same(mounting: Mounting) -> None:
    payload = set_calibration(mounting).payload
    units = [
        int.from_bytes(payload[at : at + 2], "little", signed=True) * ROW_PER_UNIT
        for at in range(0, 22, 2)
    ]
    told = Mounting(
        (units[0], units[1], units[2]),
        (units[3], units[4], units[5]),
        (units[6], units[7], units[8]),
        units[9],
        units[10],
    )
    assert same_mounting(mounting, told)


def test_a_mounting_that_is_a_tenth_of_a_degree_off_is_another() -> None:
    other = Mounting.from_axes((0.0, 1.0, 0.0017), (0.0, 0.0, 1.0))
    assert not same_mounting(ASSUMED, other)
    record = replace(RECORD, mounting=ASSUMED)
    assert [record.is_on(told) for told in (ASSUMED, other, None)] == [True, False, False]
