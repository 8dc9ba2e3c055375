# SPDX-License-Identifier: MIT
"""`upturn run` with several tables: each by its own name, limits and end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stories import timeline
from tests.transports.fake_node import FakeNode
from tests.transports.writing import csv_of
from upturn.cli.main import main
from upturn.core.pipeline import Pipeline
from upturn.errors import RunError
from upturn.transports.sim import simulate
from upturn.transports.simulated import SimulatedSource
from upturn.transports.source import Chunk

Capture = pytest.CaptureFixture[str]

UPTURN = [sys.executable, "-m", "upturn"]
FAST = ["--headless", "--speed", "max"]
BRIEF = timeline("upright 1s")
CONFIG = """\
[[node]]
name = "den"
source = "sim:too-long,seed=5"

[[node]]
name = "attic"
source = "sim:normal,seed=5"
profile = "first-time"

[[node]]
name = "of old files"

[[node]]
name = "cellar"
source = "sim:over-rotated"
device = "boots"
"""
WATCHED = ["den", "attic", "cellar"]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "c.toml"
    path.write_text(CONFIG)
    return path


def run(config: Path, *words: str) -> int:
    return main(["run", *FAST, "--config", str(config), *words])


def said(out: str) -> dict[str, list[dict[str, Any]]]:
    """What `--json` said, by table."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for line in out.splitlines():
        event = json.loads(line)
        tables.setdefault(event.pop("node"), []).append(event)
    return tables


def test_all_nodes_that_have_a_source_are_watched_each_as_it_would_be_alone(
    config: Path, capsys: Capture
) -> None:
    assert run(config, "--json") == 0
    out, err = capsys.readouterr()
    assert err == ""
    together = said(out)
    assert sorted(together) == sorted(WATCHED)
    for name, events in together.items():
        assert run(config, "--json", "--node", name) == 0
        assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == events
    profiles = [together[name][-1]["profile"] for name in WATCHED]
    assert profiles == ["standard", "first-time", "standard"]


def test_every_line_of_text_begins_with_the_name_and_each_table_has_its_sum(
    config: Path, capsys: Capture
) -> None:
    assert run(config) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line[:8] for line in lines} == {"den     ", "attic   ", "cellar  "}
    sums = sorted(line.split()[0] for line in lines if "s watched, profile" in line)
    assert sums == sorted(WATCHED)


def test_some_may_be_named_and_each_is_watched_once(config: Path, capsys: Capture) -> None:
    assert run(config, "--json", "--node", "cellar", "--node", "den", "--node", "cellar") == 0
    assert sorted(said(capsys.readouterr().out)) == ["cellar", "den"]


def test_one_that_is_left_over_is_told_as_any_other_single_table(
    tmp_path: Path, capsys: Capture
) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[[node]]\nname = "a"\n[[node]]\nname = "b"\nsource = "sim:normal"\n')
    assert run(config, "--json") == 0
    out = capsys.readouterr().out
    assert main(["run", *FAST, "--json", "--source", "sim:normal"]) == 0
    assert capsys.readouterr().out == out


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            'source = "sim:nromal"',
            "node 'loft': ",
        ),
        (
            'source = "replay:none.csv"',
            (
                "node 'loft': none.csv: cannot be read (No such file or directory). "
                "Check the path\n"
            ),
        ),
    ],
)
def test_what_is_refused_at_the_start_says_of_which_node_and_nobody_is_watched(
    source: str, told: str, config: Path, capsys: Capture
) -> None:
    config.write_text(f'{CONFIG}\n[[node]]\nname = "loft"\n{source}\n')
    assert run(config) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"upturn: {told}")
    assert err.count("\n") == 1


def test_of_nodes_that_are_named_each_needs_a_source(config: Path, capsys: Capture) -> None:
    assert run(config, "--node", "den", "--node", "of old files") == 2
    told = "upturn: node 'of old files': has no source. Give it one in the config\n"
    assert capsys.readouterr() == ("", told)


def test_a_recording_is_of_one_table(config: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ["record", "--config", str(config), "--out", str(tmp_path / "a"), *FAST]
    assert main(words) == 2
    assert "Say --node with one of den, attic, of old files, cellar" in capsys.readouterr().err
    assert main([*words, "--node", "den", "--node", "attic"]) == 2
    assert capsys.readouterr().err == "upturn: --node: is only for one. Give it once\n"
    assert not (tmp_path / "a").exists()


def _melting(self: SimulatedSource, *, paced: bool) -> Iterator[Chunk]:
    samples = self.simulation.samples
    yield Chunk(samples[99].t_s, samples[:100])
    if self.simulation.samples == simulate("normal", seed=5).samples:
        raise RunError("the cable has melted")
    yield Chunk(samples[-1].t_s, samples[100:])


def test_one_that_fails_is_one_line_the_others_go_on_and_the_run_has_failed(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(SimulatedSource, "chunks", _melting)
    assert run(config, "--json") == 1
    out, err = capsys.readouterr()
    assert err == "upturn: attic: failed: the cable has melted\n"
    kinds = {name: events[-1]["kind"] for name, events in said(out).items()}
    assert kinds == {"den": "summary", "cellar": "summary", "attic": "posture"}


@pytest.mark.parametrize("debug", [False, True])
def test_a_core_that_fails_is_one_line_unless_more_is_asked_for(
    debug: bool, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    feed = Pipeline.feed

    def faulty(self: Pipeline, samples: Any) -> Any:
        if self.snapshot(0.0).profile.name == "first-time":
            raise ZeroDivisionError("a bug")
        return feed(self, samples)

    monkeypatch.setattr(Pipeline, "feed", faulty)
    monkeypatch.setenv("UPTURN_DEBUG", "1" if debug else "")
    assert run(config, "--json") == 1
    out, err = capsys.readouterr()
    assert sorted(said(out)) == ["cellar", "den"]
    *before, last = err.splitlines()
    assert last == (
        "upturn: attic: failed: internal fault: ZeroDivisionError: a bug. "
        "Run with UPTURN_DEBUG=1 for the traceback, and report it"
    )
    assert bool(before) is debug


def test_nodes_and_simulations_are_watched_together_until_a_signal(tmp_path: Path) -> None:
    """A simulation ends, a cable comes off, and the others go on."""
    with (
        FakeNode(tmp_path / "tty1", node_id="a00000000001") as one,
        FakeNode(tmp_path / "tty2", node_id="a00000000002") as two,
    ):
        config, trace = tmp_path / "c.toml", tmp_path / "a.csv"
        trace.write_text(csv_of(BRIEF.info, BRIEF.samples))
        config.write_text(
            f'[[node]]\nname = "den"\nsource = "{one.source}"\n'
            f'[[node]]\nname = "attic"\nsource = "{two.source}"\n'
            f'[[node]]\nname = "cellar"\nsource = "replay:{trace}"\n'
        )
        with subprocess.Popen(
            [*UPTURN, "run", "--config", str(config), "--headless", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            told = [running.stderr.readline() for _ in range(4)]
            postures: set[str] = set()
            over: set[str] = set()
            while len(postures) < 3 or not over:
                event = json.loads(running.stdout.readline())
                (over if event["kind"] == "summary" else postures).add(event["node"])
            one.unplug()
            told.append(running.stderr.readline())
            two.angle_deg = 40.0
            while "inversion_started" not in (line := running.stdout.readline()):
                assert running.poll() is None
            running.send_signal(signal.SIGTERM)
            rest, err = running.communicate(timeout=10)
    assert (running.returncode, err) == (0, "")
    assert over == {"cellar"}
    assert json.loads(line)["node"] == "attic"
    assert sorted(told[:4]) == [
        f"upturn: attic: connected to den on {two.port}\n",
        f"upturn: attic: no answer yet on {two.port}\n",
        f"upturn: den: connected to den on {one.port}\n",
        f"upturn: den: no answer yet on {one.port}\n",
    ]
    assert told[4].startswith(f"upturn: den: waiting for {one.port}: there is no such port.")
    sums = [json.loads(line) for line in rest.splitlines()]
    assert [event["node"] for event in sums if event["kind"] == "summary"] == ["den", "attic"]
