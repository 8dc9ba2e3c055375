# SPDX-License-Identifier: MIT
"""`upturn scan`: what is behind each port, and what to check where nothing is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.transports.fake_node import FakeNode
from upturn.cli import scan
from upturn.cli.main import main
from upturn.transports.node_probe import Port

Capture = pytest.CaptureFixture[str]
SetPorts = Callable[..., None]


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> SetPorts:
    """Sets which ports there are; none of them is waited for as long as usual."""
    monkeypatch.setattr(scan, "HELLO_S", 0.2)

    def set_ports(*paths: Path) -> None:
        found = [Port(str(path), "a chip") for path in paths]
        monkeypatch.setattr(scan, "ports_here", lambda: found)

    return set_ports


def test_each_port_says_what_answers_there(
    tmp_path: Path, ports: SetPorts, capsys: Capture
) -> None:
    with (
        FakeNode(tmp_path / "a") as den,
        FakeNode(tmp_path / "b", name="", node_id="0123456789ab") as raw,
        FakeNode(tmp_path / "c") as mute,
        FakeNode(tmp_path / "d") as newer,
    ):
        raw.fields |= {"battery_percent": None, "battery_mv": 0}
        raw.traits, raw.flags, raw.fault = 0, 0, 3
        mute.silent = True
        newer.version = 3
        ports(den.port, raw.port, mute.port, newer.port, tmp_path / "none")
        assert main(["scan", "--serial"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert [line.removeprefix(f"{tmp_path}/") for line in out.splitlines()] == [
        "a     den: MPU6886 at 50 Hz, calibrated, firmware 0.3.0, battery 80 %, 3.90 V",
        (
            "b     0123456789ab: MPU6886 at 50 Hz, not calibrated, firmware 0.3.0, "
            "the sensor's readings do not change"
        ),
        "c     nothing there speaks Upturn's protocol",
        (
            "d     the node speaks version 3 of the protocol, and this Upturn version 1. "
            "Update the older of the two"
        ),
        "none  there is no such port. Plug the node in; 'upturn scan' lists the ports",
    ]


def test_for_programs_it_is_an_object_a_port(
    tmp_path: Path, ports: SetPorts, capsys: Capture
) -> None:
    with FakeNode(tmp_path / "a") as node:
        ports(node.port, tmp_path / "none")
        assert main(["scan", "--serial", "--json"]) == 0
    found, none = map(json.loads, capsys.readouterr().out.splitlines())
    assert found == {
        "port": str(node.port),
        "description": "a chip",
        "node": {
            "id": "a0b1c2d3e4f5",
            "name": "den",
            "board": "bench",
            "sensor": "MPU6886",
            "firmware": "0.3.0",
            "rate_hz": 50,
            "range_g": 8,
            "gyro": False,
            "calibrated": True,
            "buzzer": True,
            "fault": None,
            "profile": "standard",
            "notice_s": 45.0,
            "limit_s": 60.0,
            "rest_s": 90.0,
            "max_angle_deg": 60.0,
            "boots": 7,
            "reset": "power on",
            "angle_deg": None,
            "posture": "unknown",
            "exposure_s": 0.0,
            "battery_percent": 80,
            "battery_v": 3.9,
            "ble": False,
            "bthome": None,
            "paired_hosts": None,
        },
        "problem": None,
    }
    assert none == {
        "port": str(tmp_path / "none"),
        "description": "a chip",
        "node": None,
        "problem": "there is no such port",
    }


def test_a_node_that_measures_nothing_is_listed_all_the_same(
    tmp_path: Path, ports: SetPorts, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "MEASUREMENT_S", 0.05)
    monkeypatch.setattr(FakeNode, "measure", lambda self: None)
    with FakeNode(tmp_path / "a") as node:
        ports(node.port)
        assert main(["scan", "--serial"]) == 0
    assert capsys.readouterr().out.endswith(
        "a  den: MPU6886 at 50 Hz, calibrated, firmware 0.3.0\n"
    )


@pytest.mark.parametrize(
    ("names", "told"),
    [((), scan.NO_PORT), (("none",), scan.NO_NODE)],
)
def test_where_nothing_is_found_it_says_what_to_check(
    tmp_path: Path, ports: SetPorts, capsys: Capture, names: tuple[str, ...], told: str
) -> None:
    ports(*(tmp_path / name for name in names))
    assert main(["scan", "--serial"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == told
    assert main(["scan", "--serial", "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(names)
