# SPDX-License-Identifier: MIT
"""`upturn demo`: a session past its limit and back, with nothing set up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from upturn.cli import demo
from upturn.cli.main import main
from upturn.cli.watch_plan import Watch
from upturn.transports.simulated import SimulatedSource

Capture = pytest.CaptureFixture[str]

UPTURN = [sys.executable, "-m", "upturn"]
ONCE = ["demo", "--once", "--headless", "--speed", "max"]


def test_once_through_shows_the_limit_passed_and_a_return(capsys: Capture) -> None:
    assert main(ONCE) == 0
    out, err = capsys.readouterr()
    assert err == ""
    text = out.splitlines()
    limit = next(i for i, line in enumerate(text) if "time_limit #1 raised" in line)
    back = next(i for i, line in enumerate(text) if "inversion  1 ended" in line)
    assert limit < back
    assert text[-1].startswith("alarms: ")


def test_json_needs_no_other_flag_to_do_without_the_dashboard(capsys: Capture) -> None:
    assert main(["demo", "--once", "--json", "--speed", "max"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    kinds = [json.loads(line)["kind"] for line in out.splitlines()]
    assert kinds[-1] == "summary"
    assert kinds.count("summary") == 1


def test_it_is_judged_by_the_profile_that_is_asked_for(capsys: Capture) -> None:
    assert main([*ONCE, "--profile", "extended", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert summary["profile"] == "extended"
    assert "time_limit" not in summary["alarms"]


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (
            ["--profile", "none"],
            (
                "--profile: there is no profile 'none'. "
                "Known profiles: first-time, standard, sixty-degree, extended"
            ),
        ),
        (["--config", "none.toml"], "none.toml: there is no such file"),
        (
            ["--speed", "0"],
            (
                "argument --speed: '0' is neither a number above 0 nor 'max'. "
                "See 'upturn demo --help'"
            ),
        ),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_2(
    flags: list[str], told: str, capsys: Capture
) -> None:
    assert main([*ONCE, *flags]) == 2
    assert capsys.readouterr() == ("", f"upturn: {told}\n")


def test_it_loops_over_sessions_that_differ_unless_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Watch] = []

    def watch(what: Watch) -> int:
        asked.append(what)
        return 0

    monkeypatch.setattr(demo, "watch", watch)
    assert main(["demo"]) == 0
    assert main(["demo", "--once", "--speed", "2"]) == 0
    looping, once = asked
    sessions = looping.places[0].sessions()
    first, second = next(sessions).source, next(sessions).source
    assert isinstance(first, SimulatedSource)
    assert isinstance(second, SimulatedSource)
    assert first.simulation.samples != second.simulation.samples
    assert len(list(once.places[0].sessions())) == 1
    assert (looping.speed, looping.headless, looping.leaves) == (4.0, False, False)
    assert (once.speed, once.headless, once.leaves) == (2.0, False, True)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
@pytest.mark.parametrize("speed", ["1", "max"])
def test_it_goes_on_until_a_signal_ends_it_cleanly(
    speed: str, number: signal.Signals, code: int
) -> None:
    with subprocess.Popen(
        [*UPTURN, "demo", "--json", "--speed", speed],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        summaries = 0
        while summaries < (2 if speed == "max" else 0):
            summaries += b'"kind": "summary"' in running.stdout.readline()
        running.stdout.readline()
        running.send_signal(number)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (code, b"")
    assert json.loads(out.splitlines()[-1])["kind"] == "summary"


def test_a_reader_that_has_gone_ends_it_quietly() -> None:
    source, sink = os.pipe()
    os.close(source)
    ended = subprocess.run(
        [*UPTURN, "demo", "--headless", "--speed", "max"],
        stdout=sink,
        stderr=subprocess.PIPE,
        check=False,
        timeout=30,
    )
    os.close(sink)
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_without_a_terminal_the_dashboard_is_refused() -> None:
    ended = subprocess.run([*UPTURN, "demo"], capture_output=True, check=False, input=b"")
    told = b"upturn: there is no terminal for the dashboard. Pass --headless\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, b"", told)
