# SPDX-License-Identifier: MIT
"""The node's count of inverted time. What wipes it is in `test_guard.py`, that it is the host's in
`test_same_judgement.py`.
"""

from __future__ import annotations

import pytest

from tests.firmware import mpy
from tests.firmware.stories import tell


@pytest.mark.parametrize(
    ("story", "inverted_ms", "exposure_ms"),
    [
        ("upright 1s; inverted 5s; upright 1s", 5_000, 5_000),  # from the crossing on
        ("upright 1s; inverted 0.5s; upright 1s", 0, 0),  # a bump
        ("level 1s; no samples 4s; inverted 1s", 5_000, 5_000),  # it began before the gap's end
        ("upright 1s; no samples 4s; inverted 1s", 5_000, 980),  # but nobody was head-down then
        ("level 1s; no samples 4s; level 1s", 0, 0),
        ("inverted 1s; no samples 4s; level 1s", 5_000, 5_000),
        ("inverted 5s; at 10 5s; inverted 5s; upright 1s", 15_000, 15_000),
        ("inverted 5s; at 10 11s; upright 1s", 15_000, 15_000),  # the staged end counts
        ("inverted 5s; upright 5s; inverted 5s; upright 1s", 10_000, 10_000),
    ],
)
def test_what_counts_as_inverted_and_as_exposure(
    bits: int, story: str, inverted_ms: int, exposure_ms: int
) -> None:
    end = tell(bits, story).end
    assert (end["inverted"], end["exposure"]) == (inverted_ms, exposure_ms)


@pytest.mark.parametrize(
    ("story", "rest_ms"),
    [
        ("inverted 5s; upright 5.02s", 5_000),
        ("inverted 5s; at 5 5.02s", 5_000),
        ("inverted 5s; upright 5s; at 5.01 5s; upright 0.04s", 5_020),
        ("inverted 5s; upright 5.02s; no samples 3s", 5_000),  # not said before the next sample
        ("inverted 5s; upright 5.02s; no samples 0.96s; upright 0.02s", 5_980),
        ("inverted 5s; upright 5.02s; no samples 1s; upright 0.02s", 5_000),
        ("inverted 5s; upright 5.02s; inverted 2s", 5_020),  # as the host's: until the next ends
        ("inverted 5s; upright 5.02s; inverted 2s; upright 0.02s", 0),
    ],
)
def test_rest_needs_samples_at_5_degrees_or_less(bits: int, story: str, rest_ms: int) -> None:
    assert tell(bits, story).end["rest"] == rest_ms


def test_an_open_inversion_is_never_0_ms_long_and_the_count_of_inversions_wraps(
    bits: int,
) -> None:
    code = """
from upturn_node.exposure import Exposure
exposure = Exposure(3, 90000)
for _ in range(65537):
    exposure.start(0, 0)
    opened = exposure.inversion_ms
    exposure.end()
print(exposure.epoch, exposure.inversions, opened, exposure.inversion_ms)
"""
    assert mpy.run(bits, code) == "3 1 1 0\n"
