# SPDX-License-Identifier: MIT
"""What nobody can have meant as a command does nothing, however much of it comes."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from tests.integration.mqtt.home import Home, until
from tests.integration.mqtt.test_commands import COMMAND, room, soon
from tests.mosquitto import HOST, Mosquitto
from tests.mqtt_listener import Listener
from tests.programs import program
from tests.tcp_proxy import TcpProxy
from upturn.core.commands import Distress
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.service.table import TableService
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.commands import BURST
from upturn.sinks.mqtt.link import MqttLink
from upturn.transports.sim import simulate
from upturn.transports.simulated import SimulatedSource
from upturn.transports.source import Chunk

FLOOD = 20_000
LATE_S = 0.25
TOLD_S = 1.0
__all__ = ["soon"]  # a fixture of all tests here, too
DONE = ("command_done", "test_alarm", None, None, None)


def answers(listener: Listener) -> list[str]:
    """Of all commands so far, their verbs."""
    listener.settle()
    said = listener.json("upturn/attic/event")
    return [event["verb"] for event in said if event["kind"] == "command"]


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("command", b"PRESS"),
        ("command/", b"PRESS"),
        ("command/acknowledge/x", b"PRESS"),
        ("command/DISTRESS", b"PRESS"),
        ("command/no_such_verb", b"PRESS"),
        ("command/distress", b"\xff\xfe\x00\x80"),
        ("command/distress", b"PRESS" * 12_000),
        ("command/distress", bytes(1_000_000)),
    ],
    ids=lambda part: part if isinstance(part, str) else f"{len(part)} bytes",
)
async def test_noise_is_neither_obeyed_nor_answered(
    broker: Mosquitto, topic: str, payload: bytes
) -> None:
    async with room(broker, "upright 2s") as it:
        it.listener.publish(f"upturn/attic/{topic}", payload)
        assert await it.ask("test_alarm") == DONE
        assert answers(it.listener) == ["test_alarm"]
        assert it.table.alarm("distress") == ""


async def test_noise_on_a_verb_is_counted(broker: Mosquitto) -> None:
    async with room(broker, "upright 2s") as it:
        for payload in (b"\xff", b"x" * 1025):
            it.listener.publish(f"{COMMAND}/distress", payload)
        assert await it.ask("test_alarm") == DONE
        assert it.table.kept.inbox.ignored == 2


async def test_a_command_that_the_broker_kept_is_not_obeyed(broker: Mosquitto) -> None:
    with Listener(broker) as before:
        before.publish(f"{COMMAND}/distress", b"PRESS", retain=True)
    async with room(broker, "upright 2s") as it:
        assert await it.ask("test_alarm") == DONE
        assert it.table.alarm("distress") == ""
        assert answers(it.listener) == ["test_alarm"]


async def test_a_command_that_is_given_to_be_kept_is_not_obeyed(broker: Mosquitto) -> None:
    async with room(broker, "upright 2s") as it:
        it.listener.publish(f"{COMMAND}/distress", b"PRESS", retain=True)
        assert await it.ask("test_alarm") == DONE
        assert it.table.alarm("distress") == ""
        assert it.table.kept.inbox.ignored == 1


async def test_a_command_that_was_given_while_the_host_was_away_is_not_obeyed_later(
    broker: Mosquitto, line: TcpProxy
) -> None:
    with Listener(broker) as listener:
        async with Home(line.port) as home:
            table = home.watch("attic")
            table.tell("upright 2s")
            await home.works()
            await asyncio.to_thread(line.cut)
            await until(lambda: home.link.failure)
            listener.publish(f"{COMMAND}/distress", b"PRESS", qos=1)
            table.tell("at 50 2s; button")
            await asyncio.to_thread(line.restore)
            await home.works()
            await home.delivered()
            listener.publish(f"{COMMAND}/im_fine", b"PRESS")
            await listener.hears(topic="upturn/attic/event", kind="command", verb="im_fine")
            assert answers(listener) == ["im_fine"]
            raised = [e for e in table.said() if e[0] == "distress"]
            assert len(raised) == 1  # the button's own


def flood(broker: Mosquitto, folder: Path) -> subprocess.Popen[bytes]:
    """As fast as a program can, which is none of ours: it would hold up the host under test."""
    lines = folder / "flood"
    lines.write_text("nonsense\n" * FLOOD)
    tool = program("mosquitto_pub", "mosquitto-clients")
    address = ("-h", HOST, "-p", str(broker.port), "-t", f"{COMMAND}/acknowledge")
    with lines.open("rb") as stdin:
        return subprocess.Popen([tool, "-l", *address], stdin=stdin)


async def has_settled(number: Callable[[], int]) -> None:
    """Until it does not rise any more."""
    before = -1
    while before != number():
        before = number()
        await asyncio.sleep(0.3)


async def test_a_flood_of_commands_delays_neither_the_core_nor_an_alarm(
    broker: Mosquitto, tmp_path: Path
) -> None:
    late_s: list[float] = []
    source = SimulatedSource(simulate("normal", seed=0))
    link = MqttLink(Broker(HOST, broker.port, id="here"))
    table = link.table("sim", fallback_id="attic")

    def arrives(chunk: Chunk) -> None:
        late_s.append(time.monotonic() - begun_s - chunk.at_s)

    service = TableService(
        Pipeline(source.info, STANDARD), source, listeners=[table], recorder=arrives
    )
    table.begin(service.command)
    with Listener(broker, "upturn/attic/event") as listener:
        begun_s = time.monotonic()
        tasks = [asyncio.create_task(work) for work in (link.run(), service.run())]
        await until(lambda: not link.failure)
        late_s.clear()
        sender = flood(broker, tmp_path)
        await until(lambda: table.inbox.ignored)
        called_s = time.monotonic()
        service.command(Distress())
        alarm = await listener.hears(kind="alarm", id="distress")
        await until(lambda: sender.poll() == 0)
        await has_settled(lambda: table.inbox.ignored)
        assert alarm.at_s - called_s < TOLD_S
        assert median(late_s) < LATE_S  # one of them may be the machine's
        answered = await asyncio.to_thread(answers, listener)
        assert len(answered) <= BURST + 3  # one more every two seconds
        listener.publish(f"{COMMAND}/acknowledge", b"PRESS")
        await listener.hears(kind="command", event_type="command_done")
        for task in reversed(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
