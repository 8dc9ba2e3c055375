# SPDX-License-Identifier: MIT
"""`upturn replay FILE --dashboard`, on a terminal; and what is refused before the screen is."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal
from upturn.cli import replay_view
from upturn.cli.main import main

TRACE = str(Path(__file__).parents[1] / "traces" / "demo-mpu6050.csv.gz")
UPTURN = [sys.executable, "-m", "upturn", "replay"]

Capture = pytest.CaptureFixture[str]


def test_a_session_is_gone_through_on_a_terminal(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.touch()
    begin = ["--dashboard", "--at", "1:05", "--speed", "0.25", "--config", str(config)]
    with Terminal([*UPTURN, TRACE, *begin]) as terminal:
        terminal.reads("PLAYING   0.25x  1:0")
        terminal.press(b"e")
        terminal.reads_next("INVERTED TOO LONG")
        terminal.reads("PAUSED")
        terminal.press(b"a")
        terminal.reads_next("a replay cannot be changed")
        terminal.press(b"E")
        terminal.reads_next("TIME LIMIT IS NEAR")
        terminal.press(b"\x1b[F")
        terminal.reads_next("ENDED")
        terminal.press(b"q")
        assert terminal.end() == 0
        assert terminal.text.rstrip().endswith("alarms: time_limit 1x, time_limit_near 1x")


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_with_the_sum_of_the_file(how: signal.Signals, code: int) -> None:
    with Terminal([*UPTURN, TRACE, "--dashboard"]) as terminal:
        terminal.reads("PLAYING")
        terminal.process.send_signal(how)
        assert terminal.end() == code
        assert terminal.text.rstrip().endswith("alarms: time_limit 1x, time_limit_near 1x")


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (
            ["--at", "soon", "--dashboard"],
            "upturn: argument --at: 'soon' is no time such as 95, 1:35 or 1:02:03. See",
        ),
        (["--at", "-5", "--dashboard"], None),
        (["--at", "1:2:3:4", "--dashboard"], None),
        (["--at", "nan", "--dashboard"], None),
        (["--at", "95"], "upturn: --at: is for the dashboard. Add --dashboard\n"),
        (["--at", "95", "--dashboard", "--json"], "upturn: --at: is for the dashboard"),
        (
            ["--at", "1:57", "--dashboard"],
            f"upturn: --at: 1:57.0 is after the end of {TRACE}. It is 1:56.",
        ),
    ],
    ids=str,
)
def test_a_time_that_is_none_is_refused_in_one_line(
    flags: list[str], told: str | None, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(replay_view, "check_terminal", lambda: None)
    assert main(["replay", TRACE, *flags]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(told or "upturn: argument --at: ")


def test_a_file_that_no_sensor_can_have_sent_is_refused_before_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(replay_view, "check_terminal", lambda: None)
    trace = tmp_path / "wild.csv"
    trace.write_text("t_s,ax_g,ay_g,az_g\n0,1e9,0,0\n1,1e9,0,0\n")
    assert main(["replay", str(trace), "--dashboard"]) == 2
    assert "has no sample that a sensor can have sent" in capsys.readouterr().err
