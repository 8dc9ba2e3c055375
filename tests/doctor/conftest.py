# SPDX-License-Identifier: MIT
"""The fixtures that choose the interpreter are those of the firmware's own tests."""

from tests.firmware.conftest import bits, micropython

__all__ = ["bits", "micropython"]
