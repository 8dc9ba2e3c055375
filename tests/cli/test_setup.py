# SPDX-License-Identifier: MIT
from __future__ import annotations

import signal
from pathlib import Path

import pytest

from upturn.cli.main import main
from upturn.setup import simulated
from upturn.setup.flash import NO_CLONE

TWO = '[[node]]\nname = "a"\nsource = "serial:/dev/none"\n[[node]]\nname = "b"\n'
SIMULATED = '[[node]]\nname = "a"\nsource = "sim:normal"\n'


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nonsense"], "argument STEP: invalid choice: 'nonsense'"),
        (["name", "--list"], "--list: tells of all steps. Leave STEP out"),
        (["--simulated", "--config", "x"], "--simulated: has a config and a port of its own."),
        (["--simulated", "--source", "ble:x"], "--simulated: has a config and a port of its own."),
        (["--source", "sim:normal"], "--source: a node is not reached by 'sim:normal'."),
        (["--source", "serial:"], "--source: a node is not reached by 'serial:'."),
        (["--source", "ble: "], "--source: a node is not reached by 'ble: '."),
        (
            ["limits", "--config", "{}/loop"],
            "{}/loop: is a link that leads back to itself. Remove it",
        ),
        (["--config", "{}"], "{}: is a folder. Name a TOML file"),
        (["--config", "{}/no/x.toml"], "{}/no/x.toml: is in no folder that exists."),
        (["--config", "{}/bad.toml"], "{}/bad.toml:1: profile is a whole number (3)."),
        (["--config", "{}/two.toml"], "{}/two.toml: the config has several nodes (a, b)."),
        (["--config", "{}/sim.toml"], "{}/sim.toml: 'a' is watched from 'sim:normal', where"),
    ],
)
def test_bad_usage_is_one_line_and_touches_nothing(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("bad", "profile = 3\n"), ("two", TWO), ("sim", SIMULATED)):
        (tmp_path / f"{name}.toml").write_text(text)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    before = {file: file.read_bytes() for file in tmp_path.glob("*.toml")}
    assert main(["setup", *(word.replace("{}", str(tmp_path)) for word in words)]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"upturn: {told.replace('{}', str(tmp_path))}")
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert {file: file.read_bytes() for file in tmp_path.glob("*.toml")} == before


def test_without_a_simulated_node_it_says_how_to_start_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, no_stdin: None
) -> None:
    assert main(["setup", "--simulated"]) == 1
    said = capsys.readouterr().out
    root = simulated.project()
    assert root is not None
    assert f"  make -C {root} node\n" in said
    assert "What is done stays" in said


def test_where_there_is_no_clone_it_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, no_stdin: None
) -> None:
    monkeypatch.setattr(simulated, "project", lambda: None)
    assert main(["setup", "--simulated"]) == 1
    assert capsys.readouterr().err == f"upturn: {NO_CLONE}\n"


def test_ctrl_c_is_what_it_was_before_once_it_has_ended(no_stdin: None) -> None:
    before = signal.getsignal(signal.SIGINT)
    main(["setup", "--simulated", "--list"])
    assert signal.getsignal(signal.SIGINT) is before


@pytest.fixture
def no_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
