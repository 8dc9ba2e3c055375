# SPDX-License-Identifier: MIT
"""Where samples come from: replayed files, the simulator, links to a node."""
