# SPDX-License-Identifier: MIT
"""Nodes by Bluetooth Low Energy."""
