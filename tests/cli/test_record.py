# SPDX-License-Identifier: MIT
"""`upturn record`: what was recorded replays as it was lived."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from tests.transports.fake_node import FakeNode
from upturn.cli.main import main
from upturn.store.database import Store
from upturn.store.reading import recordings
from upturn.transports.recording import read_recording
from upturn.transports.sim import simulate

Capture = pytest.CaptureFixture[str]

UPTURN = [sys.executable, "-m", "upturn"]
FAST = ["--headless", "--speed", "max"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
@pytest.mark.parametrize("script", ["too-long", "signal-gone"])
def test_a_recording_replays_to_the_same_bytes_as_the_run(
    script: str, name: str, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / name
    assert main(["record", "--source", f"sim:{script}", "--out", str(path), "--json", *FAST]) == 0
    lived, err = capsys.readouterr()
    assert err == ""
    assert main(["replay", str(path), "--json"]) == 0
    assert capsys.readouterr().out == lived
    assert main(["analyze", str(path), "--json"]) == 0
    assert capsys.readouterr().out == lived.splitlines(keepends=True)[-1]


def test_pace_changes_no_event_and_what_is_kept_is_all_of_it(
    tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "a.jsonl"
    words = ["--source", "sim:mounting-bumps,scale=0.1", "--out", str(path), "--json"]
    assert main(["record", *words, "--speed", "60"]) == 0
    lived = capsys.readouterr().out
    assert main(["replay", str(path), "--json"]) == 0
    assert capsys.readouterr().out == lived
    kept = [sample for chunk in read_recording(path).pieces for sample in chunk.samples]
    assert kept == simulate("mounting-bumps", duration_scale=0.1).samples


def test_the_profile_and_the_device_are_kept(tmp_path: Path, capsys: Capture) -> None:
    config, path = tmp_path / "c.toml", tmp_path / "a.jsonl"
    config.write_text(
        '[[node]]\nname = "den"\nsource = "sim:over-rotated"\ndevice = "boots"\n'
        'profile = "extended"\n'
    )
    assert main(["record", "--config", str(config), "--out", str(path), "--json", *FAST]) == 0
    lived = capsys.readouterr().out
    assert json.loads(lived.splitlines()[-1])["profile"] == "extended"
    assert "over_rotation" not in lived
    assert main(["replay", str(path), "--json"]) == 0
    assert capsys.readouterr().out == lived


def test_a_recording_of_a_replay_is_the_same_again(tmp_path: Path, capsys: Capture) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    words = ["--json", *FAST, "--out"]
    assert main(["record", "--source", "sim:mounting-bumps", *words, str(first)]) == 0
    lived = capsys.readouterr().out
    assert main(["record", "--source", f"replay:{first}", *words, str(second)]) == 0
    assert capsys.readouterr().out == lived
    assert first.read_text().splitlines()[1:] == second.read_text().splitlines()[1:]


def test_people_are_told_where_it_is(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "a.jsonl"
    assert main(["record", "--source", "sim:mounting-bumps", "--out", str(path), *FAST]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == f"recorded to {path}"
    assert err == ""


def test_a_file_that_exists_is_refused_and_left_as_it_is(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("mine")
    assert main(["record", "--source", "sim:normal", "--out", str(path), *FAST]) == 2
    told = f"upturn: {path}: exists already, and is left as it is. Name a new file\n"
    assert capsys.readouterr() == ("", told)
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--source", "sim:normal"], "the following arguments are required: --out. "),
        (["--source", "sim:normal", "--out", "none/a"], "none/a: cannot be made (No such file "),
        (["--source", "sim:none", "--out", "a"], "unknown simulation 'none'. "),
        (["--out", "a"], "nothing says what to watch. "),
    ],
)
def test_what_is_wrong_is_one_line_and_leaves_no_file(
    words: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["record", *FAST, *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"upturn: {told}")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


LIMITED = """\
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from upturn.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="this system limits no file's size")
@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_disk_that_is_full_fails_the_run_and_keeps_what_there_was(
    name: str, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / name
    words = ["record", "--source", "sim:normal", "--out", str(path), "--json", *FAST]
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, *words], capture_output=True, check=False
    )
    told = f"upturn: {path}: cannot be written (File too large)\n"
    assert (ended.returncode, ended.stderr.decode()) == (1, told)
    assert path.stat().st_size <= 20_000


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_signal_ends_a_recording_that_replays(
    name: str, number: signal.Signals, code: int, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / name
    with subprocess.Popen(
        [*UPTURN, "record", "--source", "sim:normal", "--out", str(path), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        running.send_signal(number)
        rest, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (code, b"")
    assert main(["replay", str(path), "--json"]) == 0
    assert capsys.readouterr().out == (first + rest).decode()


def test_without_a_terminal_no_file_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    words = ["record", "--source", "sim:normal", "--out", str(path)]
    ended = subprocess.run(
        [*UPTURN, *words], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr == b"upturn: there is no terminal for the dashboard. Pass --headless\n"
    assert not path.exists()


def read_until(stream: IO[str], word: str) -> str:
    told = ""
    while word not in told:
        line = stream.readline()
        assert line, f"it ended before it said {word}"
        told += line
    return told


def test_a_recorded_node_replays_as_it_was_lived(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "a.jsonl"
    with FakeNode(tmp_path / "tty") as node:
        words = ["record", "--source", node.source, "--out", str(path), "--json"]
        with subprocess.Popen(
            [*UPTURN, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            lived = read_until(running.stdout, '"upright"')
            node.angle_deg = 30.0
            lived += read_until(running.stdout, '"inversion_started"')
            node.unplug()
            node.plug()
            node.angle_deg = -80.0
            lived += read_until(running.stdout, '"inversion_ended"')
            running.send_signal(signal.SIGTERM)
            rest, _ = running.communicate(timeout=10)
    assert running.returncode == 0
    assert main(["replay", str(path), "--json"]) == 0
    assert capsys.readouterr().out == lived + rest
    assert main(["analyze", str(path), "--json"]) == 0
    assert capsys.readouterr().out == rest.splitlines(keepends=True)[-1]
    assert read_recording(path).of_a_link


def test_a_link_without_a_node_is_recorded_and_replays_as_that(
    tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "a.jsonl"
    words = ["record", "--source", f"serial:{tmp_path}/none", "--out", str(path), "--headless"]
    with subprocess.Popen([*UPTURN, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as it:
        assert it.stderr is not None
        it.stderr.readline()
        it.send_signal(signal.SIGTERM)
        out, _ = it.communicate(timeout=10)
    assert out.decode() == f"recorded to {path}\n"
    for command in ("replay", "analyze"):
        assert main([command, str(path)]) == 0
        assert capsys.readouterr() == ("", f"upturn: {path}: no sample came\n")


@pytest.mark.parametrize("call", [False, True])
def test_a_recording_of_a_live_table_is_one_of_the_stores(call: bool, tmp_path: Path) -> None:
    path, config = tmp_path / "a.jsonl.gz", tmp_path / "c.toml"
    config.write_text(f'[store]\npath = "{tmp_path / "s.sqlite3"}"\n')
    with FakeNode(tmp_path / "tty") as node:
        words = ["record", "--source", node.source, "--out", str(path), "--json", "--user", "anna"]
        with subprocess.Popen(
            [*UPTURN, *words, "--config", str(config)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "UPTURN_STORE": "on"},
        ) as running:
            assert running.stdout is not None
            read_until(running.stdout, '"upright"')
            node.angle_deg = 30.0
            read_until(running.stdout, '"inversion_started"')
            if call:
                node.fields = {**node.fields, "calls": 1}
                read_until(running.stdout, '"distress"')
            node.angle_deg = -80.0
            read_until(running.stdout, '"inversion_ended"')
            running.send_signal(signal.SIGTERM)
            running.communicate(timeout=30)
    with Store.open(tmp_path / "s.sqlite3") as store:
        (one,) = recordings(store, user="anna")
    assert (one.path, one.size_bytes, one.high_alarm) == (str(path), path.stat().st_size, call)
