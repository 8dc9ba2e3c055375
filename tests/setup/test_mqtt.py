# SPDX-License-Identifier: MIT
from __future__ import annotations

import argparse
import io
import stat
from pathlib import Path

import pytest

from tests.mosquitto import Mosquitto
from upturn.cli.mqtt_options import MAX_PASSWORD_BYTES, resolve_broker
from upturn.config import load_config
from upturn.errors import InputError, RunError
from upturn.setup import mqtt
from upturn.setup.place import Place
from upturn.setup.said import Said
from upturn.setup.step import Outcome, State


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "config.toml", said=Said(tmp_path / "setup.json"))


def answered(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_a_broker_that_lets_us_in_is_written_down_and_its_password_apart(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Mosquitto(tmp_path, users={"ann": "secret"}) as broker:
        answered(monkeypatch, "y", f"mqtt://ann@{broker.host}:{broker.port}", "secret")
        assert mqtt.run(place) is Outcome.WENT
    config = load_config(place.config_file).mqtt
    assert config is not None
    assert (config.host, config.port, config.username) == (broker.host, broker.port, "ann")
    assert (config.password_file, config.tls) == ("mqtt-password", None)
    password = tmp_path / "mqtt-password"
    assert password.read_text() == "secret\n"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert "secret" not in place.config_file.read_text()
    assert mqtt.standing(place).state is State.DONE


def test_a_broker_that_refuses_the_password_is_not_written_down(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Mosquitto(tmp_path, users={"ann": "secret"}) as broker:
        answered(monkeypatch, "y", f"mqtt://ann:wrong@{broker.host}:{broker.port}")
        with pytest.raises(RunError, match="the broker refuses user name or password") as refused:
            mqtt.run(place)
    assert "wrong" not in str(refused.value)
    assert not place.config_file.exists()


def test_no_home_is_left_out_and_not_asked_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mqtt.standing(place).state is State.TODO
    answered(monkeypatch, "")
    assert mqtt.run(place) is Outcome.WENT
    assert mqtt.standing(place).state is State.WITHOUT


WITH_TLS = """\
[mqtt]
host = "home"
[mqtt.tls]
ca_file = "ca.pem"
"""


def test_a_file_that_the_config_does_not_name_is_nobody_elses(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mqtt-password").write_text("of another broker\n")
    with Mosquitto(tmp_path, users={"ann": "secret"}) as broker:
        url = f"mqtt://ann:secret@{broker.host}:{broker.port}"
        for _ in range(2):  # the second time the config names it
            answered(monkeypatch, "y", url)
            assert mqtt.run(place) is Outcome.WENT
    config = place.config().mqtt
    assert config is not None
    assert config.password_file == "mqtt-password-2"  # noqa: S105 - a file's name
    kept = {file.name: file.read_text() for file in tmp_path.glob("*mqtt-password*")}
    assert kept == {"mqtt-password": "of another broker\n", "mqtt-password-2": "secret\n"}


def test_where_the_config_is_refused_the_password_stays_as_it_was(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = '[mqtt]\nhost = "home"\nusername = "ann"\npassword_file = "mqtt-password"\n'
    place.config_file.write_text(named)
    (tmp_path / "mqtt-password").write_text("old\n")

    def refused(*_: object) -> None:
        raise InputError("refused")

    monkeypatch.setattr(mqtt, "set_values", refused)
    with Mosquitto(tmp_path, users={"ann": "secret"}) as broker:
        answered(monkeypatch, "y", f"mqtt://ann:secret@{broker.host}:{broker.port}")
        with pytest.raises(InputError, match="refused"):
            mqtt.run(place)
    kept = {file.name: file.read_text() for file in tmp_path.glob("*mqtt-password*")}
    assert kept == {"mqtt-password": "old\n"}


@pytest.mark.parametrize(("answer", "outcome"), [("n", Outcome.LEFT), ("y", Outcome.WENT)])
def test_tls_is_given_up_only_by_who_says_so(
    answer: str,
    outcome: Outcome,
    place: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place.config_file.write_text(WITH_TLS)
    with Mosquitto(tmp_path) as broker:
        answered(monkeypatch, "y", f"mqtt://{broker.host}:{broker.port}", answer)
        assert mqtt.run(place) is outcome
    config = place.config().mqtt
    assert config is not None
    assert (config.tls is None) == (outcome is Outcome.WENT)
    assert (place.config_file.read_text() == WITH_TLS) == (outcome is Outcome.LEFT)
    assert "spoken to by TLS (ca.pem)" in capsys.readouterr().out


def test_a_password_that_no_file_of_it_would_be_read_again_is_asked_for_anew(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = "p" * (MAX_PASSWORD_BYTES - 1)
    with Mosquitto(tmp_path, users={"ann": longest}) as broker:
        url = f"mqtt://ann@{broker.host}:{broker.port}"
        answered(monkeypatch, "y", url, "x" * 70_000, f"{longest}p", longest)
        assert mqtt.run(place) is Outcome.WENT
    args = argparse.Namespace(mqtt=None)
    read_again = resolve_broker(args, place.config(), {})
    assert read_again is not None
    assert read_again.password == longest


@pytest.mark.parametrize("login", [f"ann:{'x' * 70_000}", f"{'x' * 70_000}"])
def test_a_login_that_is_too_long_is_refused_in_the_address(
    login: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(monkeypatch, "y", f"mqtt://{login}@127.0.0.1:1")
    with pytest.raises(InputError, match="the address: has a user name of over 200") as refused:
        mqtt.run(place)
    assert "xx" not in str(refused.value)
