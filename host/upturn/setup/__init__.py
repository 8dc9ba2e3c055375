# SPDX-License-Identifier: MIT
"""From the box to READY: a table of steps, each a module, and what is known of each."""
