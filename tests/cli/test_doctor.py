# SPDX-License-Identifier: MIT
"""`upturn doctor` as people run it: lines that fit, one object, an exit code, always an end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.bluez.bluez_world import BluezWorld
from tests.doctor.kept_calibration import keep
from tests.firmware import mpy
from tests.firmware.node import Node
from tests.terminal import Terminal
from tests.transports.ble.world import LOOK_S
from tests.transports.fake_node import FakeNode
from upturn import __version__
from upturn.cli.main import main
from upturn.doctor import cable, examine, radio
from upturn.doctor.rows import ROWS
from upturn.transports import serial_ports

Capture = pytest.CaptureFixture[str]
UPTURN = [sys.executable, "-m", "upturn", "doctor"]
WIDTH = 80


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a user keeps; there are no ports, but for those that are named."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(serial_ports, "ports_here", list)
    return tmp_path / "data" / "upturn"


def upturn(
    *flags: str, environment: Mapping[str, str] | None = None, program: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*(program or UPTURN), *flags],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, **(environment or {})},
        timeout=60,
        check=False,
    )


def record(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def verdicts(found: dict[str, Any], row: str) -> list[str]:
    return [one["verdict"] for one in found["findings"] if one["row"] == row]


def test_it_is_grouped_and_each_line_fits(capsys: Capture) -> None:
    assert main(["doctor", "--no-radio"]) in (0, 1)
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert err == ""
    assert [line for line in lines if len(line) > WIDTH] == []
    heads = [line for line in lines if line and not line.startswith(" ")][:-1]
    assert heads == list(dict.fromkeys(row.group for row in ROWS))
    assert f"  ok        Upturn {__version__} on Python " in out


def test_where_nothing_is_not_well_it_ends_with_0(tmp_path: Path, capsys: Capture) -> None:
    with FakeNode(tmp_path / "den") as node:
        code = main(["doctor", "--no-radio", "--json", "--source", node.source])
    found = record(capsys.readouterr().out)
    ill = [one for one in found["findings"] if one["verdict"] == "not well"]
    assert (code, found["well"], ill) == (0, True, [])
    assert (verdicts(found, "ports"), verdicts(found, "nodes")) == (["ok"], ["ok", "note"])


def test_where_something_is_it_ends_with_1_and_says_what_to_do(
    tmp_path: Path, capsys: Capture
) -> None:
    assert main(["doctor", "--no-radio", "--source", f"serial:{tmp_path}/none"]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert f"not well {tmp_path}/none: there is no such port -> Plug the node in;" in out
    assert "not well; there " in out
    assert out.endswith("What to do stands below each.")


def test_for_programs_it_is_one_object_with_every_row(capsys: Capture) -> None:
    main(["doctor", "--no-radio", "--json"])
    found = record(capsys.readouterr().out)
    assert list(found) == ["upturn", "well", "findings", "bundle"]
    assert found["bundle"] is None
    assert {one["row"] for one in found["findings"]} == {row.name for row in ROWS}
    for one in found["findings"]:
        assert list(one) == ["group", "row", "verdict", "words", "remedy"]
        assert one["words"].isprintable()


@pytest.mark.parametrize("source", ["sim:normal", "den", "serial:", "usb:1"])
def test_what_is_no_node_is_bad_usage(source: str, capsys: Capture) -> None:
    assert main(["doctor", "--source", source]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f"upturn: --source: a node is not reached by {source!r}. "
        "Write serial:PORT, ble:NAME, serial:auto or ble:auto\n"
    )


def test_a_config_that_is_refused_is_a_finding_and_the_others_go_on(
    tmp_path: Path, capsys: Capture
) -> None:
    config = tmp_path / "upturn.toml"
    config.write_text('profile = "none"\n')
    assert main(["doctor", "--no-radio", "--json", "--config", str(config)]) == 1
    found = record(capsys.readouterr().out)
    (refused,) = [one for one in found["findings"] if one["row"] == "config"]
    assert refused["verdict"] == "not well"
    assert refused["words"].startswith(f"{config}:1: ")
    rest = {one["row"] for one in found["findings"]}
    assert rest == {row.name for row in ROWS} - {"nodes"}


def test_a_bundle_that_cannot_be_written_is_one_line_and_what_was_found_is_told(
    tmp_path: Path, capsys: Capture
) -> None:
    assert main(["doctor", "--no-radio", "--bundle", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("Program\n")
    assert err.count("\n") == 1
    assert "cannot be written" in err


def test_a_bundle_for_stdout_is_all_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["doctor", "--no-radio", "--no-cable", "--bundle", "-"]
    assert main(asked) in (0, 1)
    out, err = capsys.readouterr()
    assert out.startswith(f"Upturn {__version__}, doctor: for a bug report.")
    assert out.count("\n== ") == 5
    assert err == ""
    assert not (tmp_path / "-").exists()
    assert main([*asked, "--json"]) == 2
    assert capsys.readouterr().err == (
        "upturn: --bundle -: goes not with --json: both would go to stdout. Name a file\n"
    )


@pytest.mark.parametrize("flag", ["--source", "--config", "--bundle"])
def test_what_nobody_would_read_to_its_end_is_cut(flag: str, capsys: Capture) -> None:
    value = "x" * 5000 if flag != "--source" else f"serial:{'x' * 5000}"
    main(["doctor", "--no-radio", flag, value])
    out, err = capsys.readouterr()
    assert "xxx...xxx" in out + err
    assert max(len(line) for line in (out + err).splitlines()) < 200


def test_that_there_is_nothing_to_watch_is_said(tmp_path: Path, capsys: Capture) -> None:
    def notes(*flags: str) -> list[tuple[str, str]]:
        main(["doctor", "--no-radio", "--json", *flags])
        found = record(capsys.readouterr().out)["findings"]
        return [(one["words"], one["remedy"]) for one in found if one["row"] == "nodes"]

    assert notes() == [("there is no node to watch", "'upturn setup' leads to one")]
    config = tmp_path / "upturn.toml"
    config.write_text(f'[[node]]\nname = "den"\nsource = "serial:{tmp_path}/none"\n')
    assert notes("--config", str(config)) == []
    assert notes("--source", f"serial:{tmp_path}/none") == []
    assert notes("--no-cable") == []


def test_a_home_that_is_none_brings_no_words_of_other_programs(tmp_path: Path) -> None:
    for home in ("", "here"):
        environment = {"HOME": home, "XDG_DATA_HOME": str(tmp_path), "UPTURN_SOUND": ""}
        ended = upturn("--no-radio", "--no-cable", environment=environment)
        assert ended.stderr == ""


def test_without_any_program_of_the_system_and_with_nothing_there_it_ends_in_time(
    tmp_path: Path,
) -> None:
    began_s = time.monotonic()
    environment = {
        "PATH": str(tmp_path),
        "UPTURN_SOUND": "",
        "UPTURN_STORE": "",
        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/none",
    }
    ended = upturn("--json", "--no-cable", environment=environment)
    took_s = time.monotonic() - began_s
    found = record(ended.stdout)
    assert ended.stderr == ""
    assert ended.returncode == (0 if found["well"] else 1)
    assert "cannot be looked at" not in ended.stdout
    assert verdicts(found, "service") == ["ok"]
    assert verdicts(found, "voice") == ["note"]
    assert took_s < 60.0


BLOCKED = """
import sys
for name in {names!r}:
    sys.modules[name] = None
sys.argv = ["upturn", "doctor", "--json", "--no-radio", "--no-cable"]
from upturn.start import entry
entry()
"""


@pytest.mark.parametrize(
    ("names", "row", "words"),
    [
        (["bleak"], "packages", "bleak"),
        (["serial"], "packages", "pyserial"),
        (["aiomqtt"], "packages", "aiomqtt"),
        (["numpy"], "packages", "numpy"),
        (["platformdirs"], "packages", "platformdirs"),
        (["miniaudio", "PIL", "textual_serve"], "extras", "report"),
    ],
)
def test_what_is_not_installed_is_said_and_all_else_is_looked_at(
    names: list[str], row: str, words: str
) -> None:
    ended = upturn(program=[sys.executable, "-c", BLOCKED.format(names=names)])
    found = record(ended.stdout)
    assert ended.stderr == ""
    told = [one["words"] for one in found["findings"] if one["row"] == row]
    assert any(words in one for one in told)
    assert {one["row"] for one in found["findings"]} >= {row.name for row in ROWS} - {"nodes"}


def test_the_firmware_behind_a_port_is_found_and_its_calibration_missed(
    tmp_path: Path, data: Path
) -> None:
    mpy.need(64)
    data.mkdir(parents=True)
    keep(data / "calibrations.json", "240ac4000001")
    with Node(tmp_path / "node") as node:
        ended = upturn("--no-radio", "--json", "--source", f"serial:{node.port}")
    found = record(ended.stdout)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert verdicts(found, "nodes")[:2] == ["ok", "ok"]
    (calibration,) = [one for one in found["findings"] if one["row"] == "calibration"]
    assert calibration["words"].endswith(": its calibration is gone; its flash was erased")


def test_with_bluez_it_says_that_bluetooth_works_or_why_it_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(radio, "SIGHT_S", LOOK_S)
    with BluezWorld(tmp_path) as world:
        for name, value in world.environment().items():
            monkeypatch.setenv(name, value)
        main(["doctor", "--json", "--no-cable"])
        works = record(capsys.readouterr().out)
        world.do(world.bluez.power, on=False)
        main(["doctor", "--json", "--no-cable"])
        off = record(capsys.readouterr().out)
    assert verdicts(works, "bluetooth") == ["ok"]
    (told,) = [one for one in off["findings"] if one["row"] == "bluetooth"]
    assert (told["verdict"], told["words"].partition(";")[0]) == (
        "note",
        "Bluetooth is switched off",
    )


def test_a_watch_that_runs_keeps_its_node_and_is_not_disturbed(
    tmp_path: Path,
) -> None:
    mpy.need(64)
    with Node(tmp_path / "node") as node:
        watch = [sys.executable, "-m", "upturn", "run", "--headless", "--json", "--source"]
        with subprocess.Popen(
            [*watch, f"serial:{node.port}"], stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            try:
                while json.loads(running.stdout.readline()).get("kind") != "posture":
                    pass
                asked = upturn("--json", "--no-radio", "--source", f"serial:{node.port}")
            finally:
                running.terminate()
            said = [json.loads(line) for line in running.stdout]
    found = record(asked.stdout)
    (has_it,) = [one for one in found["findings"] if one["row"] == "watch"]
    assert has_it["words"] == (
        "240ac4000001 is in use by a watch or another command: it is left alone"
    )
    assert [line for line in said if line.get("kind") == "signal"] == []


def test_on_a_terminal_it_says_at_once_that_it_looks(tmp_path: Path) -> None:
    with Terminal(
        [*UPTURN, "--no-radio", "--no-cable"], {"XDG_DATA_HOME": str(tmp_path)}
    ) as screen:
        screen.reads("Looking at all that a watch needs")
        screen.reads("Computer")
        screen.end()
        assert "terminal of 80 x 24, colours, utf-8" in screen.text


def test_ctrl_c_ends_it(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "mute") as mute:
        mute.silent = True
        with Terminal(
            [*UPTURN, "--no-radio", "--source", mute.source], {"XDG_DATA_HOME": str(tmp_path)}
        ) as screen:
            screen.reads("Looking at all that a watch needs")
            mute.wait_for(lambda: bool(mute.heard))
            screen.process.send_signal(signal.SIGINT)
            assert screen.end() == 130
            assert "Traceback" not in screen.text


def test_no_look_waits_longer_than_the_whole_may_take() -> None:
    assert examine.PATIENCE_S + examine.GRACE_S < 10.0
    asking_s = cable.ASK_S + cable.OPEN_S + cable.MEASUREMENT_S
    assert asking_s + 1.0 < examine.PATIENCE_S
