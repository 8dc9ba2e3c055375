# SPDX-License-Identifier: MIT
"""Every key of a TOML text is found on its line, whatever stands around it."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from upturn.config.lines import item, join, key_lines

TEXT = r'''# a comment with [brackets] = and "quotes"
profile = "mine" # [not.a.table]

[profiles.mine]
limit_s = 50
"quoted key" = 'a # b'
'literal' = """
fake = 1
[fake]
\"""
""""
long.dotted . path = 1979-05-27T07:32:00Z

[[node]]
name = ""
calibration = { head = [0, 1, 0], front = [
    0, # one
    0,
    1,
] }
[[node]] # second
  name = '''
TEXT += """'''
other = 2
'''
source = "a \\" [b] = \\\\"
[node.calibration]
head = [ [1], [2,
  3] ]
"""

EXPECTED = {
    "profile": 2,
    "profiles.mine": 4,
    "profiles.mine.limit_s": 5,
    'profiles.mine."quoted key"': 6,
    "profiles.mine.literal": 7,
    "profiles.mine.long": 12,
    "profiles.mine.long.dotted": 12,
    "profiles.mine.long.dotted.path": 12,
    "node": 14,
    "node[1]": 14,
    "node[1].name": 15,
    "node[1].calibration": 16,
    "node[1].calibration.head": 16,
    "node[1].calibration.head[1]": 16,
    "node[1].calibration.head[2]": 16,
    "node[1].calibration.head[3]": 16,
    "node[1].calibration.front": 16,
    "node[1].calibration.front[1]": 17,
    "node[1].calibration.front[2]": 18,
    "node[1].calibration.front[3]": 19,
    "node[2]": 21,
    "node[2].name": 22,
    "node[2].source": 25,
    "node[2].calibration": 26,
    "node[2].calibration.head": 27,
    "node[2].calibration.head[1]": 27,
    "node[2].calibration.head[1][1]": 27,
    "node[2].calibration.head[2]": 27,
    "node[2].calibration.head[2][1]": 27,
    "node[2].calibration.head[2][2]": 28,
}


def test_every_key_is_found_on_its_line() -> None:
    tomllib.loads(TEXT)
    assert key_lines(TEXT) == EXPECTED


def test_line_ends_of_windows_count_as_one() -> None:
    assert key_lines(TEXT.replace("\n", "\r\n")) == EXPECTED


def test_a_text_without_keys_has_no_lines() -> None:
    assert key_lines("") == key_lines("\n# nothing\n") == {}


def test_an_array_of_inline_tables_is_counted_as_headed_ones_are() -> None:
    assert key_lines('node = [{name="a"},\n{name="b"}]') == {
        "node": 1,
        "node[1]": 1,
        "node[1].name": 1,
        "node[2]": 2,
        "node[2].name": 2,
    }


@given(st.lists(st.text(min_size=1), min_size=1, unique=True))
def test_any_quoted_key_is_found_under_its_path(keys: list[str]) -> None:
    quoted = [_quoted(key) for key in keys]
    text = "[t]\n" + "\n".join(f"{key} = 0" for key in quoted)
    values = tomllib.loads(text)["t"]
    lines = {join("t", key): line for line, key in enumerate(values, start=2)}
    assert key_lines(text) == {"t": 1, **lines}


def test_paths_are_written_as_toml_writes_them() -> None:
    assert join("profiles", "mine") == "profiles.mine"
    assert join("", "node") == "node"
    assert join("profiles", "my\nown") == 'profiles."my\\nown"'
    assert item("node", 2) == "node[2]"


def _quoted(key: str) -> str:
    """A TOML basic string, all but ASCII letters as \\UXXXXXXXX."""
    return '"' + "".join(c if c.isascii() and c.isalnum() else _escaped(c) for c in key) + '"'


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\U{0xFFFD if 0xD800 <= code <= 0xDFFF else code:08X}"
