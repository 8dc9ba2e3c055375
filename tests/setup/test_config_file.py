# SPDX-License-Identifier: MIT
from __future__ import annotations

import stat
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from upturn.config import load_config
from upturn.errors import InputError, RunError
from upturn.setup import config_file
from upturn.setup.config_file import set_node, set_values
from upturn.whole_file import write_private

OWN = """\
# mine
profile = "careful"   # not too long

[profiles.careful]
limit_s = 40

[[node]]
name = "den"
source = "serial:auto"  # the cable
# to be moved

[[node]]
name = "attic"

[sound]
volume = 0.5
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(OWN)
    return file


def test_a_key_is_changed_where_it_stands_and_all_else_stays(own: Path) -> None:
    set_values(own, None, {"profile": "standard"})
    assert own.read_text() == OWN.replace('"careful"   #', '"standard"   #')


def test_a_link_that_has_become_a_loop_is_one_line(own: Path) -> None:
    own.unlink()
    own.symlink_to(own)
    with pytest.raises(InputError, match="is a link that leads back to itself"):
        set_values(own, None, {"profile": "standard"})


def test_a_node_is_changed_where_it_stands(own: Path) -> None:
    set_node(own, "den", {"name": "cellar", "source": "ble:cellar"})
    changed = OWN.replace('"den"', '"cellar"').replace("serial:auto", "ble:cellar")
    assert own.read_text() == changed


def test_a_node_that_is_not_there_is_added_behind_the_others(own: Path) -> None:
    set_node(own, "loft", {"source": "ble:loft"})
    nodes = load_config(own).nodes
    assert [(node.name, node.source) for node in nodes] == [
        ("den", "serial:auto"),
        ("attic", None),
        ("loft", "ble:loft"),
    ]
    assert all(line in own.read_text() for line in OWN.splitlines())


def test_none_takes_a_key_out(own: Path) -> None:
    set_node(own, "den", {"source": None})
    assert load_config(own).nodes[0].source is None


def test_a_section_is_added_with_what_is_in_it(own: Path) -> None:
    set_values(own, "mqtt", {"host": "broker", "port": 1884})
    mqtt = load_config(own).mqtt
    assert mqtt is not None
    assert (mqtt.host, mqtt.port) == ("broker", 1884)
    assert own.read_text().startswith(OWN)


def test_a_key_of_the_top_goes_before_the_sections(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("# none yet\n[sound]\nvolume = 0.5\n")
    set_values(file, None, {"profile": "first-time"})
    config = load_config(file)
    assert (config.profile, config.sound.volume) == ("first-time", 0.5)


def test_a_new_config_is_for_its_owners_eyes(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "config.toml"
    set_node(file, "den", {"source": "serial:auto"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [node.name for node in load_config(file).nodes] == ["den"]


def test_who_may_read_a_config_stays_as_it_is(own: Path) -> None:
    own.chmod(0o640)
    set_values(own, None, {"profile": "standard"})
    assert stat.S_IMODE(own.stat().st_mode) == 0o640


def test_a_link_to_a_config_stays_a_link(own: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(own)
    set_values(link, None, {"profile": "standard"})
    assert link.is_symlink()
    assert load_config(own).profile == "standard"


@pytest.mark.parametrize(
    "text",
    [
        'profile = "nobodys"\n',
        "[ears]\nlarge = true\n",
        "profile =\n",
        "node = 3\n",
    ],
)
def test_a_config_that_is_refused_is_not_touched(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(InputError) as refused:
        set_node(file, "den", {"source": "serial:auto"})
    assert refused.value.where == f"{file}:1"
    assert file.read_text() == text
    assert list(tmp_path.iterdir()) == [file]


def test_what_would_be_refused_is_not_written(own: Path) -> None:
    with pytest.raises(InputError) as refused:
        set_node(own, "attic", {"source": "serial:auto"})
    assert str(refused.value) == (
        f"{own}:14: node[2].source is 'serial:auto', as another node's is. "
        "A node has one table; name others"
    )
    assert own.read_text() == OWN
    assert list(own.parent.iterdir()) == [own]


def test_a_change_of_another_program_meanwhile_is_not_lost(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = config_file._check

    def slow(aside: Path, path: Path) -> None:
        check(aside, path)
        path.write_text("# theirs\n")

    monkeypatch.setattr(config_file, "_check", slow)
    with pytest.raises(RunError, match="was changed by another program meanwhile"):
        set_values(own, None, {"profile": "standard"})
    assert own.read_text() == "# theirs\n"


@pytest.mark.parametrize(
    "text",
    [
        'node = [{ name = "den", source = "serial:auto" }]\n',
        'sound.enabled = true\n\n[[node]]\nname = "den"\nsource = "serial:auto"\n',
        '[[node]]\r\nname = "den"\r\nsource = "serial:auto"\r\n',
        '\N{ZERO WIDTH NO-BREAK SPACE}[[node]]\nname = "den"\nsource = "serial:auto"\n',
        '["node"]\n'.replace('["node"]', "[[ node ]]") + 'name = "den"\nsource = "serial:auto"\n',
    ],
)
def test_however_it_is_written_it_can_be_changed(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(text.encode())
    set_node(file, "den", {"source": "ble:den"})
    set_node(file, "attic", {"source": "ble:attic"})
    set_values(file, "sound", {"enabled": False})
    config = load_config(file)
    assert {node.name: node.source for node in config.nodes} == {
        "den": "ble:den",
        "attic": "ble:attic",
    }
    assert not config.sound.enabled
    assert file.read_bytes()[:1] == text.encode()[:1]


def test_a_place_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot be written"):
        write_private(tmp_path / "file" / "secret", b"x")


NAMES = st.text("abcdefgh -_\"'#\\ü", min_size=1, max_size=20).filter(str.strip)


@settings(max_examples=30)  # each writes files through to the disk
@given(
    name=NAMES,
    volume=st.floats(0.1, 1.0),
    comment=st.text("abc =[]\"'", max_size=20),
    port=st.integers(1, 65535),
)
def test_whatever_is_set_is_read_back_and_the_rest_is_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, name: str, volume: float, comment: str, port: int
) -> None:
    file = tmp_path_factory.mktemp("any") / "config.toml"
    before = f"# {comment}\n[sound]\nvolume = {volume!r} # {comment}\n"
    file.write_text(before, encoding="utf-8")
    set_node(file, name, {"source": "serial:auto"})
    set_values(file, "mqtt", {"host": "broker", "port": port})
    config = load_config(file)
    assert [(node.name, node.source) for node in config.nodes] == [(name, "serial:auto")]
    assert config.mqtt is not None
    assert (config.mqtt.port, config.sound.volume) == (port, volume)
    assert file.read_text(encoding="utf-8").startswith(before)
    assert tomlkit.parse(file.read_text(encoding="utf-8")).unwrap().keys() == {
        "sound",
        "node",
        "mqtt",
    }
