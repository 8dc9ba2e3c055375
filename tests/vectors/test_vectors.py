# SPDX-License-Identifier: MIT
"""The committed vectors and the protocol's examples are what the reference makes."""

from __future__ import annotations

import json

from tests.vectors.cases import EXAMPLES, FROM_HOST, FROM_NODE
from tests.vectors.make import PROTOCOL, VECTORS, protocol_text, vectors, vectors_text
from tests.vectors.reference import TYPES, VERBS, checked, line


def test_the_committed_vectors_are_those_that_the_reference_makes() -> None:
    assert VECTORS.read_text(encoding="utf-8") == vectors_text(), "python -m tests.vectors.make"
    assert json.loads(vectors_text()) == vectors()


def test_the_protocols_page_shows_the_same_examples() -> None:
    page = PROTOCOL.read_text(encoding="utf-8")
    assert page == protocol_text(page), "python -m tests.vectors.make"


def test_every_type_and_every_verb_has_a_vector_and_every_type_an_example() -> None:
    assert {kind for _, kind, _ in (*FROM_NODE, *FROM_HOST)} == set(TYPES)
    assert {fields["verb"] for _, _, fields in FROM_HOST} == set(VERBS)
    assert {kind for kind, _ in EXAMPLES} == set(TYPES)


def test_the_reference_has_the_published_check_value_inverted() -> None:
    assert checked([b"123456789"])[-1] == bytes.fromhex("de30fd")
    assert 0x21CF02 ^ 0xFFFFFF == 0xDE30FD


def test_the_reference_escapes_what_each_side_has_to() -> None:
    raw = bytes.fromhex("7e 7d 03 20")
    assert line(raw, from_host=False).hex(" ") == "7e 7d 5e 7d 5d 03 20 7e"
    assert line(raw, from_host=True).hex(" ") == "7e 7d 5e 7d 5d 7d 23 20 7e"
