# SPDX-License-Identifier: MIT
from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest

from tests.mosquitto import Mosquitto
from upturn.config import load_config
from upturn.errors import RunError
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
