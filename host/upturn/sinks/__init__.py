# SPDX-License-Identifier: MIT
"""Where events go."""
