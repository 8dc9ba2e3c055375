# SPDX-License-Identifier: MIT
"""A simulated node in virtual time. Argument: a JSON file, made by tests/firmware/virtual.py."""

import sys

import virtual_time

BEFORE_WRAP_MS = 100_000
"""So that both tick counts wrap soon after the start."""


def main(path):
    virtual_time.install(BEFORE_WRAP_MS)
    import virtual_node

    virtual_node.go(path)


main(sys.argv[1])
