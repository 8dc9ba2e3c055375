# SPDX-License-Identifier: MIT
"""Facts of this computer: files of the system, programs, packages, a store and a disk."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.doctor.scenes import scene, told
from upturn.config import Config, SoundConfig, StoreConfig
from upturn.doctor import clock, memory, power, program, sound, terminal
from upturn.doctor.findings import Curtain
from upturn.sinks.sound import outputs
from upturn.store.database import Store
from upturn.store.schema import MIGRATIONS


class Usage(NamedTuple):
    free: int


async def stored(folder: Path, config: Config | None = None) -> list[tuple[str, str]]:
    facts = await memory.look_at_store(scene(folder, config))
    return told(memory.judge_store(facts))


async def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "upturn.sqlite3"
    assert await stored(tmp_path) == [("ok", f"{path}: begins with the first 'upturn run'")]
    assert not path.exists()


async def test_one_that_is_whole_is_left_as_it_was_and_its_watch_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "upturn.sqlite3"
    with Store.open(path) as store:
        found = await stored(tmp_path)
        with store.transaction() as db:
            db.execute("INSERT INTO users (name) VALUES ('ann')")
    ((verdict, words),) = found
    assert verdict == "ok"
    assert re.fullmatch(rf"{re.escape(str(path))}: is whole, 0\.\d MB", words)


async def test_what_a_crash_left_is_not_brought_into_it(tmp_path: Path) -> None:
    """The next watch does so; a look must change no byte."""
    (tmp_path / "before").mkdir()
    path = tmp_path / "before" / "upturn.sqlite3"
    names = [path.name, f"{path.name}-wal"]
    with Store.open(path) as store:
        with store.transaction() as db:
            db.execute("INSERT INTO users (name) VALUES ('ann')")
        for name in names:
            shutil.copy(path.with_name(name), tmp_path)
    left = [(tmp_path / name).read_bytes() for name in names]
    ((verdict, _),) = await stored(tmp_path)
    assert verdict == "ok"
    assert [(tmp_path / name).read_bytes() for name in names] == left


async def test_a_damaged_one_is_found_and_not_mended(tmp_path: Path) -> None:
    path = tmp_path / "upturn.sqlite3"
    Store.open(path).close()
    raw = bytearray(path.read_bytes())
    raw[4096 : 4096 + 2000] = b"\xff" * 2000
    path.write_bytes(raw)
    assert await stored(tmp_path) == [("not well", f"{path}: the store is damaged")]
    assert path.read_bytes() == raw


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("CREATE TABLE cats (name TEXT)", "it is a database of another program"),
        (
            f"PRAGMA user_version = {len(MIGRATIONS) + 1}",
            f"a newer Upturn wrote it (schema {len(MIGRATIONS) + 1})",
        ),
    ],
)
async def test_one_of_somebody_else_is_said_so(tmp_path: Path, statement: str, words: str) -> None:
    path = tmp_path / "upturn.sqlite3"
    if statement.startswith("PRAGMA"):
        Store.open(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(statement)
    assert await stored(tmp_path) == [("not well", f"{path}: {words}")]


async def test_what_is_no_database_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "upturn.sqlite3"
    path.write_text("hello " * 1000)
    assert await stored(tmp_path) == [("not well", f"{path}: the store is damaged")]


async def test_one_that_others_may_read_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "upturn.sqlite3"
    Store.open(path).close()
    path.chmod(0o644)
    assert (await stored(tmp_path))[1] == ("note", f"{path}: other accounts may read it")


async def test_a_store_that_is_off_is_said_by_whom(tmp_path: Path) -> None:
    config = Config(store=StoreConfig(enabled=False))
    ((_, by_config),) = await stored(tmp_path, config)
    facts = await memory.look_at_store(scene(tmp_path, environ={"UPTURN_STORE": "off"}))
    ((_, by_variable),) = told(memory.judge_store(facts))
    assert by_config.startswith("the store is off, by the config")
    assert by_variable.startswith("the store is off, by UPTURN_STORE")


async def test_a_folder_that_cannot_be_written_is_not_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write everywhere: what the system answers is put in."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert await stored(tmp_path) == [
        ("not well", f"{tmp_path}/upturn.sqlite3: cannot be written")
    ]


async def test_the_room_is_that_of_the_disk_where_it_would_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def usage(folder: Path) -> Usage:
        asked.append(folder)
        return Usage(10)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    facts = await memory.look_at_disk(scene(tmp_path / "not" / "yet"))
    assert told(memory.judge_disk(facts)) == [("not well", "0 MB free where sessions are kept")]
    assert asked == [tmp_path]


def battery(folder: Path, name: str, **files: str) -> None:
    (folder / name).mkdir(parents=True)
    for file, text in files.items():
        (folder / name / file).write_text(f"{text}\n")


def test_the_battery_is_that_of_the_computer_and_not_of_its_mouse(tmp_path: Path) -> None:
    battery(tmp_path, "AC", type="Mains")
    battery(tmp_path, "mouse", type="Battery", scope="Device", capacity="99", status="Full")
    battery(tmp_path, "BAT0", type="Battery", capacity="35", status="Discharging")
    assert power.supply(tmp_path) == power.Supply(35, discharging=True)
    assert power.supply(tmp_path / "none") == power.Supply()


async def test_who_wants_no_wakefulness_is_reminded_of_it(tmp_path: Path) -> None:
    off = await power.look_at_sleep(scene(tmp_path, environ={"UPTURN_AWAKE": "off"}))
    assert off == power.Sleep()


@pytest.mark.skipif(sys.platform != "linux", reason="logind is asked on Linux alone")
async def test_where_nothing_keeps_it_awake_it_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    ((verdict, words),) = told(power.judge_sleep(await power.look_at_sleep(scene(tmp_path))))
    assert verdict == "note"
    assert words.startswith("nothing keeps this computer awake: there is no system bus")


async def test_the_clocks_of_this_computer_are_read(tmp_path: Path) -> None:
    facts = await clock.look(scene(tmp_path))
    assert facts.monotonic
    assert facts.counts_sleep is (sys.platform == "linux")
    assert facts.behind_days < 1.0
    if sys.platform == "linux":
        assert facts.synchronised in (True, False)


async def test_a_package_that_is_broken_is_found_by_loading_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    facts = await program.look_at_packages(scene(tmp_path))
    assert [package.name for package in facts if package.fault] == ["numpy"]
    ((verdict, words),) = told(program.judge_packages(facts))
    assert verdict == "not well"
    assert "cannot be loaded, for analysis and sound: ModuleNotFoundError" in words


async def test_an_extra_that_is_missing_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(program.EXTRAS, "sound", ("upturn_no_such_module", "sound"))
    found = told(program.judge_extras(await program.look_at_extras(scene(tmp_path))))
    assert ("note", "extras that are not installed: sound (sound)") in found


def test_what_a_kernel_is_called_is_for_nobody_else() -> None:
    facts = program.System((3, 12, 1), "CPython", 64, "Linux", "6.1.0-anna", "x86_64")
    words = [Curtain()(finding.words) for finding in program.judge_system(facts)]
    assert words[1] == "Linux 6.1.0<build 1> on x86_64"


async def test_no_terminal_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stdout__", None)
    assert await terminal.look(scene(tmp_path)) == terminal.Screen(is_terminal=False)


class Quiet:
    """An output that would hear whatever is played."""

    is_loud = True

    def __init__(self, words: str = "Speaker") -> None:
        self.words = words
        self.closed = False

    def play(self, samples: object) -> None:
        pytest.fail("it made a sound")

    def close(self) -> None:
        self.closed = True


async def test_the_first_output_that_opens_is_told_and_closed_and_makes_no_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "_level", lambda: (None, None))
    output = Quiet()

    def fails() -> outputs.Output:
        raise outputs.OutputError("no sound device is there")

    ways = (outputs.Way("device", fails), outputs.Way("player", lambda: output))  # type: ignore[arg-type,return-value]
    monkeypatch.setattr(outputs, "WAYS", ways)
    facts = await sound.look_at_output(scene(tmp_path))
    assert told(sound.judge_output(facts)) == [("ok", "sound: Speaker")]
    assert output.closed


async def test_a_muted_output_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    pactl = programs / "pactl"
    pactl.write_text(
        '#!/bin/sh\n[ "$1" = get-sink-mute ] && echo "Mute: yes" || '
        'echo "Volume: front-left: 13107 /  20% / -41.94 dB"\n'
    )
    pactl.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    assert sound._level() == (True, 20)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert sound._level() == (None, None)


async def test_a_voice_is_proved_by_a_phrase_that_nobody_hears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    facts = await sound.look_at_voice(scene(tmp_path))
    assert facts.fault.startswith("espeak-ng is not installed")
    speaker = tmp_path / "espeak-ng"
    speaker.write_text("#!/bin/sh\nexit 3\n")
    speaker.chmod(0o755)
    facts = await sound.look_at_voice(scene(tmp_path))
    assert facts == sound.VoiceFacts(engine="espeak-ng", fault="espeak-ng ended with exit code 3")
    config = Config(sound=SoundConfig(voice=False))
    assert await sound.look_at_voice(scene(tmp_path, config)) == sound.VoiceFacts(
        off="off, by the config"
    )
