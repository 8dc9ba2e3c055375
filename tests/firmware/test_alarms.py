# SPDX-License-Identifier: MIT
"""The node's table of alarms against the host's: the same priorities, and the same ways to end."""

from __future__ import annotations

import json

from tests.firmware import mpy
from upturn.core.alarm_table import ALARMS, AlarmId, Clear

# What the host knows by another name: the node's own silence is the host's loss of signal.
NODE_ONLY = {"host_silent": AlarmId.SIGNAL_LOST, "no_samples": AlarmId.SIGNAL_LOST}


def rows(bits: int) -> list[list[object]]:
    found: list[list[object]] = json.loads(
        mpy.run(
            bits, "import json\nfrom upturn_node import alarms\nprint(json.dumps(alarms.ROWS))"
        )
    )
    return found


def test_each_row_is_that_of_the_host(bits: int) -> None:
    for _, name, priority, latches, pausable in rows(bits):
        assert isinstance(name, str)
        spec = ALARMS[NODE_ONLY.get(name) or AlarmId(name)]
        assert priority == max(spec.priorities), name
        assert latches is (spec.clear is Clear.AFTER_ACKNOWLEDGE), name
        if name not in NODE_ONLY:  # its audio cannot be paused after an inverted sample
            assert pausable is spec.pausable, name


def test_each_row_has_a_bit_of_its_own(bits: int) -> None:
    assert [row[0] for row in rows(bits)] == [1 << k for k in range(8)]
