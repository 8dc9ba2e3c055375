# SPDX-License-Identifier: MIT
"""Prints the largest error of each function of `intmath` against `math`, over dense inputs."""

import math

from upturn_node import intmath


def of_atan2(length):
    worst = 0.0
    for step in range(-3600, 3600):
        at = math.radians(step * 0.05 + 0.013)
        x, y = int(length * math.cos(at)), int(length * math.sin(at))
        error = intmath.atan2_cdeg(y, x) - math.degrees(math.atan2(y, x)) * 100.0
        worst = max(worst, min(abs(error), abs(abs(error) - 36000.0)))
    return worst


def of_sine():
    worst = 0.0
    for mdeg in range(-360000, 360001, 37):
        angle = math.radians(mdeg / 1000.0)
        worst = max(worst, abs(intmath.sin_q14(mdeg) - 16384.0 * math.sin(angle)))
        worst = max(worst, abs(intmath.cos_q14(mdeg) - 16384.0 * math.cos(angle)))
    return worst


def roots_are_floors():
    numbers = list(range(5000))
    for root in range(1, 32768, 7):
        numbers += [root * root - 1, root * root, root * root + 1]
    numbers.append((1 << 30) - 1)
    for n in numbers:
        root = intmath.isqrt(n)
        if not root * root <= n < (root + 1) * (root + 1):
            return False
    return True


def of_easing():
    """Largest difference from the exact step, in units of the result."""
    worst = 0.0
    for mean in (-(1 << 29), -12345678, -1, 0, 1, 16383, (1 << 29) - 1):
        for target in (-(1 << 29), -(1 << 20) - 1, -1, 0, 5, 16384, (1 << 29) - 1):
            for gain in (0, 1, 2, 13, 653, 16383, 16384, 43690, 262143, 262144):
                taken = gain if gain < 16384 else gain & ~15
                exact = mean + (target - mean) * taken / 262144
                worst = max(worst, abs(intmath.eased(mean, target, gain) - exact))
    return worst


for length in (500, 2048, 32767, 32768, 1 << 22, (1 << 29) - 1):
    print("atan2", length, of_atan2(length))
print("sine", of_sine())
print("isqrt", roots_are_floors())
print("eased", of_easing())
