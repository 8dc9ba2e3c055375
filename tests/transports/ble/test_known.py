# SPDX-License-Identifier: MIT
"""Who is paired is kept whole, found by any of its names, and never lost to a damaged file."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import platformdirs
import pytest

from upturn.errors import RunError
from upturn.transports.ble.known import KnownNode, KnownNodes

DEN = KnownNode("240ac4000001", "24:0A:C4:00:00:03", "den")
ATTIC = KnownNode("240ac4000011", "24:0A:C4:00:00:13", "attic")


@pytest.fixture
def nodes(tmp_path: Path) -> KnownNodes:
    return KnownNodes(tmp_path / "some" / "nodes.json")


def test_nobody_is_paired_where_there_is_no_file(nodes: KnownNodes) -> None:
    assert nodes.all() == []
    assert nodes.called("den") == []


def test_it_is_kept_where_the_system_keeps_a_users_data() -> None:
    assert KnownNodes().path == platformdirs.user_data_path("upturn") / "nodes.json"


def test_what_was_added_is_read_by_another_program_in_order_of_names(nodes: KnownNodes) -> None:
    nodes.add(DEN)
    nodes.add(ATTIC)
    assert KnownNodes(nodes.path).all() == [ATTIC, DEN]
    assert [path for path in nodes.path.parent.iterdir() if path.is_file()] == [nodes.path]


@pytest.mark.parametrize(
    "text", ["den", "24:0A:C4:00:00:03", "24:0a:c4:00:00:03", "240ac4000001", "240AC4000001"]
)
def test_it_is_found_by_name_address_and_id(nodes: KnownNodes, text: str) -> None:
    nodes.add(DEN)
    nodes.add(ATTIC)
    assert nodes.called(text) == [DEN]


@pytest.mark.parametrize("text", ["DEN", "de", "", "24:0A:C4:00:00:0"])
def test_by_nothing_else(nodes: KnownNodes, text: str) -> None:
    nodes.add(DEN)
    assert nodes.called(text) == []


def test_two_of_one_name_are_both_found(nodes: KnownNodes) -> None:
    twin = KnownNode(ATTIC.node_id, ATTIC.address, "den")
    nodes.add(DEN)
    nodes.add(twin)
    assert set(nodes.called("den")) == {DEN, twin}


@pytest.mark.parametrize(
    "new",
    [
        KnownNode(DEN.node_id, "another address", "renamed"),
        KnownNode("another id", DEN.address, "den"),
    ],
)
def test_a_node_or_an_address_is_known_once(nodes: KnownNodes, new: KnownNode) -> None:
    nodes.add(DEN)
    nodes.add(new)
    assert nodes.all() == [new]


def test_a_name_that_a_node_has_now_is_kept_and_the_one_before_is_told(nodes: KnownNodes) -> None:
    nodes.add(DEN)
    nodes.add(ATTIC)
    assert nodes.learn_name(DEN.node_id, "cellar") == "den"
    assert nodes.all() == [ATTIC, replace(DEN, name="cellar")]


def test_the_first_name_of_a_node_takes_the_place_of_none(nodes: KnownNodes) -> None:
    nodes.add(replace(DEN, name=DEN.node_id))
    assert nodes.learn_name(DEN.node_id, "den") == ""
    assert nodes.all() == [DEN]


@pytest.mark.parametrize(
    ("node_id", "name"), [(DEN.node_id, "den"), (DEN.node_id, ""), ("0123456789ab", "cellar")]
)
def test_no_name_is_learned_that_is_not_new_of_a_node_that_is_paired(
    nodes: KnownNodes, node_id: str, name: str
) -> None:
    nodes.add(DEN)
    assert nodes.learn_name(node_id, name) == ""
    assert nodes.all() == [DEN]


def test_a_name_that_cannot_be_kept_is_let_go(nodes: KnownNodes) -> None:
    nodes.path.parent.mkdir()
    nodes.path.write_text("{")
    assert nodes.learn_name(DEN.node_id, "cellar") == ""
    assert nodes.path.read_text() == "{"


def test_one_is_forgotten_and_the_others_stay(nodes: KnownNodes) -> None:
    nodes.add(DEN)
    nodes.add(ATTIC)
    nodes.remove(DEN)
    assert nodes.all() == [ATTIC]


LACKS = "lacks an id, an address or a name"
BAD = {
    "no JSON": "Expecting value",
    "[]": "it is not of format 1",
    '{"format": 2, "nodes": []}': "it is not of format 1",
    '{"format": 1}': "a node in it is no object",
    '{"format": 1, "nodes": ["den"]}': "a node in it is no object",
    '{"format": 1, "nodes": [{"node_id": "a", "address": "b"}]}': LACKS,
    '{"format": 1, "nodes": [{"node_id": "a", "address": 7, "name": "c"}]}': LACKS,
    '{"format": 1, "nodes": [{"node_id": "a", "address": "", "name": "c"}]}': LACKS,
    "[" * 100_000: "recursion",
}


@pytest.mark.parametrize("content", BAD)
def test_a_damaged_file_is_told_and_left_as_it_is(nodes: KnownNodes, content: str) -> None:
    nodes.path.parent.mkdir()
    nodes.path.write_text(content)
    with pytest.raises(RunError) as caught:
        nodes.add(DEN)
    line = str(caught.value)
    assert line.startswith(f"{nodes.path}: cannot be read (")
    assert line.endswith("). Move it away, and pair your nodes again")
    assert BAD[content] in line
    assert "\n" not in line
    assert nodes.path.read_text() == content


def test_bytes_that_are_no_text_are_told(nodes: KnownNodes) -> None:
    nodes.path.parent.mkdir()
    nodes.path.write_bytes(b"\xff\xfe")
    with pytest.raises(RunError, match=r"cannot be read \(it is no text\)"):
        nodes.all()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match=r"nodes\.json: cannot be (written|read) \(Not a directory"):
        KnownNodes(tmp_path / "file" / "nodes.json").add(DEN)


def test_keys_of_a_later_version_are_passed_over(nodes: KnownNodes) -> None:
    nodes.path.parent.mkdir()
    entry = {"node_id": "240ac4000001", "address": "24:0A:C4:00:00:03", "name": "den", "new": 1}
    nodes.path.write_text(json.dumps({"format": 1, "nodes": [entry], "new": 2}))
    assert nodes.all() == [DEN]


def test_two_programs_that_pair_at_once_lose_nobody(nodes: KnownNodes) -> None:
    many = f"""
import sys
from pathlib import Path
from upturn.transports.ble.known import KnownNode, KnownNodes
nodes = KnownNodes(Path({str(nodes.path)!r}))
for n in range(40):
    name = f"{{sys.argv[1]}}{{n}}"
    nodes.add(KnownNode(name, name, name))
"""
    both = [subprocess.Popen([sys.executable, "-c", many, mark]) for mark in "ab"]
    assert [program.wait(30) for program in both] == [0, 0]
    assert len(nodes.all()) == 80
