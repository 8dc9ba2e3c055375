# SPDX-License-Identifier: MIT
"""The spotter's screen."""
