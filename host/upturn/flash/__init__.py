# SPDX-License-Identifier: MIT
"""Puts MicroPython and the node's firmware on a board.

Three laws. Whoever is upside down on a node keeps it: it is asked to stop, and may refuse. What is
half done never runs: a node's `main.py` goes first and comes last, when all else was read back
and found right. And done is what the node itself says, in the protocol's own words.

esptool and mpremote are run as programs. The first is under the GPL, and neither its makers nor
mpremote's promise an interface to other programs; a program can be ended, too, where it hangs.
"""
