# SPDX-License-Identifier: MIT
"""Who has a node, and until when."""

from __future__ import annotations

import asyncio
import errno
import subprocess
import sys
from pathlib import Path

import pytest

from upturn.transports import in_use
from upturn.transports.in_use import InUse

DEN = "240ac4000001"
ATTIC = "240ac4000002"
HOLDS_IT = f"""
import asyncio, sys
from pathlib import Path
from upturn.transports.in_use import InUse
in_use = InUse(Path(sys.argv[1]), {DEN!r})
assert asyncio.run(in_use.take())
print("taken", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_use, "PATIENCE_S", 0.04)
    monkeypatch.setattr(in_use, "LOOK_S", 0.01)


async def test_a_node_is_refused_to_the_second_who_wants_it(tmp_path: Path) -> None:
    first = InUse(tmp_path, DEN)
    assert await first.take()
    assert not await InUse(tmp_path, DEN).take()
    first.give_back()


async def test_another_node_is_free(tmp_path: Path) -> None:
    for node_id in (DEN, ATTIC):
        assert await InUse(tmp_path, node_id).take()


async def test_who_lets_go_of_it_in_time_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_use, "PATIENCE_S", 5.0)
    first = InUse(tmp_path, DEN)
    assert await first.take()
    taking = asyncio.create_task(InUse(tmp_path, DEN).take())
    await asyncio.sleep(0)
    assert not taking.done()
    first.give_back()
    first.give_back()
    assert await taking


def test_it_is_free_once_its_program_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_IT, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "taken\n"
        assert not asyncio.run(InUse(tmp_path, DEN).take())
        program.kill()
        program.wait()
        assert asyncio.run(InUse(tmp_path, DEN).take())


async def test_where_nothing_can_be_written_it_is_free_for_all(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    for _ in range(2):
        assert await InUse(tmp_path / "a file", DEN).take()


async def test_an_id_is_no_way_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in-use"
    assert await InUse(folder, "../nodes.json").take()
    assert [file.name for file in folder.iterdir()] == ["---nodes-json"]


@pytest.mark.parametrize(
    ("said", "had"), [(errno.EAGAIN, False), (errno.EACCES, False), (errno.ENOLCK, True)]
)
def test_a_file_system_without_locks_refuses_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: int, had: bool
) -> None:
    def refuses(_: int) -> None:
        raise OSError(said, "no")

    monkeypatch.setattr(in_use, "_lock", refuses)
    assert InUse(tmp_path, DEN).try_take() is had
