# SPDX-License-Identifier: MIT
"""Names of topics: made and taken apart alike, and every id legal in them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.sinks.mqtt.topics import (
    MAX_ID,
    OWNER_FILTER,
    NodeTopics,
    host_availability,
    node_of,
    slug,
)

LEGAL = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_ID}}}")
ids = st.from_regex(LEGAL, fullmatch=True)


def test_a_node_has_a_branch_of_its_own() -> None:
    topics = NodeTopics("a1b2")
    assert (
        topics.availability,
        topics.state,
        topics.alarms,
        topics.event,
        topics.owner,
        topics.command,
        topics.command_to("acknowledge"),
    ) == (
        "upturn/a1b2/availability",
        "upturn/a1b2/state",
        "upturn/a1b2/alarms",
        "upturn/a1b2/event",
        "upturn/a1b2/owner",
        "upturn/a1b2/command/#",
        "upturn/a1b2/command/acknowledge",
    )


def test_a_host_has_a_leaf() -> None:
    assert host_availability("clinic-2") == "upturn/clinic-2/availability"


def test_the_owners_of_all_nodes_have_one_filter() -> None:
    pattern = OWNER_FILTER.replace("+", "[^/]+")
    assert re.fullmatch(pattern, NodeTopics("a1b2").owner)


@given(ids, ids)
def test_a_verb_comes_back_from_its_topic(node: str, verb: str) -> None:
    topics = NodeTopics(node)
    assert topics.command_verb(topics.command_to(verb)) == verb


@pytest.mark.parametrize(
    "topic",
    [
        "upturn/a1b2/command",  # the filter of all below matches it, too
        "upturn/a1b2/command/",
        "upturn/a1b2/command/acknowledge/now",
        "upturn/a1b2c/command/acknowledge",
        "upturn/a1b2/event",
        "homeassistant/status",
        "",
    ],
)
def test_another_topic_has_no_verb(topic: str) -> None:
    assert NodeTopics("a1b2").command_verb(topic) is None


@given(ids)
def test_a_node_comes_back_from_its_topics(node: str) -> None:
    topics = NodeTopics(node)
    assert {node_of(topic) for topic in (topics.owner, topics.state, topics.command)} == {node}


@pytest.mark.parametrize("topic", ["", "upturn", "homeassistant/a1b2/owner"])
def test_a_topic_of_somebody_else_has_no_node(topic: str) -> None:
    assert node_of(topic) == ""


@given(st.text() | st.text(alphabet="/+#$ \0ä-_", max_size=100))
def test_any_text_gives_a_legal_id(text: str) -> None:
    assert LEGAL.fullmatch(slug(text))


@given(st.text())
def test_an_id_is_its_own(text: str) -> None:
    assert slug(slug(text)) == slug(text)


@given(ids.filter(lambda made: any(letter.isalnum() for letter in made)))
def test_a_legal_id_is_left_alone(id: str) -> None:
    assert slug(id) == id


@pytest.mark.parametrize(
    ("text", "id"),
    [
        (" Büro, 2. Stock ", "Buro-2-Stock"),
        ("table/#", "table-"),
        ("x" * 65, "x" * 64),
        ("桌", "unnamed"),
        ("", "unnamed"),
    ],
)
def test_an_id_can_be_read(text: str, id: str) -> None:
    assert slug(text) == id
