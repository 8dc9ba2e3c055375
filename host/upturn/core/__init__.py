# SPDX-License-Identifier: MIT
"""The deciding core: pure, no I/O, no clock; time comes in as an argument."""
