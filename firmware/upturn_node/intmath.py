# SPDX-License-Identifier: MIT
"""Square root, angle and sine in small integers.

In MicroPython a float is an object on the heap, and so is an integer beyond 30 bits on an ESP32.
Every step here stays below 2**30 and allocates nothing.
"""

from micropython import const

LONGEST_MS = const(0x3FFFFFFF)  # 12 days: where durations and counters stop

# atan(r) in 1/4 cdeg, r and r**2 in Q15: an odd polynomial of degree 9 after Abramowitz and
# Stegun, 4.4.49, wrong by 0.06 cdeg at most.
_A1 = const(22915)
_A3 = const(-7570)
_A5 = const(4129)
_A7 = const(-1951)
_A9 = const(478)


def longer(ms, dt_ms):
    """A duration, `dt_ms` later; it stops at `LONGEST_MS`."""
    return ms + dt_ms if ms < LONGEST_MS - dt_ms else LONGEST_MS


def isqrt(n):
    """The largest integer whose square is not above `n`, for 0 <= n < 2**30."""
    root = 0
    bit = 1 << 28
    while bit > n:
        bit >>= 2
    while bit:
        if n >= root + bit:
            n -= root + bit
            root = (root >> 1) + bit
        else:
            root >>= 1
        bit >>= 2
    return root


def atan2_cdeg(y, x):
    """Direction of (x, y), |x| and |y| < 2**30, in (-18000, 18000]; 0 for no direction.

    Wrong by less than 1 cdeg, whatever the length.
    """
    ax = x if x >= 0 else -x
    ay = y if y >= 0 else -y
    while ax | ay > 32767:
        ax >>= 1
        ay >>= 1
    if ax >= ay:
        if not ax:
            return 0
        r = ((ay << 15) + (ax >> 1)) // ax
    else:
        r = ((ax << 15) + (ay >> 1)) // ay
    if r > 32767:
        r = 32767
    r2 = r * r + 16384 >> 15
    angle = (_A9 * r2 + 16384 >> 15) + _A7
    angle = (angle * r2 + 16384 >> 15) + _A5
    angle = (angle * r2 + 16384 >> 15) + _A3
    angle = (angle * r2 + 16384 >> 15) + _A1
    angle = angle * r + 65536 >> 17
    if ay > ax:
        angle = 9000 - angle
    if x < 0:
        angle = 18000 - angle
    return angle if y >= 0 or angle == 18000 else -angle


def sin_q14(mdeg):
    """Sine in 1/16384 of an angle of up to 360 degrees either way, in 0.001 degree.

    Wrong by 1.5 / 16384 at most.
    """
    turned = (mdeg + 45000) % 360000
    quarter = turned // 90000
    # 18741 / 65536 turns 0.001 degree into radians in Q14
    r = (turned % 90000 - 45000) * 18741 + 32768 >> 16
    r2 = r * r + 8192 >> 14
    if quarter & 1:  # the cosine of r, else its sine
        r4 = r2 * r2 + 8192 >> 14
        value = 16384 + ((r4 * 683 - (r4 * r2 >> 14) * 23 - (r2 << 13) + 8192) >> 14)
    else:
        share = ((r2 * 137 >> 14) - 2731) * r2 + 8192 >> 14
        value = r + (share * r + 8192 >> 14)
    return -value if quarter & 2 else value


def cos_q14(mdeg):
    return sin_q14(mdeg + 90000)


def eased(mean, target, gain):
    """`mean` moved towards `target` by `gain` / 2**18, rounded, for 0 <= gain <= 2**18.

    The two may be 2**30 apart. Their product would not fit, so it is made of two.
    """
    apart = target - mean
    if gain < 16384:
        high = (apart >> 14) * gain
        low = (apart & 16383) * gain + ((high & 15) << 14)
        return mean + (high >> 4) + (low + 131072 >> 18)
    gain >>= 4
    return mean + (apart >> 14) * gain + ((apart & 16383) * gain + 8192 >> 14)
