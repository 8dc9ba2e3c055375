# SPDX-License-Identifier: MIT
"""A host's name at the broker: the same each time, and one process's alone."""

from __future__ import annotations

import platform
import re
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from upturn.sinks.mqtt import host_id as module
from upturn.sinks.mqtt.host_id import MAX_NAME, claim_host_id, host_id
from upturn.sinks.mqtt.topics import MAX_ID, slug

MACHINE = "0123456789abcdef0123456789abcdef"
CLAIM = (
    "import sys; from upturn.sinks.mqtt.host_id import claim_host_id; "
    "print(claim_host_id(*sys.argv[1:]), flush=True); sys.stdin.read()"
)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that holds the machine's id."""
    file = tmp_path / "machine-id"
    file.write_text(MACHINE + "\n", encoding="ascii")
    monkeypatch.setattr(module, "MACHINE_FILES", (tmp_path / "none", file))
    monkeypatch.setattr(platform, "node", lambda: "Attic.home.example")
    monkeypatch.setattr(uuid, "getnode", lambda: 0x0001_02AA_BBCC)
    return file


@pytest.fixture
def base() -> str:
    """A name that nobody else on this machine has."""
    return f"test-{uuid.uuid4().hex}"


@contextmanager
def claimed(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that has claimed a name, and which."""
    with subprocess.Popen(
        [sys.executable, "-c", CLAIM, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()


def test_this_computer_has_one_and_the_same_id() -> None:
    assert host_id() == host_id() == slug(host_id())


@pytest.mark.usefixtures("machine")
def test_it_is_the_name_and_a_mark_of_the_machine() -> None:
    assert re.fullmatch(r"attic-[0-9a-f]{6}", host_id())


def test_two_machines_of_one_name_differ(machine: Path) -> None:
    first = host_id()
    machine.write_text(MACHINE[::-1], encoding="ascii")
    assert host_id() != first


@pytest.mark.usefixtures("machine")
def test_the_machines_own_id_cannot_be_seen_in_it() -> None:
    assert host_id().removeprefix("attic-") not in MACHINE


@pytest.mark.parametrize("text", ["", "uninitialized", "0" * 32, MACHINE[:-1], "\u00e9" * 32])
def test_without_an_id_of_the_machine_it_is_marked_by_its_network_card(
    machine: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    by_machine = host_id()
    machine.write_text(text, encoding="utf-8")
    by_card = host_id()
    monkeypatch.setattr(uuid, "getnode", lambda: 0x0001_02AA_BBCD)
    assert len({by_machine, by_card, host_id()}) == 3


@pytest.mark.parametrize("address", [0x0101_02AA_BBCC, 0x0201_02AA_BBCC])
def test_a_network_address_that_chance_or_software_gave_is_no_mark(
    machine: Path, monkeypatch: pytest.MonkeyPatch, address: int
) -> None:
    machine.unlink()
    monkeypatch.setattr(uuid, "getnode", lambda: address)
    assert host_id() == "attic"


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("name", ["", "x" * 300, "M\u00fcller \u4e16 #+/", "."])
def test_any_name_gives_an_id_that_a_topic_can_hold(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(platform, "node", lambda: name)
    id = host_id()
    assert slug(id) == id
    assert len(f"{id}-demo-999") <= MAX_ID
    assert len(id) <= MAX_NAME + 1 + module.MARK_LENGTH


def test_the_first_process_has_the_name_and_the_next_a_number(base: str) -> None:
    with claimed(base) as (_, first), claimed(base) as (_, second), claimed(base) as (_, third):
        assert (first, second, third) == (base, f"{base}-2", f"{base}-3")


def test_a_role_has_a_name_of_its_own(base: str) -> None:
    with claimed(base) as (_, run), claimed(base, "demo") as (_, demo):
        assert (run, demo) == (base, f"{base}-demo")
        assert claim_host_id(base, "demo") == f"{base}-demo-2"


def test_a_name_is_free_again_when_its_process_was_killed(base: str) -> None:
    with claimed(base) as (process, first):
        process.kill()
        process.wait()
        assert first == claim_host_id(base) == base


def test_nothing_is_left_open_at_the_end_of_the_process(base: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", CLAIM, base],
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{base}\n", "")


class RefusedSocket(socket.socket):
    def bind(self, _: object) -> None:
        raise PermissionError


def test_where_the_system_keeps_no_such_names_there_is_no_number(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "socket", RefusedSocket)
    assert [claim_host_id(base), claim_host_id(base)] == [base, base]
