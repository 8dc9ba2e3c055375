# SPDX-License-Identifier: MIT
"""The README shows what the program draws, and it can be understood from its text alone."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.dashboard.pictures import FOLDER, MOMENTS_S, drawn

SAID = {
    "calm": ("UPRIGHT", "READY", "1:00 left to the limit", "no rest due"),
    "notice": ("INVERTED", "Time limit is near", "Start to come up now", "left to the limit"),
    "alarm": ("INVERTED", "Inverted too long", "Come up now", "0:03 OVER THE LIMIT"),
}
"""Posture, alarm, what to do and the time, beside what is drawn large."""


def text_of(svg: str) -> str:
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    return " ".join(unescape(" ".join(texts)).split())


@pytest.mark.parametrize("name", MOMENTS_S)
def test_a_picture_says_posture_time_alarm_and_what_to_do(name: str) -> None:
    said = text_of((FOLDER / f"{name}.svg").read_text(encoding="utf-8"))
    assert [words for words in SAID[name] if words not in said] == []


@pytest.mark.parametrize("name", MOMENTS_S)
async def test_a_picture_of_the_readme_is_what_is_drawn_now(name: str) -> None:
    """`make pictures` draws them anew; look at them before you commit them."""
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == await drawn(name)


@pytest.mark.parametrize("name", MOMENTS_S)
def test_a_picture_names_nothing_of_the_internet(name: str) -> None:
    svg = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"' )]+", svg)) <= {
        "http://www.w3.org/2000/svg",
        "https://www.textualize.io",  # in a comment: who made it
    }
