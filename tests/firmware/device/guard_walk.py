# SPDX-License-Identifier: MIT
"""Prints what the guard makes of each sample that comes in on stdin: ms since the last, and cdeg.

Time without samples is told in steps of 20 ms, as the node tells it. The limits come first.
"""

import sys

from upturn_node.guard import Guard

STEP_MS = 20

guard = Guard(0)
guard.set_limits(*[int(word) for word in sys.stdin.readline().split()])
for line in sys.stdin:
    dt_ms, angle_cdeg = [int(word) for word in line.split()]
    while dt_ms > STEP_MS:
        guard.idle(STEP_MS)
        dt_ms -= STEP_MS
    guard.sample(dt_ms, angle_cdeg)
    exposure = guard.exposure
    print(
        guard.posture.state,
        guard.alarms.conditions,
        exposure.inversions,
        exposure.inversion_ms,
        exposure.inverted_ms,
        exposure.exposure_ms,
        exposure.rest_ms,
    )
