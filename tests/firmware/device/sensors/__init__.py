# SPDX-License-Identifier: MIT
"""Sensor chips as their registers show them; simulated, and never compared with real parts here.

What they do is what notes on the datasheets say, pinned by tests/firmware/test_models.py. They run
under MicroPython and CPython, and their read path allocates nothing, so that a test can tell that
the firmware allocates nothing either.
"""
