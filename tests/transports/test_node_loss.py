# SPDX-License-Identifier: MIT
"""A line that loses samples is told, once it has done so for a while."""

from __future__ import annotations

import pytest

from upturn.transports.node_loss import BEATS, LineLoss
from upturn.wire.node_stream import LinkCounts


def after(*beats: tuple[int, int]) -> LineLoss:
    """Beats with so many samples that came, and so many that did not."""
    loss, counts = LineLoss(), LinkCounts()
    for came, lost in beats:
        counts.samples += came
        counts.lost += lost
        loss.beat(counts)
    return loss


@pytest.mark.parametrize(
    ("beats", "words"),
    [
        ([(50, 0)] * 30, ""),
        ([(48, 2)] * 30, ""),
        ([(96, 4), (95, 5)] * 15, ""),
        ([(95, 5)] * 30, "the line loses 5% of the samples or more"),
        ([(70, 30)] * 30, "the line loses 25% of the samples or more"),
        ([(47, 3)] * 30, "the line loses 5% of the samples or more"),
        ([(25, 25)] * BEATS, ""),
        ([(25, 25)] * (BEATS + 1), "the line loses 50% of the samples or more"),
        ([(25, 25)] * BEATS + [(50, 0)] * (BEATS + 1), ""),
        ([(0, 0)] * 30, ""),
        ([(1, 50)] * 30, "the line loses 50% of the samples or more"),
    ],
)
def test_what_is_said_of_a_line(beats: list[tuple[int, int]], words: str) -> None:
    assert after(*beats).words == words


def test_what_was_missed_while_there_was_no_link_was_not_lost_on_the_line() -> None:
    loss, counts = after(*[(50, 0)] * 30), LinkCounts()
    counts.samples = 30 * 50
    loss.begin(counts)
    loss.beat(counts)  # nothing has come yet
    counts.samples, counts.lost = counts.samples + 1, 500
    for _ in range(30):
        counts.samples += 50
        loss.beat(counts)
    assert loss.words == ""
