# SPDX-License-Identifier: MIT
"""What of the guard outlives a reset, in memory that does: 50 bytes with their check.

What a few samples bring back is left out: dwells, and how long the angle was too steep.
"""

from struct import pack_into, unpack_from

from micropython import const

from upturn_node.crc24 import is_sealed, seal
from upturn_node.posture import OVER_ROTATED

BYTES = 50

_VERSION = const(1)
_FORM = "<BBBBHBBBiiiiiiiiih"
_LENGTH = const(47)
_OPEN = const(0x01)
_ALONE = const(0x02)
_PAUSED = const(0x04)
_SEEN = const(0x08)
_OVER = const(0x10)
_RAISED = const(0x20)


def write(guard, buffer):
    """Save; no heap is used."""
    exposure = guard.exposure
    no_return = guard.no_return
    alarms = guard.alarms
    bits = (
        (_OPEN if exposure.open else 0)
        | (_ALONE if guard.alone else 0)
        | (_PAUSED if guard.host_paused else 0)
        | (_SEEN if guard.seen else 0)
        | (_OVER if no_return.over else 0)
        | (_RAISED if no_return.raised else 0)
    )
    pack_into(
        _FORM,
        buffer,
        0,
        _VERSION,
        exposure.epoch,
        guard.posture.state | guard.host_priority << 4,
        bits,
        exposure.inversions,
        alarms.active,
        alarms.conditions,
        alarms.acknowledged,
        exposure.exposure_ms,
        exposure.inversion_ms,
        exposure.inverted_ms,
        exposure.rest_ms,
        guard.silent_ms,
        guard.gap_ms,
        no_return.over_ms,
        no_return.progress_ms,
        alarms.pause_ms,
        no_return.lowest_cdeg,
    )
    seal(buffer, _LENGTH)


def read(guard, buffer):
    """Restore; False, and the guard is as it was, if this is not what `write` wrote."""
    if len(buffer) < BYTES or buffer[0] != _VERSION or not is_sealed(buffer, BYTES):
        return False
    saved = unpack_from(_FORM, buffer, 0)
    state = saved[2] & 0x0F
    if state > OVER_ROTATED:
        return False
    exposure = guard.exposure
    no_return = guard.no_return
    alarms = guard.alarms
    bits = saved[3]
    guard.posture.take(state)
    guard.host_priority = saved[2] >> 4
    guard.alone = bool(bits & _ALONE)
    guard.host_paused = bool(bits & _PAUSED)
    guard.seen = bool(bits & _SEEN)
    exposure.open = bool(bits & _OPEN)
    no_return.over = bool(bits & _OVER)
    no_return.raised = bool(bits & _RAISED)
    exposure.epoch = saved[1]
    exposure.inversions = saved[4]
    alarms.active, alarms.conditions, alarms.acknowledged = saved[5:8]
    exposure.exposure_ms, exposure.inversion_ms = saved[8:10]
    exposure.inverted_ms, exposure.rest_ms = saved[10:12]
    guard.silent_ms, guard.gap_ms = saved[12:14]
    no_return.over_ms, no_return.progress_ms, alarms.pause_ms, no_return.lowest_cdeg = saved[14:18]
    return True
