# SPDX-License-Identifier: MIT
"""A simulated node in real time. Argument: a JSON file, made by tests/firmware/node.py."""

import sys

import board_time


def main(path):
    board_time.install()
    import start

    start.go(path)


main(sys.argv[1])
