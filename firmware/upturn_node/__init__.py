# SPDX-License-Identifier: MIT
"""Upturn's node: measures an inversion table's angle, streams it, and protects alone."""

import gc

VERSION = (0, 1, 0)

# What an import leaves behind is swept before it breaks up the heap: 17 kB less to start with, on
# 32 bits, for a board without PSRAM. `app.main` ends this, once all is imported.
gc.threshold(16_384)
