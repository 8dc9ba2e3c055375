# SPDX-License-Identifier: MIT
"""The computer stays awake while somebody is watched, and that is said either way.

On Linux a real D-Bus with logind's face on it, or none; a real logind is in
`tests/integration/test_service_systemd.py`. macOS and Windows: the call alone, on stand-ins.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bluez.private_bus import ADDRESS, PrivateBus
from tests.firmware.node_log import wait
from tests.service.login1 import Login1
from upturn.service.inhibit import KEEPERS, TIERS, VARIABLE, Awake, kept_awake

PATIENCE_S = 20.0
ON: dict[str, str] = {}


async def held_and_left(
    platform: str, within: Callable[[], object] = lambda: None
) -> tuple[list[Awake], object]:
    """What was said while it was tried there, and what was `within` once it was."""
    said: list[Awake] = []
    async with kept_awake(said.append, platform=platform, environment=ON) as told:
        await asyncio.wait_for(told.wait(), PATIENCE_S)
        found = within()
    return said, found


@pytest.mark.parametrize(
    ("refuses", "asked", "said"),
    [
        ((), ["sleep:idle"], Awake(held=True, words=TIERS[0][1])),
        (("sleep:idle",), ["sleep:idle", "idle"], Awake(held=True, words=TIERS[1][1])),
        (
            ("sleep:idle", "idle"),
            ["sleep:idle", "idle"],
            Awake(
                held=False,
                words="nothing keeps this computer awake: systemd-logind does not allow it",
            ),
        ),
    ],
)
async def test_logind_is_asked_for_what_it_gives_and_has_it_back_at_the_end(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    refuses: tuple[str, ...],
    asked: list[str],
    said: Awake,
) -> None:
    with PrivateBus(tmp_path) as bus:
        monkeypatch.setenv(ADDRESS, bus.address)
        async with Login1(bus.address, refuses) as login:
            assert await held_and_left("linux", login.held) == ([said], int(said.held))
            assert login.asked == [(what, "Upturn", "block") for what in asked]
            # The bus closes its own copy when it has a moment.
            await asyncio.to_thread(wait, lambda: not login.held() or None, PATIENCE_S, "the end")


@pytest.mark.parametrize(
    ("bus_runs", "why"),
    [(True, "there is no systemd-logind"), (False, "there is no system bus (")],
)
async def test_where_nobody_can_be_asked_that_is_said_once_and_the_watch_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, bus_runs: bool, why: str
) -> None:
    with PrivateBus(tmp_path) as bus:
        monkeypatch.setenv(ADDRESS, bus.address)
        if not bus_runs:
            bus.kill()
        (said,), _ = await held_and_left("linux")
    assert not said.held
    assert said.words.startswith(f"nothing keeps this computer awake: {why}")


async def test_a_watch_that_ends_before_the_answer_waits_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Awake] = []
    with PrivateBus(tmp_path) as bus:
        monkeypatch.setenv(ADDRESS, bus.address)
        async with asyncio.timeout(PATIENCE_S):
            async with kept_awake(said.append, platform="linux", environment=ON):
                pass
    assert [one for one in said if one.held] == []


async def test_on_macos_caffeinate_is_started_for_our_process_and_ended_with_the_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "caffeinate"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nexec sleep 600\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    said: list[Awake] = []
    asked = tmp_path / "asked"
    async with kept_awake(said.append, platform="darwin", environment=ON) as told:
        await asyncio.wait_for(told.wait(), PATIENCE_S)
        await asyncio.to_thread(wait, lambda: _whole(asked), PATIENCE_S, "caffeinate")
    assert said == [Awake(held=True, words=TIERS[1][1])]
    assert asked.read_text() == f"-i -w {os.getpid()}\n"


async def test_on_macos_without_caffeinate_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    (said,), _ = await held_and_left("darwin")
    assert said == Awake(
        held=False,
        words="nothing keeps this computer awake: caffeinate cannot be started "
        "(No such file or directory)",
    )


@pytest.mark.parametrize("taken", [True, False])
async def test_on_windows_the_thread_of_the_loop_asks_and_takes_it_back(
    monkeypatch: pytest.MonkeyPatch, *, taken: bool
) -> None:
    class Kernel:
        asked: list[int] = []  # noqa: RUF012 - read by the test

        def SetThreadExecutionState(self, flags: int) -> int:
            self.asked.append(flags)
            return int(taken)

    class Dlls:
        kernel32 = Kernel()

    Kernel.asked = []
    monkeypatch.setattr(ctypes, "windll", Dlls, raising=False)
    (said,), _ = await held_and_left("win32")
    assert said.held is taken
    assert Kernel.asked == ([0x80000001, 0x80000000] if taken else [0x80000001])


async def test_of_a_system_that_is_not_known_it_is_said() -> None:
    (said,), _ = await held_and_left("plan9")
    assert said.words == "nothing keeps this computer awake: it is not known how, on plan9"


async def test_who_switched_it_off_hears_nothing() -> None:
    said: list[Awake] = []
    async with kept_awake(said.append, environment={VARIABLE: "off"}) as told:
        assert told.is_set()
    assert said == []


def test_every_system_that_upturn_knows_has_a_keeper() -> None:
    assert set(KEEPERS) == {"linux", "darwin", "win32"}


def _whole(file: Path) -> bool | None:
    return (file.exists() and file.read_text().endswith("\n")) or None
