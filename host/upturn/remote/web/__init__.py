# SPDX-License-Identifier: MIT
"""The dashboard in a browser of this computer: a process a tab, each a client of the broker."""
