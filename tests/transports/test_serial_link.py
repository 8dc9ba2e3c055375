# SPDX-License-Identifier: MIT
"""A port on the loop, by file or by thread: bytes, their end, and what cannot be opened."""

from __future__ import annotations

import asyncio
import errno
import grp
import os
import pty
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import serial
from serial.tools import list_ports

from tests.radio.waiting import until
from upturn.transports import serial_link
from upturn.transports.node_probe import Port
from upturn.transports.serial_link import SerialLink, open_link
from upturn.transports.serial_ports import PortError, open_port, ports_here
from upturn.transports.source import Arrival


class Ears:
    def __init__(self) -> None:
        self.heard: list[Arrival] = []
        self.ends = 0

    @property
    def data(self) -> bytes:
        return b"".join(arrival.data for arrival in self.heard)

    def hear(self, arrival: Arrival) -> None:
        self.heard.append(arrival)

    def lost(self) -> None:
        self.ends += 1


class Line:
    """A pseudo-terminal; `far` is the other side."""

    def __init__(self) -> None:
        self.far, self._near = pty.openpty()
        tty.setraw(self._near)
        self.device = os.ttyname(self._near)

    def cut(self) -> None:
        for end in (self.far, self._near):
            with suppress(OSError):
                os.close(end)


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.cut()


def clock_s() -> float:
    return 7.0


both = pytest.mark.parametrize("threaded", [False, True])


@both
async def test_bytes_come_with_their_time_and_go(line: Line, threaded: bool) -> None:
    ears = Ears()
    link = await open_link(line.device, ears, clock_s, threaded=threaded)
    os.write(line.far, b"abc")
    await until(lambda: ears.data == b"abc")
    assert ears.heard[0].host_s == 7.0
    assert link.write(b"xyz")
    assert os.read(line.far, 9) == b"xyz"
    link.close()
    link.close()
    os.write(line.far, b"late")
    await asyncio.sleep(0.02)
    assert (ears.data, ears.ends) == (b"abc", 0)
    assert not link.write(b"more")


@both
async def test_a_device_that_goes_is_told_at_once_and_once(line: Line, threaded: bool) -> None:
    ears = Ears()
    link = await open_link(line.device, ears, clock_s, threaded=threaded)
    line.cut()
    await until(lambda: ears.ends == 1)
    assert not link.write(b"x")
    link.close()
    await asyncio.sleep(0.02)
    assert ears.ends == 1


async def test_a_device_that_goes_is_noticed_by_writing_too(line: Line) -> None:
    ears = Ears()
    link = await open_link(line.device, ears, clock_s)
    line.cut()
    assert not link.write(b"x")
    assert ears.ends == 1


async def test_a_line_that_takes_no_more_does_not_hold_us_up(line: Line) -> None:
    link = await open_link(line.device, Ears(), clock_s)
    taken = 0
    while link.write(bytes(1000)):
        taken += 1000
        assert taken < 1_000_000
    began_s = time.monotonic()
    link.close()
    assert time.monotonic() - began_s < 0.5


async def test_a_loop_that_cannot_watch_files_is_served_by_a_thread(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", refuse)
    ears = Ears()
    link = await open_link(line.device, ears, clock_s)
    os.write(line.far, b"abc")
    await until(lambda: ears.data == b"abc")
    link.close()


async def test_a_port_is_for_one_program_alone(line: Line) -> None:
    link = await open_link(line.device, Ears(), clock_s)
    with pytest.raises(PortError) as caught:
        await open_link(line.device, Ears(), clock_s)
    link.close()
    assert str(caught.value) == (
        f"{line.device}: another program uses it. End that program, or name another port"
    )
    (await open_link(line.device, Ears(), clock_s)).close()


async def test_an_opening_that_hangs_is_given_up_and_closed_when_it_comes(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[serial.Serial] = []

    def slow(device: str) -> serial.Serial:
        time.sleep(0.1)
        opened.append(open_port(device))
        return opened[0]

    monkeypatch.setattr(serial_link, "open_port", slow)
    monkeypatch.setattr(serial_link, "OPEN_S", 0.02)
    with pytest.raises(PortError, match=r"did not open within 0\.02 s"):
        await open_link(line.device, Ears(), clock_s)
    await until(lambda: opened and not opened[0].is_open)


def test_neither_dtr_nor_rts_moves_against_the_other(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are asked for as the system has set them: on. Nobody sets them later."""
    port = open_port(line.device)
    assert (port.dtr, port.rts) == (True, True)
    moved: list[str] = []
    for name in ("_update_dtr_state", "_update_rts_state"):
        monkeypatch.setattr(serial.Serial, name, lambda self, name=name: moved.append(name))

    async def use() -> None:
        link = SerialLink(port, Ears(), clock_s)
        link.write(b"x")
        link.close()

    asyncio.run(use())
    assert moved == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none", "there is no such port. Plug the node in; 'upturn scan' lists the ports"),
        ("file/below", "there is no such port. Plug the node in; 'upturn scan' lists the ports"),
        ("file", "is no serial port. 'upturn scan' lists the ports"),
        (".", "is no serial port. 'upturn scan' lists the ports"),
        ("nu\0ll", "cannot be opened (embedded null byte). Check the port"),
    ],
)
def test_what_cannot_be_opened_says_why(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "file").write_text("")
    device = f"{tmp_path}/{name}"
    with pytest.raises(PortError) as caught:
        open_port(device)
    shown = device.replace("\0", "\\x00")
    assert str(caught.value) == f"{shown}: {told}"


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.EBUSY, "another program uses it"),
        (errno.EAGAIN, "another program uses it"),
        (errno.EIO, "no device answers behind it"),
        (errno.ENXIO, "no device answers behind it"),
        (errno.ENODEV, "no device answers behind it"),
        (errno.EACCES, "you may not use it"),
        (errno.EPERM, "you may not use it"),
        (errno.ENOMEM, f"cannot be opened ([Errno {errno.ENOMEM}] no luck)"),
    ],
)
def test_every_number_has_its_words(
    monkeypatch: pytest.MonkeyPatch, number: int, why: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise serial.SerialException(number, "no luck")

    monkeypatch.setattr(serial, "Serial", fail)
    with pytest.raises(PortError) as caught:
        open_port("/dev/none")
    assert caught.value.why == why


def test_a_number_that_pyserial_keeps_in_the_cause_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        fault = serial.SerialException("Could not configure port: (5, 'Input/output error')")
        fault.__context__ = termios.error(errno.EIO, "Input/output error")
        raise fault

    monkeypatch.setattr(serial, "Serial", fail)
    with pytest.raises(PortError, match="no device answers behind it"):
        open_port("/dev/ttyS31")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("could not open port 'COM7': FileNotFoundError(2, '...', None, 2)", "no such port"),
        ("could not open port 'COM7': PermissionError(13, '...', None, 5)", "another program"),
    ],
)
def test_windows_says_it_in_words(monkeypatch: pytest.MonkeyPatch, text: str, why: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise serial.SerialException(text)

    monkeypatch.setattr(serial, "Serial", fail)
    with pytest.raises(PortError, match=why):
        open_port("COM7")


def test_who_may_not_use_a_port_learns_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = tmp_path / "tty"
    device.write_text("")
    group = grp.getgrgid(device.stat().st_gid).gr_name

    def fail(*_: object, **__: object) -> None:
        raise serial.SerialException(errno.EACCES, "Permission denied")

    monkeypatch.setattr(serial, "Serial", fail)
    for name, joined in ((str(device), group), ("/dev/none", "dialout")):
        with pytest.raises(PortError) as caught:
            open_port(name)
        assert caught.value.remedy == (
            f"Join its group, 'sudo usermod -aG {joined} $USER', and log in again"
        )


def test_ports_are_listed_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Info:
        def __init__(self, device: str, description: str | None) -> None:
            self.device = device
            self.description = description

    found = [Info("/dev/ttyUSB1", None), Info("/dev/ttyACM0", "M5"), Info("/dev/ttyS0", "n/a")]
    monkeypatch.setattr(list_ports, "comports", lambda: found)
    assert ports_here() == [
        Port("/dev/ttyACM0", "M5"),
        Port("/dev/ttyS0", ""),
        Port("/dev/ttyUSB1", ""),
    ]


def test_ports_that_cannot_be_listed_now_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyserial reads one file after another of a device, and it may go in between."""

    def goes() -> list[object]:
        raise TypeError("int() can't convert non-string with explicit base")

    monkeypatch.setattr(list_ports, "comports", goes)
    assert ports_here() == []
