# SPDX-License-Identifier: MIT
"""Pure painters: a view and a size in, lines of styled text out."""
