# SPDX-License-Identifier: MIT
"""The unit for systemd: what its own judge says of it, and what it must never say."""

from __future__ import annotations

import configparser
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.programs import program
from upturn.errors import InputError
from upturn.service import unit as unit_module
from upturn.service.unit import BACK_OFF_VERSION, NAME, Facts, linger_of, unit_text

PYTHON = Path("/usr/bin/true")
OWN = Facts(PYTHON, Path("/srv/upturn/config.toml"), 252, linger="install")
SYSTEMS = replace(
    OWN,
    linger="",
    user="root",
    groups=("dialout", "audio"),
    writable=(Path("/srv/my data"), Path("/srv/upturn")),
)
AWKWARD = Path('/srv/a 100% $HOME "b" c.toml')


def read(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


@pytest.mark.parametrize("facts", [OWN, SYSTEMS], ids=["own", "system"])
@pytest.mark.parametrize("config", [OWN.config, AWKWARD], ids=["plain", "awkward"])
def test_systemd_finds_nothing_to_say_of_it(facts: Facts, config: Path, tmp_path: Path) -> None:
    file = tmp_path / NAME
    file.write_text(unit_text(replace(facts, config=config)), encoding="utf-8")
    scope = "--system" if facts.of_the_system else "--user"
    judged = subprocess.run(
        [program("systemd-analyze", "systemd"), scope, "--man=no", "verify", str(file)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
    )
    assert (judged.returncode, judged.stderr) == (0, "")


def test_what_a_path_has_in_it_stays_a_path() -> None:
    command = read(unit_text(replace(OWN, config=AWKWARD)))["Service"]["ExecStart"]
    assert command == (
        '/usr/bin/true -P -m upturn run --headless --config "/srv/a 100%% $$HOME \\"b\\" c.toml"'
    )
    fenced = read(unit_text(SYSTEMS))["Service"]["ReadWritePaths"]
    assert fenced == '"-/srv/my data" -/srv/upturn'


def test_a_path_that_no_unit_can_name_is_refused() -> None:
    with pytest.raises(InputError, match="no unit of systemd can name it"):
        unit_text(replace(OWN, config=Path("/srv/a\nExecStart=/bin/sh")))


@pytest.mark.parametrize("facts", [OWN, SYSTEMS], ids=["own", "system"])
def test_it_is_watched_and_never_given_up(facts: Facts) -> None:
    made = read(unit_text(facts))
    service = made["Service"]
    kept = {key: service[key] for key in ("Type", "NotifyAccess", "Restart", "WatchdogSec")}
    assert kept == {
        "Type": "notify",
        "NotifyAccess": "main",
        "Restart": "always",
        "WatchdogSec": "15",
    }
    assert made["Unit"]["StartLimitIntervalSec"] == "0"


@pytest.mark.parametrize(
    ("version", "waits"),
    [
        (BACK_OFF_VERSION - 1, {"RestartSec": "2"}),
        (
            BACK_OFF_VERSION,
            {"RestartSec": "1", "RestartSteps": "5", "RestartMaxDelaySec": "10"},
        ),
    ],
)
def test_it_waits_longer_each_time_where_systemd_can(version: int, waits: dict[str, str]) -> None:
    service = read(unit_text(replace(OWN, version=version)))["Service"]
    found = {key: value for key, value in service.items() if re.match("Restart[SM]", key)}
    assert found == waits


def test_no_fence_keeps_it_from_a_port_that_is_plugged_in_later() -> None:
    """Each of these makes a list of devices at the start, and leaves out what comes after it."""
    forbidden = {"PrivateDevices", "DevicePolicy", "DeviceAllow", "ProtectClock", "PrivateNetwork"}
    for facts in (OWN, SYSTEMS):
        assert not forbidden & set(read(unit_text(facts))["Service"])


def test_a_users_own_has_no_fence_that_needs_a_namespace() -> None:
    """Systems that give users no namespaces would not start it."""
    own = set(read(unit_text(OWN))["Service"])
    assert not own & set(unit_module._OF_THE_SYSTEM)


def test_who_switched_lingering_on_is_read_from_it_again() -> None:
    assert linger_of(unit_text(OWN)) == "install"
    assert linger_of(unit_text(SYSTEMS)) == linger_of("") == ""
