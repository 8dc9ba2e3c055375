# SPDX-License-Identifier: MIT
"""The real esptool, as we call it, against a loader on a pseudo-terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.firmware import mpy
from tests.firmware.node_log import wait
from tests.flash import images
from tests.flash.board import FLASH_BYTES, SimBoard
from tests.flash.rom_loader import ESP32_S3
from upturn.flash.image import Image, read_image
from upturn.flash.loader import Chip, Loader
from upturn.flash.trouble import CABLE, HOLD, StepError


@pytest.fixture
def image(tmp_path: Path) -> Image:
    return read_image(images.write(tmp_path))


def test_the_chip_is_told_with_its_package(board: SimBoard) -> None:
    assert Loader(str(board.port)).chip() == Chip(
        "esp32",
        "ESP32-PICO-V3-02 (revision v1.0); Wi-Fi, BT, Dual Core + LP Core, Embedded Flash, "
        "Embedded PSRAM, Coding Scheme None",
    )


def test_an_s3_is_told_by_its_number(tmp_path: Path) -> None:
    mpy.need(64)
    with SimBoard(tmp_path / "s3", kind=ESP32_S3) as board:
        chip = Loader(str(board.port)).chip()
    assert chip.word == "esp32s3"
    assert chip.about.startswith("ESP32-S3 (QFN56) (revision v0.0); ")


def test_what_is_written_is_on_the_flash_and_the_rest_is_as_it_was(
    board: SimBoard, image: Image
) -> None:
    board.loader.flash[images.FILES_AT : images.FILES_AT + 5] = b"files"
    Loader(str(board.port)).write(image, erase=False)
    data = image.path.read_bytes()
    assert bytes(board.loader.flash[0x1000 : 0x1000 + len(data)]) == data
    assert bytes(board.loader.flash[images.FILES_AT : images.FILES_AT + 5]) == b"files"


def test_erasing_deletes_the_rest(board: SimBoard, image: Image) -> None:
    board.loader.flash[FLASH_BYTES - 5 :] = b"files"
    Loader(str(board.port)).write(image, erase=True)
    assert bytes(board.loader.flash[FLASH_BYTES - 5 :]) == b"\xff" * 5
    assert 0xD0 in board.loader.seen


def test_files_of_micropython_are_seen_where_the_image_looks_for_them(
    board: SimBoard, image: Image
) -> None:
    loader = Loader(str(board.port))
    assert not loader.has_files(image)
    board.loader.flash[images.FILES_AT + 0x1008 : images.FILES_AT + 0x1010] = b"littlefs"
    assert loader.has_files(image)


def test_a_byte_that_is_not_what_was_sent_is_found_by_the_sum(
    board: SimBoard, image: Image
) -> None:
    board.loader.damage = 1
    with pytest.raises(StepError, match="the flash does not hold what was written"):
        Loader(str(board.port)).write(image, erase=False)


@pytest.mark.soak
def test_a_cable_that_comes_out_half_way_is_called_that(board: SimBoard, image: Image) -> None:
    board.loader.break_at = lambda written: written > 30_000
    with pytest.raises(StepError) as failed:
        Loader(str(board.port)).write(image, erase=False)
    assert failed.value.what == "the port went away half way"
    assert failed.value.remedy == CABLE


def test_the_other_chip_is_named_before_a_byte_is_written(board: SimBoard, tmp_path: Path) -> None:
    other = read_image(images.write(tmp_path, "esp32s3"))
    with pytest.raises(StepError, match="the chip is not the one that the board's profile names"):
        Loader(str(board.port)).write(other, erase=True)
    assert not board.loader.wrote


@pytest.mark.soak
def test_a_chip_that_does_not_listen_is_to_be_held_by_its_button(board: SimBoard) -> None:
    board.listens = False
    with pytest.raises(StepError) as failed:
        Loader(str(board.port)).chip()
    assert failed.value.what == "the chip does not listen to being programmed"
    assert failed.value.remedy == HOLD


def test_after_esptool_the_board_starts_what_is_on_its_flash(
    board: SimBoard, image: Image
) -> None:
    Loader(str(board.port)).write(image, erase=False)
    wait(lambda: b">>>" in board.said, 10.0, "a prompt")
