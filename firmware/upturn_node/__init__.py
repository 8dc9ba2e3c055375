# SPDX-License-Identifier: MIT
"""Upturn's node: measures an inversion table's angle, streams it, and protects alone."""

VERSION = (0, 1, 0)
