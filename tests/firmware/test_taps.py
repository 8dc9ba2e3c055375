# SPDX-License-Identifier: MIT
"""Three taps on the frame: a call, unless upright. Forces are in mg, samples 20 ms apart."""

from __future__ import annotations

import pytest

from tests.firmware import mpy

CODE = """
from upturn_node.taps import Taps
taps, heard, t_ms, usual = Taps(), [], 0, {usual}
for word in {story!r}.split():
    upright = word.endswith("u")
    mg, at_ms = [int(number) for number in word.strip("u").split("@")]
    while t_ms < at_ms - 20:
        t_ms += 20
        taps.step(20, usual, usual, upright)
    t_ms += 20
    if taps.step(20, max(mg, usual), min(mg, usual), upright):
        heard.append(t_ms)
print(heard, taps.calls)
"""


def heard(bits: int, story: str, usual: int = 1000) -> str:
    """MG@MS is what stands out of `usual`, `u` behind it: upright; when taps were heard, calls."""
    return mpy.run(bits, CODE.format(story=story, usual=usual)).strip()


def test_three_taps_are_a_call(bits: int) -> None:
    assert heard(bits, "1500@1000 3000@1400 1250@1800") == "[1000, 1400, 1800] 1"


def test_a_tap_that_pulls_against_gravity_is_one_too(bits: int) -> None:
    assert heard(bits, "500@1000 0@1400 1250@1800") == "[1000, 1400, 1800] 1"


@pytest.mark.parametrize("mg", [1149, 851])
def test_less_than_a_light_blow_is_no_tap(bits: int, mg: int) -> None:
    assert heard(bits, f"{mg}@1000 {mg}@1400 {mg}@1800") == "[] 0"


@pytest.mark.parametrize("usual_mg", [850, 1100, 1400])
def test_a_tap_stands_out_from_what_the_sensor_usually_reads(bits: int, usual_mg: int) -> None:
    apart_mg = (140, 160, -140, -160)
    story = " ".join(f"{usual_mg + mg}@{20_000 + 1000 * k}" for k, mg in enumerate(apart_mg))
    taps = heard(bits, story, usual_mg)
    assert [int(t) for t in taps[1 : taps.index("]")].split(",")][-2:] == [21_000, 23_000]
    assert "20000" not in taps
    assert "22000" not in taps


@pytest.mark.parametrize(("apart_ms", "calls"), [(140, 0), (160, 1), (700, 1), (720, 0)], ids=str)
def test_they_are_150_to_700_ms_apart(bits: int, apart_ms: int, calls: int) -> None:
    story = f"2000@1000 2000@{1000 + apart_ms} 2000@{1000 + 2 * apart_ms}"
    assert heard(bits, story).endswith(f" {calls}")


def test_a_tap_that_rings_is_one_and_does_not_restart_the_time(bits: int) -> None:
    assert heard(bits, "5000@1000 200@1020 1400@1040 1600@1100 5000@1400 5000@1800") == (
        "[1000, 1400, 1800] 1"
    )
    assert heard(bits, " ".join(f"2000@{t}" for t in range(1000, 3000, 20))) == "[1000] 0"


def test_while_upright_taps_mean_nothing_and_start_nothing(bits: int) -> None:
    assert heard(bits, "2000@1000u 2000@1400u 2000@1800u") == "[1000, 1400, 1800] 0"
    assert heard(bits, "2000@1000u 2000@1400u 2000@1800") == "[1000, 1400, 1800] 0"


def test_each_triple_is_a_call_and_calls_wrap(bits: int) -> None:
    six = " ".join(f"2000@{1000 + 400 * k}" for k in range(6))
    assert heard(bits, six).endswith(" 2")
    many = " ".join(f"2000@{1000 + 400 * k}" for k in range(3 * 257))
    assert heard(bits, many).endswith(" 1")
