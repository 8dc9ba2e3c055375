# SPDX-License-Identifier: MIT
"""A broker that has to prove who it is, and may ask who we are: in words when either fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.certificates import Authority
from tests.integration.mqtt.home import Home, events
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener
from upturn.config.model import TlsConfig

STORY = "to 50 in 4s; at 50 61s"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "home")


def trusting(authority: Authority) -> TlsConfig:
    return TlsConfig(ca_file=str(authority.ca))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_with_the_right_authority_the_alarm_arrives(
    tmp_path: Path, authority: Authority, host: str
) -> None:
    with Mosquitto(tmp_path, tls=authority) as broker, Listener(broker) as ear:
        async with Home(broker.port, host=host, tls=trusting(authority)) as home:
            attic = home.watch()
            attic.tell(STORY)
            await home.works()
            await home.delivered()
            ear.settle()
            assert events(ear) == attic.said()
            assert attic.alarm("sink_failed") == ""


async def test_a_broker_of_another_authority_hears_nothing(
    tmp_path: Path, authority: Authority
) -> None:
    stranger = Authority(tmp_path / "stranger", "Home")
    with Mosquitto(tmp_path, tls=stranger) as broker, Listener(broker) as ear:
        async with Home(broker.port, tls=trusting(authority)) as home:
            attic = home.watch()
            attic.tell(STORY)
            await home.fails("its certificate is not trusted: ")
            said = f"mqtt (mqtts://127.0.0.1:{broker.port}: its certificate is not trusted: "
            assert said in attic.why("sink_failed")
            ear.settle()
            assert ear.messages() == []


async def test_a_broker_that_is_certified_under_another_name_hears_nothing(
    tmp_path: Path, authority: Authority
) -> None:
    broker = Mosquitto(tmp_path, tls=authority)
    broker.server = authority.issue("elsewhere", ["DNS:elsewhere.example"])
    with broker:
        async with Home(broker.port, tls=trusting(authority)) as home:
            home.watch().tell(STORY)
            await home.fails("its certificate is not trusted: IP address mismatch")


async def test_a_broker_that_asks_for_a_certificate_takes_the_one_we_show(
    tmp_path: Path, authority: Authority
) -> None:
    own = authority.issue("here")
    shown = TlsConfig(
        ca_file=str(authority.ca), cert_file=str(own.certificate), key_file=str(own.key)
    )
    with (
        Mosquitto(tmp_path, tls=authority, client_certificates=True) as broker,
        Listener(broker) as ear,
    ):
        async with Home(broker.port, tls=shown) as home:
            attic = home.watch()
            attic.tell(STORY)
            await home.delivered()
            ear.settle()
            assert events(ear) == attic.said()


async def test_a_broker_that_asks_for_a_certificate_and_gets_none_is_said_to(
    tmp_path: Path, authority: Authority
) -> None:
    with Mosquitto(tmp_path, tls=authority, client_certificates=True) as broker:
        async with Home(broker.port, tls=trusting(authority)) as home:
            attic = home.watch()
            attic.tell(STORY)
            await home.fails("look at the port, and whether it wants a certificate of ours")


async def test_speaking_plainly_to_a_port_with_tls_is_said_at_once(
    tmp_path: Path, authority: Authority
) -> None:
    with Mosquitto(tmp_path, tls=authority) as broker:
        began_s = time.monotonic()
        async with Home(broker.port) as home:
            home.watch().tell(STORY)
            await home.fails(
                "it hangs up without an answer: look at the port, and whether it has TLS"
            )
            assert time.monotonic() - began_s < 3.0


async def test_speaking_tls_to_a_plain_port_is_said_at_once(
    broker: Mosquitto, authority: Authority
) -> None:
    began_s = time.monotonic()
    async with Home(broker.port, tls=trusting(authority)) as home:
        home.watch().tell(STORY)
        await home.fails("it hangs up without an answer: look at the port, and whether it has TLS")
        assert time.monotonic() - began_s < 3.0


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda folder: TlsConfig(ca_file=str(folder / "none.pem")), "there is no such file"),
        (lambda folder: TlsConfig(ca_file=str(folder)), "cannot be read"),
    ],
)
async def test_a_file_that_cannot_be_used_is_named_and_the_watch_goes_on(
    broker: Mosquitto, tmp_path: Path, broken: Callable[[Path], TlsConfig], words: str
) -> None:
    async with Home(broker.port, tls=broken(tmp_path)) as home:
        attic = home.watch()
        attic.tell("to 50 in 4s; at 50 4s")
        await home.fails(words)
        assert str(tmp_path) in attic.why("sink_failed")
        attic.tell("at 50 60s")
        assert attic.alarm("time_limit") == "raised"
