# SPDX-License-Identifier: MIT
"""`upturn node`: one node on its cable is shown and changed, and every failure is one line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.transports.fake_node import FakeNode
from upturn.cli import node_orders
from upturn.cli.main import main
from upturn.transports import node_talk
from upturn.transports.ble.known import KnownNode, KnownNodes
from upturn.transports.node_probe import Port
from upturn.wire.vocabulary import Result, Verb

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeNode]:
    monkeypatch.setattr(node_orders, "NAMED_S", 0.3)
    monkeypatch.setattr(node_orders, "HELLO_S", 0.3)
    with FakeNode(tmp_path / "tty") as made:
        monkeypatch.setattr(node_orders, "ports_here", lambda: [Port(str(made.port))])
        yield made


def done(node: FakeNode, capsys: Capture, *words: str) -> list[str]:
    assert main(["node", words[0], "--source", node.source, *words[1:]]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines()


def refused(capsys: Capture, *words: str) -> tuple[int, str]:
    code = main(["node", *words])
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("upturn: ")
    assert err.count("\n") == 1
    return code, err.removeprefix("upturn: ").rstrip()


def test_info_tells_what_it_is(node: FakeNode, capsys: Capture) -> None:
    assert done(node, capsys, "info") == [
        f"port        {node.port}",
        "name        den",
        "id          a0b1c2d3e4f5",
        "board       bench, with buzzer",
        "sensor      MPU6886, without gyro, up to 8 g",
        "rate        50 samples a second",
        "calibrated  yes",
        "firmware    0.3.0",
        "limits      standard: notice 45 s, limit 60 s, rest 90 s, angle 60 degrees",
        "battery     80 %, 3.90 V",
        "angle       not known",
        "starts      7 since it was installed, the last: power on",
        "bluetooth   none",
        "fault       none",
    ]
    (line,) = done(node, capsys, "info", "--json")
    record = json.loads(line)
    assert (record["port"], record["name"]) == (str(node.port), "den")


@pytest.mark.parametrize(
    ("words", "verb", "payload", "told"),
    [
        (["identify"], Verb.IDENTIFY, b"", "den blinks and beeps"),
        (["test-alarm"], Verb.TEST_ALARM, b"\3", "den sounds"),
        (["test-alarm", "low"], Verb.TEST_ALARM, b"\1", "den sounds"),
        (["acknowledge"], Verb.ACKNOWLEDGE, b"", "den pauses its alarm"),
        (
            ["maintenance"],
            Verb.MAINTENANCE,
            b"",
            "den waits at its prompt; it guards nobody until it is reset",
        ),
        (["power-off"], Verb.POWER_OFF, b"", "den is off, where its board can be"),
    ],
)
def test_an_act_is_done_and_told(
    node: FakeNode, capsys: Capture, words: list[str], verb: Verb, payload: bytes, told: str
) -> None:
    assert done(node, capsys, *words) == [told]
    assert node.told(verb) == [payload]


def test_limits_are_set_by_name_and_shown_as_they_are_then(
    node: FakeNode, capsys: Capture, tmp_path: Path
) -> None:
    config = tmp_path / "c.toml"
    config.write_text("[profiles.own]\nlimit_s = 20\n")
    shown = done(node, capsys, "profile", "own", "--config", str(config))
    assert "limits      own: notice 15 s, limit 20 s, rest 90 s, angle 60 degrees" in shown
    done(node, capsys, "profile", "standard", "--device", "boots")
    assert node.limits["max_angle_cdeg"] == -32768
    assert any(line.endswith("rest 90 s, angle not judged") for line in done(node, capsys, "info"))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["profile", "extended"], "limits"),
        (["config", "--name", "attic", "--rate", "100"], "name and rate"),
    ],
)
def test_a_node_that_says_done_and_has_changed_nothing_is_one_line_and_exit_1(
    node: FakeNode, capsys: Capture, words: list[str], what: str
) -> None:
    node.does_nothing = True
    code, told = refused(capsys, *words, "--source", node.source)
    assert (code, told) == (1, f"den: it answers 'done' but has not changed its {what}")


def test_a_greeting_that_is_impossible_is_told(node: FakeNode, capsys: Capture) -> None:
    node.rate_hz = 0
    told = "a node answers, but its greeting is impossible: layout or rate of 0"
    assert refused(capsys, "info", "--source", node.source) == (
        1,
        f"{node.port}: {told}. Install its firmware anew",
    )


def test_a_port_whose_name_a_terminal_would_obey_is_told_escaped(capsys: Capture) -> None:
    code, told = refused(capsys, "info", "--source", "serial:/none/\x1b[31m")
    assert (code, told.split(":")[0]) == (1, "/none/\\x1b[31m")


def test_settings_are_changed_and_shown(node: FakeNode, capsys: Capture) -> None:
    assert "name        den" in done(node, capsys, "config")
    shown = done(node, capsys, "config", "--name", "attic", "--rate", "100")
    assert "name        attic" in shown
    assert node.told(Verb.SET_RATE) == [b"\x64\0"]


def test_a_change_of_name_is_learned_of_a_node_on_a_cable_that_is_paired_too(
    node: FakeNode, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    KnownNodes().add(KnownNode("a0b1c2d3e4f5", "24:0A:C4:00:00:01", "den"))
    assert done(node, capsys, "config", "--name", "attic")[-1] == (
        "It was called den: a config with 'ble:den' needs 'ble:attic' now"
    )
    assert [known.name for known in KnownNodes().all()] == ["attic"]


def test_of_a_config_with_several_nodes_one_is_to_be_named(
    node: FakeNode, capsys: Capture, tmp_path: Path
) -> None:
    config = tmp_path / "c.toml"
    config.write_text(
        f'[[node]]\nname = "den"\nsource = "{node.source}"\n'
        '[[node]]\nname = "attic"\nsource = "ble:attic"\n'
        '[[node]]\nname = "hall"\nsource = "sim:normal"\n'
    )
    assert refused(capsys, "identify", "--config", str(config)) == (
        2,
        f"--source: the config has several nodes ({node.source}, ble:attic). Name one of these",
    )
    assert not node.told(Verb.IDENTIFY)


def test_without_a_source_it_is_the_configs_or_the_only_one_there_is(
    node: FakeNode, capsys: Capture, tmp_path: Path
) -> None:
    assert main(["node", "identify"]) == 0
    config = tmp_path / "c.toml"
    config.write_text(f'[[node]]\nname = "den"\nsource = "{node.source}"\n')
    assert main(["node", "identify", "--config", str(config)]) == 0
    assert capsys.readouterr().out == "den blinks and beeps\n" * 2


def test_what_the_node_refuses_is_one_line_and_exit_1(node: FakeNode, capsys: Capture) -> None:
    node.refuses[Verb.POWER_OFF] = (Result.NOT_NOW, "inverted")
    told = refused(capsys, "power-off", "--source", node.source)
    assert told == (1, "den: not now: inverted")


def test_a_node_that_does_not_answer_is_one_line_and_exit_1(
    node: FakeNode, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_talk, "ANSWER_S", 0.05)
    node.mute_on = {Verb.IDENTIFY}
    told = refused(capsys, "identify", "--source", node.source)
    assert told == (1, "den: the node does not answer")
    assert len(node.told(Verb.IDENTIFY)) == 2


def test_a_port_without_a_node_is_one_line_and_exit_1(
    node: FakeNode, capsys: Capture, tmp_path: Path
) -> None:
    node.silent = True
    port = node.port
    assert refused(capsys, "info", "--source", node.source) == (
        1,
        f"{port}: nothing there speaks Upturn's protocol. See 'upturn scan'",
    )
    assert refused(capsys, "info") == (
        1,
        (
            "no node answers on any serial port, and no node is paired with this computer. "
            "See 'upturn scan'"
        ),
    )
    assert refused(capsys, "info", "--source", "serial:auto") == (
        1,
        "no node answers on any serial port. See 'upturn scan'",
    )
    assert refused(capsys, "info", "--source", f"serial:{tmp_path}/none") == (
        1,
        f"{tmp_path}/none: there is no such port. Plug the node in; 'upturn scan' lists the ports",
    )


def test_among_several_nodes_none_is_chosen(
    node: FakeNode, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeNode(tmp_path / "b", name="attic") as other:
        both = [Port(str(node.port)), Port(str(other.port))]
        monkeypatch.setattr(node_orders, "ports_here", lambda: both)
        assert refused(capsys, "identify", "--source", "serial:auto") == (
            1,
            (
                f"several nodes answer: den on {node.port}, attic on {other.port}. "
                "Name one: --source serial:PORT"
            ),
        )
        assert not node.told(Verb.IDENTIFY)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "the following arguments are required: ACTION. See 'upturn node --help'"),
        ("dance", "argument ACTION: invalid choice: 'dance'"),
        ("profile", "the following arguments are required: NAME. See 'upturn node profile"),
        ("profile none", "NAME: there is no profile 'none'. Known profiles: first-time, "),
        ("config --name a/b", "--name: 'a/b' is no name of a node. Take 1 to 16 of A-Z a-z "),
        ("config --name 12345678901234567", "--name: '12345678901234567' is no name of a node"),
        ("config --rate 60", "argument --rate: invalid choice: 60"),
        ("test-alarm loud", "argument PRIORITY: invalid choice: 'loud'"),
        ("info --source sim:normal", "--source: a node is not reached by 'sim:normal'. Write "),
        ("info --source serial:", "--source: a node is not reached by 'serial:'. Write serial:"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_2(words: str, told: str, capsys: Capture) -> None:
    code, said = refused(capsys, *words.split())
    assert (code, said[: len(told)]) == (2, told)
