# SPDX-License-Identifier: MIT
"""What is private shows to who sits at the computer, and to nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.doctor.findings import Curtain, address, known, private, shaped, shown


@given(st.lists(st.text(max_size=12), max_size=4))
def test_whatever_a_name_holds_it_is_behind_the_curtain_and_what_stands_beside_is_not(
    names: list[str],
) -> None:
    words = "|".join(["before", *(private(name, "node") for name in names), "after"])
    curtain = Curtain()
    hidden = curtain(words).split("|")
    numbers: dict[str, int] = {}
    for name in names:
        numbers.setdefault(name, len(numbers) + 1)
    assert hidden == ["before", *(f"<node {numbers[name]}>" for name in names), "after"]
    assert shown(words).isprintable()
    assert len(curtain.hidden) == len(numbers)


def test_two_kinds_are_numbered_apart() -> None:
    curtain = Curtain()
    first = f"{private('den', 'node')} on {private('cu.den', 'port')}"
    assert curtain(first) == "<node 1> on <port 1>"
    assert curtain(private("attic", "node")) == "<node 2>"
    assert curtain(private("den", "node")) == "<node 1>"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("24:0A:C4:12:34:56", "<240ac4... 1>"),
        ("240ac4123456", "<240ac4... 1>"),
        ("24-0a-c4-12-34-56", "<240ac4... 1>"),
        ("6F1D0B5E-1111-4A4A-8888-123456789ABC", "<an address 1>"),
        ("den", "<an address 1>"),
    ],
)
def test_of_an_address_only_the_maker_is_told(text: str, hidden: str) -> None:
    assert Curtain()(address(text)) == hidden
    assert shown(address(text)) == text


def test_our_own_words_and_harmless_shapes_are_told_as_they_are() -> None:
    curtain = Curtain()
    assert curtain(known("it does not answer", {"it does not answer"})) == "it does not answer"
    assert curtain(known("ann's broker says no", ())) == "<its words 1>"
    assert curtain(shaped("/dev/ttyUSB0", r"/dev/ttyUSB\d+", "port")) == "/dev/ttyUSB0"
    assert curtain(shaped("/dev/ttyUSB0x", r"/dev/ttyUSB\d+", "port")) == "<port 1>"
