# SPDX-License-Identifier: MIT
"""bleak has its BlueZ backend on Linux only; elsewhere there is nothing to collect here."""

from __future__ import annotations

import sys

if sys.platform != "linux":
    collect_ignore_glob = ["*"]
