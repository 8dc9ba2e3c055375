# SPDX-License-Identifier: MIT
"""`upturn service` with a real systemd, logind and lingering (`tests.service.own_systemd`).

The node is a small one on a pseudo-terminal; nothing here is a computer that was switched on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.own_systemd import OwnSystemd
from tests.transports.fake_node import FakeNode

NAME = "upturn.service"
FAULT = Path(__file__).parents[1] / "service" / "hanging"
# The tests' own folder is in /tmp.
DROP_IN = """\
[Service]
WatchdogSec=3
PrivateTmp=no
ReadWritePaths={folder}/hang
Environment=PYTHONPATH={fault} UPTURN_TESTS_HANG={folder}/hang UPTURN_SOUND=off
StandardOutput=append:{folder}/run.log
StandardError=append:{folder}/run.log
"""
UPRIGHT = re.compile("den upright; ")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[FakeNode]:
    with FakeNode(tmp_path / "tty") as node:
        yield node


@pytest.fixture
def system(tmp_path: Path, node: FakeNode) -> Iterator[OwnSystemd]:
    """Root is logged in, by a manager of its own; there is a config, and no service yet."""
    with OwnSystemd(tmp_path) as system:
        (system.folder / "hang").mkdir()
        for home in (system.home, system.home_of_ann):
            config = home / ".config" / "upturn" / "config.toml"
            config.parent.mkdir(parents=True)
            config.write_text(f'[[node]]\nname = "den"\nsource = "{node.source}"\n')
        for units in (system.user_units, system.system_units):
            drop_in = units / f"{NAME}.d" / "tests.conf"
            drop_in.parent.mkdir(parents=True)
            drop_in.write_text(DROP_IN.format(fault=FAULT, folder=system.folder))
        system.run("systemctl", "start", "user@0.service")
        yield system


def test_your_own_watches_is_started_again_when_it_hangs_and_leaves_nothing(
    system: OwnSystemd,
) -> None:
    installed = system.upturn("service", "install")
    *steps, last = _without_folders(installed.stdout)
    assert steps == [
        "         (without lingering, systemd ends your services when you log out)",
        "runs     loginctl --no-ask-password enable-linger root",
        "writes   upturn.service",
        "runs     systemctl --user --no-ask-password daemon-reload",
        "runs     systemctl --user --no-ask-password enable upturn.service",
        "runs     systemctl --user --no-ask-password restart upturn.service",
    ]
    assert last.startswith("It watches now, and from every start on: den ")
    first = system.wait("--user", StatusText=UPRIGHT)
    assert (first["ActiveState"], first["UnitFileState"]) == ("active", "enabled")
    assert system.linger()
    assert "Upturn" in system.run("systemd-inhibit", "--list", "--no-pager").stdout

    _hang(system, "block", "--user", restarts="1")

    second = system.upturn("service", "install")
    assert second.stdout.splitlines()[0].startswith("as it was")
    assert second.stdout.splitlines()[1].startswith("It watches already: den upright")
    shown = json.loads(system.upturn("service", "status", "--json").stdout)
    assert (shown["watches"], shown["at_start"], shown["restarts"]) == (True, "enabled", "1")

    system.upturn("service", "remove")
    assert [path.name for path in system.user_units.rglob("*.*") if path.is_file()] == [
        "tests.conf"
    ]
    assert not system.linger()
    assert "Upturn" not in system.run("systemd-inhibit", "--list", "--no-pager").stdout
    assert "\nalarms: " in (system.folder / "run.log").read_text(), "it ended in order"
    gone = system.upturn("service", "status", check=False)
    assert (gone.returncode, gone.stdout) == (
        1,
        "There is no service of yours. 'upturn service install' makes it.\n",
    )


@pytest.mark.soak
def test_a_table_that_waits_for_ever_beside_a_loop_that_runs_is_a_hang_too(
    system: OwnSystemd,
) -> None:
    system.upturn("service", "install")
    system.wait("--user", StatusText=UPRIGHT)
    _hang(system, "wait", "--user", restarts="1")


def test_that_of_the_system_watches_behind_its_fence_and_leaves_nothing(
    system: OwnSystemd,
) -> None:
    installed = system.upturn("service", "install", "--system", "--as", "ann")
    assert _without_folders(installed.stdout)[:-1] == [
        "made     .local",
        "made     share",
        "made     upturn",
        "writes   upturn.service",
        "runs     systemctl --no-ask-password daemon-reload",
        "runs     systemctl --no-ask-password enable upturn.service",
        "runs     systemctl --no-ask-password restart upturn.service",
    ]
    shown = system.wait(StatusText=UPRIGHT)
    fence = (shown["User"], shown["ProtectSystem"], shown.get("CapabilityBoundingSet", ""))
    assert fence == ("ann", "strict", "")
    kept = system.home_of_ann / ".local" / "share" / "upturn"
    assert (kept / "upturn.sqlite3").exists(), "it writes where it has to"
    other = system.upturn("service", "install", check=False)
    assert (other.returncode, other.stderr.count("only one can have a node")) == (2, 1)
    system.upturn("service", "remove", "--system")
    assert list(system.system_units.glob("*.service")) == []


@pytest.mark.soak
def test_an_inversion_that_it_hung_in_is_taken_up_where_it_was(
    system: OwnSystemd, node: FakeNode
) -> None:
    system.upturn("service", "install", "--system", "--as", "ann")
    system.wait(StatusText=UPRIGHT)
    node.angle_deg = 40.0
    inverted = re.compile("den inverted")
    system.wait(StatusText=inverted)
    _hang(system, "block", restarts="1", words=inverted)
    assert "goes on after " in (system.folder / "run.log").read_text(), "what the store knew"


def _hang(
    system: OwnSystemd,
    how: str,
    *scope: str,
    restarts: str,
    words: re.Pattern[str] = UPRIGHT,
) -> None:
    """Its loop does; systemd ends it, starts it again, and the journal has where it was."""
    before = system.show(*scope)
    (system.folder / "hang" / how).touch()
    after = system.wait(*scope, NRestarts=restarts, ActiveState="active", StatusText=words)
    assert after["MainPID"] != before["MainPID"]
    log = (system.folder / "run.log").read_text()
    assert "Fatal Python error: Aborted" in log
    if how == "block":
        assert "sitecustomize.py" in log


def _without_folders(text: str) -> list[str]:
    return [re.sub(r"\S*/", "", line) for line in text.splitlines()]
