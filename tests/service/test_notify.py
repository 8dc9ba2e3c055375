# SPDX-License-Identifier: MIT
"""What the service manager is told, and how it is found."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.service.notified import manager
from upturn.service.notify import MAX_STATUS, READY, Notifier, status


def test_it_says_all_of_it_in_one_datagram(tmp_path: Path) -> None:
    with manager(tmp_path) as heard:
        notifier = Notifier(heard.address)
        assert notifier.send(READY, status("den upright"))
        notifier.close()
        assert heard.hear() == [["READY=1", "STATUS=den upright"]]


def test_an_address_of_the_abstract_kind_is_found() -> None:
    name = f"upturn-tests-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(f"\0{name}")
        notifier = Notifier(f"@{name}")
        assert notifier.send(READY)
        notifier.close()
        assert heard.recv(100) == b"READY=1"


def test_a_manager_that_does_not_listen_is_no_fault_and_may_come_back(tmp_path: Path) -> None:
    notifier = Notifier(str(tmp_path / "notify"))
    assert not notifier.send(READY)
    with manager(tmp_path) as heard:
        assert notifier.send(READY)
        assert heard.hear() == [["READY=1"]]
    notifier.close()


@pytest.mark.parametrize(
    ("environment", "watchdog_s"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "15000000"}, 15.0),
        ({"WATCHDOG_USEC": "15000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "15000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "\u0663"}, None),
        ({"WATCHDOG_USEC": "9" * 5000}, None),
    ],
)
def test_the_watchdog_is_ours_where_the_environment_says_so(
    environment: dict[str, str], watchdog_s: float | None
) -> None:
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": "/run/notify", **environment})
    assert notifier is not None
    assert notifier.watchdog_s == watchdog_s


@pytest.mark.parametrize("address", ["", "vsock:2:1234", "run/notify"])
def test_where_no_such_socket_is_named_nobody_is_told(address: str) -> None:
    assert Notifier.from_environment({"NOTIFY_SOCKET": address}) is None


def test_a_status_is_one_line_of_bounded_length() -> None:
    assert status("den\nupright\tnow") == "STATUS=den upright now"
    assert status("x" * 2 * MAX_STATUS) == f"STATUS={'x' * (MAX_STATUS - 3)}..."
