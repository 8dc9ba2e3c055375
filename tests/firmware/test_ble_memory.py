# SPDX-License-Identifier: MIT
"""The node leaves a board without PSRAM the memory that Bluetooth takes there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.firmware import mpy
from tests.firmware.mpy import FIRMWARE

WORD = 32
"""As an ESP32's."""
BYTECODE_KB = 104
SOURCES_KB = 128
"""A few kB over what it takes."""


@pytest.fixture(scope="module")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("board")
    shutil.copy(FIRMWARE / "compile.py", folder)
    shutil.copytree(FIRMWARE / "upturn_node", folder / "upturn_node")
    subprocess.run([sys.executable, str(folder / "compile.py")], check=True, capture_output=True)
    return folder / "build"


def test_bytecode_needs_no_more_heap_than_that(bytecode: Path) -> None:
    mpy.need(WORD)
    assert imported(bytecode, BYTECODE_KB)


def test_sources_need_no_more_heap_than_that() -> None:
    mpy.need(WORD)
    assert imported(FIRMWARE, SOURCES_KB)


def test_while_it_runs_the_heap_is_tidied_at_the_nodes_own_times(bits: int) -> None:
    """A collection at any other moment would make a sample late."""
    code = """
import gc
from upturn_node import app
told = [gc.threshold()]
class Node(app.Node):
    def __init__(self, board, hardware, find, time):
        self.memory = self.signals = self.guard = self
        self.maintenance = False
        self.ending = app.Node.PROMPT
    def boot(self): pass
    def silence(self): pass
    def keep(self, guard): pass
    def close(self): told.append(gc.threshold())
app.Node = Node
app.Hardware = lambda board, sleep_ms: None
async def live(node): told.append(gc.threshold())
app._live = live
app.main({})
print(told)
"""
    assert mpy.run(bits, code).splitlines()[-1] == "[16384, -1, -1]"


def imported(folder: Path, heap_kb: int) -> bool:
    """With the builtin `machine`: the tests' own would need heap too."""
    out = mpy.run(
        WORD,
        "import upturn_node.app\nprint('imported')",
        heapsize=f"{heap_kb}k",
        env={"MICROPYPATH": f"{folder}:.frozen"},
    )
    return out == "imported\n"
