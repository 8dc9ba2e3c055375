# SPDX-License-Identifier: MIT
"""Markup that no text can break out of."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.report.markup import Style, render, tag

EVIL = "<script>alert(1)</script>\"'&amp; --> ]]> </style>"


class Read(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((name, dict(attributes)))

    def handle_data(self, text: str) -> None:
        self.text += text


def test_an_element_has_attributes_and_children() -> None:
    made = tag("p", "a", [tag("b", "c")], tag("br"), class_="x", data_label="y", id=None)
    assert render(made) == '<p class="x" data-label="y">a<b>c</b><br></p>'


def test_text_stays_text_and_an_attribute_an_attribute() -> None:
    read = Read(render(tag("p", EVIL, title=EVIL)))
    assert read.tags == [("p", {"title": EVIL})]
    assert read.text == EVIL


@given(st.text())
def test_no_text_becomes_markup(text: str) -> None:
    read = Read(render(tag("p", text, title=text)))
    assert [name for name, _ in read.tags] == ["p"]
    shown = "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)
    assert read.text == shown


def test_what_html_forbids_is_shown_as_such() -> None:
    assert render(tag("p", "a\x00\x1b[2Jb\ud800\u202e")) == "<p>a\ufffd\ufffd[2Jb\ufffd\ufffd</p>"


def test_a_sheet_that_could_end_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="style sheet"):
        Style("a {} </style><script>")
