# SPDX-License-Identifier: MIT
"""Upturn: a sensor-based safety monitor for inversion tables."""

__version__ = "0.1.0"
