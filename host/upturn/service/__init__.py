# SPDX-License-Identifier: MIT
"""The shell around the core: one asyncio loop, its clock and its queues."""
