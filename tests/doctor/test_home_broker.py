# SPDX-License-Identifier: MIT
"""The broker is reached as a watch reaches it, and left as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.certificates import Authority
from tests.doctor.scenes import scene, told
from tests.firmware.node_log import wait
from tests.mosquitto import HOST, Mosquitto, free_port
from upturn.config import TlsConfig
from upturn.doctor import home
from upturn.doctor.findings import Curtain
from upturn.errors import InputError
from upturn.sinks.mqtt.broker import Broker


def names(broker: Broker) -> Callable[[], Broker | None]:
    return lambda: broker


async def found(tmp_path: Path, broker: Broker) -> list[tuple[str, str]]:
    facts = await home.look(scene(tmp_path, broker=names(broker)))
    return told(home.judge(facts))


async def test_one_that_takes_the_login_is_reached_and_nothing_is_left_behind(
    tmp_path: Path,
) -> None:
    with Mosquitto(tmp_path, users={"ann": "secret"}) as broker:
        wanted = Broker(HOST, broker.port, "ann", "secret", id="here")
        assert await found(tmp_path, wanted) == [
            ("ok", f"mqtt://ann@{HOST}:{broker.port}: takes this computer")
        ]
        wait(
            lambda: "Received DISCONNECT from upturn-doctor-" in broker.log() or None, 20.0, "end"
        )
        said = [line for line in broker.log().splitlines() if "upturn-doctor-" in line]
    assert not any(word in line for line in said for word in ("PUBLISH", "SUBSCRIBE", "here"))


async def test_a_wrong_password_is_said_so(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, users={"ann": "secret"}) as broker:
        wanted = Broker(HOST, broker.port, "ann", "other")
        assert await found(tmp_path, wanted) == [
            (
                "not well",
                f"mqtt://ann@{HOST}:{broker.port}: the broker refuses user name or password",
            )
        ]


async def test_who_cannot_be_trusted_is_said_so(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    with Mosquitto(tmp_path, tls=theirs) as broker:
        good = Broker(HOST, broker.port, tls=TlsConfig(str(theirs.ca)))
        assert await found(tmp_path, good) == [
            ("ok", f"mqtts://{HOST}:{broker.port}: takes this computer over TLS")
        ]
        ((verdict, words),) = await found(
            tmp_path, Broker(HOST, broker.port, tls=TlsConfig(str(ours.ca)))
        )
    assert verdict == "not well"
    assert "its certificate is not trusted" in words


async def test_where_nothing_listens_it_is_said(tmp_path: Path) -> None:
    port = free_port()
    assert await found(tmp_path, Broker(HOST, port)) == [
        ("not well", f"mqtt://{HOST}:{port}: nothing listens there")
    ]


async def test_a_refusal_of_what_names_it_is_a_finding_and_private(tmp_path: Path) -> None:
    def refuse() -> Broker | None:
        raise InputError("holds zoe", where="zoe.toml", remedy="Ask zoe")

    facts = await home.look(scene(tmp_path, broker=refuse))
    (finding,) = home.judge(facts)
    curtain = Curtain()
    assert told([finding]) == [("not well", "the broker cannot be asked: zoe.toml: holds zoe")]
    assert "zoe" not in curtain(finding.words) + curtain(finding.remedy)


@pytest.mark.parametrize("why", ["the broker refuses user name or password", "it does not answer"])
def test_why_it_is_not_reached_is_told_to_others_where_the_words_are_ours(why: str) -> None:
    (finding,) = home.judge(home.Home("mqtt://ann@attic:1883", why=why, ours=True))
    assert Curtain()(finding.words) == f"<broker 1>: {why}"
