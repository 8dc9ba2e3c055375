# SPDX-License-Identifier: MIT
"""`upturn check-config` shows every value in force and where it came from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from upturn.cli.main import main
from upturn.config import load_config

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "home.toml"
    path.write_text(
        'profile = "own"\n[profiles.own]\nlimit_s = 50\n[sound]\nvolume = 0.5\n[[node]]\n'
        'name = "table"\nsource = "sim:normal"\ncalibration = {head=[0,1,0],front=[0,0,1]}\n'
    )
    return path


def rows(capsys: Capture, *words: str) -> list[list[str]]:
    """Key, value, origin of each line of the table."""
    assert main(["check-config", *words]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return [line.split("  ") for line in out.splitlines()]


def found(table: list[list[str]], key: str) -> list[str]:
    return next([p.strip() for p in row if p] for row in table if row[0] == key)


def test_each_value_has_its_origin(file: Path, capsys: Capture) -> None:
    table = rows(capsys, str(file))
    assert table[0] == [f"{file}: good"]
    assert found(table, "profile") == ["profile", "own", f"{file}:1"]
    assert found(table, "profiles.own.notice_s") == ["profiles.own.notice_s", "37.5", "default"]
    assert found(table, "sound.enabled") == ["sound.enabled", "true", "default"]
    assert found(table, "node[1].profile") == ["node[1].profile", "none", "default"]
    assert found(table, "node[1].calibration.head") == [
        "node[1].calibration.head",
        "[0, 1, 0]",
        f"{file}:9",
    ]


def test_nothing_in_force_is_left_out(file: Path, capsys: Capture) -> None:
    table = rows(capsys, str(file))
    for key in load_config(file).origins:
        assert found(table, key)


def test_without_a_file_the_defaults_are_shown(capsys: Capture) -> None:
    table = rows(capsys)
    assert table[0] == ["No config file: all is default"]
    assert {row[-1].strip() for row in table[2:]} == {"default"}


def test_a_flag_is_an_origin_too(file: Path, capsys: Capture) -> None:
    table = rows(capsys, str(file), "--profile", "extended")
    assert found(table, "profile") == ["profile", "extended", "--profile"]


def test_json_holds_the_values_themselves(file: Path, capsys: Capture) -> None:
    assert main(["check-config", "--json", str(file)]) == 0
    settings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert settings[0] == {
        "kind": "setting",
        "key": "profile",
        "value": "own",
        "origin": f"{file}:1",
    }
    assert {s["key"]: s["origin"] for s in settings} == load_config(file).origins


def test_a_config_that_is_refused_is_exit_2(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[profiles.mine]\nlimit_s = 600\n")
    assert main(["check-config", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f"upturn: {file}:2: profiles.mine.limit_s is 600. Allowed: more than 0 and at most 300: "
        "no document goes beyond 5 minutes at a time (CC)\n"
    )


def test_the_broker_is_shown_with_where_its_password_stands_and_not_the_password(
    tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "secret").write_text("hunter2\n")
    file = tmp_path / "home.toml"
    file.write_text('[mqtt]\nhost = "h"\nusername = "upturn"\npassword_file = "secret"\n')
    assert main(["check-config", str(file)]) == 0
    out, err = capsys.readouterr()
    table = [line.split("  ") for line in out.splitlines()]
    assert found(table, "mqtt.password_file") == ["mqtt.password_file", "secret", f"{file}:4"]
    assert found(table, "mqtt.acknowledge") == ["mqtt.acknowledge", "true", "default"]
    assert found(table, "mqtt.seen_upright") == ["mqtt.seen_upright", "false", "default"]
    assert "hunter2" not in out + err
    assert "nothing in this version uses it yet" not in out
