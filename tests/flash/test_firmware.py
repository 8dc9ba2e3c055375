# SPDX-License-Identifier: MIT
"""The node's firmware is found in a clone and in an installed package, and compiled."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.firmware.mpy import FIRMWARE
from upturn.errors import RunError
from upturn.flash.firmware import LIBRARY, Firmware, compiled, find_firmware, sums
from upturn.flash.image import STARTS_AT
from upturn.flash.work import CHIPS_OF


def test_in_a_clone_it_is_that_of_the_clone() -> None:
    found = find_firmware()
    assert found.folder == FIRMWARE
    assert sorted(found.boards) == sorted(p.name for p in (FIRMWARE / "boards").iterdir())


def test_in_an_installed_package_it_is_in_the_package(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "upturn"
    ignored = shutil.ignore_patterns("build", "__pycache__")
    shutil.copytree(FIRMWARE, package / "firmware", ignore=ignored)
    found = find_firmware(package)
    assert found.folder == package / "firmware"
    assert (found.version, list(found.boards)) == _told(find_firmware())


def test_where_it_is_missing_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="firmware is not with this installation"):
        find_firmware(tmp_path / "a" / "upturn")


def test_every_board_has_its_chips_and_an_address_for_its_image() -> None:
    boards = find_firmware().boards
    assert sorted(CHIPS_OF) == sorted(boards)
    assert {board.chip for board in boards.values()} == set(STARTS_AT)


def test_a_board_goes_by_its_folder_and_by_what_the_node_calls_it() -> None:
    firmware = find_firmware()
    feather = firmware.boards["feather_esp32_v2_lis3dh"]
    assert firmware.board_named("feather_esp32_v2_lis3dh") == feather
    assert firmware.board_named("feather_lis3dh") == feather
    assert firmware.board_named("toaster") is None


def test_what_goes_on_a_board_is_every_module_as_bytecode_its_profile_and_main(
    tmp_path: Path,
) -> None:
    firmware = find_firmware()
    files = compiled(firmware, firmware.boards["m5stickc_plus2"], tmp_path)
    modules = (FIRMWARE / "upturn_node").rglob("*.py")
    expected = {
        f"{LIBRARY}/{path.relative_to(FIRMWARE / 'upturn_node').with_suffix('.mpy').as_posix()}"
        for path in modules
    }
    assert set(files) == {*expected, "/board.py", "/boot.py", "/main.py"}
    assert list(files)[-1] == "/main.py"
    assert all(len(text) == 64 for text in sums(files).values())


def test_firmware_that_does_not_compile_is_an_error_of_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "firmware"
    shutil.copytree(FIRMWARE, broken, ignore=shutil.ignore_patterns("build", "__pycache__"))
    (broken / "upturn_node" / "app.py").write_text("def (:\n")
    firmware = find_firmware()
    whole = Firmware(broken, firmware.version, firmware.boards)
    with pytest.raises(RunError, match=r"^the firmware does not compile: .*SyntaxError"):
        compiled(whole, firmware.boards["devkitc_gy521"], tmp_path / "out")


def _told(firmware: Firmware) -> tuple[str, list[str]]:
    return firmware.version, list(firmware.boards)
