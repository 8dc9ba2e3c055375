# SPDX-License-Identifier: MIT
"""`upturn flash` as people use it: real esptool and mpremote, a board on a pseudo-terminal.

The board is MicroPython's unix port behind a loader and a prompt of ours (tests/flash/board.py).
None of this has run on a board of anybody's.
"""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firmware import mpy
from tests.firmware.node_log import wait
from tests.flash import images
from tests.flash.board import MARK_AT, SimBoard
from tests.terminal import Terminal
from upturn.cli import flash as flashing
from upturn.cli.flash import AS_IT_WAS, HALF_DONE, STOPPED, Flashed, flash
from upturn.cli.main import main
from upturn.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, RunError
from upturn.flash.firmware import compiled, find_firmware
from upturn.flash.node import Asked, ask_node
from upturn.flash.ports import Found
from upturn.flash.trouble import StepError
from upturn.flash.work import Looked, Work
from upturn.transports.in_use import InUse

BOARD = "m5stickc_plus2"
NODE_ID = "240ac4000001"
NAMED = ["--board", BOARD, "--yes"]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a node, as they are on its flash."""
    firmware = find_firmware()
    folder = tmp_path_factory.mktemp("installed")
    files = compiled(firmware, firmware.boards[BOARD], tmp_path_factory.mktemp("built"))
    for place, path in files.items():
        target = folder / place.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return folder


@pytest.fixture
def board(tmp_path: Path) -> Iterator[SimBoard]:
    """From the box."""
    mpy.need(64)
    with SimBoard(tmp_path / "board") as board:
        yield board


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is there that would take its time."""
    monkeypatch.setattr("upturn.flash.node.ASK_S", 0.3)
    monkeypatch.setattr("upturn.flash.prompt.ANSWER_S", 0.3)


def become_node(board: SimBoard, installed: Path) -> None:
    board.install_micropython()
    shutil.copytree(installed, board.files, dirs_exist_ok=True)
    board.boot()


def run(board: SimBoard, *words: str) -> int:
    return main(["flash", "--port", str(board.port), *words])


def refused(capture: Capture) -> str:
    """The one line."""
    text = capture.readouterr().err
    assert text.count("\n") == 1, text
    return text.removeprefix("upturn: ").rstrip("\n")


def test_a_node_is_updated_and_keeps_its_name_and_calibration(
    board: SimBoard, installed: Path, capsys: Capture
) -> None:
    become_node(board, installed)
    (board.files / "lib" / "upturn_node" / "gone.mpy").write_bytes(b"of an earlier version")
    source = f"serial:{board.port}"
    assert main(["node", "config", "--name", "tim", "--source", source]) == EXIT_DONE
    kept = (board.files / "upturn.json").read_bytes()
    capsys.readouterr()
    assert run(board, "--yes", "--only-firmware") == EXIT_DONE
    version = find_firmware().version
    out = capsys.readouterr().out
    assert out.splitlines() == [
        f"Port {board.port}",
        "Asking whether a node is there ...",
        f"A node: tim, firmware {version}, board {BOARD}",
        f"Board {BOARD}: M5StickC Plus2: everything in one case. Reference build A",
        f"It gets firmware {version}; its MicroPython stays.",
        "A node's name, limits, calibration and paired computers stay.",
        "Asking the node to stop ...",
        "Looking what is on it ...",
        f"Copying firmware {version} to it; this takes a minute ...",
        "All of it was read back, and is right. Starting the node ...",
        "Asking the node who it is ...",
        f"Done: tim answers, with firmware {version} for {BOARD}.",
        "It is not calibrated: 'upturn calibrate'.",
    ]
    assert (board.files / "upturn.json").read_bytes() == kept
    assert not (board.files / "lib" / "upturn_node" / "gone.mpy").exists()


@pytest.mark.soak
def test_a_board_from_the_box_becomes_a_node_and_outlives_every_way_to_flash_it(
    board: SimBoard, tmp_path: Path
) -> None:
    image = images.write(tmp_path)
    port = str(board.port)
    version = find_firmware().version
    done = Flashed(port, BOARD, NODE_ID, version)
    assert flash(port, BOARD, micropython=image, ask=False) == done
    source = f"serial:{port}"
    assert main(["node", "config", "--name", "tim", "--source", source]) == EXIT_DONE
    assert flash(port, None, micropython=image, ask=False) == done
    hello = ask_node(port).hello
    assert hello is not None
    assert hello.name == "tim"
    board.loader.flash[images.PROGRAM_AT] = 0xFF  # a write of MicroPython that was cut short
    board.boot()
    assert flash(port, BOARD, micropython=image, ask=False) == done
    hello = ask_node(port).hello
    assert hello is not None
    assert hello.name == "tim"
    assert flash(port, None, micropython=image, erase=True, ask=False) == done
    hello = ask_node(port).hello
    assert hello is not None
    assert hello.name == "upturn-0001"


def test_whoever_is_upside_down_keeps_the_node(
    tmp_path: Path, installed: Path, capsys: Capture
) -> None:
    mpy.need(64)
    with SimBoard(tmp_path / "board", start_deg=60.0) as board:
        become_node(board, installed)
        before = sorted(board.files.rglob("*"))
        assert run(board, "--yes") == EXIT_FAILED
        assert sorted(p for p in board.files.rglob("*") if p.name != "upturn.boots.json") == [
            p for p in before if p.name != "upturn.boots.json"
        ]
        assert board.starts == 2
    assert refused(capsys) == (
        "upturn-0001 does not let itself be stopped: not now: the table is inverted. "
        "Let nobody be upside down on it, and try again"
    )


def test_a_node_that_is_watched_is_left_alone(
    board: SimBoard,
    installed: Path,
    tmp_path: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    become_node(board, installed)
    monkeypatch.setattr("upturn.flash.node.default_folder", lambda: tmp_path / "locks")
    watch = InUse(tmp_path / "locks", NODE_ID)
    assert watch.try_take()
    assert run(board, "--yes") == EXIT_FAILED
    watch.give_back()
    assert refused(capsys) == (
        "upturn-0001 is busy: another watch or command of this computer has it. End that one first"
    )


@pytest.mark.usefixtures("impatient")
def test_which_board_is_not_guessed(board: SimBoard, capsys: Capture) -> None:
    assert run(board, "--yes") == EXIT_FAILED
    assert refused(capsys) == (
        "which board it is cannot be seen. Name it: --board, one of feather_esp32_v2_lis3dh, "
        "m5stickc_plus2, devkitc_gy521, m5stickc_plus"
    )


@pytest.mark.usefixtures("impatient")
def test_without_micropython_it_is_told_where_one_is_had(
    board: SimBoard, capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MPFLASH_FIRMWARE", str(tmp_path))
    assert run(board, *NAMED) == EXIT_FAILED
    assert refused(capsys) == (
        "no MicroPython answers. Download ESP32_GENERIC (.bin) from "
        "micropython.org/download/ESP32_GENERIC and name it: --micropython FILE.bin; or run "
        "'mpflash download --board ESP32_GENERIC', whose files are found"
    )
    assert run(board, *NAMED, "--only-firmware") == EXIT_FAILED
    assert refused(capsys) == (
        "no MicroPython answers, and --only-firmware puts none on it. Leave that out"
    )


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("files", "plan"),
    [
        (b"", "ALL THAT IS ON IT IS DELETED: "),
        (b"littlefs", "A node's name, limits, calibration and paired computers stay."),
    ],
)
def test_without_anybody_to_ask_nothing_is_done_and_what_would_be_is_told(
    board: SimBoard, tmp_path: Path, capsys: Capture, files: bytes, plan: str
) -> None:
    """Files are what a write of MicroPython that was cut short leaves of a node."""
    board.loader.flash[MARK_AT : MARK_AT + len(files)] = files
    image = str(images.write(tmp_path))
    assert run(board, "--board", BOARD, "--micropython", image) == EXIT_FAILED
    out, err = capsys.readouterr()
    assert [line for line in out.splitlines() if line.startswith(plan)] != []
    assert err == "upturn: there is nobody to ask. Say so with --yes\n"
    assert not board.loader.wrote


@pytest.mark.usefixtures("impatient")
def test_a_step_that_fails_half_way_is_half_done_and_one_before_is_not(
    board: SimBoard, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_work: Work | None) -> None:
        raise StepError("the cable is out", "Put it in")

    image = str(images.write(tmp_path))
    monkeypatch.setattr("upturn.flash.loader.Loader.write", lambda *_, **__: fails(None))
    assert run(board, *NAMED, "--micropython", image) == EXIT_FAILED
    assert refused(capsys) == f"the cable is out. Put it in. {HALF_DONE}"
    monkeypatch.setattr(Work, "put_micropython", fails)
    assert run(board, *NAMED, "--micropython", image) == EXIT_FAILED
    assert refused(capsys) == "the cable is out. Put it in"


def test_a_node_that_was_stopped_and_not_changed_is_said_to_guard_nobody(
    board: SimBoard, installed: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_work: Work) -> None:
        raise RunError("the board has an ESP32S3")

    def interrupted(_work: Work) -> None:
        raise KeyboardInterrupt

    become_node(board, installed)
    monkeypatch.setattr(Work, "put_firmware", fails)
    assert run(board, "--yes") == EXIT_FAILED
    assert refused(capsys) == f"the board has an ESP32S3. {STOPPED}"
    board.boot()
    monkeypatch.setattr(Work, "put_firmware", interrupted)
    assert run(board, "--yes") == EXIT_INTERRUPTED
    assert STOPPED in capsys.readouterr().err
    board.boot()
    monkeypatch.setattr(Work, "stop", interrupted)
    assert run(board, "--yes") == EXIT_INTERRUPTED
    assert AS_IT_WAS in capsys.readouterr().err


@pytest.mark.soak
@pytest.mark.usefixtures("impatient")
def test_a_cable_that_comes_out_half_way_leaves_the_board_half_done_and_says_so(
    board: SimBoard, tmp_path: Path, capsys: Capture
) -> None:
    board.loader.break_at = lambda written: written > 10_000
    image = str(images.write(tmp_path))
    assert run(board, *NAMED, "--micropython", image) == EXIT_FAILED
    text = refused(capsys)
    assert text.startswith("the port went away half way. ")
    assert text.endswith(HALF_DONE)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ["--board", "toaster"],
            f"--board: there is no board 'toaster'. Name: {', '.join(find_firmware().boards)}",
        ),
        (
            ["--only-firmware", "--erase"],
            "--only-firmware: goes neither with --micropython nor with --erase. Leave one out",
        ),
        (
            ["--micropython", "none.bin"],
            "none.bin: No such file or directory. Name MicroPython's .bin file",
        ),
        (["--only-firmwar"], "unknown argument '--only-firmwar'. See 'upturn flash --help'"),
    ],
)
def test_bad_arguments_get_one_line(words: list[str], line: str, capsys: Capture) -> None:
    assert main(["flash", "--port", "/dev/none", *words]) == EXIT_USAGE
    assert refused(capsys) == line


def test_a_port_that_is_not_there_gets_one_line(capsys: Capture) -> None:
    assert main(["flash", "--port", "/dev/none", "--yes"]) == EXIT_FAILED
    assert refused(capsys) == (
        "/dev/none: there is no such port. Plug the node in; 'upturn scan' lists the ports"
    )


def test_a_name_of_a_port_that_nobody_would_read_is_cut(capsys: Capture) -> None:
    assert main(["flash", "--port", "x" * 5000, "--yes"]) == EXIT_FAILED
    out, err = capsys.readouterr()
    assert out.startswith(f"Port {'x' * 50}...{'x' * 27}\n")
    assert err.startswith(f"upturn: {'x' * 50}...{'x' * 26}: cannot be opened ")
    assert len(err) < 400


def test_an_image_for_another_chip_is_refused_before_the_port_is_opened(
    tmp_path: Path, capsys: Capture
) -> None:
    image = images.write(tmp_path, "esp32s3")
    words = ["--port", "/dev/none", "--board", BOARD, "--micropython", str(image)]
    assert main(["flash", *words]) == EXIT_USAGE
    assert refused(capsys).startswith(f"{image}: it is for an ESP32S3, and the board has an ESP32")


def test_the_boards_and_ports_are_listed_in_80_columns(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upturn.flash.ports.boards_here", list)
    assert main(["flash", "--list"]) == EXIT_DONE
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if len(line) > 79] == []
    assert [word for word in find_firmware().boards if f"  {word} " not in "\n".join(lines)] == []


def test_without_the_programs_that_is_said_first(
    monkeypatch: pytest.MonkeyPatch, board: SimBoard
) -> None:
    monkeypatch.setattr("upturn.flash.programs.MODULES", {"esptool": "no_such_esptool"})
    with pytest.raises(RunError, match="esptool is not installed"):
        flash(str(board.port), BOARD, micropython=None, ask=False)
    assert board.loader.seen == []


def upturn(*words: str) -> list[str]:
    return [sys.executable, "-m", "upturn", *words]


def test_a_person_who_says_no_leaves_the_board_as_it_was(board: SimBoard, installed: Path) -> None:
    become_node(board, installed)
    with Terminal(upturn("flash", "--port", str(board.port))) as terminal:
        terminal.reads("Go on? [Y/n]")
        terminal.press(b"q\n")
        assert terminal.end() == EXIT_INTERRUPTED
        assert "Left. The board is as it was." in terminal.text
    assert board.starts == 2


def test_what_deletes_wants_a_word_and_not_just_enter(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    answers = iter(["", "n"])
    monkeypatch.setattr("upturn.cli.flash.somebody", lambda: True)
    monkeypatch.setattr("upturn.cli.asking.read", lambda _: next(answers))
    firmware = find_firmware()
    nobody = Looked(Asked(None, ""))
    port = Found("/dev/none", "", "")
    work = Work(port, firmware.boards[BOARD], firmware, nobody, None, erase=True, say=print)
    assert not flashing._agreed(work, ask=True)
    assert list(answers) == []
    assert "y for yes" in capsys.readouterr().out


@pytest.mark.soak
def test_ctrl_c_in_the_middle_is_half_done_and_the_same_again_mends_it(
    board: SimBoard, installed: Path
) -> None:
    become_node(board, installed)
    (board.files / "lib" / "upturn_node" / "app.mpy").write_bytes(b"old")
    words = upturn("flash", "--port", str(board.port))
    with Terminal(words) as terminal:
        terminal.reads("Go on? [Y/n]")
        terminal.press(b"\n")
        terminal.reads("Copying firmware")
        wait(lambda: None if (board.files / "main.py").exists() else True, 30.0, "its removal")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == EXIT_INTERRUPTED
        assert HALF_DONE in " ".join(terminal.text.split())
    assert not (board.files / "main.py").exists()
    board.boot()
    assert run(board, "--yes") == EXIT_DONE
