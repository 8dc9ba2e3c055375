# SPDX-License-Identifier: MIT
"""How long a node runs."""
