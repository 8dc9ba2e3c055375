# SPDX-License-Identifier: MIT
"""A simulated node whose prompt has a raw mode. Argument: a JSON file, by tests/flash/board.py."""

import json
import sys

import board_time


def main(path):
    board_time.install()
    import chip
    import raw_prompt
    import start

    with open(path) as file:
        raw_prompt.Prompt.machine = json.load(file)["machine"]
    run = start.run

    def run_until_stopped(flash):
        chip.log.note("run", 1)
        try:
            run(flash)
        except KeyboardInterrupt:
            pass  # as on a board: the prompt is next

    start.run = run_until_stopped
    start.prompt = raw_prompt.prompt
    start.go(path)


main(sys.argv[1])
