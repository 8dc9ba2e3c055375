# SPDX-License-Identifier: MIT
"""Bytes to frames to samples: pure, no I/O and no clock."""
