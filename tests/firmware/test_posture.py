# SPDX-License-Identifier: MIT
"""The posture at its borders: a story, and where it ends. Holds are told in samples of 20 ms."""

from __future__ import annotations

import pytest

from tests.firmware.stories import tell

UNKNOWN, UPRIGHT, LEVEL, INVERTED, OVER_ROTATED = range(5)


@pytest.mark.parametrize(
    ("story", "posture"),
    [
        ("at -45 0.02s", UPRIGHT),
        ("at -44.99 0.02s", LEVEL),
        ("upright 1s; at -35 1s", UPRIGHT),
        ("upright 1s; at -34.99 0.02s", LEVEL),
        ("level 1s; at -44.99 1s", LEVEL),
        ("level 1s; at -45 0.02s", UPRIGHT),
    ],
)
def test_upright_is_entered_at_45_and_left_at_35(bits: int, story: str, posture: int) -> None:
    assert tell(bits, story).end["posture"] == posture


@pytest.mark.parametrize(
    ("story", "posture"),
    [
        ("level 1s; at 14.99 5s", LEVEL),
        ("level 1s; at 15 0.5s", LEVEL),
        ("level 1s; at 15 0.52s", INVERTED),
        ("level 1s; at 15 0.5s; at 14.99 0.02s; at 15 0.5s", LEVEL),
        ("upright 1s; at 15 0.02s", LEVEL),
        ("at 15 0.5s", UNKNOWN),
        ("at 15 0.52s", INVERTED),
        ("inverted 1s; at 5.01 5s", INVERTED),
        ("inverted 1s; at 5 0.02s", LEVEL),
        ("inverted 1s; upright 0.02s", UPRIGHT),
    ],
)
def test_inverted_takes_half_a_second_at_15_and_ends_at_5(
    bits: int, story: str, posture: int
) -> None:
    assert tell(bits, story).end["posture"] == posture


@pytest.mark.parametrize(
    ("story", "posture"),
    [
        ("inverted 1s; at 14.99 10s", INVERTED),
        ("inverted 1s; at 14.99 10.02s", LEVEL),
        ("inverted 1s; at 5.01 9s; at 15 0.02s; at 5.01 10s", INVERTED),
        ("inverted 1s; at 10 5s; no samples 1.02s; at 10 9s", INVERTED),
        ("inverted 1s; at 10 5s; no samples 0.96s; at 10 4.06s", LEVEL),
    ],
)
def test_a_staged_return_ends_after_10_s_unbroken_below_15(
    bits: int, story: str, posture: int
) -> None:
    assert tell(bits, story).end["posture"] == posture


@pytest.mark.parametrize(
    ("story", "posture"),
    [
        ("inverted 1s; at 99.99 5s", INVERTED),
        ("inverted 1s; at 100 0.2s", INVERTED),
        ("inverted 1s; at 100 0.22s", OVER_ROTATED),
        ("level 1s; at 100 0.22s", OVER_ROTATED),
        ("over 1s; at 95 1s", OVER_ROTATED),
        ("over 1s; at 94.99 0.02s", INVERTED),
        ("over 1s; at 180 1s; at 225 1s", OVER_ROTATED),
        ("over 1s; at 180.01 0.02s; at 225.01 0.5s", UNKNOWN),
        ("over 1s; at 180.01 0.02s; at 225.01 0.52s", UPRIGHT),
        ("over 1s; at 180.01 0.02s; at 226 0.3s; at 224 0.02s; at 170 0.22s", OVER_ROTATED),
    ],
)
def test_over_rotated_takes_a_fifth_of_a_second_at_100_and_goes_on_to_225(
    bits: int, story: str, posture: int
) -> None:
    assert tell(bits, story).end["posture"] == posture


def test_an_angle_where_no_table_stands_is_unknown_and_ends_no_inversion(bits: int) -> None:
    assert tell(bits, "upright 1s; at -135 1s").end["posture"] == UNKNOWN
    assert tell(bits, "upright 1s; at -134.99 1s").end["posture"] == UPRIGHT
    end = tell(bits, "inverted 5s; at -135 2s; inverted 2s").end
    assert (end["inversions"], end["inverted"]) == (1, 8_980)
