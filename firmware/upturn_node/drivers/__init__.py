# SPDX-License-Identifier: MIT
"""One driver a family of chips; `probe.find` says which is there."""
