# SPDX-License-Identifier: MIT
"""`upturn calibrate`: bad input, what it says, and its drawing. The path: tests/integration."""

from __future__ import annotations

import io
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tests.cli.test_calibrations import RECORD
from tests.transports.fake_node import FakeNode
from upturn.cli import calibrate as calibrate_module
from upturn.cli import calibrate_guide, node_orders
from upturn.cli import calibrate_words as words
from upturn.cli.calibrate import calibrate
from upturn.cli.calibrate_node import NodeLine
from upturn.cli.calibrate_screen import Drawn, Told
from upturn.cli.calibrations import default_path
from upturn.cli.main import main
from upturn.config import Config
from upturn.core.calibrating import Guide, Stage, View
from upturn.core.holding import Meter
from upturn.core.poses import CalibrationError
from upturn.errors import InputError
from upturn.wire.vocabulary import Verb

Capture = pytest.CaptureFixture[str]

NO_PORT = "/nowhere/port"


def view(stage: Stage, **changes: object) -> View:
    at = View(stage, 1, 0.0, -12.34, Meter(0.004, 0.2, 1.5), 0.5, "", None)
    return replace(at, **changes)  # type: ignore[arg-type]


REFUSAL = CalibrationError(
    "the angle between two poses was measured 12.0 degrees off the stated one",
    "Measure the angles again: 9 degrees are the most that sensors explain; and see that the "
    "sensor sits tight",
)
VIEWS = [
    view(stage, pose=pose, refusal=REFUSAL if stage is Stage.REFUSED else None)
    for stage in Stage
    for pose in range(3)
]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--angles", "-85,0"], ""),  # two poses
        (["--angles", "-85,x,60"], "--angles: '-85,x,60' are no angles. Write --angles -85,0,60"),
        (
            ["--angles", "-85"],
            "--angles: 1 angles for 1 poses",
        ),
        (
            ["--poses", "2", "--angles", "-85,0,60"],
            "--angles: 3 angles for 2 poses",
        ),
        (
            ["--angles", "85,0,60"],
            "--angles: the first pose is the upright one, and 85 degrees are not. Upright, feet ",
        ),
        (["--angles", "-85,0,nan"], "--angles: nan degrees are no angle of a table. Upright is "),
        (["--poses", "4"], "argument --poses: invalid choice: 4"),
        (["--bias", "--poses", "2"], "--bias: poses and angles are of the table, and the bias "),
        (["--source", "sim:normal"], "--source: a node is not reached by 'sim:normal'"),
    ],
)
def test_bad_input_is_one_line_before_any_node_is_looked_for(
    capsys: Capture, arguments: list[str], told: str
) -> None:
    source = [] if "--source" in arguments else ["--source", f"serial:{NO_PORT}"]
    code = main(["calibrate", *source, *arguments])
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    if told:
        assert (code, err.startswith(f"upturn: {told}")) == (2, True), err
    else:
        assert code == 1
        assert NO_PORT in err


def test_the_function_for_other_commands_refuses_the_same() -> None:
    with pytest.raises(InputError, match="mind the sign"):
        calibrate(f"serial:{NO_PORT}", Config(), angles_deg=(85.0, 0.0, 60.0))
    with pytest.raises(InputError, match="1 angles for 2 poses"):
        calibrate(f"serial:{NO_PORT}", Config(), poses=2, angles_deg=(-85.0,))


def test_a_file_of_calibrations_that_cannot_be_read_is_told_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    default_path().parent.mkdir()
    default_path().write_text("x")
    for arguments in ([], ["--bias"]):
        assert main(["calibrate", "--source", f"serial:{NO_PORT}", *arguments]) == 1
        out, err = capsys.readouterr()
        assert (out, "cannot be read" in err) == ("", True)


def test_that_nothing_can_be_kept_is_told_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "data").symlink_to(tmp_path / "nowhere" / "data")
    for arguments in ([], ["--bias"]):
        assert main(["calibrate", "--source", f"serial:{NO_PORT}", *arguments]) == 1
        out, err = capsys.readouterr()
        assert (out, err) == ("", f"upturn: {default_path()}: cannot be written (File exists)\n")


def test_what_the_node_has_is_said_where_this_computer_cannot_keep_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(node_orders, "NAMED_S", 2.0)

    async def proved(guide: Guide, line: NodeLine, _out: object) -> bool:
        monkeypatch.setattr(Guide, "mounting", line.hello.mounting)
        shutil.rmtree(tmp_path / "data")
        (tmp_path / "data").write_text("a file")
        return True

    monkeypatch.setattr(calibrate_guide, "guided", proved)
    monkeypatch.setattr(calibrate_module, "_record", lambda *_: RECORD)
    with FakeNode(tmp_path / "tty") as node:
        assert main(["calibrate", "--source", node.source]) == 1
        assert len(node.told(Verb.SET_CALIBRATION)) == 1
    err = capsys.readouterr().err
    assert (err.count("\n"), "calibrations.json: cannot be" in err) == (1, True)
    assert err.endswith(f". {calibrate_module.NODE_HAS_IT}\n")


def test_who_leaves_at_the_first_question_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    monkeypatch.setattr(node_orders, "NAMED_S", 0.5)
    with FakeNode(tmp_path / "tty") as node:
        assert main(["calibrate", "--source", node.source]) == 1
        out, err = capsys.readouterr()
        assert out.splitlines()[0] == "den is calibrated, but not by this computer."
        assert out.splitlines()[-1] == "Left; the node is as it was"
        assert err == ""
        assert main(["calibrate", "--json", "--source", node.source]) == 1
        out, err = capsys.readouterr()
        assert (out, err.splitlines()[-1]) == ("", "Left; the node is as it was")


def test_every_stage_has_its_words() -> None:
    assert set(words.WORDS) == set(Stage)
    assert set(words.HOLDS) == set(range(len(words.POSES)))


@pytest.mark.parametrize("shown", VIEWS, ids=lambda v: f"{v.stage}{v.pose}")
def test_whatever_is_said_fits_80_columns(shown: View) -> None:
    told = [words.heading(shown), *words.lines(shown), *words.note(shown), words.angle(shown)]
    told += [words.WORDS[shown.stage].question.format("; a: state its angle anew")]
    assert [line for line in told if len(line) >= 80] == []
    assert not any("{" in line for line in told)


def test_the_record_fits_80_columns() -> None:
    long = replace(RECORD, node="a-name-of-16-let", bias_removed=True)
    lines = words.record_lines(long)
    assert [line for line in lines if len(line) >= 80] == []
    assert words.record_lines(RECORD) == [
        "node     den (a0b1c2d3e4f5), firmware 0.3.0",
        "method   three poses, stated -85, 0, +60 degrees",
        "error    about 1 degree (1 sigma, estimated)",
        "poses    angles within 1.5 degrees, gravity within 30 mg",
        "proof    stop at -85 degrees, tilt to +48; gyro 99 %, axis 1.2 degrees off",
        "kept     on the node, which says so, and on this computer",
        "date     2026-11-21T12:00:00+00:00, by alex",
    ]
    assert words.record_lines(replace(RECORD, turn_ratio=None, axis_off_deg=None))[4].endswith(
        "tilt to +48, no gyro"
    )


class Screenful(io.StringIO):
    encoding = "utf-8"


def drawn(shown: View, out: io.StringIO) -> list[str]:
    console = Console(file=io.StringIO(), width=80, height=24, color_system=None)
    console.print(Drawn(out).picture(shown))
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_the_drawing_shows_where_the_table_is_and_where_it_is_asked_to_be() -> None:
    lines = drawn(view(Stage.HOLD), Screenful())
    assert len(lines) <= 23
    assert "Pose 2: level" in lines
    assert "angle     -12.3 degrees, asked for 0" in lines
    assert "movement  [#####...................]  4 of 20 mg, 0.2 of 3 degrees/s: still" in lines
    assert "held      [############............]  1.5 s" in lines
    assert any("⣿" in line for line in lines)


@pytest.mark.parametrize("shown", VIEWS, ids=lambda v: f"{v.stage}{v.pose}")
def test_every_drawing_fits_a_terminal(shown: View) -> None:
    lines = drawn(shown, Screenful())
    assert len(lines) <= 23
    assert max(map(len, lines)) <= 80


def test_a_terminal_without_these_characters_gets_the_rest() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    lines = drawn(view(Stage.HOLD), out)  # type: ignore[arg-type]
    assert all(line.isascii() for line in lines)
    assert "held      [############............]  1.5 s" in lines


def test_before_there_is_an_angle_and_data_that_is_said() -> None:
    bare = view(Stage.HOLD, angle_deg=None, meter=Meter(), hold_share=0.0)
    lines = drawn(bare, Screenful())
    assert "angle     not known before the first pose" in lines
    assert "movement  [........................]  no data yet" in lines


def test_without_a_terminal_a_change_is_a_line_and_no_change_none() -> None:
    out = io.StringIO()
    with Told(out) as told:
        for shown in (view(Stage.TILT), view(Stage.TILT), view(Stage.IDLE), view(Stage.IDLE)):
            told.show(shown)
    assert [line.split(".")[0] for line in out.getvalue().splitlines()] == [
        "Proof 2 of 2: one slow tilt",
        "Proof 1 of 2: the stop",
    ]


def test_the_json_of_a_record_is_plain() -> None:
    text = json.dumps(RECORD.to_json())
    assert json.loads(text)["method"] == "three poses"
