# SPDX-License-Identifier: MIT
"""`upturn service` at the command line; what it does with a systemd is in tests/integration."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import program
from upturn.cli import service_acts, service_facts, service_udev
from upturn.cli.main import main
from upturn.cli.service import ACTS, FLAGS
from upturn.flash.ports import BRIDGES, OWN_PLUG
from upturn.service import systemd, text_file
from upturn.service.text_file import change_of

Capture = pytest.CaptureFixture[str]
RULES = Path(text_file.__file__).with_name(service_udev.NAME)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "c.toml"
    file.write_text('[[node]]\nname = "den"\nsource = "serial:auto"\n')
    return file


@pytest.fixture
def no_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systemd, "RUNNING", tmp_path / "nothing")


@pytest.fixture
def as_ann(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither root nor by sudo."""
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    monkeypatch.delenv("SUDO_USER", raising=False)


def ran(capsys: Capture, *words: str | Path) -> tuple[int, str, str]:
    code = main(["service", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_every_act_is_in_its_help_and_every_flag_is_used(capsys: Capture) -> None:
    code, out, _ = ran(capsys, "--help")
    assert code == 0
    assert [name for name in ACTS if f"\n    {name} " not in out] == []
    assert {flag for act in ACTS.values() for flag in act.flags} == set(FLAGS)
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.usefixtures("no_systemd", "as_ann")
@pytest.mark.parametrize("act", ["install", "status", "remove"])
def test_without_systemd_it_says_what_to_do_instead(
    act: str, config: Path, capsys: Capture
) -> None:
    words = ("--config", config) if act == "install" else ()
    code, out, err = ran(capsys, act, *words)
    assert (code, err) == (1, "")
    assert out.startswith("There is no systemd here.\n")
    assert "upturn run --headless" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_on_another_system_its_own_means_are_named(
    platform: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(service_acts, "sys", type("Sys", (), {"platform": platform}))
    monkeypatch.setattr(systemd, "is_here", lambda: False)
    code, out, _ = ran(capsys, "status")
    assert code == 1
    assert service_acts.INSTEAD[platform] in out


@pytest.mark.usefixtures("as_ann")
def test_what_it_would_write_is_shown_and_nothing_is_changed(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    code, out, err = ran(capsys, "install", "--dry-run", "--config", config)
    assert (code, err) == (0, "")
    assert f"ExecStart={sys.executable} -P -m upturn run --headless --config {config}\n" in out
    assert not (tmp_path / "settings").exists()


@pytest.mark.usefixtures("as_ann")
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "has no node with a source, so there is nothing to watch"),
        ('[[node]]\nname = "den"\n', "has no node with a source, so there is nothing to watch"),
        (
            '[[node]]\nname = "den"\nsource = "sim:normal"\n',
            "has no real node: a simulation ends, and is no watch",
        ),
        ("[nod]\n", "nod"),
    ],
)
def test_a_config_that_gives_no_watch_is_refused_before_anything_is_written(
    text: str, problem: str, config: Path, capsys: Capture
) -> None:
    config.write_text(text)
    code, out, err = ran(capsys, "install", "--dry-run", "--config", config)
    assert (code, out) == (2, "")
    assert err.startswith(f"upturn: {config}")
    assert problem in err
    assert err.count("\n") == 1


@pytest.mark.usefixtures("as_ann")
@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("install", "--dry-run"), "there is no config, so there is nothing to watch"),
        (("install", "--dry-run", "--system"), "--system: only root may do that"),
        (("install", "--dry-run", "--as", "ann"), "--as: goes with --system"),
        (("udev",), "only root may write the rules of udev"),
        (("begin",), "invalid choice: 'begin'"),
        ((), "the following arguments are required: ACT"),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_exit_2(
    words: tuple[str, ...], problem: str, capsys: Capture
) -> None:
    code, out, err = ran(capsys, *words)
    assert (code, out) == (2, "")
    assert problem in err
    assert err.count("\n") == 1


def test_root_is_asked_whose_it_shall_be(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(service_facts, "HIDDEN", ())
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.delenv("SUDO_USER", raising=False)
    asked = ("install", "--dry-run", "--config", config)
    assert "nothing says whose settings" in ran(capsys, *asked, "--system")[2]
    assert (
        "there is no user 'nobody here'"
        in ran(capsys, *asked, "--system", "--as", "nobody here")[2]
    )
    monkeypatch.setenv("SUDO_USER", "root")
    assert "this would be root's own service, not yours" in ran(capsys, *asked)[2]
    assert "\nUser=root\n" in ran(capsys, *asked, "--system")[1]


@pytest.mark.parametrize("words", [(), ("--system", "--as", "root")])
def test_a_store_that_depends_on_where_one_stands_is_refused(
    words: tuple[str, ...], config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0 if words else 4711)
    monkeypatch.delenv("SUDO_USER", raising=False)
    config.write_text(f'{config.read_text()}[store]\npath = "kept"\n')
    code, out, err = ran(capsys, "install", "--dry-run", "--config", config, *words)
    assert (code, out) == (2, "")
    assert err == (
        f"upturn: {config}:5: [store] path 'kept' depends on the folder that one stands in, and a "
        "service stands elsewhere. Write the whole path, from / on\n"
    )


def test_the_store_of_the_system_is_in_the_home_of_its_owner(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    monkeypatch.setattr(service_facts, "HIDDEN", ())
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("HOME", str(tmp_path / "of who installs"))
    owner = service_facts.Owner("ann", tmp_path / "ann", 4711, 4711)
    monkeypatch.setattr(service_acts, "owner_of", lambda _: owner)
    config.write_text(f'{config.read_text()}[store]\npath = "~/kept/all.sqlite3"\n')
    out = ran(capsys, "install", "--dry-run", "--system", "--config", config)[1]
    data = tmp_path / "ann" / ".local" / "share" / "upturn"
    assert f"\nReadWritePaths=-{data} -{tmp_path}/ann/kept\n" in out


@pytest.mark.parametrize("hidden", ["config", "link", "store"])
def test_what_a_service_of_the_system_would_not_see_is_refused(
    hidden: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    unseen = tmp_path / "unseen"
    unseen.mkdir()
    monkeypatch.setattr(service_facts, "HIDDEN", (unseen,))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    config = (tmp_path if hidden == "store" else unseen) / "c.toml"
    store = f'[store]\npath = "{unseen}/kept.sqlite3"\n' if hidden == "store" else ""
    config.write_text(f'[[node]]\nname = "den"\nsource = "serial:auto"\n{store}')
    named = tmp_path / "link.toml" if hidden == "link" else config
    if hidden == "link":
        named.symlink_to(config)
    asked = ("install", "--dry-run", "--system", "--as", "root", "--config", named)
    code, out, err = ran(capsys, *asked)
    assert (code, out) == (2, "")
    assert err == (
        f"upturn: {unseen if hidden == 'store' else named}: a service of the system sees nothing "
        f"of {unseen}. Move it elsewhere, or install the service without --system\n"
    )


def test_the_groups_of_this_system_alone_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_facts, "GROUPS", ("root", "no such group"))
    assert [name for name in service_facts.GROUPS if service_facts._is_group(name)] == ["root"]


def test_of_a_file_that_changes_the_lines_that_go_and_come_are_shown(
    tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "unit"
    for after in ("a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n"):
        change = change_of(file, after)
        service_acts.tell_change(change)
        text_file.write(change)
    assert capsys.readouterr().out.splitlines() == [
        f"writes   {file}",
        f"changes  {file}",
        "         -b",
        "         +B",
        f"as it was {file}",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["unit"]


def test_the_rule_of_udev_is_written_once_and_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    ran_commands: list[list[str]] = []

    def run(command: list[str]) -> systemd.Said:
        ran_commands.append(command)
        return systemd.Said(0, "", "")

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(systemd, "run", run)
    monkeypatch.setattr(service_udev, "FOLDER", tmp_path)
    file = tmp_path / service_udev.NAME
    assert ran(capsys, "udev")[0] == 0
    assert file.read_text() == RULES.read_text()
    assert ran(capsys, "udev")[1] == f"as it was {file}\n"
    assert ran(capsys, "udev", "--remove")[0] == 0
    assert list(tmp_path.iterdir()) == []
    assert ran(capsys, "udev", "--remove")[1] == "There is no such rule.\n"
    assert ran_commands == [*service_udev.RELOAD, *service_udev.RELOAD]


def test_every_line_of_the_rule_is_a_list_of_what_is_compared_and_set() -> None:
    term = r'[A-Z]+(\{\w+\})?(==|!=|\+=|=)"[^"]*"'
    lines = [line for line in RULES.read_text().splitlines() if line and line[0] != "#"]
    assert [line for line in lines if not re.fullmatch(rf"{term}(, {term})*", line)] == []
    goals = {found for line in lines for found in re.findall(r'GOTO="(\w+)"', line)}
    labels = {found for line in lines for found in re.findall(r'LABEL="(\w+)"', line)}
    assert goals == labels


def test_the_rule_knows_the_ports_that_flash_knows() -> None:
    known = re.findall(
        r'VENDOR_ID}=="(\w+)"(?:, ENV{ID_MODEL_ID}=="(\w+)")?, GOTO="upturn_node"',
        RULES.read_text(),
    )
    assert len(known) == len(set(known))
    assert {(int(vendor, 16), int(model, 16)) for vendor, model in known if model} == set(BRIDGES)
    assert {int(vendor, 16) for vendor, model in known if not model} == set(OWN_PLUG)


def test_udev_itself_finds_nothing_wrong_with_the_rule() -> None:
    udevadm = program("udevadm", "udev")
    judged = subprocess.run(
        [udevadm, "verify", str(RULES)], capture_output=True, text=True, check=False
    )
    if "Unknown command" in judged.stderr:
        pytest.skip("udevadm verifies from systemd 254 on")
    assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.usefixtures("as_ann")
def test_the_status_is_one_object_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    answers = {"ActiveState": "active", "StatusText": "den upright; no alarm", "NRestarts": "1"}
    shown = "\n".join(f"{key}={value}" for key, value in answers.items())
    monkeypatch.setattr(systemd, "is_here", lambda: True)
    monkeypatch.setattr(systemd, "run", lambda _: systemd.Said(0, shown, ""))
    monkeypatch.setattr(systemd, "user_units", lambda: tmp_path)
    assert ran(capsys, "status")[0] == 1
    (tmp_path / "upturn.service").write_text("[Service]\n")
    code, out, _ = ran(capsys, "status", "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["watches"], found["words"], found["restarts"]) == (
        True,
        "den upright; no alarm",
        "1",
    )
    lines = dict(line.split(maxsplit=1) for line in ran(capsys, "status")[1].splitlines())
    assert lines["watches"] == "den upright; no alarm"
