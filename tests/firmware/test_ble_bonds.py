# SPDX-License-Identifier: MIT
"""The secrets of bonded hosts: kept through loss of power, whole, and made only by the button."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.firmware import mpy

SETUP = """
from upturn_node.bonds import Bonds
def host(number):
    return bytes((0, number, 2, 3, 4, 5, 6))
def bond(bonds, number, text=b""):
    secrets = (1, b"ours" + text), (2, b"their" + text)
    return [bonds.put(kind, host(number), secret) for kind, secret in secrets]
def secrets(bonds, number):
    return [bonds.get(kind, 0, host(number)) for kind in (1, 2)]
def known(bonds):
    return [number for number in range(9) if secrets(bonds, number) != [None, None]]
def again():
    bonds = Bonds()
    bonds.load()
    return bonds
bonds = Bonds()
bonds.window = True
"""


def told(bits: int, code: str, flash: Path) -> Any:
    return ast.literal_eval(mpy.run(bits, SETUP + code, cwd=flash).splitlines()[-1])


def test_a_bond_outlives_a_loss_of_power(bits: int, tmp_path: Path) -> None:
    code = """
took = bond(bonds, 1)
bonds.keep()
print([took, secrets(again(), 1), len(again()), bonds.made])
"""
    assert told(bits, code, tmp_path) == [[True, True], [b"ours", b"their"], 1, 1]


def test_what_the_stack_hands_over_is_copied(bits: int, tmp_path: Path) -> None:
    code = """
buffer = bytearray(host(1) + b"secret")
view = memoryview(buffer)
for kind in (1, 2):
    bonds.put(kind, view[:7], view[7:])
buffer[:] = bytes(len(buffer))
print(secrets(bonds, 1))
"""
    assert told(bits, code, tmp_path) == [b"secret", b"secret"]


def test_the_stacks_own_secret_is_kept_with_the_window_closed(bits: int, tmp_path: Path) -> None:
    code = """
bonds.window = False
took = bonds.put(10, b"irk", b"0123456789abcdef")
bonds.keep()
print([took, again().get(10, 0, b"irk"), len(again()), bonds.refused])
"""
    assert told(bits, code, tmp_path) == [True, b"0123456789abcdef", 0, False]


def test_without_the_window_a_bond_is_let_go_and_the_stack_does_not_hear_of_it(
    bits: int, tmp_path: Path
) -> None:
    """A stack that is told no makes room by deleting the oldest bond."""
    code = """
bond(bonds, 1)
bonds.window = False
took = bond(bonds, 2)
bonds.keep()
print([took, bonds.refused, known(bonds), known(again()), bonds.made])
"""
    assert told(bits, code, tmp_path) == [[True, True], True, [1], [1], 1]


def test_the_fifth_host_takes_the_place_of_the_oldest(bits: int, tmp_path: Path) -> None:
    code = """
for number in (1, 2, 3, 4):
    bond(bonds, number)
bond(bonds, 1, b" anew")
bond(bonds, 5)
bonds.keep()
print([known(again()), secrets(again(), 1)])
"""
    assert told(bits, code, tmp_path) == [[1, 3, 4, 5], [b"ours anew", b"their anew"]]


def test_half_a_bond_is_none(bits: int, tmp_path: Path) -> None:
    code = """
bonds.put(1, host(1), b"ours")
bonds.link_began()
bonds.put(2, host(1), b"theirs")
bonds.put(1, host(2), b"ours")
bonds.keep()
print([known(bonds), known(again()), bonds.made])
"""
    assert told(bits, code, tmp_path) == [[], [], 0]


def test_without_a_key_the_hosts_are_counted_through(bits: int, tmp_path: Path) -> None:
    code = """
bond(bonds, 1, b" 1"); bond(bonds, 2, b" 2")
print([bonds.get(2, index, None) for index in range(3)] + [bonds.get(7, 0, None)])
"""
    assert told(bits, code, tmp_path) == [b"their 1", b"their 2", None, None]


@pytest.mark.parametrize("window", [False, True])
def test_what_the_stack_deletes_is_back_with_the_next_link(
    bits: int, window: bool, tmp_path: Path
) -> None:
    """Somebody in the air with a host's address can make the stack delete that host's bond.

    It deletes until nothing is found, so a deletion succeeds once.
    """
    code = f"""
bond(bonds, 1)
bonds.window = {window}
told = [[bonds.put(kind, host(1), None) for kind in (1, 2, 1, 2)], secrets(bonds, 1),
        bonds.get(1, 0, None)]
bonds.keep()
bonds.link_began()
print(told + [secrets(bonds, 1), known(again())])
"""
    assert told(bits, code, tmp_path) == [
        [True, True, False, False], [None, None], None, [b"ours", b"their"], [1],
    ]  # fmt: skip


def test_a_host_that_lost_its_bond_is_bonded_anew(bits: int, tmp_path: Path) -> None:
    code = """
bond(bonds, 1)
for kind in (1, 2):
    bonds.put(kind, host(1), None)
bond(bonds, 1, b" anew")
told = [secrets(bonds, 1)]
bonds.link_began()
bonds.keep()
print(told + [secrets(bonds, 1), len(again())])
"""
    anew = [b"ours anew", b"their anew"]
    assert told(bits, code, tmp_path) == [anew, anew, 1]


@pytest.mark.parametrize(
    "damage",
    ["{", '{"check": "000000", "content": {"irk": "", "hosts": []}}', "[1]", ""],
)
def test_a_damaged_file_is_kept_beside_and_no_bond_is_believed(
    bits: int, damage: str, tmp_path: Path
) -> None:
    (tmp_path / "upturn.bonds.json").write_text(damage)
    code = """
bonds = again()
print([len(bonds), bonds.get(1, 0, None), bonds.problem != ""])
"""
    assert told(bits, code, tmp_path) == [0, None, True]
    assert [path.name for path in tmp_path.iterdir()] == ["upturn.bonds.bad.json"]


@pytest.mark.parametrize(
    "content",
    [
        "{'irk': ''}",
        "{'irk': 5, 'hosts': []}",
        "{'irk': '', 'hosts': 5}",
        "{'irk': '', 'hosts': [['00', '01']]}",
        "{'irk': '', 'hosts': [['00', '01', 'x']]}",
    ],
)
def test_what_is_no_bond_is_not_taken_for_one(bits: int, content: str, tmp_path: Path) -> None:
    code = f"""
from upturn_node import store
store.write("upturn.bonds.json", {content})
bonds = again()
print([len(bonds), bonds.problem != ""])
"""
    assert told(bits, code, tmp_path) == [0, True]


def test_flash_that_cannot_be_written_leaves_the_bond_in_memory(bits: int, tmp_path: Path) -> None:
    (tmp_path / "upturn.bonds.json.new").mkdir()
    code = "bond(bonds, 1)\nbonds.keep()\nprint([known(bonds), known(again())])"
    assert told(bits, code, tmp_path) == [[1], []]


def test_all_are_forgotten_or_none(bits: int, tmp_path: Path) -> None:
    code = """
import os
bond(bonds, 1); bond(bonds, 2)
bonds.keep()
os.mkdir("upturn.bonds.json.new")
try:
    bonds.forget()
    told = ["forgotten"]
except OSError:
    told = [known(bonds), known(again())]
os.rmdir("upturn.bonds.json.new")
bonds.forget()
print(told + [known(bonds), known(again())])
"""
    assert told(bits, code, tmp_path) == [[1, 2], [1, 2], [], []]
