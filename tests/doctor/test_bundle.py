# SPDX-License-Identifier: MIT
"""Nothing of anybody is in a bundle: secrets are put wherever a person may have some."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.transports.fake_node import FakeNode
from upturn.cli.main import main
from upturn.config import load_config
from upturn.doctor import bundle, cable
from upturn.store.database import Store
from upturn.transports import serial_ports
from upturn.transports.ble.known import KnownNode, KnownNodes
from upturn.transports.node_probe import Port

Capture = pytest.CaptureFixture[str]
MARK = "sekret"
ADDRESS = "24:0A:C4:5E:C2:E7"
NODE_ID = "240ac45ec2e7"
TAIL = re.compile(r"5e:?c2:?e7", re.IGNORECASE)
IP = "203.0.113.77"

CONFIG = """
profile = "sekretprofile"

[profiles.sekretprofile]
limit_s = 50

[[node]]
name = "sekretden"
source = "serial:{port}"

[[node]]
name = "sekretattic"
source = "ble:sekretble"

[mqtt]
host = "{host}"
username = "sekretuser"
password_file = "sekretfile"
id = "sekretid"
discovery_prefix = "sekretprefix"

[store]
path = "{store}"
"""


class Home:
    """Of somebody who has a secret in every place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "sekretfolder"
        self.folder.mkdir()
        self.config = self.folder / "sekretconfig.toml"
        self.port = self.folder / "sekretport"
        self.bundle = folder / "bundle.txt"
        self.data = self.folder / "data" / "upturn"
        self.data.mkdir(parents=True)
        password = self.folder / "sekretfile"
        password.write_text("sekretpassword\n")
        password.chmod(0o600)
        self.write(CONFIG)

    def write(self, text: str, host: str = "sekrethost.invalid") -> None:
        store = self.folder / "sekretstore.sqlite3"
        self.config.write_text(text.format(port=self.port, host=host, store=store))
        with Store.open(store) as opened, opened.transaction() as db:
            db.execute("INSERT OR IGNORE INTO users (name) VALUES ('sekretperson')")

    def run(self, *flags: str) -> str:
        """The bundle."""
        args = ["doctor", "--no-radio", "--config", str(self.config)]
        assert main([*args, "--bundle", str(self.bundle), *flags]) in (0, 1)
        return self.bundle.read_text(encoding="utf-8")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    home = Home(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(home.data.parent))
    monkeypatch.setenv("HOME", str(home.folder))
    monkeypatch.setenv("LOGNAME", "sekretlogin")
    monkeypatch.delenv("UPTURN_STORE")
    monkeypatch.setattr(platform, "node", lambda: "sekretcomputer.sekretdomain")
    monkeypatch.setattr(cable, "ASK_S", 2.0)
    for name in ("MQTT_PASSWORD", "MQTT_USERNAME", *bundle.VARIABLES):
        if not name.startswith(("MQTT_", "UPTURN_", "XDG_", "PYTHON")):
            monkeypatch.setenv(name, f"sekret-{name.lower()}")
    KnownNodes().add(KnownNode(NODE_ID, ADDRESS, "sekretpaired"))
    with FakeNode(home.port, name="sekretnode", node_id=NODE_ID) as node:
        node.fault = 3
        monkeypatch.setattr(serial_ports, "ports_here", lambda: [Port(str(node.port))])
        yield home


def assert_private(text: str) -> None:
    assert [line for line in text.splitlines() if MARK in line.lower()] == []
    assert TAIL.search(text) is None
    assert IP not in text


def test_no_name_no_path_no_password_and_no_address_is_in_it(home: Home, capsys: Capture) -> None:
    text = home.run()
    screen = capsys.readouterr().out
    assert "sekretnode" in screen
    assert ADDRESS in screen
    assert_private(text)


def test_nor_would_be_if_nothing_were_scrubbed_at_last(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is chosen to be in it is private already; the rest is a second net."""
    monkeypatch.setattr(bundle, "scrubbed", lambda written, _: written)
    assert_private(home.run())


@pytest.mark.parametrize(
    "broken",
    [
        "sekret = [",
        'profile = "sekretnobody"',
        '[sekretsection]\nsekretkey = "sekretvalue"',
        '[mqtt]\nhost = "mqtt://sekretuser:sekretpassword@sekrethost"',
        '[[node]]\nname = "sekretden"\nsource = "ble:sekretble"\ndevice = "sekretdevice"',
        "\xff",
    ],
)
def test_nor_is_what_a_refusal_quotes(
    home: Home, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "scrubbed", lambda written, _: written)
    home.config.write_text(broken, encoding="latin-1")
    assert_private(home.run())


def test_nor_is_what_a_broken_file_says(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "scrubbed", lambda written, _: written)
    (home.data / "nodes.json").write_text('{"sekret": ')
    (home.data / "calibrations.json").write_text('{"sekret": ')
    (home.folder / "sekretstore.sqlite3").write_text("sekret " * 1000)
    (home.folder / "sekretfile").unlink()
    assert_private(home.run())


def test_nor_is_what_the_command_line_says(home: Home) -> None:
    assert_private(home.run("--mqtt", f"mqtt://sekretuser:sekretpassword@{IP}:1"))
    assert_private(home.run("--source", "ble:sekretother", "--no-cable"))


def test_a_look_that_breaks_tells_its_kind_and_not_its_words(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_scene: object) -> None:
        raise ZeroDivisionError(f"sekret {ADDRESS}")

    monkeypatch.setattr(cable, "_look", fail)
    text = home.run()
    assert_private(text)
    assert "ports: cannot be looked at (ZeroDivisionError: <its words 1>)" in text


def test_it_tells_what_whoever_reads_a_bug_report_has_to_know(home: Home) -> None:
    text = home.run()
    for line in (
        "In it:",
        "Not in it:",
        "  ok: <port 1>: <node 1> answers",
        "  not well: <node 1>: the sensor's readings do not change",
        "profile = <text 1>  (line 2)",
        "profiles.<profile 1>.limit_s = 50.0  (line 5)",
        "node[1].source = serial:...  (line 9)",
        "sound.language = en  (default)",
        "TERM set",
        f"numpy {importlib.metadata.version('numpy')}",
    ):
        assert line in text.splitlines(), line
    assert re.search(r"^<node 1> on <port 1>: board .*, sensor MPU6886, ", text, re.MULTILINE)


def test_nobody_else_may_read_it_and_the_screen_says_what_is_in_it(
    home: Home, capsys: Capture
) -> None:
    home.run()
    assert home.bundle.stat().st_mode & 0o777 == 0o600
    screen = capsys.readouterr().out
    for entry in (*bundle.IN_IT, *bundle.NOT_IN_IT):
        assert entry in screen
    home.run("--json")
    told = json.loads(capsys.readouterr().out)
    assert told["bundle"] == str(home.bundle)


def test_a_calibration_says_nobody(home: Home) -> None:
    from tests.doctor.kept_calibration import keep

    keep(home.data / "calibrations.json", NODE_ID, who="sekretperson", node="sekretnode")
    text = home.run()
    assert_private(text)
    assert "its calibration is another one than this computer has proved" in text


def test_every_setting_is_a_number_a_choice_or_hidden(home: Home) -> None:
    config = load_config(home.config)
    lines = list(bundle._settings(config))
    assert len(lines) == len(config.settings)
    shown = [line for line in lines if re.search(r"= [a-z]", line)]
    values = {line.partition(" = ")[2].split(" ")[0] for line in shown}
    choices = {choice for known in bundle.CHOICES.values() for choice in known}
    assert values <= choices | {f"{scheme}:..." for scheme in bundle.SCHEMES}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"at {ADDRESS}!", "at <address>!"),
        (f"node {NODE_ID}", "node <id>"),
        (f"from {IP} port", "from <address> port"),
        ("fe80::1ff:fe23:4567:890a is it", "<address> is it"),
        ("mail ann@example.invalid now", "mail <address> now"),
        ("Annabel said so", "<hidden> said so"),
        ("Annabelle said so", "Annabelle said so"),
        ("Python 3.11.7 took 0.25 s at 12:30", "Python 3.11.7 took 0.25 s at 12:30"),
        ("<node 1> of 24 x 80", "<node 1> of 24 x 80"),
    ],
)
def test_what_slips_through_is_taken_out_by_its_look_or_its_name(text: str, left: str) -> None:
    assert bundle.scrubbed(text, ["Annabel", "upturn", "abc"]) == left


def test_the_time_of_a_report_is_not_in_it_but_its_version_is(home: Home) -> None:
    text = home.run()
    assert str(datetime.now(tz=UTC).year) not in text.partition("== Packages")[0]
    assert text.startswith(f"Upturn {importlib.metadata.version('upturn')}, doctor")
