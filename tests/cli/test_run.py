# SPDX-License-Identifier: MIT
"""`upturn run`: which source is watched, by what, and what is refused."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories import timeline
from tests.transports.fake_node import FakeNode
from tests.transports.writing import csv_of
from upturn.cli.main import main
from upturn.transports.sim import simulate
from upturn.transports.source import SCHEMES

Capture = pytest.CaptureFixture[str]

UPTURN = [sys.executable, "-m", "upturn"]
FAST = ["--headless", "--speed", "max"]
STEEP = timeline("upright 1s; to 50 in 2s; inverted 21s")
CONFIG = """\
[profiles.own]
limit_s = 20

[[node]]
name = "den"
source = "sim:normal,seed=5"
profile = "first-time"

[[node]]
name = "attic"
source = "sim:over-rotated"
device = "boots"

[[node]]
name = "cellar"
source = "serial:auto"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "c.toml"
    path.write_text(CONFIG)
    return path


def summary(capsys: Capture, *words: str | Path) -> dict[str, object]:
    assert main(["run", *FAST, "--json", *map(str, words)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    said: dict[str, object] = json.loads(out.splitlines()[-1])
    return said


def test_a_simulation_is_watched_to_its_end(capsys: Capture) -> None:
    said = summary(capsys, "--source", "sim:too-long,seed=2")
    assert said["samples"] == len(simulate("too-long", seed=2).samples)
    assert said["alarms"] == {"time_limit": 1, "time_limit_near": 1}


def test_a_replayed_file_is_watched_as_replay_would(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_of(STEEP.info, STEEP.samples, profile="first-time"))
    assert main(["replay", str(path)]) == 0
    expected = capsys.readouterr().out
    assert main(["run", *FAST, "--source", f"replay:{path}"]) == 0
    assert capsys.readouterr().out == expected
    assert "profile first-time" in expected


def test_a_link_that_is_lost_for_good_is_told(capsys: Capture) -> None:
    said = summary(capsys, "--source", "sim:signal-gone")
    assert isinstance(said["alarms"], dict)
    assert said["alarms"]["signal_lost"] == 1


def test_a_node_of_the_config_says_its_source_its_device_and_its_profile(
    config: Path, capsys: Capture
) -> None:
    den = summary(capsys, "--config", config, "--node", "den")
    assert den["samples"] == len(simulate("normal", seed=5).samples)
    assert den["profile"] == "first-time"
    attic = summary(capsys, "--config", config, "--node", "attic")
    assert attic["profile"] == "standard"
    assert "over_rotation" not in str(attic["alarms"])
    table = summary(capsys, "--source", "sim:over-rotated")
    assert "over_rotation" in str(table["alarms"])


def test_a_flag_comes_before_what_the_config_says(config: Path, capsys: Capture) -> None:
    said = summary(
        capsys, "--config", config, "--node", "den", "--source", "sim:normal", "--profile", "own"
    )
    assert said["samples"] == len(simulate("normal").samples)
    assert said["profile"] == "own"


NOW = "--speed: cannot be chosen for what happens now. Leave it out"
KNOWN = f"Write one of {', '.join(form for _, form in SCHEMES.values())}"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "",
            (
                "nothing says what to watch. "
                "Give --source, or a [[node]] with a source in the config"
            ),
        ),
        ("--source usb:0", f"source 'usb:0' is not known. {KNOWN}"),
        ("--source normal", f"source 'normal' is not known. {KNOWN}"),
        ("--source=", f"source '' is not known. {KNOWN}"),
        (
            "--source serial:",
            (
                "serial: names no port. "
                "Write serial:PORT, such as serial:/dev/ttyUSB0, or serial:auto"
            ),
        ),
        ("--config c.toml --node cellar", NOW),
        ("--source serial:/dev/none", NOW),
        ("--config c.toml", f"node 'cellar': {NOW}"),
        (
            "--config c.toml --source sim:normal --node den --node attic",
            "--source: is one table. Give --node once, or none",
        ),
        (
            "--config c.toml --node loft",
            "--node: there is no node 'loft'. The config has: den, attic, cellar",
        ),
        ("--node loft", "--node: there is no node 'loft'. The config has: none"),
        (
            "--source replay:none.csv",
            "none.csv: cannot be read (No such file or directory). Check the path",
        ),
        ("--source replay:", ".: is a folder. Name a file"),
        (
            "--source replay:bad.csv",
            (
                "bad.csv:2: has 1 fields where the header row names 4. "
                "Mend the row, or pass --skip-bad to leave bad rows out"
            ),
        ),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_2(
    words: str,
    told: str,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    monkeypatch.chdir(config.parent)
    Path("bad.csv").write_text("t_s,ax_g,ay_g,az_g\nx\n")
    assert main(["run", *FAST, *words.split()]) == 2
    assert capsys.readouterr() == ("", f"upturn: {told}\n")


@pytest.mark.parametrize("script", ["nromal", "", "normal,sed=1", "normal,seed=x"])
def test_an_unknown_script_or_setting_is_one_line_and_exit_2(script: str, capsys: Capture) -> None:
    assert main(["run", *FAST, "--source", f"sim:{script}"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("upturn: ")
    assert err.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_output_that_cannot_be_written_fails_the_run() -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "upturn", "run", *FAST, "--source", "sim:mounting-bumps"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith(b"upturn: ")
    assert b"No space left on device" in ended.stderr
    assert ended.stderr.count(b"\n") == 1


def test_a_node_is_watched_until_a_signal_and_its_link_is_told(tmp_path: Path) -> None:
    with (
        FakeNode(tmp_path / "tty") as node,
        subprocess.Popen(
            [*UPTURN, "run", "--source", node.source, "--headless", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running,
    ):
        assert running.stdout is not None
        assert running.stderr is not None
        posture = json.loads(running.stdout.readline())
        told = [running.stderr.readline(), running.stderr.readline()]
        node.unplug()
        told += [running.stderr.readline()]
        running.send_signal(signal.SIGTERM)
        rest, err = running.communicate(timeout=10)
    assert (posture["kind"], posture["to"]) == ("posture", "upright")
    assert json.loads(rest.splitlines()[-1])["kind"] == "summary"
    port = node.port
    assert told == [
        f"upturn: no answer yet on {port}\n",
        f"upturn: connected to den on {port}\n",
        (
            f"upturn: waiting for {port}: there is no such port. "
            "Plug the node in; 'upturn scan' lists the ports\n"
        ),
    ]
    assert (running.returncode, err) == (0, "")


def test_a_node_of_the_config_is_watched_by_its_profile(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        node.traits, node.flags = 0x0C, 0
        config = tmp_path / "c.toml"
        config.write_text(
            f'[[node]]\nname = "den"\nsource = "{node.source}"\nprofile = "first-time"\n'
            "[node.calibration]\nhead = [0, 1, 0]\nfront = [0, 0, 1]\n"
        )
        with subprocess.Popen(
            [*UPTURN, "run", "--config", str(config), "--headless", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as running:
            node.wait_for(lambda: node.limits["profile"] == "first-time", within_s=10.0)
            assert running.stdout is not None
            first = running.stdout.readline()
            running.send_signal(signal.SIGINT)
            rest = running.communicate(timeout=10)[0]
    summary = json.loads(rest.splitlines()[-1])
    assert "not_calibrated" not in first + rest
    assert (summary["profile"], summary["samples_lost"]) == ("first-time", 0)
    assert running.returncode == 130
