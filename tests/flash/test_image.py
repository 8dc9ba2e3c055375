# SPDX-License-Identifier: MIT
"""A file is MicroPython for that chip and whole, or it is refused before a board is touched."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.flash import images
from upturn.errors import InputError
from upturn.flash.image import MAX_BYTES, Image, kept_by_mpflash, read_image


@pytest.mark.parametrize("chip", images.STARTS)
def test_a_whole_image_tells_its_chip_its_place_and_where_the_files_are(
    chip: str, tmp_path: Path
) -> None:
    path = images.write(tmp_path, chip)
    found = read_image(path, chip)
    assert found == Image(path, chip, images.STARTS[chip], images.FILES_AT, "v1.29.0")


@pytest.mark.parametrize("chip", images.STARTS)
def test_esptool_itself_calls_the_images_of_these_tests_sound(chip: str, tmp_path: Path) -> None:
    told = ""
    for at in (0, images.PROGRAM_AT - images.STARTS[chip]):
        path = tmp_path / "part.bin"
        path.write_bytes(images.image(chip)[at:])
        words = [sys.executable, "-m", "esptool", "image-info", str(path)]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        told = done.stdout
        assert len(re.findall(r"\(valid\)", told)) == 2, told
        assert f"Chip ID: {images.NUMBERS[chip]} " in told
    assert re.search(r"Project name: +micropython", told)


SMALL = images.image(size=3000)
PROGRAM = images.PROGRAM_AT - images.STARTS["esp32"]


@given(st.integers(0, len(SMALL) - 1))
def test_a_file_that_was_cut_off_anywhere_is_refused(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "cut.bin"
    path.write_bytes(SMALL[:length])
    with pytest.raises(InputError):
        read_image(path)


@given(st.integers(PROGRAM, len(SMALL) - 1), st.integers(1, 255))
def test_a_program_with_another_byte_is_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, change: int
) -> None:
    data = bytearray(SMALL)
    data[at] ^= change
    path = tmp_path_factory.mktemp("damaged") / "damaged.bin"
    path.write_bytes(data)
    with pytest.raises(InputError):
        read_image(path)


WRONG: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "it is empty"),
    "text": (b"<html>not found</html>", "it is no image for an ESP32"),
    "uf2": (b"UF2\nWQ]\x9e", "it is an .uf2, and the .bin is wanted"),
    "an S2's": (
        images.image(bootloader=images.part("esp32s2", [bytes(8)])),
        "it is for an ESP32S2, of which no board of Upturn's is",
    ),
    "an update": (
        images.part("esp32", [images.description(), bytes(40_000)]),
        (
            "it is not the whole image: there is no table of partitions in it. An .app-bin or an "
            "OTA file only updates a board that runs"
        ),
    ),
    "no files": (
        images.image(partitions=images.table("spiffs")),
        "it leaves no room for files, as MicroPython's image does",
    ),
    "another's": (
        images.image(program=images.part("esp32", [images.description("blink"), bytes(9)])),
        "it holds 'blink', and not MicroPython",
    ),
    "two chips": (
        images.image(program=images.part("esp32s3", [images.description(), bytes(9)])),
        "its parts are for different chips",
    ),
    "too large": (
        images.image(partitions=images.table(program_room=0x8000)),
        "its program is larger than the room for it",
    ),
    "no program": (images.image(program=bytes(64)), "there is no program in it"),
    "a damaged bootloader": (
        images.image(bootloader=images.part("esp32", [bytes(8)])[:-1] + b"\0"),
        "its bootloader is damaged",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_file_that_is_something_else_is_refused_by_what_it_is(kind: str, tmp_path: Path) -> None:
    data, what = WRONG[kind]
    path = tmp_path / "wrong.bin"
    path.write_bytes(data)
    with pytest.raises(InputError) as refused:
        read_image(path)
    remedy = "Download it anew from micropython.org/download"
    assert str(refused.value) == f"{path}: {what}. {remedy}"


def test_an_image_for_the_other_chip_is_refused(tmp_path: Path) -> None:
    path = images.write(tmp_path, "esp32s3")
    with pytest.raises(InputError, match="it is for an ESP32S3, and the board has an ESP32"):
        read_image(path, "esp32")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.bin"
    with pytest.raises(InputError) as refused:
        read_image(path)
    assert str(refused.value) == (
        f"{path}: No such file or directory. Name MicroPython's .bin file"
    )


def test_of_what_mpflash_keeps_the_newest_release_of_that_very_build_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "esp32"
    folder.mkdir()
    for name in (
        "ESP32_GENERIC-v1.9.4.bin",
        "ESP32_GENERIC-v1.25.0.bin",
        "ESP32_GENERIC-20260829-v1.29.0.bin",
        "ESP32_GENERIC-v1.30.0-preview.12.bin",
        "ESP32_GENERIC-SPIRAM-v1.30.0.bin",
        "ESP32_GENERIC_S3-v1.30.0.bin",
        "ESP32_GENERIC-v1.31.0.app-bin",
    ):
        (folder / name).touch()
    monkeypatch.setenv("MPFLASH_FIRMWARE", str(tmp_path))
    kept = kept_by_mpflash("ESP32_GENERIC")
    assert kept == folder / "ESP32_GENERIC-20260829-v1.29.0.bin"
    assert kept_by_mpflash("SEEED_XIAO_ESP32S3") is None
    (folder / "SEEED_XIAO_ESP32S3-v1.22.2.bin").touch()
    assert kept_by_mpflash("SEEED_XIAO_ESP32S3") is None


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (os.mkfifo, "is not a file"),
        (lambda path: path.symlink_to("/dev/zero"), "is not a file"),
        (Path.mkdir, "is a folder"),
        (sparse, f"has {MAX_BYTES + 1} bytes"),
        (lambda path: path.symlink_to(path), os.strerror(errno.ELOOP)),
    ],
)
def test_what_is_no_file_of_such_a_size_is_not_read(
    make: Callable[[Path], None], why: str, tmp_path: Path
) -> None:
    path = tmp_path / "image.bin"
    make(path)
    with pytest.raises(InputError) as refused:
        read_image(path)
    assert str(refused.value) == f"{path}: {why}. Name MicroPython's .bin file"
