# SPDX-License-Identifier: MIT
"""Whether all that a watch needs is there and well: facts are collected, and judged apart."""
