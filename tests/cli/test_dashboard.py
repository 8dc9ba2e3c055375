# SPDX-License-Identifier: MIT
"""`upturn dashboard`: what it refuses, what it tells of a login; and a table on a terminal."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path

import pytest

from tests.dashboard.scenes import inverted
from tests.mosquitto import HOST, Mosquitto, free_port
from tests.remote.said import HOST as TELLER
from tests.remote.told import Told
from tests.terminal import Terminal
from upturn.cli.commands import Parser
from upturn.cli.dashboard import START, add_parser, tab_command
from upturn.cli.main import main
from upturn.config import TlsConfig
from upturn.errors import EXIT_DONE, EXIT_FAILED, EXIT_USAGE
from upturn.sinks.mqtt.broker import Broker

Capture = pytest.CaptureFixture[str]
URL = "mqtt://127.0.0.1:1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            [],
            (
                "dashboard: no broker is named. "
                "Pass --mqtt URL, set MQTT_HOST, or give the config an [mqtt]"
            ),
        ),
        (["--mqtt", "http://ann:secret@b"], "--mqtt: begins with neither mqtt:// nor mqtts://"),
        (["--mqtt", URL], "there is no terminal for the dashboard. Run it in one, or pass --web"),
        (["--mqtt", URL, "--port", "80"], "--port: is of --web. Pass --web too"),
        (["--mqtt", URL, "--web", "--port", "0"], "--port: names no port"),
        (["--mqtt", URL, "--web", "--port", "x"], "--port: names no port"),
        (["--mqtt", URL, "--source", "sim:demo"], "unknown argument '--source'"),
        (["--mqtt", URL, "--node"], "argument --node: expected one argument"),
    ],
)
def test_what_is_refused_is_one_line(words: list[str], said: str, capsys: Capture) -> None:
    assert main(["dashboard", *words]) == EXIT_USAGE
    err = capsys.readouterr().err
    assert err.startswith(f"upturn: {said}")
    assert len(err.splitlines()) == 1
    assert "secret" not in err


def test_the_browser_needs_what_is_not_installed_by_default(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.setitem(sys.modules, "textual_serve.app_service", None)
    monkeypatch.delitem(sys.modules, "upturn.remote.web.server", raising=False)
    assert main(["dashboard", "--mqtt", URL, "--web"]) == EXIT_USAGE
    err = capsys.readouterr().err
    assert "is not installed. pip install 'upturn[web]'" in err
    assert len(err.splitlines()) == 1


def test_a_busy_port_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    with Mosquitto(tmp_path) as taken:
        words = ["--mqtt", URL, "--web", "--port", str(taken.port)]
        with pytest.MonkeyPatch.context() as patch:
            for name in ("UPTURN_SOUND", "UPTURN_WEB_SERVER", "MQTT_USERNAME", "MQTT_PASSWORD"):
                patch.setenv(name, "")  # what it sets for its tabs goes with the test
            assert main(["dashboard", *words]) == EXIT_FAILED
    err = capsys.readouterr().err
    assert err == (
        f"upturn: port {taken.port} of {HOST} is not to be had: Address already in use. "
        "Pass another --port\n"
    )


def parsed(*words: str) -> argparse.Namespace:
    parser = Parser(prog="upturn")
    add_parser(parser.add_subparsers(parser_class=Parser))
    return parser.parse_args(["dashboard", *words])


def test_the_process_of_a_tab_is_told_no_login_on_its_command_line() -> None:
    args = parsed("--node", "Anna's", "--node=-x", "--allow-commands", "--config", "my file")
    broker = Broker("::1", 8884, username="ann", password="secret", tls=TlsConfig())
    said = tab_command(args, broker)
    assert shlex.split(said) == [
        "exec",
        sys.executable,
        "-c",
        START,
        "dashboard",
        "--no-sound",
        "--mqtt",
        "mqtts://[::1]:8884",
        "--node=Anna's",
        "--node=-x",
        "--config=my file",
        "--allow-commands",
    ]
    assert "ann" not in said.replace("Anna", "")
    assert "secret" not in said


def test_a_tab_only_shows_where_the_server_only_shows() -> None:
    assert "--allow-commands" not in tab_command(parsed(), Broker("b"))


def test_a_table_of_another_machine_is_on_the_terminal_and_its_loss_too(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, Told(broker, inverted(20.0)) as host:
        words = ["dashboard", "--no-sound", "--mqtt", f"mqtt://{HOST}:{broker.port}"]
        program = [sys.executable, "-c", START, *words]
        with Terminal(program, {"MQTT_HOST": ""}) as terminal:
            terminal.reads("Attic")
            terminal.reads("left to the limit")
            host.falls_silent()
            terminal.reads(f"nothing new from {TELLER}")
            terminal.press(b"q")
            terminal.reads_next("Close this screen")
            terminal.press(b"y")
            assert terminal.end() == EXIT_DONE


def test_a_broker_that_is_not_there_is_waited_for_on_the_screen() -> None:
    words = ["dashboard", "--no-sound", "--mqtt", f"mqtt://{HOST}:{free_port()}"]
    with Terminal([sys.executable, "-c", START, *words]) as terminal:
        terminal.reads("nothing listens there")
        terminal.process.terminate()
        assert terminal.end() == EXIT_DONE
        assert "Traceback" not in terminal.text


def test_the_environment_of_the_tests_names_no_broker() -> None:
    assert not os.environ.get("MQTT_HOST")
