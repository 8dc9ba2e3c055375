# SPDX-License-Identifier: MIT
"""The power goes: what was said to be committed is on the disk, whatever was not yet.

The system calls of a run are written down as they are made. From them the disk is made anew as a
power cut may leave it: all that was there at the last sync of each file, and of what was written
since any part, torn anywhere.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from tests.programs import program
from tests.store.deaths import ROOT
from upturn.store.database import Store

_CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+)")
_RESUMED = re.compile(r"^<\.\.\. \w+ resumed>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass
class Disk:
    """Files by name: what is surely there, and the writes since."""

    synced: dict[str, bytes] = field(default_factory=dict)
    pending: dict[str, list[tuple[int, bytes] | int]] = field(default_factory=dict)

    def sync(self, name: str) -> None:
        content = bytearray(self.synced.get(name, b""))
        for change in self.pending.pop(name, []):
            _change(content, change)
        self.synced[name] = bytes(content)

    def cut(self, folder: Path, rng: Random) -> None:
        """The power goes now."""
        folder.mkdir()
        for name in {*self.synced, *self.pending}:
            content = bytearray(self.synced.get(name, b""))
            for change in self.pending.get(name, []):
                luck = rng.random()
                if isinstance(change, tuple) and luck < 0.3:
                    at, data = change
                    change = (at, data[: rng.randrange(len(data) + 1)])  # noqa: PLW2901 - torn
                if luck < 0.6:
                    _change(content, change)
            (folder / name).write_bytes(content)


def _change(content: bytearray, change: tuple[int, bytes] | int) -> None:
    if isinstance(change, int):
        del content[change:]
        content.extend(bytes(change - len(content)))
    else:
        at, data = change
        content.extend(bytes(max(0, at - len(content))))
        content[at : at + len(data)] = data


def replay(trace: Path) -> Iterator[tuple[Disk, str]]:
    """The disk after each call, and what the program said then, if it said something."""
    disk = Disk()
    files: dict[str, str] = {}
    begun: dict[str, str] = {}
    for line in trace.read_text(encoding="ascii").splitlines():
        thread, _, made = line.partition(" ")
        made = made.strip()
        if made.endswith("<unfinished ...>"):
            begun[thread] = made.removesuffix("<unfinished ...>").rstrip()
            continue
        if resumed := _RESUMED.match(made):
            made = begun.pop(thread) + made[resumed.end() :].lstrip()
        found = _CALL.match(made)
        if found is None:
            continue
        call, given, result = found[1], found[2], int(found[3])
        said = ""
        if result < 0:
            continue
        number = given.partition(",")[0].partition("<")[0].strip()
        text = _TEXT.search(given)
        data = bytes.fromhex(text[1].replace("\\x", "")) if text else b""
        if call == "openat" and b"s.sqlite3" in data:
            files[str(result)] = Path(data.decode()).name
        elif call == "close":
            files.pop(number, None)
        elif call == "write" and number == "1":
            said = data.decode()
        elif call == "unlink" and b"s.sqlite3" in data:
            disk.synced.pop(Path(data.decode()).name, None)
            disk.pending.pop(Path(data.decode()).name, None)
        elif number in files and not files[number].endswith("-shm"):
            waiting = disk.pending.setdefault(files[number], [])
            if call == "pwrite64":
                waiting.append((int(given.rsplit(", ", 1)[1]), data))
            elif call == "ftruncate":
                waiting.append(int(given.rsplit(", ", 1)[1]))
            elif call in ("fsync", "fdatasync"):
                disk.sync(files[number])
        yield disk, said


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a session in which the limit is passed, and a call for help is made."""
    folder = tmp_path_factory.mktemp("power")
    calls = "trace=openat,close,write,pwrite64,fsync,fdatasync,ftruncate,unlink"
    strace = program("strace", "strace")
    if subprocess.run([strace, "-qq", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no program may trace another here")
    file = folder / "trace"
    driver = (sys.executable, "-m", "tests.store.driver", str(folder / "s.sqlite3"))
    told = (strace, "-f", "-qq", "-xx", "-s", "100000", "-e", calls, "-o", str(file))
    command = [*told, *driver, "too-long", "1", "60", "0"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    return file


def test_what_was_committed_survives_a_power_cut_at_any_moment(
    trace: Path, tmp_path: Path
) -> None:
    committed: list[list[object]] = []
    rng = Random(7)  # noqa: S311 - seeded, and no secret
    cuts = 0
    for number, (disk, said) in enumerate(replay(trace)):
        for line in said.splitlines():
            if line.startswith("C "):
                committed += json.loads(line[2:])
        if "s.sqlite3" not in disk.synced or not (said.startswith("C ") or rng.random() < 0.02):
            continue
        cuts += 1
        folder = tmp_path / str(number)
        disk.cut(folder, rng)
        with Store.open(folder / "s.sqlite3") as store:
            assert store.told == ""
            kept = [row[0] for row in store.rows("SELECT t_s FROM events ORDER BY id")]
            assert kept[: len(committed)] == [t_s for t_s, _ in committed]
            assert store.rows("PRAGMA integrity_check") == [("ok",)]
    assert cuts > 20
    assert len(committed) >= 8


def test_a_sync_lies_between_writing_a_commit_and_saying_so(trace: Path) -> None:
    """Whenever something was said to be committed, nothing of the log's file was unwritten."""
    times = 0
    for disk, said in replay(trace):
        if said.startswith("C "):
            times += 1
            assert not disk.pending.get("s.sqlite3-wal")
    assert times >= 5
