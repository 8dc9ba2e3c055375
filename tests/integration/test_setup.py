# SPDX-License-Identifier: MIT
"""`upturn setup` against the firmware under MicroPython: left, taken up, alone, and to READY."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firmware.node import Node
from tests.setup.guided import Guided, well
from tests.terminal import Terminal
from upturn.config import load_config
from upturn.core.checklist import Part
from upturn.core.limits import DeviceKind
from upturn.setup import simulated

EXISTING = """\
# the family's, do not lose
[profiles.careful]   # from our therapist
limit_s = 40

[sound]
volume = 0.5
"""


RESTS = 25
"""So often somebody looks whether the 90 s have passed; a look takes 6 s at least."""


def equip(person: Terminal) -> None:
    for number, answer in enumerate(well(Part.EQUIPMENT), start=1):
        person.reads_next(f" {number}/")
        person.press(f"{answer}\n".encode())


@pytest.fixture
def guided(tmp_path: Path, micropython: int) -> Iterator[Guided]:
    with Node(tmp_path, bits=micropython) as node:
        yield Guided(tmp_path, node)


def test_left_at_a_step_it_goes_on_there_with_what_was_done(guided: Guided) -> None:
    with guided.terminal() as first:
        first.reads("Step 3 of 10, name")
        first.reads("Enter for 'table', q to leave: ")
        first.press(b"q\n")
        assert first.end() == 1
        assert "What is done stays" in first.text
    with guided.terminal() as second:
        second.reads("ok find      done")
        second.reads_next("Step 3 of 10, name")
        second.press(b"den\n\n")
        second.reads_next("ok name      done      den")
        second.reads_next("Step 4 of 10, mount")
        second.process.send_signal(signal.SIGINT)
        assert second.end() == 130
        assert "What is done stays" in second.text
    assert [node.name for node in load_config(guided.config).nodes] == ["den"]


def test_a_terminal_that_is_closed_leaves_what_was_done(guided: Guided) -> None:
    with guided.terminal() as terminal:
        terminal.reads("Step 3 of 10, name")
        terminal.process.send_signal(signal.SIGHUP)
        assert terminal.end() == -signal.SIGHUP
    assert guided.listed()["find"].startswith("done")


def test_a_calibrated_node_gets_to_ready_by_the_answers_alone(guided: Guided) -> None:
    guided.calibrate()
    answers = ["den", "", "y", "1", "2", "n", *well(Part.HEALTH), *well(Part.EQUIPMENT)]
    done = guided.said(answers)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nREADY.\n" in done.stdout
    assert f" run --config {guided.config}" in done.stdout
    assert done.stderr == ""
    config = load_config(guided.config)
    (node,) = config.nodes
    assert (node.name, node.device, config.profile) == ("den", DeviceKind.TABLE, "standard")
    assert guided.node is not None
    assert node.source == f"serial:{guided.node.port}"


def test_what_stands_against_ready_is_told_and_what_was_skipped_is_not_done(
    guided: Guided,
) -> None:
    guided.calibrate()
    health = well(Part.HEALTH)
    health[2] = "y"  # high blood pressure
    done = guided.said(["den", "", "n", "1", "2", "n", *health, *well(Part.EQUIPMENT)])
    assert done.returncode == 1, done.stdout + done.stderr
    end = done.stdout[done.stdout.rindex("\nNOT READY.\n") :]
    assert "-- mount     skipped   nobody has said that it is on the table" in end
    assert "-- check     to do     NOT READY just now" in end
    assert "calibrate" not in end
    assert "-- Health" in done.stdout


def test_each_step_can_be_run_alone(guided: Guided) -> None:
    guided.calibrate()
    steps = {
        "find": [],
        "name": ["attic", "1"],
        "mount": ["y"],
        "buzzer": ["2", "1"],
        "limits": ["1"],
        "mqtt": ["n"],
    }
    for step, answers in steps.items():
        done = guided.said(answers, step)
        assert done.returncode == 0, (step, done.stdout, done.stderr)
    standing = {step: words.split()[0] for step, words in guided.listed().items()}
    assert standing == {
        "flash": "done",
        "find": "done",
        "name": "done",
        "mount": "done",
        "calibrate": "done",
        "buzzer": "done",
        "sound": "left",
        "limits": "done",
        "mqtt": "left",
        "check": "to",
    }
    assert load_config(guided.config).profile == "first-time"
    assert guided.node is not None
    assert len(guided.node.sounds()) > 0


def test_bad_input_is_asked_again_at_each_question(guided: Guided) -> None:
    done = guided.said(["a b", "x" * 17, "ü", "den", "0", "4", "two", "1"], "name")
    assert done.returncode == 1
    assert done.stderr.startswith("upturn: no node is known yet.")
    assert guided.said([], "find").returncode == 0
    done = guided.said(["a b", "x" * 17, "ü", "den", "0", "4", "two", "1"], "name")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("A node takes 1 to 16 of A-Z a-z 0-9 _ - as its name.") == 3
    assert guided.said(["maybe", "", "y"], "mount").returncode == 0
    assert guided.said(["7", "-1", "first-time", "3"], "limits").returncode == 0
    assert load_config(guided.config).profile == "sixty-degree"


def test_a_broker_that_is_not_there_is_not_written_down(guided: Guided) -> None:
    assert guided.said([], "find").returncode == 0
    before = guided.config.read_text()
    done = guided.said(["y", "http://me:secret@home", "", "y", "127.0.0.1:1", "q"], "mqtt")
    assert done.returncode == 1
    assert "upturn: the address: begins with neither mqtt:// nor mqtts://" in done.stderr
    assert "mqtt://127.0.0.1:1: nothing listens there" in done.stderr
    assert "secret" not in done.stderr
    assert guided.config.read_text() == before


def test_a_config_that_exists_keeps_all_that_is_in_it(guided: Guided) -> None:
    guided.config.write_text(EXISTING)
    guided.said([], "find")
    guided.said(["den", ""], "name")
    guided.said(["5"], "limits")
    text = guided.config.read_text()
    assert 'profile = "careful"' in text
    assert all(line in text for line in EXISTING.splitlines())
    config = load_config(guided.config)
    assert (config.profile, config.sound.volume) == ("careful", 0.5)
    assert [node.name for node in config.nodes] == ["den"]


def test_a_config_that_is_refused_is_said_at_once_and_not_touched(guided: Guided) -> None:
    guided.config.write_text("[ears]\n")
    done = guided.said(["den"])
    assert done.returncode == 2
    assert done.stderr.startswith(f"upturn: {guided.config}:1: ears is not a known key.")
    assert guided.config.read_text() == "[ears]\n"


def test_another_calibration_than_the_one_proved_here_is_to_do_again(guided: Guided) -> None:
    guided.calibrate()
    guided.said([], "find")
    file = guided.data / "calibrations.json"
    assert (
        guided.listed()["calibrate"]
        == "done      on 2026-11-21, three poses, off by 1.0 degrees or so (estimated)"
    )
    file.unlink()
    assert (
        guided.listed()["calibrate"]
        == "to do     the node has a calibration that was not proved from here"
    )


def test_a_node_that_is_gone_is_asked_for_once_and_the_rest_waits(guided: Guided) -> None:
    guided.said([], "find")
    assert guided.node is not None
    guided.node.unplug()
    listed = guided.said([], "--list").stdout
    assert listed.count("there is no such port") == 1
    assert listed.count("waits until the node answers") == 5


@pytest.mark.soak
def test_from_make_node_to_ready_in_two_terminals(tmp_path: Path, micropython: int) -> None:
    """As a stranger does it: nothing is typed that the program has not said."""
    guided = Guided(tmp_path)
    program = [sys.executable, "-m", "tests.setup.simulated_node"]
    setup = [sys.executable, "-m", "upturn", "setup", "--simulated"]
    with (
        Terminal(program, guided.environment) as table,
        Terminal(setup, guided.environment) as person,
    ):
        table.reads("table> ")
        person.reads("SIMULATED")
        person.reads("Enter when it stands there")
        person.press(b"\n")
        person.reads_next("Degrees, or Enter for")
        person.press(b"\n")
        person.reads_next("Pose 2: level")
        table.press(b"l\n")
        person.reads_next("Degrees, or Enter for")
        person.press(b"\n")
        person.reads_next("Pose 3: head-down")
        table.press(b"d\n")
        person.reads_next("Degrees, or Enter for")
        person.press(b"\n")
        person.reads_next("Enter when the empty table stands at its stop")
        table.press(b"u\n")
        person.press(b"\n")
        person.reads_next("Proof 2 of 2")
        table.press(b"s\n")
        person.reads_next("Proved")
        person.reads_next("Step 6 of 10, buzzer")
        table.reads_next("its buzzer sounds")
        person.press(b"1\n")
        person.reads_next("Step 8 of 10, limits")
        person.press(b"2\n")
        person.reads_next("Is there an MQTT broker")
        person.press(b"\n")
        for number, answer in enumerate(well(Part.HEALTH), start=1):
            person.reads_next(f"{number:>2}/")
            person.press(f"{answer}\n".encode())
        equip(person)
        person.reads_next("-- Rest        a full rest has not passed")  # the table was head-down
        for _ in range(RESTS):
            person.reads_next("Enter to try again")
            person.press(b"\n")
            equip(person)
            person.reads_next("ok Spotter")
            if "ok Rest" in person.text.rpartition("Looking at")[2]:
                break
        person.reads_next("\r\nREADY, on the simulated node.")
        assert person.end() == 0
        table.press(b"q\n")
        assert table.end() == 0
    folder = guided.data / simulated.NAME
    assert (folder / "upturn.sqlite3").exists()  # and no other store was made
    assert not (guided.data / "upturn.sqlite3").exists()
    assert (folder / "config.toml").stat().st_mode & 0o077 == 0
