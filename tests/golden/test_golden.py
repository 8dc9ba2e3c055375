# SPDX-License-Identifier: MIT
"""Every trace is judged as its golden timeline says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.timelines import GOLDEN, golden_of, timeline, traces
from tests.traces.make import ACTED, TRACES
from upturn.core.alarm_table import AlarmId

LIVE_ONLY = {AlarmId.NO_SIGNAL_YET, AlarmId.TEST_ALARM, AlarmId.LEFT_INVERTED}
"""Raised by the absence of any sample, which no file can hold, and by somebody who tries it."""


@pytest.mark.parametrize("trace", traces(), ids=lambda path: path.name.split(".")[0])
def test_a_trace_is_judged_as_its_golden_timeline_says(trace: Path) -> None:
    """After an intended change: python -m tests.golden.timelines, and read the diff."""
    assert timeline(trace) == golden_of(trace).read_text()


def test_every_row_of_the_list_is_a_trace_with_a_golden_timeline() -> None:
    names = {trace.name for trace in TRACES} | {acted.name for acted in ACTED}
    assert {path.name.split(".")[0] for path in traces()} == names
    assert {path.stem for path in GOLDEN.glob("*.txt")} == names


def test_every_alarm_that_a_file_can_raise_is_raised_in_some_trace() -> None:
    told = "".join(path.read_text() for path in GOLDEN.glob("*.txt"))
    silent = {id for id in AlarmId if f"{id} #1 raised" not in told}
    assert silent == LIVE_ONLY


@pytest.mark.parametrize(
    "script",
    ["normal", "two-inversions", "over-rest", "mounting-bumps", "slow-return", "staged-rest"],
)
def test_normal_use_stays_silent(script: str) -> None:
    for golden in GOLDEN.glob(f"{script}-*.txt"):
        assert golden.read_text().endswith("alarms: none\n")


def test_rocking_within_the_limits_raises_rest_short_and_no_more() -> None:
    assert (GOLDEN / "rocking-mpu6050.txt").read_text().endswith("alarms: rest_short 1x\n")
