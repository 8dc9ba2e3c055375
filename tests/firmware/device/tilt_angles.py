# SPDX-License-Identifier: MIT
"""Prints the angle, in cdeg, of each reading that comes in on stdin.

First a line of the mounting: 1 or 0 (gyro), 9 rows, 2 offsets. Then a reading a line: ms since the
one before, and six wire units.
"""

import sys
from array import array

from upturn_node.tilt import Tilt


def main():
    numbers = [int(word) for word in sys.stdin.readline().split()]
    tilt = Tilt(bool(numbers[0]))
    tilt.mount(numbers[1:10], numbers[10:12])
    out = array("i", 6 * [0])
    for line in sys.stdin:
        dt_ms, *reading = [int(word) for word in line.split()]
        for i in range(6):
            out[i] = reading[i]
        tilt.update(out, dt_ms)
        print(tilt.angle_cdeg)


main()
