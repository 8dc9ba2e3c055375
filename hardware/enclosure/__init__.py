# SPDX-License-Identifier: MIT
"""Enclosure, clip and cradle as code: what is printed follows from `parameters`."""
