# SPDX-License-Identifier: MIT
"""What a step refuses before it changes a board, and what is not called done after it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.doctor.scenes import HELLO
from tests.flash import images
from upturn.errors import RunError
from upturn.flash import work as working
from upturn.flash.firmware import find_firmware
from upturn.flash.image import read_image
from upturn.flash.loader import Chip, Loader
from upturn.flash.node import Asked
from upturn.flash.ports import Found
from upturn.flash.prompt import Prompt, There
from upturn.flash.work import Looked, Work

BOARD = "m5stickc_plus2"
FIRMWARE = find_firmware()
NODE = replace(HELLO, firmware=FIRMWARE.version, board=BOARD)
THERE = There("esp32", "esp32", (1, 29), 6, 1_000_000, "", {}, ())


def work(image: Path | None = None) -> Work:
    """On a port that nothing may be written to."""
    return Work(
        Found("/dev/none", "", ""),
        FIRMWARE.boards[BOARD],
        FIRMWARE,
        Looked(Asked(None, "")),
        read_image(image) if image is not None else None,
        erase=False,
        say=lambda _: None,
    )


@pytest.mark.parametrize(
    ("hello", "line"),
    [
        (None, "all is on the board, but no node answers"),
        (replace(NODE, firmware="0.0.9"), "a node answers, but with firmware 0.0.9 for m5stick"),
        (replace(NODE, board="atoms3"), f"but with firmware {FIRMWARE.version} for atoms3, and"),
    ],
)
def test_what_does_not_say_that_it_is_the_new_node_is_not_done(
    hello: object, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "wait_for_node", lambda *_: hello)
    begun = work()
    begun.begun = True
    with pytest.raises(RunError, match=line):
        begun.prove()
    assert begun.begun


def test_the_node_that_says_so_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "wait_for_node", lambda *_: NODE)
    begun = work()
    begun.begun = True
    assert begun.prove() == NODE
    assert not begun.begun


def test_an_image_for_another_chip_than_is_there_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Loader, "chip", lambda _: Chip("esp32s3", "ESP32-S3"))
    monkeypatch.setattr(Loader, "write", lambda *_, **__: pytest.fail("it was written"))
    refuses = work(images.write(tmp_path))
    with pytest.raises(RunError, match=r"chip is an ESP32-S3, and .* Nothing was changed"):
        refuses.put_micropython()
    assert not refuses.begun


@pytest.mark.parametrize(
    ("there", "line"),
    [
        (THERE._replace(version=(1, 20)), "its MicroPython is 1.20, and the firmware is for"),
        (THERE._replace(chip="esp32s3"), f"the board has an ESP32S3, and {BOARD} an ESP32. Name"),
    ],
)
def test_a_board_that_cannot_run_the_firmware_is_not_changed(
    there: There, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Prompt, "look", lambda *_: there)
    monkeypatch.setattr(Prompt, "install", lambda *_, **__: pytest.fail("it was changed"))
    refuses = work()
    with pytest.raises(RunError, match=line):
        refuses.put_firmware()
    assert not refuses.begun
