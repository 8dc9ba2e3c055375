# SPDX-License-Identifier: MIT
"""Ports and nodes: real pseudo-terminals, the real firmware, and a watch that is left in peace."""

from __future__ import annotations

import fcntl
import os
import pty
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import serial

from tests.doctor.scenes import Record, scene, told
from tests.firmware.node import Node
from tests.transports.fake_node import FakeNode
from upturn.config import Config, NodeConfig
from upturn.core.mounting import Mounting
from upturn.doctor import cable, calibrated, nodes, watch
from upturn.doctor.findings import shown
from upturn.transports import serial_link, serial_ports
from upturn.transports.in_use import InUse, default_folder
from upturn.transports.node_probe import Port

SetPorts = Callable[..., None]


@pytest.fixture
def ports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SetPorts:
    """Sets which ports the system lists; a silent one is not waited for as long as usual."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(cable, "ASK_S", 0.5)

    def set_ports(*paths: Path) -> None:
        found = [Port(str(path)) for path in paths]
        monkeypatch.setattr(serial_ports, "ports_here", lambda: found)

    set_ports()
    return set_ports


def real(port: Path) -> Path:
    """As the system lists it."""
    return port.resolve()


def named(*paths: Path) -> Config:
    return Config(nodes=tuple(NodeConfig(path.name, f"serial:{path}") for path in paths))


async def test_each_port_says_what_is_behind_it(tmp_path: Path, ports: SetPorts) -> None:
    (tmp_path / "folder").mkdir()
    with FakeNode(tmp_path / "a") as den, FakeNode(tmp_path / "b") as mute:
        mute.silent = True
        ports(den.port, mute.port, tmp_path / "none", tmp_path / "folder")
        facts = await cable.look(scene(tmp_path))
    assert told(cable.judge_ports(facts)) == [
        ("ok", f"{tmp_path}/a: den answers"),
        ("note", f"{tmp_path}/b: nothing there speaks Upturn's protocol"),
        ("not well", f"{tmp_path}/none: there is no such port"),
        ("not well", f"{tmp_path}/folder: is no serial port"),
    ]


async def test_a_port_that_another_program_uses_is_said_to_be_in_use(
    tmp_path: Path, ports: SetPorts
) -> None:
    with FakeNode(tmp_path / "a") as den:
        ports(den.port)
        other = os.open(den.port, os.O_RDWR | os.O_NOCTTY)
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
            facts = await cable.look(scene(tmp_path))
        finally:
            os.close(other)
    assert told(cable.judge_ports(facts)) == [("note", f"{tmp_path}/a: another program uses it")]


async def test_one_that_may_not_be_used_says_which_group_to_join(
    tmp_path: Path, ports: SetPorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(device: str) -> None:
        raise PermissionError(13, "Permission denied", device)

    monkeypatch.setattr(serial, "Serial", lambda *_, **__: refuse("a"))
    ports(tmp_path / "a")
    (finding,) = cable.judge_ports(await cable.look(scene(tmp_path)))
    assert (str(finding.verdict), shown(finding.words)) == (
        "not well",
        f"{tmp_path}/a: you may not use it",
    )
    assert "sudo usermod -aG dialout $USER" in finding.remedy


async def test_a_port_that_the_config_names_is_looked_at_though_the_system_lists_it_not(
    tmp_path: Path, ports: SetPorts
) -> None:
    with FakeNode(tmp_path / "a") as den:
        ports(real(den.port))
        facts = await cable.look(scene(tmp_path, named(den.port, tmp_path / "attic")))
    assert told(cable.judge_ports(facts)) == [
        ("ok", f"{tmp_path}/a: den answers"),
        ("not well", f"{tmp_path}/attic: there is no such port"),
    ]


async def test_one_node_that_is_meant_is_the_only_one_asked(
    tmp_path: Path, ports: SetPorts
) -> None:
    with FakeNode(tmp_path / "a") as den, FakeNode(tmp_path / "b") as attic:
        ports(den.port, attic.port)
        facts = await cable.look(scene(tmp_path, source=f"serial:{den.port}"))
        assert attic.heard == []
    assert told(cable.judge_ports(facts)) == [("ok", f"{tmp_path}/a: den answers")]


async def test_while_a_watch_has_a_node_no_port_is_opened(
    tmp_path: Path, ports: SetPorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    master, slave = pty.openpty()
    path = Path(os.ttyname(slave))
    ports(path)
    monkeypatch.setattr(serial_ports, "open_port", lambda _: pytest.fail("it was opened"))
    lock = InUse(default_folder(), "240ac4000001")
    assert lock.try_take()
    try:
        asked = scene(tmp_path)
        facts = await cable.look(asked)
        watching = await watch.look(asked)
    finally:
        lock.give_back()
        os.close(master)
        os.close(slave)
    assert told(watch.judge(watching)) == [
        ("ok", "240ac4000001 is in use by a watch or another command: it is left alone")
    ]
    assert told(cable.judge_ports(facts)) == [
        ("ok", "ports are not asked: a watch of this computer runs"),
        ("ok", f"{path}: is there"),
    ]


def test_a_look_at_the_locks_takes_none_and_makes_none(tmp_path: Path) -> None:
    assert watch.held_in(tmp_path / "none") == ()
    free = InUse(tmp_path, "a")
    assert free.try_take()
    free.give_back()
    assert watch.held_in(tmp_path) == ()
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
    assert InUse(tmp_path, "a").try_take()


async def test_without_cable_nothing_is_asked(tmp_path: Path, ports: SetPorts) -> None:
    ports(tmp_path / "a")
    facts = await cable.look(scene(tmp_path, cable=False))
    assert told(cable.judge_ports(facts)) == [("ok", "ports are not asked, as you said")]


async def test_the_real_firmware_is_found_well_but_for_its_calibration(
    tmp_path: Path, ports: SetPorts, micropython: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cable, "ASK_S", 20.0)  # it starts as a board does, on a loaded machine
    with Node(tmp_path / "node") as node:
        ports(node.port)
        asked = scene(tmp_path)
        facts = await cable.look(asked)
        calibrations = await calibrated.look(asked)
    (name,) = [one.hello.name or one.hello.node_id for one in facts.looked if one.hello]
    found = told(nodes.judge(facts))
    assert [verdict for verdict, _ in found] == ["ok", "ok"]
    assert found[0][1].startswith(f"{name}: MPU6886 at 50 Hz")
    assert told(calibrated.judge(calibrations)) == [
        ("not well", f"{name}: not calibrated: no angle of it can be believed")
    ]


async def test_a_calibration_that_is_not_the_one_that_was_proved_is_found(
    tmp_path: Path, ports: SetPorts
) -> None:
    other = Mounting.from_axes((0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
    with FakeNode(tmp_path / "a") as den:
        ports(den.port)
        records = {den.node_id: Record("2020-01-01T00:00:00Z", other)}
        facts = await calibrated.look(scene(tmp_path, records=records))
    assert told(calibrated.judge(facts)) == [
        ("not well", "den: its calibration is another one than this computer has proved")
    ]


async def test_what_the_config_says_of_a_node_that_knows_nothing_is_a_note(
    tmp_path: Path, ports: SetPorts
) -> None:
    mounting = Mounting.from_axes((0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
    with FakeNode(tmp_path / "a") as den:
        den.flags = den.traits = 0
        config = Config(nodes=(NodeConfig("den", f"serial:{den.port}", mounting=mounting),))
        facts = await calibrated.look(scene(tmp_path, config))
    ((verdict, words),) = told(calibrated.judge(facts))
    assert (verdict, words[:29]) == ("note", "den: calibrated by the config")


async def test_a_port_that_hangs_costs_nothing_of_what_the_others_say(
    tmp_path: Path, ports: SetPorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, never = serial_ports.open_port, threading.Event()

    def hang(device: str) -> serial.Serial:
        if device.endswith("hangs"):
            never.wait()
        return opening(device)

    monkeypatch.setattr(serial_link, "open_port", hang)
    with FakeNode(tmp_path / "a") as den:
        ports(den.port, tmp_path / "hangs")
        facts = await cable.look(scene(tmp_path))
    never.set()
    assert told(cable.judge_ports(facts)) == [
        ("ok", f"{tmp_path}/a: den answers"),
        ("not well", f"{tmp_path}/hangs: it does not open in time"),
    ]
