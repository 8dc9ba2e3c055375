# SPDX-License-Identifier: MIT
"""The simulated `bluetooth` against MicroPython's own stubs for the ESP32: it has nothing more."""

from __future__ import annotations

import ast

import pytest

from tests.firmware import mpy
from tests.firmware.test_machine import classes, constants, names, public, stub

SHIM = ast.parse((mpy.DEVICE / "bluetooth.py").read_text(encoding="utf-8"))


def test_the_module_has_nothing_that_the_esp32_lacks() -> None:
    assert public(SHIM) - {"binascii", "errno", "radio_wire"} - names(stub("bluetooth")) == set()


@pytest.mark.parametrize("name", ["BLE", "UUID"])
def test_a_class_has_nothing_that_the_esp32s_lacks(name: str) -> None:
    fake, true = classes(SHIM)[name], classes(stub("bluetooth"))[name]
    assert public(fake) - names(true) == set()


def test_constants_are_the_esp32s() -> None:
    mine = {key: value for key, value in constants(SHIM).items() if not key.startswith("_")}
    true = constants(stub("bluetooth"))
    assert {key: true[key] for key in mine} == mine
