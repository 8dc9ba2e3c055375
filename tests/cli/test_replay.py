# SPDX-License-Identifier: MIT
"""`upturn replay`: the JSON contract, which profile is in force, and what is refused."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.stories import timeline
from tests.transports.writing import csv_of, recorder_of
from upturn.cli.main import main
from upturn.core.commands import Acknowledge, StandDown
from upturn.core.limits import DeviceKind
from upturn.transports.source import Chunk

Capture = pytest.CaptureFixture[str]

UPTURN = [sys.executable, "-m", "upturn"]
FIELDS = {
    "posture": ["from", "to", "angle_deg"],
    "inversion_started": ["n", "angle_deg", "since_s", "rest_s"],
    "inversion_ended": ["n", "duration_s", "peak_angle_deg", "exposure_s"],
    "alarm": ["id", "occurrence", "priority", "state", "message"],
    "signal": ["state", "gap_s"],
    "summary": [
        "samples",
        "samples_lost",
        "duration_s",
        "inversions",
        "inverted_s",
        "longest_s",
        "peak_angle_deg",
        "alarms",
        "profile",
    ],
}
SESSION = timeline(
    "upright 3s; to 50 in 2s; inverted 80s; silence 3s; inverted 1s; to -80 in 3s; upright 5s; "
    "to 50 in 2s; inverted 2s; to -80 in 3s; upright 1s",
    start_s=100.0,
)
SHORT = timeline("upright 1s; to 50 in 1s; inverted 1s; to -80 in 2s; upright 1s")
CSV = csv_of(SESSION.info, SESSION.samples)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    return path


def replayed(capsys: Capture, *words: str | Path) -> list[dict[str, object]]:
    """The objects that a replay prints."""
    assert main(["replay", *map(str, words), "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return [json.loads(text) for text in out.splitlines()]


def test_every_line_is_an_object_of_the_contract(trace: Path, capsys: Capture) -> None:
    lines = replayed(capsys, trace)
    for line in lines:
        assert list(line) == ["t_s", "kind", *FIELDS[str(line["kind"])]]
    kinds = [line["kind"] for line in lines]
    assert set(kinds) == set(FIELDS)
    assert kinds.index("summary") == len(kinds) - 1


def test_time_is_the_traces_and_never_falls(trace: Path, capsys: Capture) -> None:
    times = [float(str(line["t_s"])) for line in replayed(capsys, trace)]
    assert times[0] == 100.0
    assert all(a <= b for a, b in pairwise(times))
    assert times[-1] == pytest.approx(SESSION.samples[-1].t_s, abs=0.0005)


def test_seconds_have_three_decimals_and_degrees_two(trace: Path, capsys: Capture) -> None:
    assert main(["replay", str(trace), "--json"]) == 0
    out = capsys.readouterr().out
    seconds = re.findall(r'"\w+_s": ([^,}]+)', out)
    degrees = re.findall(r'"\w+_deg": ([^,}]+)', out)
    assert len(seconds) > 30
    assert all(re.fullmatch(r"-?\d+\.\d{3}|null", text) for text in seconds)
    assert len(degrees) > 10
    assert all(re.fullmatch(r"-?\d+\.\d\d", text) for text in degrees)


def test_the_story_is_told(trace: Path, capsys: Capture) -> None:
    lines = replayed(capsys, trace)
    assert [(line["from"], line["to"]) for line in lines if line["kind"] == "posture"] == [
        ("unknown", "upright"),
        ("upright", "level"),
        ("level", "inverted"),
        ("inverted", "level"),
        ("level", "upright"),
        ("upright", "level"),
        ("level", "inverted"),
        ("inverted", "level"),
        ("level", "upright"),
    ]
    started = [line for line in lines if line["kind"] == "inversion_started"]
    ended = [line for line in lines if line["kind"] == "inversion_ended"]
    assert [line["n"] for line in started] == [line["n"] for line in ended] == [1, 2]
    assert started[0]["rest_s"] is None
    assert [line["state"] for line in lines if line["kind"] == "signal"] == ["lost", "restored"]
    summary = lines[-1]
    assert summary["inverted_s"] == pytest.approx(sum(e["duration_s"] for e in ended), abs=0.002)
    assert summary["samples"] == len(SESSION.samples)
    assert summary["samples_lost"] == 150
    raised = [line["id"] for line in lines if line.get("state") == "raised"]
    assert summary["alarms"] == {name: raised.count(name) for name in sorted(map(str, raised))}
    assert {"time_limit", "no_return", "signal_lost", "rest_short"} <= set(raised)


def test_an_inversion_that_is_open_at_the_end_counts_and_is_no_loss_of_signal(
    tmp_path: Path, capsys: Capture
) -> None:
    story = timeline("upright 1s; to 50 in 2s; inverted 20s")
    path = tmp_path / "a.csv"
    path.write_text(csv_of(story.info, story.samples))
    lines = replayed(capsys, path)
    kinds = {line["kind"] for line in lines}
    assert kinds == {"posture", "inversion_started", "summary"}
    since_s = next(line["since_s"] for line in lines if line["kind"] == "inversion_started")
    inverted_s = round(22.98 - float(str(since_s)), 3)
    assert (lines[-1]["inverted_s"], lines[-1]["longest_s"]) == (inverted_s, inverted_s)


def test_the_same_trace_gives_the_same_bytes_in_any_way(trace: Path, capsys: Capture) -> None:
    packed = trace.with_name("a.csv.gz")
    packed.write_bytes(gzip.compress(CSV.replace("\n", "\r\n").encode()))
    assert main(["replay", str(trace), "--json"]) == 0
    here = capsys.readouterr().out
    ended = subprocess.run(
        [*UPTURN, "replay", str(packed), "--json", "--headless", "--speed", "max"],
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.decode() == here


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_pace_changes_no_byte(flags: list[str], tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_of(SHORT.info, SHORT.samples))
    out = []
    for speed in ("max", "60"):
        assert main(["replay", str(path), "--speed", speed, *flags]) == 0
        out.append(capsys.readouterr().out)
    assert out[0] == out[1]
    assert len(out[0].splitlines()) > 5


def test_people_get_one_readable_line_an_event_and_the_sum(trace: Path, capsys: Capture) -> None:
    assert main(["replay", str(trace), "--headless"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0] == "    100.00 s       posture    unknown -> upright at -80.0 degrees"
    assert lines[-1].startswith("alarms: no_return 1x, rest_short 1x, signal_lost 1x, time_limit")


CONFIG = """\
profile = "first-time"
[profiles.own]
limit_s = 20
"""


@pytest.mark.parametrize(
    ("key", "config", "flag", "name"),
    [
        (None, None, None, "standard"),
        (None, CONFIG, None, "first-time"),
        ("extended", CONFIG, None, "extended"),
        ("own", CONFIG, None, "own"),
        ("extended", CONFIG, "own", "own"),
        ("extended", None, "sixty-degree", "sixty-degree"),
    ],
)
def test_the_profile_is_the_flags_then_the_traces_then_the_configs(
    key: str | None,
    config: str | None,
    flag: str | None,
    name: str,
    tmp_path: Path,
    capsys: Capture,
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_of(SHORT.info, SHORT.samples, **({"profile": key} if key else {})))
    words: list[str | Path] = [path]
    if config is not None:
        (tmp_path / "c.toml").write_text(config)
        words += ["--config", tmp_path / "c.toml"]
    if flag is not None:
        words += ["--profile", flag]
    assert replayed(capsys, *words)[-1]["profile"] == name


def test_a_profile_of_the_users_own_is_judged_by(tmp_path: Path, capsys: Capture) -> None:
    path, config = tmp_path / "a.csv", tmp_path / "c.toml"
    story = timeline("upright 1s; to 50 in 2s; inverted 21s")
    path.write_text(csv_of(story.info, story.samples, profile="own"))
    config.write_text(CONFIG)
    lines = replayed(capsys, path, "--config", config)
    since_s = next(float(str(o["since_s"])) for o in lines if o["kind"] == "inversion_started")
    alarms = {o["id"]: o["t_s"] for o in lines if o["kind"] == "alarm"}
    assert alarms == {
        "time_limit_near": pytest.approx(since_s + 15.0),
        "time_limit": pytest.approx(since_s + 20.0),
    }


ROWS = "t_s,ax_g,ay_g,az_g\n0,0,1,0\n"


@pytest.mark.parametrize(
    ("text", "flags", "told"),
    [
        (
            "# node: a\n# profile: none\n" + ROWS,
            [],
            (
                "a.csv:2: there is no profile 'none'. "
                "Known profiles: first-time, standard, sixty-degree, extended"
            ),
        ),
        (
            ROWS,
            ["--profile", "none"],
            (
                "--profile: there is no profile 'none'. "
                "Known profiles: first-time, standard, sixty-degree, extended"
            ),
        ),
        (ROWS, ["--config", "none.toml"], "none.toml: there is no such file"),
        ("", [], "a.csv:1: is empty. Record it again"),
        ("t_s,ax_g,ay_g,az_g\n", [], "a.csv:1: has no rows. Record it again"),
        (
            ROWS + "1,2\n",
            [],
            (
                "a.csv:3: has 2 fields where the header row names 4. "
                "Mend the row, or pass --skip-bad to leave bad rows out"
            ),
        ),
        (
            ROWS.replace(",1,", ",1e30,"),
            [],
            (
                "a.csv:1: has no sample that a sensor can have sent. "
                "Force is in g, rates in degrees a second"
            ),
        ),
        (
            ROWS,
            ["--speed", "fast"],
            (
                "argument --speed: 'fast' is neither a number above 0 nor 'max'. "
                "See 'upturn replay --help'"
            ),
        ),
    ],
)
@pytest.mark.parametrize("command", ["replay", "analyze"])
def test_what_is_wrong_is_one_line_and_exit_2(
    command: str,
    text: str,
    flags: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text(text)
    assert main([command, "a.csv", *flags]) == 2
    told = told.replace("upturn replay", f"upturn {command}")
    assert capsys.readouterr() == ("", f"upturn: {told}\n")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        pytest.param(b"\x1f\x8b", 1, id="only the mark of gzip"),
        pytest.param(gzip.compress(ROWS.encode(), mtime=0)[:-3], 3, id="gzip cut short"),
        pytest.param(bytes(range(255, 0, -1)) * 99, 1, id="binary"),
        pytest.param(bytes(1000), 1, id="zeros"),
        pytest.param(ROWS.encode("utf-16"), 1, id="UTF-16"),
        pytest.param(ROWS.encode() + b"1,0,\xb11,0\n", 3, id="Latin-1"),
        pytest.param(b"# node: caf\xe9\n" + ROWS.encode(), 1, id="Latin-1 in a key"),
        pytest.param(ROWS.encode() + b"9" * 1_000_000, 3, id="a huge line"),
        pytest.param(b'{"a": 1}', 1, id="another JSON"),
        pytest.param(b"{", 1, id="a brace"),
    ],
)
def test_what_is_no_trace_is_one_line_with_its_number(
    data: bytes, line: int, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert main(["replay", str(path), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(rf"upturn: {re.escape(str(path))}:{line}: .+\. .+\n", err)
    assert len(err) < 400


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, capsys: Capture) -> None:
    for path, why in ((tmp_path, "is a folder. Name a file"), (tmp_path / "b", "cannot be read")):
        assert main(["replay", str(path)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"upturn: {path}: {why}")
        assert err.count("\n") == 1


def test_bad_rows_are_skipped_counted_and_told(trace: Path, capsys: Capture) -> None:
    whole = replayed(capsys, trace)
    trace.write_text(CSV.replace("\n101.0,", "\nx\ny,,\n101.0,nan,0,0\n\n0,0,0,1\n101.0,"))
    assert main(["replay", str(trace), "--skip-bad", "--json"]) == 0
    out, err = capsys.readouterr()
    assert [json.loads(line) for line in out.splitlines()] == whole
    assert err == (
        f"upturn: {trace}:55: skipped: has 1 fields where the header row names 4\n"
        f"upturn: {trace}:56: skipped: has 3 fields where the header row names 4\n"
        f"upturn: {trace}:57: skipped: ax_g is not finite: 'nan'\n"
        f"upturn: {trace}: 4 bad rows skipped\n"
    )


def test_readings_beyond_any_sensor_are_left_out_and_told(trace: Path, capsys: Capture) -> None:
    whole = replayed(capsys, trace)
    trace.write_text(CSV.replace("\n101.0,", "\n100.99,1e6,0,0\n101.0,"))
    for command in ("replay", "analyze"):
        assert main([command, str(trace), "--json"]) == 0
        out, err = capsys.readouterr()
        assert json.loads(out.splitlines()[-1]) == whole[-1]
        assert err == f"upturn: {trace}: left out as beyond any sensor: 1\n"


def test_a_trace_may_come_through_a_pipe() -> None:
    ended = subprocess.run(
        [*UPTURN, "replay", "/dev/stdin", "--json"],
        input=gzip.compress(CSV.encode()),
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b'"kind": "summary"' in ended.stdout


def test_commands_of_a_recording_are_obeyed_again(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "a.jsonl"
    recorder = recorder_of(path, SESSION.info, "extended", DeviceKind.BOOTS)
    recorder.piece(Chunk(110.0, SESSION.samples[:500], (Acknowledge(), StandDown())))
    recorder.piece(Chunk(SESSION.samples[-1].t_s, SESSION.samples[500:]))
    recorder.close()
    lines = replayed(capsys, path)
    assert lines[-1]["profile"] == "extended"
    assert [line["id"] for line in lines if line.get("state") == "raised"] == ["rest_short"]
    assert main(["replay", str(path)]) == 0
    assert "note       stand down begins: by command" in capsys.readouterr().out


def test_a_recorded_chair_refuses_limits_that_no_chair_reaches(
    tmp_path: Path, capsys: Capture
) -> None:
    path, config = tmp_path / "a.jsonl", tmp_path / "c.toml"
    config.write_text("[profiles.steep]\nmax_angle_deg = 80\n")
    recorder = recorder_of(path, SHORT.info, "steep", DeviceKind.CHAIR)
    recorder.piece(Chunk(9.0, SHORT.samples))
    recorder.close()
    assert main(["replay", str(path), "--config", str(config)]) == 2
    assert "max_angle_deg is 80 on a chair" in capsys.readouterr().err


def test_a_reader_that_has_gone_ends_it_quietly(trace: Path) -> None:
    for flags in (["--json"], ["--speed", "1000"]):
        source, sink = os.pipe()
        os.close(source)
        ended = subprocess.run(
            [*UPTURN, "replay", str(trace), *flags],
            stdout=sink,
            stderr=subprocess.PIPE,
            check=False,
        )
        os.close(sink)
        assert (ended.returncode, ended.stderr) == (1, b"")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_signal_ends_a_paced_replay_with_the_sum_so_far(
    number: signal.Signals, code: int, trace: Path
) -> None:
    with subprocess.Popen(
        [*UPTURN, "replay", str(trace), "--json", "--speed", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert b'"kind": "posture"' in running.stdout.readline()
        running.send_signal(number)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (code, b"")
    assert json.loads(out.splitlines()[-1])["kind"] == "summary"


def test_without_a_terminal_the_dashboard_is_refused() -> None:
    ended = subprocess.run(
        [*UPTURN, "replay", "/dev/stdin", "--dashboard"],
        input=CSV.encode(),
        capture_output=True,
        check=False,
    )
    told = b"upturn: there is no terminal for the dashboard. Pass --headless\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, b"", told)


@pytest.mark.parametrize("key", ["", "# node: attic\n"])
def test_the_only_node_of_the_config_says_the_device_of_a_file(
    tmp_path: Path, capsys: Capture, key: str
) -> None:
    steep = "".join(f"{i / 50},{i % 7 / 1e4},-0.9,-0.43\n" for i in range(200))
    trace = tmp_path / "steep.csv"
    trace.write_text(f"# rate_hz: 50\n{key}t_s,ax_g,ay_g,az_g\n{steep}")
    config = tmp_path / "config.toml"
    config.write_text('[[node]]\nname = "attic"\ndevice = "boots"\n')
    assert main(["replay", str(trace), "--json"]) == 0
    assert "over_rotation" in capsys.readouterr().out
    assert main(["replay", str(trace), "--json", "--config", str(config)]) == 0
    assert "over_rotation" not in capsys.readouterr().out
