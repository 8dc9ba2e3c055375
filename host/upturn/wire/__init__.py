# SPDX-License-Identifier: MIT
"""Bytes to messages to samples, and commands to bytes: pure, no I/O and no clock."""
