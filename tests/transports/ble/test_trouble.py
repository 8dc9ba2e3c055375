# SPDX-License-Identifier: MIT
"""Whatever a Bluetooth library raises becomes one line that says what to do, in bounded time."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from upturn.transports.ble import trouble
from upturn.transports.ble.trouble import (
    DBUS,
    DETAILS,
    REASONS,
    BleError,
    Fact,
    bounded,
    explained,
)


def bluez(name: str, *details: str) -> BleakDBusError:
    return BleakDBusError(f"org.bluez.Error.{name}", list(details))


CASES: list[tuple[BaseException, Fact, str]] = [
    (bluez("NotReady", "Resource Not Ready"), Fact.NO_RADIO, "Bluetooth is switched off"),
    (bluez("Failed", "Blocked through rfkill"), Fact.NO_RADIO, "Bluetooth is blocked"),
    (
        bluez("InProgress", "Operation already in progress"),
        Fact.OTHER,
        "the Bluetooth adapter is busy",
    ),
    (
        bluez("NotPermitted", "Not paired"),
        Fact.PAIR_FIRST,
        "the node and this computer are not paired",
    ),
    (bluez("Failed", "br-connection-canceled"), Fact.ABSENT, "the connection broke off"),
    (bluez("Failed", "le-connection-abort-by-local"), Fact.ABSENT, "the connection broke off"),
    (bluez("AuthenticationFailed"), Fact.BOND_LOST, "the pairing was refused"),
    (
        bluez("AuthenticationCanceled", "Authentication Canceled"),
        Fact.BOND_LOST,
        "the pairing was refused",
    ),
    (
        BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["The name org.bluez ..."]),
        Fact.NO_RADIO,
        "the system's Bluetooth service does not run",
    ),
    (
        BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", ["Rejected send message"]),
        Fact.NO_RADIO,
        "you may not use Bluetooth",
    ),
    (
        FileNotFoundError(2, "No such file"),
        Fact.NO_RADIO,
        "the system's Bluetooth service does not run",
    ),
    (
        ConnectionRefusedError(111, "refused"),
        Fact.NO_RADIO,
        "the system's Bluetooth service does not run",
    ),
    (EOFError(), Fact.NO_RADIO, "the system's Bluetooth service does not run"),
    (TimeoutError(), Fact.ABSENT, "the node does not answer"),
    (BleakDeviceNotFoundError("24:0A"), Fact.ABSENT, "the node is out of reach"),
    (BleakError("Not connected"), Fact.ABSENT, "the connection broke off"),
    (
        BleakError("Could not pair with device: 19: FAILED"),
        Fact.BOND_LOST,
        "the pairing was refused",
    ),
    (BleakError("odd\nthings"), Fact.OTHER, "Bluetooth failed (odd things)"),
    (RuntimeError(), Fact.OTHER, "Bluetooth failed (RuntimeError)"),
]


@pytest.mark.parametrize(("error", "fact", "why"), CASES, ids=lambda value: str(value)[:40])
def test_an_error_is_a_fact_and_a_line(error: BaseException, fact: Fact, why: str) -> None:
    told = explained(error)
    assert (told.fact, told.why) == (fact, why)
    assert str(told) == f"Bluetooth: {why}. {told.remedy}"
    assert told.remedy
    assert "\n" not in str(told)


@pytest.mark.parametrize("code", [0x05, 0x08, 0x0F])
def test_three_codes_of_att_mean_pair_first(code: int) -> None:
    assert explained(BleakGATTProtocolError(code)).fact is Fact.PAIR_FIRST


@pytest.mark.parametrize("code", [0x01, 0x03, 0x0E, 0x80])
def test_and_no_other(code: int) -> None:
    told = explained(BleakGATTProtocolError(code))
    assert told.fact is Fact.OTHER
    assert told.why.startswith("Bluetooth failed (")


@pytest.mark.parametrize("reason", BleakBluetoothNotAvailableReason)
def test_every_reason_that_bleak_has_for_no_bluetooth_is_told(
    reason: BleakBluetoothNotAvailableReason,
) -> None:
    told = explained(BleakBluetoothNotAvailableError("no", reason))
    assert told.fact is Fact.NO_RADIO
    assert told.why == REASONS[reason].why


def test_what_was_explained_stays_as_it_is() -> None:
    told = BleError(Fact.OTHER, "a", "b")
    assert explained(told) is told


def test_every_row_says_what_to_do() -> None:
    rows = [*REASONS.values(), *DBUS.values(), *(words for _, words in DETAILS)]
    for row in rows:
        assert row.why
        assert not row.why.endswith(".")
        assert row.remedy[0].isupper()
        assert not row.remedy.endswith(".")


@pytest.mark.parametrize("part", [part for part, _ in DETAILS])
def test_every_detail_is_looked_for_in_lower_case(part: str) -> None:
    assert part == part.lower()
    assert explained(BleakError(f"So: {part.upper()}!")).fact is not Fact.OTHER


def test_on_each_system_there_is_another_way_to_switch_it_on() -> None:
    for remedies in (trouble._SWITCH_ON, trouble._NO_ADAPTER, trouble._ALLOW):
        assert set(remedies) == {"linux", "darwin", "win32"}


async def test_a_result_comes_through() -> None:
    async def work() -> int:
        return 7

    assert await bounded(work(), 1.0) == 7


async def test_a_fault_is_explained() -> None:
    async def work() -> None:
        raise bluez("NotReady")

    with pytest.raises(BleError, match=r"^Bluetooth: Bluetooth is switched off\. "):
        await bounded(work(), 1.0)


async def test_what_hangs_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trouble, "GRACE_S", 0.05)
    finish = asyncio.Event()

    async def ignore_cancelling() -> None:
        while not finish.is_set():
            with suppress(asyncio.CancelledError):
                await finish.wait()

    for work in (asyncio.Event().wait, ignore_cancelling):
        begun_s = time.monotonic()
        with pytest.raises(BleError, match="the node does not answer"):
            await bounded(work(), 0.05)
        assert time.monotonic() - begun_s < 5.0
    finish.set()


async def test_who_waits_may_be_cancelled() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    task = asyncio.create_task(bounded(work(), 10.0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
