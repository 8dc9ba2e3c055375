# SPDX-License-Identifier: MIT
"""An estimator that hands every sample to its judge, so that the guards can be judged too."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from upturn.core.sample import Sample
from upturn.core.tilt import Block, Judge, Reading, Tilt


class Unguarded(Tilt):
    """The streaming filter, for a judge that is asked about every sample."""

    def feed(self, samples: Sequence[Sample], judge: Judge) -> None:
        super().feed(samples, _EveryOne(judge))


class _EveryOne:
    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.due_s = -inf
        self.low_deg = inf
        self.motion_matters = True

    def on_sample(self, reading: Reading) -> None:
        self._judge.on_sample(reading)

    def on_block(self, block: Block) -> None:
        self._judge.on_block(block)
