# SPDX-License-Identifier: MIT
"""When a connection is tried again, and when its failure is one that people have to hear of."""

from __future__ import annotations

import asyncio
import random
from typing import Any, NamedTuple

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from upturn.core.commands import Command, SinkStatus
from upturn.sinks.mqtt import link as module
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.link import BACK_OFF_S, REFUSED_S, STEADY_S, MqttLink

BROKEN = aiomqtt.MqttError("Disconnected during message iteration")
SILENT = aiomqtt.MqttError("Operation timed out")
REFUSED = aiomqtt.MqttCodeError(ReasonCode(PacketTypes.CONNACK, identifier=0x86))
NAME = "mqtt://127.0.0.1:1883"


class Attempt(NamedTuple):
    """How one connection goes; None: it lasts until the link ends."""

    fault: Exception | None
    connected: bool = False
    lasts_s: float = 0.0


class _Passed:
    """A pause that is over at once."""

    async def __aenter__(self) -> None:
        raise TimeoutError

    async def __aexit__(self, *error: object) -> None:
        pass


class Tried:
    """A link whose connections go as it is told, on a clock of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *attempts: Attempt) -> None:
        self.now_s = 0.0
        self.pauses_s: list[float] = []
        self.anew: list[bool] = []
        self.commands: list[Command] = []
        self._attempts = iter(attempts)
        self.link = MqttLink(Broker("127.0.0.1", id="here"), clock=lambda: self.now_s)
        self.link.table("serial:X").begin(self._act)
        monkeypatch.setattr(module, "Session", self._session)
        monkeypatch.setattr(random, "uniform", lambda low, high: (low + high) / 2)
        monkeypatch.setattr(asyncio, "timeout", self._timeout)

    def _act(self, command: Command) -> None:
        self.commands.append(command)

    def _session(self, link: MqttLink, *, anew: bool) -> Any:
        self.anew.append(anew)
        tried, attempt = self, next(self._attempts, Attempt(None))

        class Session:
            connected = attempt.connected

            async def run(self) -> None:
                tried.now_s += attempt.lasts_s
                if attempt.fault is not None:
                    raise attempt.fault
                link._ends.set()

        return Session()

    def _timeout(self, pause_s: float) -> _Passed:
        self.pauses_s.append(pause_s)
        return _Passed()


async def test_it_is_tried_again_later_and_later_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = ConnectionRefusedError(111, "Connection refused")
    tried = Tried(monkeypatch, *[Attempt(refused)] * 8)
    await tried.link.run()
    assert tried.pauses_s == [*BACK_OFF_S[1:], *[BACK_OFF_S[-1]] * 3]
    assert list(BACK_OFF_S) == sorted(BACK_OFF_S)


async def test_after_a_connection_that_lasted_it_is_tried_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = Tried(
        monkeypatch,
        *[Attempt(SILENT)] * 3,
        Attempt(BROKEN, connected=True, lasts_s=STEADY_S),
        Attempt(BROKEN, connected=True, lasts_s=STEADY_S - 0.1),
    )
    await tried.link.run()
    assert tried.pauses_s[3:] == [BACK_OFF_S[0], BACK_OFF_S[1]]


async def test_a_broker_that_refuses_is_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = Tried(monkeypatch, Attempt(REFUSED), Attempt(SILENT))
    await tried.link.run()
    assert tried.pauses_s == [REFUSED_S, BACK_OFF_S[2]]


async def test_a_broker_is_asked_to_forget_us_only_until_it_knew_us_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = Tried(monkeypatch, Attempt(SILENT), Attempt(BROKEN, connected=True), Attempt(SILENT))
    await tried.link.run()
    assert tried.anew == [True, True, False, False]


@pytest.mark.parametrize(
    ("attempts", "words"),
    [
        ([Attempt(SILENT)], f"{NAME}: it does not answer"),
        ([Attempt(REFUSED)], f"{NAME}: the broker refuses user name or password"),
        ([Attempt(SILENT, connected=True, lasts_s=60.0)], f"{NAME}: it does not answer"),
        ([Attempt(BROKEN, connected=True, lasts_s=60.0)], ""),
        ([Attempt(BROKEN, connected=True)], ""),
        ([Attempt(BROKEN, connected=True)] * 2, f"{NAME}: the broker ends the connection"),
    ],
)
async def test_a_failure_is_an_alarm_unless_it_is_one_break_that_may_mend_at_once(
    monkeypatch: pytest.MonkeyPatch, attempts: list[Attempt], words: str
) -> None:
    tried = Tried(monkeypatch, *attempts)
    await tried.link.run()
    alarms = [SinkStatus("mqtt", working=False, reason=words)] if words else []
    assert tried.commands == alarms


async def test_no_fault_of_the_link_itself_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = Tried(monkeypatch, Attempt(ZeroDivisionError("division by zero")))
    await tried.link.run()
    assert tried.link.failure == f"{NAME}: division by zero"
    assert len(tried.anew) == 2


async def test_what_the_broker_does_not_take_is_a_failure_until_it_takes_it() -> None:
    link = MqttLink(Broker("127.0.0.1", id="here"))
    commands: list[Command] = []
    link.table("serial:X").begin(commands.append)
    for refused in ("", "too large (x)", "too large (x)", ""):
        link.works(refused)
    assert commands == [
        SinkStatus("mqtt", working=False, reason=f"{NAME}: too large (x)"),
        SinkStatus("mqtt", working=True),
    ]


async def test_who_is_ended_in_the_moment_in_which_news_come_is_ended() -> None:
    link = MqttLink(Broker("127.0.0.1", id="here"))
    for turns in range(4):
        waiting = asyncio.create_task(link.woken(60.0))
        await asyncio.sleep(0.01)
        link.wake()
        for _ in range(turns):
            await asyncio.sleep(0)
        ended = waiting.cancel()
        await asyncio.wait({waiting})
        assert waiting.cancelled() is ended
        link._news.clear()
