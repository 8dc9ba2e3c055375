# SPDX-License-Identifier: MIT
"""`serial:`: a node on a pseudo-terminal is found, kept, lost and found again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.radio.waiting import PATIENCE_S, until
from tests.transports.fake_node import SAMPLES, FakeNode
from upturn.core.alarm_table import Priority
from upturn.core.commands import Goodbye, NodeFault, SinkStatus
from upturn.core.limits import DEVICES, PROFILES, STANDARD, DeviceKind
from upturn.core.mounting import ASSUMED
from upturn.core.sample import Sample
from upturn.errors import InputError
from upturn.transports import node_keeper, serial_source
from upturn.transports.in_use import HAS_IT, InUse, default_folder
from upturn.transports.node_limits import guarded_limits
from upturn.transports.node_probe import Port, Probe
from upturn.transports.serial_ports import open_port
from upturn.transports.serial_probe import probe_all
from upturn.transports.serial_source import SerialSource
from upturn.transports.source import Chunk, LiveSource, Wish, open_source
from upturn.wire.messages import NodeLimits
from upturn.wire.vocabulary import Result, Verb

NO_PORT = "there is no such port. Plug the node in; 'upturn scan' lists the ports"
TABLE = DEVICES[DeviceKind.TABLE]


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_source, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(node_keeper, "BEAT_S", 0.05)


@asynccontextmanager
async def running(source: SerialSource) -> AsyncIterator[list[Chunk]]:
    """It runs, and what it brings is collected."""
    chunks: list[Chunk] = []

    async def collect() -> None:
        while True:
            chunk = await source.receive(0.05)
            if chunk is not None:
                chunks.append(chunk)

    tasks = [asyncio.create_task(source.run()), asyncio.create_task(collect())]
    try:
        yield chunks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def samples_of(chunks: list[Chunk]) -> list[Sample]:
    return [sample for chunk in chunks for sample in chunk.samples]


def source_of(node: FakeNode, *, threaded: bool = False) -> SerialSource:
    source = SerialSource(str(node.port), threaded=threaded)
    source.judge_by(STANDARD, TABLE, None)
    return source


def auto_source(*ports: Path) -> SerialSource:
    source = SerialSource(
        "auto", list_ports=lambda: [Port(str(port)) for port in ports], hello_s=0.15
    )
    source.judge_by(STANDARD, TABLE, None)
    return source


def test_a_port_is_named_or_searched_for() -> None:
    source = open_source("serial:/dev/ttyUSB7")
    assert isinstance(source, LiveSource)
    assert (source.label, source.profile) == ("serial ttyUSB7", None)
    assert (source.state.words, source.state.well) == ("not connected yet", False)
    with pytest.raises(InputError, match=r"serial: names no port. Write serial:PORT, such as "):
        open_source("serial: ")


@pytest.mark.parametrize("threaded", [False, True])
async def test_a_node_is_asked_who_it_is_and_streams(tmp_path: Path, threaded: bool) -> None:
    with FakeNode(tmp_path / "tty") as node:
        source = source_of(node, threaded=threaded)
        async with running(source) as chunks:
            await until(lambda: len(samples_of(chunks)) > 20)
            assert source.state.words == f"connected to den on {node.port}"
            assert source.state.well
        (info,) = {chunk.info for chunk in chunks if chunk.info is not None}
        assert (info.node, info.sensor, info.rate_hz) == ("den", "MPU6886", 50.0)
        assert info.mounting == ASSUMED
        times_s = [sample.t_s for sample in samples_of(chunks)]
        assert [b - a for a, b in pairwise(times_s)] == pytest.approx([0.02] * (len(times_s) - 1))
        assert all(chunk.at_s >= chunk.samples[-1].t_s for chunk in chunks if chunk.samples)
        assert node.heard[0] == (Verb.READ_INFO, b"")
        assert (Verb.HEARTBEAT, b"\0\0") in node.heard


@pytest.mark.parametrize("threaded", [False, True])
async def test_a_cable_pulled_and_put_back_goes_on_where_it_was(
    tmp_path: Path, threaded: bool
) -> None:
    with FakeNode(tmp_path / "tty") as node:
        source = source_of(node, threaded=threaded)
        told: list[str] = []
        source.on_state = lambda state: told.append(state.words)
        async with running(source) as chunks:
            await until(lambda: samples_of(chunks))
            node.unplug()
            await until(lambda: not source.state.well)
            await until(lambda: "waiting" in source.state.words)
            node.plug()
            seen = len(samples_of(chunks))
            await until(lambda: len(samples_of(chunks)) > seen + 10)
    port = node.port
    assert [words for words in told if "no answer yet" not in words] == [
        f"connected to den on {port}",
        f"{port} is gone",
        f"waiting for {port}: {NO_PORT}",
        f"connected to den on {port}",
    ]
    times_s = [sample.t_s for sample in samples_of(chunks)]
    assert all(a < b for a, b in pairwise(times_s))


async def test_a_port_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    node = FakeNode(tmp_path / "tty")
    source = source_of(node)
    async with running(source) as chunks:
        await until(lambda: "there is no such port" in source.state.words)
        with node:
            await until(lambda: samples_of(chunks))


async def test_noise_on_the_line_costs_nothing_but_itself(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        source = source_of(node)
        async with running(source) as chunks:
            await until(lambda: samples_of(chunks))
            node.send(b"Traceback (most recent call last):\r\n\x7e\x7d\x7e\xff\x00>>> ")
            seen = len(samples_of(chunks))
            await until(lambda: len(samples_of(chunks)) > seen + 15)
    times_s = [sample.t_s for sample in samples_of(chunks)]
    assert [b - a for a, b in pairwise(times_s)] == pytest.approx([0.02] * (len(times_s) - 1))


async def test_the_limits_in_force_are_set_on_a_node_that_has_others(tmp_path: Path) -> None:
    first_time = PROFILES["first-time"]
    with FakeNode(tmp_path / "tty") as node:
        source = source_of(node)
        source.judge_by(first_time, TABLE, None)
        async with running(source):
            await until(lambda: node.limits["profile"] == "first-time")
            assert node.limits == {
                "notice_ms": 30_000,
                "limit_ms": 45_000,
                "rest_ms": 90_000,
                "max_angle_cdeg": 3000,
                "profile": "first-time",
            }
            node.limits = {**node.limits, "limit_ms": 60_000}  # of the same name
            node.reset()
            await until(lambda: node.limits["limit_ms"] == 45_000)
            assert len(node.told(Verb.SET_PROFILE)) == 2
            await asyncio.sleep(0.2)
            assert len(node.told(Verb.SET_PROFILE)) == 2


async def test_a_node_with_the_right_limits_is_left_alone(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        node.limits["profile"] = "of another name"
        async with running(source_of(node)) as chunks:
            await until(lambda: len(samples_of(chunks)) > 10)
        assert node.told(Verb.SET_PROFILE) == []


async def test_limits_that_a_node_refuses_are_told_until_it_takes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_keeper, "SET_AGAIN_S", 0.3)
    with FakeNode(tmp_path / "tty") as node:
        node.limits["limit_ms"] = 1000
        node.refuses[Verb.SET_PROFILE] = (Result.NOT_STORED, "flash is full")
        source = source_of(node)
        async with running(source):
            await until(lambda: source.state.trouble)
            assert source.state.trouble == (
                "den does not take the limits of standard: "
                "the node could not store it: flash is full"
            )
            assert source.state.well
            node.refuses.clear()
            await until(lambda: not source.state.trouble)
            assert node.limits["limit_ms"] == 60_000


async def test_boots_have_no_angle_limit_and_a_rest_is_as_long_as_a_node_takes() -> None:
    long = replace(STANDARD, rest_s=7200.0)
    boots = guarded_limits(long, DEVICES[DeviceKind.BOOTS])
    assert boots.numbers == NodeLimits(45.0, 60.0, 3600.0, None)
    assert boots.command.payload[12:14] == b"\x00\x80"
    assert guarded_limits(STANDARD, TABLE).numbers == NodeLimits(45.0, 60.0, 90.0, 60.0)


async def test_a_node_whose_boots_limits_are_right_is_left_alone(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        node.limits["max_angle_cdeg"] = -32768
        source = source_of(node)
        source.judge_by(STANDARD, DEVICES[DeviceKind.BOOTS], None)
        async with running(source) as chunks:
            await until(lambda: len(samples_of(chunks)) > 10)
        assert node.told(Verb.SET_PROFILE) == []


def _statuses(chunks: list[Chunk]) -> list[SinkStatus]:
    said = [command for chunk in chunks for command in chunk.commands]
    return [command for command in said if isinstance(command, SinkStatus)]


async def test_a_node_that_answers_nothing_does_not_hear_and_that_is_an_alarm_until_it_does(
    tmp_path: Path,
) -> None:
    with FakeNode(tmp_path / "tty") as node:
        source = source_of(node)
        async with running(source) as chunks:
            await until(lambda: source.state.well)
            await asyncio.sleep(0.3)
            assert _statuses(chunks) == []
            node.mute_on = set(Verb)
            await until(lambda: source.state.trouble == node_keeper.DEAF)
            assert source.state.well
            await until(lambda: _statuses(chunks))
            node.mute_on = set()
            await until(lambda: source.state.trouble == "")
            await until(lambda: len(_statuses(chunks)) == 2)
        assert _statuses(chunks) == [
            SinkStatus("node", working=False, reason="it does not hear this computer"),
            SinkStatus("node", working=True),
        ]
        (told, _) = [chunk for chunk in chunks if chunk.commands]
        assert told.arrival is not None  # so that it is recorded
        assert told.arrival.data == b""


async def test_a_node_that_says_itself_that_it_hears_no_host_is_believed(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        node.flags |= 0x0040
        source = source_of(node)
        async with running(source) as chunks:
            await until(lambda: source.state.trouble == node_keeper.DEAF)
            await until(lambda: _statuses(chunks))


async def test_a_greeting_that_is_impossible_is_told_until_it_is_not(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        node.rate_hz = 0
        source = source_of(node)
        async with running(source) as chunks:
            await until(lambda: "impossible" in source.state.words)
            assert source.state.words == (
                f"a node on {node.port} answers, but its greeting is impossible: "
                "layout or rate of 0"
            )
            node.rate_hz = 50
            await until(lambda: samples_of(chunks))
            assert source.state.words == f"connected to den on {node.port}"
            node.rate_hz = 0
            node.reset()
            await until(lambda: "impossible" in source.state.trouble)


async def test_many_greetings_ask_for_no_more_than_a_heartbeat_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_keeper, "BEAT_S", 5.0)
    with FakeNode(tmp_path / "tty") as node:
        async with running(source_of(node)) as chunks:
            await until(lambda: samples_of(chunks))
            for _ in range(20):
                node.reset()
                await asyncio.sleep(0.01)
            assert len(node.told(Verb.HEARTBEAT)) <= 3


def test_a_port_whose_name_a_terminal_would_obey_is_shown_escaped() -> None:
    assert SerialSource("/dev/\x1b[31m").label == "serial \\x1b[31m"


async def test_another_version_is_told_and_not_misread(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        node.version = 2
        source = source_of(node)
        async with running(source) as chunks:
            await until(lambda: "speaks version" in source.state.words)
            assert source.state.words == (
                "the node speaks version 2 of the protocol, and this Upturn version 1. "
                f"Update the older of the two on {node.port}"
            )
            assert samples_of(chunks) == []


async def test_a_node_that_falls_silent_is_told_as_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_keeper, "SILENT_S", 0.2)
    with FakeNode(tmp_path / "tty") as node:
        source = source_of(node)
        async with running(source):
            await until(lambda: source.state.well)
            node.silent = True
            await until(lambda: source.state.words == f"den on {node.port} is silent")
            node.silent = False
            await until(lambda: source.state.well)


async def test_a_port_with_something_else_behind_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_keeper, "NO_ANSWER_S", 0.1)
    with FakeNode(tmp_path / "tty") as node:
        node.silent = True
        source = source_of(node)
        async with running(source):
            await until(lambda: "firmware" in source.state.words)
            assert source.state.words == (
                f"no answer yet on {node.port}: is that a node, with its firmware installed?"
            )


async def test_a_goodbye_and_a_fault_of_the_sensor_reach_the_core(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        node.fault = 1
        source = source_of(node)
        async with running(source) as chunks:
            await until(lambda: any(chunk.commands for chunk in chunks))
            node.fault = 0
            node.reset()
            await until(lambda: sum(bool(chunk.commands) for chunk in chunks) == 2)
            node.goodbye()
            await until(lambda: "switched off" in source.state.words)
            assert source.state.words == f"den on {node.port}: switched off by its button"
    said = [command for chunk in chunks for command in chunk.commands]
    assert said == [NodeFault("no known sensor answers"), NodeFault(""), Goodbye()]


async def test_a_fault_that_leaves_the_angle_true_is_trouble_and_not_the_cores(
    tmp_path: Path,
) -> None:
    with FakeNode(tmp_path / "tty") as node:
        node.fault = 7
        source = source_of(node)
        async with running(source) as chunks:
            await until(lambda: source.state.trouble)
            assert source.state.trouble == "the node cannot keep its sample rate"
        assert [command for chunk in chunks for command in chunk.commands] == []


def _has_asked(node: FakeNode, asked: bytes) -> bool:
    """By the newest heartbeat."""
    return node.told(Verb.HEARTBEAT)[-1] == asked


async def test_what_the_alarms_ask_goes_with_the_heartbeat_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_keeper, "BEAT_S", 5.0)
    with FakeNode(tmp_path / "tty") as node:
        source = source_of(node)
        async with running(source):
            await until(lambda: source.state.well)
            for wish, asked in (
                (Wish(Priority.HIGH), b"\3\0"),
                (Wish(Priority.HIGH), b"\3\0"),
                (Wish(paused=True), b"\0\1"),
                (Wish(), b"\0\0"),
            ):
                source.wish(wish)
                await until(partial(_has_asked, node, asked))
            source.acknowledge()
            await until(lambda: node.told(Verb.ACKNOWLEDGE))
            beats = node.told(Verb.HEARTBEAT)
        assert beats[-3:] == [b"\3\0", b"\0\1", b"\0\0"]


async def test_an_end_in_order_leaves_nothing_sounding_on_the_node(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        source = source_of(node)
        async with running(source):
            await until(lambda: source.state.well)
            source.wish(Wish(Priority.HIGH))
            await until(lambda: node.told(Verb.HEARTBEAT)[-1:] == [b"\3\0"])
        await until(lambda: node.told(Verb.HEARTBEAT)[-1:] == [b"\0\0"])


async def test_where_the_node_does_not_know_how_it_sits_the_config_says_so(
    tmp_path: Path,
) -> None:
    with FakeNode(tmp_path / "tty") as node:
        node.traits = 0x0C
        node.flags = 0
        source = source_of(node)
        source.judge_by(STANDARD, TABLE, ASSUMED)
        async with running(source) as chunks:
            await until(lambda: samples_of(chunks))
        assert {chunk.info.mounting for chunk in chunks if chunk.info} == {ASSUMED}


async def test_auto_finds_the_node_among_ports_that_are_none(tmp_path: Path) -> None:
    with (
        FakeNode(tmp_path / "a") as mute,
        FakeNode(tmp_path / "b") as node,
    ):
        mute.silent = True
        source = auto_source(tmp_path / "none", mute.port, node.port)
        assert source.label == "serial auto"
        async with running(source) as chunks:
            await until(lambda: len(samples_of(chunks)) > 10)
            assert source.state.words == f"connected to den on {node.port}"


async def test_auto_follows_its_node_to_another_port_but_takes_no_other_node(
    tmp_path: Path,
) -> None:
    with (
        FakeNode(tmp_path / "a") as node,
        FakeNode(tmp_path / "b", name="attic", node_id="0" * 12) as other,
    ):
        other.silent = True
        source = auto_source(tmp_path / "a", tmp_path / "b", tmp_path / "c")
        async with running(source) as chunks:
            await until(lambda: samples_of(chunks))
            other.silent = False
            node.unplug()
            await until(lambda: "which is another" in source.state.words)
            assert source.state.words == (
                "waiting for den: only attic answers, which is another. Restart to watch that one"
            )
            node.plug(tmp_path / "c")
            await until(lambda: source.state.words == f"connected to den on {tmp_path / 'c'}")
        assert {chunk.info.node for chunk in chunks if chunk.info} == {"den"}


async def test_auto_does_not_choose_between_two_tables(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "a") as one, FakeNode(tmp_path / "b", name="attic") as two:
        source = auto_source(one.port, two.port)
        async with running(source) as chunks:
            await until(lambda: "several" in source.state.words)
            assert source.state.words == (
                f"waiting for a node: several answer (den on {one.port}, attic on {two.port}). "
                "Name one: --source serial:PORT"
            )
            assert chunks == []


@pytest.mark.parametrize(
    ("ports", "why"),
    [
        ((), "there is no serial port. Plug it in"),
        (("mute",), "none answers on {folder}/mute. Check that it runs"),
        (("none",), "{folder}/none: there is no such port. Plug the node in; "),
    ],
)
async def test_why_auto_finds_none_is_told(
    tmp_path: Path, ports: tuple[str, ...], why: str
) -> None:
    with FakeNode(tmp_path / "mute") as mute:
        mute.silent = True
        source = auto_source(*(tmp_path / port for port in ports))
        async with running(source):
            await until(lambda: why.format(folder=tmp_path) in source.state.words)


async def test_auto_searches_again_for_a_node_that_is_silent_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_source, "SEARCH_AGAIN_S", 0.3)
    with FakeNode(tmp_path / "a") as node, FakeNode(tmp_path / "b") as moved:
        moved.silent = True
        source = auto_source(node.port, moved.port)
        async with running(source):
            await until(lambda: source.state.words == f"connected to den on {node.port}")
            node.silent, moved.silent = True, False
            await until(lambda: source.state.words == f"connected to den on {moved.port}")


async def test_auto_lets_go_of_a_port_that_it_does_not_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would find the port taken, by itself, for ever."""
    with FakeNode(tmp_path / "a") as node:
        source = auto_source(node.port)
        told: list[str] = []
        source.on_state = lambda state: told.append(state.words)
        asked = probe_all

        async def spoilt(*args: Any, **kwargs: Any) -> list[Probe]:
            probes = await asked(*args, **kwargs)
            monkeypatch.setattr(serial_source, "probe_all", asked)
            probes[0].problem = "the device is gone"
            return probes

        monkeypatch.setattr(serial_source, "probe_all", spoilt)
        async with running(source):
            await until(lambda: source.state.well)
        open_port(str(node.port)).close()
    assert told == [
        "waiting for a node: asking every serial port",
        f"waiting for den: {node.port}: the device is gone",
        f"connected to den on {node.port}",
    ]


async def test_auto_says_once_that_it_asks(tmp_path: Path) -> None:
    source = auto_source()
    told: list[str] = []
    source.on_state = lambda state: told.append(state.words)
    async with running(source):
        await asyncio.sleep(0.3)
    assert told == [
        "waiting for a node: asking every serial port",
        "waiting for a node: there is no serial port. Plug it in",
    ]


async def test_samples_that_the_line_loses_are_told(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        source = source_of(node)
        async with running(source):
            await until(lambda: source.state.well)
            async with asyncio.timeout(PATIENCE_S):
                while "the line loses" not in source.state.trouble:
                    with node._lock:
                        node._sent += SAMPLES
                    await asyncio.sleep(0.15)


async def test_what_was_missed_while_unplugged_was_not_lost_on_the_line(tmp_path: Path) -> None:
    with FakeNode(tmp_path / "tty") as node:
        source = source_of(node)
        said: list[str] = []
        source.on_state = lambda state: said.append(state.trouble)
        counts = source._chunks.stream.counts
        async with running(source):
            await until(lambda: counts.samples)
            node.unplug()
            await asyncio.sleep(0.4)
            with node._lock:
                node._sent += 4 * SAMPLES
            node.plug()
            await until(lambda: counts.lost)
            await asyncio.sleep(1.0)
        assert not [words for words in said if "the line loses" in words]


async def test_a_node_that_another_table_has_is_neither_judged_nor_told_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By radio for one: both would be judged, and each would set limits of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(serial_source, "LONGEST_PAUSE_S", 0.05)
    with FakeNode(tmp_path / "tty") as node:
        node.limits["limit_ms"] = 7000
        other = InUse(default_folder(), node.node_id)
        assert other.try_take()
        source = source_of(node)
        async with running(source) as chunks:
            await until(lambda: HAS_IT in source.state.words)
            assert source.state.words == f"waiting for den: {HAS_IT}. End that one first"
            asked = len(node.heard)
            await asyncio.sleep(0.2)
            assert len(node.heard) == asked
            assert samples_of(chunks) == []
            assert node.limits["limit_ms"] == 7000
            other.give_back()
            await until(lambda: len(samples_of(chunks)) > 5)
            assert not other.try_take()
        assert other.try_take()
        other.give_back()
