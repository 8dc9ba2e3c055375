# SPDX-License-Identifier: MIT
"""The broker and the subscriber that the tests of MQTT stand on: do they do what they say?"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import programs
from tests.certificates import Authority
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener, RefusedError, retained

TOPIC = "upturn/t1/alarms"


def handshake(broker: Mosquitto, trusted: Authority | None) -> str:
    """Why a client who trusts that authority, and shows no certificate, turns away; or nothing."""
    assert trusted is not None
    context = ssl.create_default_context(cafile=str(trusted.ca))
    with socket.create_connection((broker.host, broker.port), timeout=10.0) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=broker.host) as line:
                line.sendall(b"?")
                line.recv(1)
        except ssl.SSLError as error:
            return str(error)
    return ""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path) as running:
        yield running


def test_a_listener_hears_what_is_published(broker: Mosquitto) -> None:
    with Listener(broker) as home, Listener(broker, "upturn/t2/#") as other:
        home.publish(TOPIC, b'{"v":1}')
        heard = home.wait_for(topic="upturn/+/alarms")
        other.settle()
        assert heard[1:] == (TOPIC, b'{"v":1}', 1, False)
        assert home.json(TOPIC) == [{"v": 1}]
        assert other.messages() == []


def test_a_message_is_found_by_the_fields_of_its_json_and_by_time(broker: Mosquitto) -> None:
    with Listener(broker) as home:
        for other in (b"", b"online", b"[1]", b'{"kind":"note"}'):
            home.publish(TOPIC, other)
        home.publish(TOPIC, b'{"kind":"alarm","n":1}')
        first = home.wait_for(topic=TOPIC, kind="alarm")
        home.publish(TOPIC, b'{"kind":"alarm","n":2}')
        second = home.wait_for(topic=TOPIC, kind="alarm", n=2)
        assert home.messages(TOPIC)[0].json is None
        assert first.json == {"kind": "alarm", "n": 1}
        assert home.wait_for(since_s=second.at_s, kind="alarm") == second
        assert home.wait_for(lambda m: b"2" in m.payload) == second


def test_what_never_comes_is_told_with_what_came(broker: Mosquitto) -> None:
    with Listener(broker) as home:
        home.publish(TOPIC, b"something else")
        home.settle()
        with pytest.raises(TimeoutError, match="no message on x") as failed:
            home.wait_for(topic="x", timeout_s=0.01)
        assert failed.value.__notes__[0].endswith(f"{TOPIC} b'something else'")


def test_a_message_without_confirmation_is_heard_too(broker: Mosquitto) -> None:
    with Listener(broker) as home:
        home.publish(TOPIC, "online", qos=0)
        assert home.wait_for(topic=TOPIC)[1:] == (TOPIC, b"online", 0, False)


async def test_a_coroutine_hears_while_others_run(broker: Mosquitto) -> None:
    with Listener(broker) as home:
        waiting = asyncio.create_task(home.hears(topic=TOPIC, n=1))
        await asyncio.to_thread(home.publish, TOPIC, b'{"n":1}')
        assert (await waiting).json == {"n": 1}


def test_what_is_retained_is_known_from_what_is_new(broker: Mosquitto) -> None:
    with Listener(broker) as early, Listener(broker, as_published=True) as exact:
        early.publish(TOPIC, b"kept", retain=True)
        assert not early.wait_for(topic=TOPIC).retain
        assert exact.wait_for(topic=TOPIC).retain
    with Listener(broker) as late:
        assert late.wait_for(topic=TOPIC).retain
    assert retained(broker) == {TOPIC: b"kept"}


def test_a_killed_broker_comes_back_on_its_port_and_empty(broker: Mosquitto) -> None:
    with Listener(broker, survives=True) as home:
        home.publish(TOPIC, b"kept", retain=True)
        broker.kill()
        assert not broker.running
        assert not broker.answers()
        broker.start()
        home.wait_for_connections(2)
        home.publish(TOPIC, b"new")
        home.settle()
        assert [m.payload for m in home.messages()] == [b"kept", b"new"]
    assert retained(broker) == {}


@pytest.mark.parametrize("end", [Mosquitto.stop, Mosquitto.kill])
def test_with_persistence_what_is_retained_outlives_the_broker(
    tmp_path: Path, end: Callable[[Mosquitto], None]
) -> None:
    with Mosquitto(tmp_path, persistence=True) as broker:
        with Listener(broker) as home:
            home.publish(TOPIC, b"kept", retain=True)
            home.settle()
        end(broker)
        broker.start()
        assert retained(broker) == {TOPIC: b"kept"}


def test_a_broker_that_goes_ends_the_wait_of_who_shall_not_survive_it(broker: Mosquitto) -> None:
    with Listener(broker) as home:
        broker.kill()
        with pytest.raises(ConnectionError, match="the broker dropped us"):
            home.wait_for(topic=TOPIC, timeout_s=60.0)


def test_a_frozen_broker_is_deaf_and_goes_on_when_it_thaws(broker: Mosquitto) -> None:
    with Listener(broker) as home:
        broker.freeze()
        assert broker.running
        assert not broker.answers(timeout_s=0.1)
        broker.thaw()
        assert broker.answers()
        home.publish(TOPIC, b"after")
        assert home.wait_for(topic=TOPIC).payload == b"after"


@pytest.mark.parametrize("end", [Mosquitto.stop, Mosquitto.kill])
def test_a_frozen_broker_can_be_ended(broker: Mosquitto, end: Callable[[Mosquitto], None]) -> None:
    broker.freeze()
    end(broker)
    assert not broker.running


def test_a_second_client_of_an_id_throws_the_first_one_out(broker: Mosquitto) -> None:
    with (
        Listener(broker, identifier="twin") as first,
        Listener(broker, identifier="twin"),
        pytest.raises(ConnectionError, match="the broker dropped us"),
    ):
        first.wait_for(timeout_s=60.0)


def test_users_need_their_passwords_and_get_what_the_list_grants(tmp_path: Path) -> None:
    acl = (
        "user host\ntopic readwrite upturn/#\ntopic readwrite settled/#\nuser ann\ntopic read #\n"
    )
    users = {"host": "s3cret", "ann": "other"}
    with Mosquitto(tmp_path, users=users, acl=acl) as broker:
        for name, password in ((None, None), ("ann", "wrong"), ("bob", "s3cret")):
            with pytest.raises(RefusedError, match="Not authorized"):
                Listener(broker, username=name, password=password)
        with (
            Listener(broker, "upturn/#", username="host") as host,
            Listener(broker, username="ann") as ann,
        ):
            host.publish(TOPIC, b"1")
            assert ann.wait_for(topic=TOPIC).payload == b"1"
            with pytest.raises(RefusedError, match="Not authorized"):
                ann.publish(TOPIC, b"2")
            host.settle()
            assert [m.payload for m in host.messages()] == [b"1"]


def test_new_users_count_from_the_next_start(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, users={"ann": "old"}) as broker:
        broker.stop()
        broker.users = {"bob": "new"}
        broker.start()
        with pytest.raises(RefusedError):
            Listener(broker, username="ann", password="old")
        with Listener(broker, username="bob"):
            pass


def test_over_tls_it_proves_who_it_is(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, tls=Authority(tmp_path / "home")) as broker:
        with Listener(broker) as listener:
            listener.publish(TOPIC, b"secret")
            assert listener.wait_for(topic=TOPIC).payload == b"secret"
        assert handshake(broker, broker.tls) == ""
        assert "certificate verify failed" in handshake(broker, Authority(tmp_path / "other"))


def test_it_may_show_the_certificate_of_another(tmp_path: Path) -> None:
    home = Authority(tmp_path / "home")
    broker = Mosquitto(tmp_path, tls=home)
    broker.server = home.issue("elsewhere", names=("DNS:broker.example",))
    with broker:
        assert "IP address mismatch" in handshake(broker, home)


def test_it_may_ask_for_certificates_of_clients(tmp_path: Path) -> None:
    home = Authority(tmp_path / "home")
    settings = "use_identity_as_username true"
    acl = "user ann\ntopic readwrite #\n"
    with Mosquitto(
        tmp_path, tls=home, client_certificates=True, acl=acl, settings=settings
    ) as broker:
        with Listener(broker, identity=home.issue("ann")) as ann:
            ann.publish(TOPIC, b"1")
            assert ann.wait_for(topic=TOPIC).payload == b"1"
        assert handshake(broker, home)
        assert "peer did not return a certificate" in broker.log()


def test_a_broker_that_cannot_start_says_why(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path, settings="no_such_setting true")
    with pytest.raises(AssertionError, match="no_such_setting"):
        broker.start()


def test_a_failing_test_shows_what_the_broker_said(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError) as failed, Mosquitto(tmp_path):
        raise RuntimeError
    assert any("the broker said:" in note for note in failed.value.__notes__)


def test_without_the_program_a_test_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(programs.REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt install nothing"):
        programs.program("no-such-program", "nothing")


def test_where_it_is_required_the_test_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(programs.REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="apt install nothing"):
        programs.program("no-such-program", "nothing")
