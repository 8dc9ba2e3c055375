# SPDX-License-Identifier: MIT
"""Runs code of the firmware, or of tests/firmware/device, under real MicroPython."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.firmware import interpreter

FIRMWARE = Path(__file__).parents[2] / "firmware"
DEVICE = Path(__file__).parent / "device"

TIMEOUT_S = 120.0
"""A script that takes longer hangs: none of them waits in real time."""


class ScriptError(Exception):
    """A script ended with an error; the text is what it wrote to stderr."""


def search_path(*first: Path) -> str:
    """MICROPYPATH: the firmware as it is, the fakes around it, and what is frozen in."""
    return ":".join([*map(str, first), str(DEVICE), str(FIRMWARE), ".frozen"])


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of an interpreter: nothing of the developer's own."""
    return {"MICROPYPATH": search_path(), "LC_ALL": "C.UTF-8", **(extra or {})}


def argv(bits: int, script: str | Path, *args: object, heapsize: str | None = None) -> list[str]:
    """A file is run as it is (its name alone means tests/firmware/device), other text as code."""
    words = interpreter.command(bits)
    if heapsize is not None:
        words += ["-X", f"heapsize={heapsize}"]
    if isinstance(script, Path):
        words.append(str(script))
    elif script.endswith(".py"):
        words.append(str(DEVICE / script))
    else:
        words += ["-c", script]
    return words + [str(arg) for arg in args]


def run(
    bits: int,
    script: str | Path,
    *args: object,
    stdin: bytes | None = None,
    heapsize: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """What the script or code wrote to stdout; its files are in `cwd`, or lost.

    Raises:
        ScriptError: it ended with anything but 0.
    """
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            argv(bits, script, *args, heapsize=heapsize),
            input=stdin if stdin is not None else b"",
            env=environment(env),
            cwd=cwd or scratch,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    if done.returncode:
        told = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise ScriptError(f"exit {done.returncode}: {told}")
    return done.stdout.decode()


def need(bits: int) -> None:
    """Skip the test where that interpreter is missing; fail it where one is required."""
    try:
        interpreter.command(bits)
    except interpreter.MissingError as missing:
        if interpreter.REQUIRED in os.environ:
            pytest.fail(str(missing))
        pytest.skip(str(missing))
