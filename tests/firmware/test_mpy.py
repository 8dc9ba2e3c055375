# SPDX-License-Identifier: MIT
"""The runner of MicroPython, and the facts about the interpreter that other tests lean on."""

from __future__ import annotations

import pytest

from tests.firmware import mpy

SMALL_INT_BITS = {64: 62, 32: 30}


def test_the_output_of_code_comes_back(bits: int) -> None:
    assert mpy.run(bits, "import sys; print(sys.implementation.name)") == "micropython\n"


def test_code_sees_the_firmware_the_fakes_and_what_is_frozen(bits: int) -> None:
    text = mpy.run(bits, "import asyncio, sys; print(sys.path)")
    assert str(mpy.FIRMWARE) in text
    assert str(mpy.DEVICE) in text


def test_an_error_in_the_code_is_an_error_with_its_traceback(bits: int) -> None:
    with pytest.raises(mpy.ScriptError, match="ValueError: told"):
        mpy.run(bits, "raise ValueError('told')")


def test_small_integers_are_those_of_the_word_size(bits: int) -> None:
    code = f"""
import gc
def taken(x, more):
    before = gc.mem_alloc()
    x + more
    return gc.mem_alloc() - before
half = 1 << {SMALL_INT_BITS[bits] - 1}
gc.collect(); gc.disable()
print(taken(half, half - 1), taken(half, half) > 0)
"""
    assert mpy.run(bits, code) == "0 True\n"
