# SPDX-License-Identifier: MIT
"""The real mpremote, as we call it, against real MicroPython's files and a prompt of ours."""

from __future__ import annotations

import hashlib
import os
import select
import threading
import tty
from pathlib import Path
from typing import Self

import pytest

from tests.flash.board import SimBoard
from upturn.flash.firmware import sums
from upturn.flash.node import Asked
from upturn.flash.prompt import FIRST_LOOK_S, FIRST_TRIES, Prompt, There, prompt_answers
from upturn.flash.trouble import StepError
from upturn.flash.work import look

NO_BOOTS: frozenset[str] = frozenset()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A firmware of three files."""
    folder = tmp_path / "built" / "upturn_node"
    (folder / "drivers").mkdir(parents=True)
    (folder / "__init__.mpy").write_bytes(b"M\x06\x00 bytecode\r\n\x04\x03'\"")
    (folder / "drivers" / "__init__.mpy").write_bytes(b"")
    (tmp_path / "built" / "board.py").write_text('BOARD = {"name": "box"}\n')
    (tmp_path / "built" / "main.py").write_text("# starts the node\n")
    library = "/lib/upturn_node"
    return {
        f"{library}/__init__.mpy": folder / "__init__.mpy",
        f"{library}/drivers/__init__.mpy": folder / "drivers" / "__init__.mpy",
        "/board.py": tmp_path / "built" / "board.py",
        "/main.py": tmp_path / "built" / "main.py",
    }


def install(board: SimBoard, files: dict[str, Path], boots: frozenset[str] = NO_BOOTS) -> None:
    prompt = Prompt(str(board.port))
    prompt.install(prompt.look(), files, sums(files), boots, before_change=lambda: None)


def on(board: SimBoard) -> dict[str, bytes]:
    paths = [path for path in board.files.rglob("*") if path.is_file()]
    return {f"/{path.relative_to(board.files).as_posix()}": path.read_bytes() for path in paths}


def test_a_prompt_answers_and_an_empty_board_does_not(
    board: SimBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upturn.flash.prompt.ANSWER_S", 0.3)
    assert not prompt_answers(str(board.port))
    monkeypatch.undo()
    board.install_micropython()
    assert prompt_answers(str(board.port))


def test_the_prompt_tells_what_is_on_its_board(with_micropython: SimBoard) -> None:
    (with_micropython.files / "board.py").write_text('BOARD = {"name": "box"}\n')
    there = Prompt(str(with_micropython.port)).look()
    found = on(with_micropython)
    assert there == There(
        platform="esp32",
        chip="esp32",
        version=(1, 25),
        mpy=6,
        free_bytes=there.free_bytes,
        board="box",
        sums={place: hashlib.sha256(data).hexdigest() for place, data in found.items()},
        folders=(),
    )
    assert there.free_bytes > 0
    assert there.fault == ""


@pytest.mark.parametrize(
    ("platform", "version", "mpy", "fault"),
    [
        ("rp2", (1, 29), 6, "it is MicroPython for rp2, and the node needs an ESP32"),
        ("esp32", (1, 24), 6, "its MicroPython is 1.24, and the firmware is for 1.25 and later"),
        ("esp32", (1, 40), 7, "its MicroPython is 1.40, and the firmware is for 1.25 and later"),
    ],
)
def test_another_micropython_is_no_place_for_the_firmware(
    platform: str, version: tuple[int, int], mpy: int, fault: str
) -> None:
    assert There(platform, "", version, mpy, 0, "", {}, ()).fault == fault


def test_the_firmware_is_on_the_board_byte_for_byte(
    with_micropython: SimBoard, files: dict[str, Path]
) -> None:
    install(with_micropython, files)
    wanted = {place: path.read_bytes() for place, path in files.items()}
    assert on(with_micropython) == {**wanted, "/boot.py": b"# of MicroPython\n"}


def test_what_is_ours_and_old_goes_and_what_is_the_users_stays(
    with_micropython: SimBoard, files: dict[str, Path]
) -> None:
    flash = with_micropython.files
    foreign = b"# of another board\n"
    (flash / "boot.py").write_bytes(foreign)
    (flash / "lib" / "upturn_node").mkdir(parents=True)
    (flash / "lib" / "upturn_node" / "__init__.py").write_text("# goes before its bytecode\n")
    (flash / "upturn_node" / "drivers").mkdir(parents=True)
    (flash / "upturn_node" / "drivers" / "mpu.py").write_text("# hides the library\n")
    kept = {"upturn.json": b"{}", "upturn.bonds.json": b"[]", "notes.txt": b"mine"}
    for name, data in kept.items():
        (flash / name).write_bytes(data)
    install(with_micropython, files, frozenset({hashlib.sha256(foreign).hexdigest()}))
    wanted = {place: path.read_bytes() for place, path in files.items()}
    assert on(with_micropython) == {**wanted, **{f"/{name}": d for name, d in kept.items()}}
    assert not (flash / "upturn_node").exists()


def test_before_anything_else_changes_the_node_cannot_start_any_more(
    with_micropython: SimBoard, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    (with_micropython.files / "main.py").write_text("# the old node\n")
    calls: list[tuple[str, ...]] = []
    run = Prompt._run

    def breaks(self: Prompt, words: list[str], timeout_s: float) -> str:
        calls.append((words[0], "main.py" if "/main.py" in on(with_micropython) else "none"))
        if words[:2] == ["fs", "cp"]:
            raise StepError("the cable is out", "Put it in")
        return run(self, words, timeout_s)

    monkeypatch.setattr(Prompt, "_run", breaks)
    with pytest.raises(StepError, match="the cable is out"):
        install(with_micropython, files)
    assert calls == [("exec", "main.py"), ("exec", "main.py"), ("fs", "none")]
    monkeypatch.undo()
    install(with_micropython, files)
    assert "/main.py" in on(with_micropython)


def test_of_the_modules_only_those_that_are_other_are_copied_again(
    with_micropython: SimBoard, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(with_micropython, files)
    copied: list[str] = []
    run = Prompt._run

    def notes(self: Prompt, words: list[str], timeout_s: float) -> str:
        copied.extend(word for word in words if word.startswith(":"))
        return run(self, words, timeout_s)

    monkeypatch.setattr(Prompt, "_run", notes)
    init = "/lib/upturn_node/drivers/__init__.mpy"
    files[init].write_bytes(b"newer")
    install(with_micropython, files)
    assert copied == [":/board.py", f":{init}", ":/main.py"]
    assert on(with_micropython)[init] == b"newer"


def test_a_file_that_reads_back_as_another_is_found_and_nothing_starts(
    with_micropython: SimBoard, files: dict[str, Path]
) -> None:
    prompt = Prompt(str(with_micropython.port))
    wanted = {**sums(files), "/board.py": "0" * 64}
    with pytest.raises(StepError, match=r"does not hold what was copied \(/board.py\)"):
        prompt.install(prompt.look(), files, wanted, NO_BOOTS, before_change=lambda: None)
    assert "/main.py" not in on(with_micropython)


def test_what_answers_and_is_no_prompt_is_called_that(
    with_micropython: SimBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upturn.flash.prompt.INVENTORY", "print('hello')")
    with pytest.raises(StepError, match="answers, but not to the question"):
        Prompt(str(with_micropython.port)).look(tries=1)


class Parrot(threading.Thread):
    """Says the same whatever it is asked, on a pseudo-terminal."""

    def __init__(self, *says: bytes) -> None:
        super().__init__(daemon=True)
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        self._slave = slave
        self._says = b"".join(says)
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            if select.select([self.master], [], [], 0.05)[0]:
                os.read(self.master, 4096)
                os.write(self.master, self._says)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()
        os.close(self.master)
        os.close(self._slave)


BANNER = b"MicroPython v1.29.0; Generic ESP32 module\r\n>>> "


def test_a_banner_alone_is_no_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("upturn.flash.prompt.ANSWER_S", 0.5)
    with Parrot(BANNER) as parrot:
        assert not prompt_answers(parrot.port)


def test_what_says_what_a_prompt_says_and_no_more_is_given_up_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("upturn.flash.work.ask_node", lambda _: Asked(None, ""))
    monkeypatch.setattr("upturn.flash.work.FIRST_LOOK_S", 0.5)
    said: list[str] = []
    parrot = Parrot(BANNER, b"\r\nraw REPL; CTRL-B to exit\r\n>")
    with parrot, pytest.raises(StepError, match="mpremote hangs"):
        look(parrot.port, said.append)
    assert said[1:] == [
        "No node answers. Asking for MicroPython's prompt",
        "It answers. Looking what is on the board",
    ]


def test_the_first_look_takes_some_20_s_at_most() -> None:
    assert FIRST_TRIES * FIRST_LOOK_S <= 24.0
