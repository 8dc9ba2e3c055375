# SPDX-License-Identifier: MIT
"""Whatever a broker sends: the connection ends, why is said in words, and nothing is held up."""

from __future__ import annotations

import asyncio
import gc
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from tests.certificates import Authority
from tests.sinks.mqtt.scripted_broker import (
    CONNACK,
    DISCONNECT,
    WAIT_S,
    ScriptedBroker,
    connection,
    packet,
    publish,
)
from upturn.config.model import TlsConfig
from upturn.sinks.mqtt import guarded
from upturn.sinks.mqtt.guarded import HALF_SENT, LARGEST_BYTES, NONSENSE, TOO_MUCH
from upturn.sinks.mqtt.words import ENDED, SILENCE, is_silence, why

TOPIC = b"upturn/attic/owner"
HUGE = b"\x30\xff\xff\xff\x7f\x00\x01a\x00"
"""The head of a message of 256 MB."""
HALF = b"".join(publish(TOPIC, qos=2, number=n) for n in range(1, 2 * HALF_SENT))
NO_MQTT = {
    "a length of five bytes": b"\x30\xff\xff\xff\xff\xff",
    "a topic that is no UTF-8": publish(b"\xff\xfe"),
    "an empty topic": publish(b""),
    "a topic with a wildcard": publish(b"upturn/+/owner"),
    "a second answer": packet(CONNACK, b"\0\x87\0"),
    "a packet of no kind": packet(0xF0, b"\x18\0"),
    "a reason that there is not": packet(DISCONNECT, b"\x55\0"),
    "an answer to nobody": packet(0x90, b"\0\7\0\1") + packet(0xF0, b""),
    "an end while it answers": HALF[: 3 * len(publish(TOPIC, qos=2))] + packet(0xF0, b""),
}


@pytest.fixture(autouse=True)
async def _nothing_is_printed() -> AsyncIterator[None]:
    """What asyncio would print over the dashboard."""
    printed: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, said: printed.append(said))
    yield
    gc.collect()
    await asyncio.sleep(0)
    assert printed == []


async def use(made: aiomqtt.Client, heard: list[object]) -> None:
    async with asyncio.timeout(WAIT_S), made:
        async for message in made.messages:
            heard.append(message.payload)  # noqa: PERF401 - the end of it is an error


async def ended(made: aiomqtt.Client, heard: list[object] | None = None) -> str:
    """Why it ended, for whoever waits for a message."""
    with pytest.raises(aiomqtt.MqttError) as raised:
        await use(made, [] if heard is None else heard)
    return why(raised.value)


@pytest.mark.parametrize("too_much", [HUGE, HALF], ids=["one message", "half messages"])
async def test_a_broker_that_sends_too_much_is_left(too_much: bytes) -> None:
    async with ScriptedBroker(then=too_much) as broker:
        assert await ended(connection(broker.port)) == TOO_MUCH
        await broker.hung_up()


async def test_the_largest_message_is_read_and_no_larger_one() -> None:
    room = LARGEST_BYTES - len(TOPIC) - 3
    largest, larger = publish(TOPIC, b"x" * room), publish(TOPIC, b"x" * (room + 1))
    heard: list[object] = []
    async with ScriptedBroker(then=largest + larger) as broker:
        assert await ended(connection(broker.port), heard) == TOO_MUCH
    assert heard == [b"x" * room]


async def test_a_broker_that_takes_no_answers_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "QUEUED", 0)
    flood = b"".join(publish(TOPIC, qos=1, number=n) for n in range(1, 9))
    async with ScriptedBroker(then=flood) as broker:
        assert await ended(connection(broker.port)) == TOO_MUCH


@pytest.mark.parametrize("said", NO_MQTT.values(), ids=NO_MQTT)
async def test_what_is_no_mqtt_ends_the_connection_and_is_called_so(said: bytes) -> None:
    async with ScriptedBroker(then=said) as broker:
        assert await ended(connection(broker.port)) == NONSENSE
        await broker.hung_up()


@pytest.mark.parametrize("said", [b"\xff" * 99, HUGE, b"\x20\x01\x00", b"\x20\x03\x00\x55\x00"])
async def test_what_answers_and_is_no_broker_is_not_waited_for(said: bytes) -> None:
    async with ScriptedBroker(hello=said) as broker:
        assert await ended(connection(broker.port)) == NONSENSE


async def test_a_broker_that_hangs_up_right_after_its_first_word_is_noticed() -> None:
    async with ScriptedBroker(ends=True) as broker:
        words = await ended(connection(broker.port))
    assert words.startswith("it breaks off again and again")


async def test_a_broker_that_says_goodbye_right_after_its_first_word_is_noticed() -> None:
    async with ScriptedBroker(then=packet(DISCONNECT, b"\0\0")) as broker:
        assert await ended(connection(broker.port)) == ENDED


async def test_whoever_notices_the_end_first_knows_why() -> None:
    async def act(broker: ScriptedBroker) -> None:
        async with connection(broker.port) as made:
            await broker.hung_up()
            await made.unsubscribe("upturn/#")

    async with ScriptedBroker(then=HUGE) as broker:
        with pytest.raises(aiomqtt.MqttError) as raised:
            await act(broker)
    assert why(raised.value) == TOO_MUCH


async def test_a_broker_that_answers_no_ping_does_not_answer() -> None:
    async with ScriptedBroker(granted=b"\x13\x00\x01") as broker:
        with pytest.raises(aiomqtt.MqttError) as raised:
            await use(connection(broker.port), [])
    assert (why(raised.value), is_silence(raised.value)) == (SILENCE, True)


@pytest.fixture
def shown(tmp_path: Path) -> tuple[ssl.SSLContext, TlsConfig]:
    """What a broker shows over TLS, and what trusts it."""
    home = Authority(tmp_path / "home")
    identity = home.issue("broker")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(identity.certificate, identity.key)
    return context, TlsConfig(ca_file=str(home.ca))


async def test_all_that_came_in_one_secure_record_is_read(
    shown: tuple[ssl.SSLContext, TlsConfig],
) -> None:
    numbers = [str(n).encode() for n in range(50)]
    said = b"".join(publish(TOPIC, number) for number in numbers)
    async with (
        asyncio.timeout(WAIT_S),
        ScriptedBroker(then=said, tls=shown[0]) as broker,
        connection(broker.port, shown[1]) as made,
    ):
        heard = [(await anext(made.messages)).payload for _ in numbers]
        made.drop()
    assert heard == numbers


async def test_a_flood_over_tls_lets_others_have_their_turn(
    shown: tuple[ssl.SSLContext, TlsConfig],
) -> None:
    said = publish(TOPIC) * 2_000
    turns = 0
    async with (
        asyncio.timeout(WAIT_S),
        ScriptedBroker(then=said, tls=shown[0]) as broker,
        connection(broker.port, shown[1]) as made,
    ):
        while len(made.messages) < guarded.QUEUED:
            await asyncio.sleep(0)
            turns += 1
        made.drop()
    assert turns >= guarded.QUEUED / 3
