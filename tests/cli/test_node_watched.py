# SPDX-License-Identifier: MIT
"""A node that another program has: that is said first, and no watch is to be ended for a look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from tests.transports.fake_node import FakeNode
from upturn.cli import node_orders
from upturn.cli.main import main
from upturn.transports.in_use import InUse, default_folder

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeNode]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(node_orders, "ports_here", list)
    with FakeNode(tmp_path / "tty") as made, serial.Serial(str(made.port), exclusive=True):
        yield made


@contextmanager
def watched(node: FakeNode) -> Iterator[None]:
    lock = InUse(default_folder(), node.node_id)
    assert lock.try_take()
    yield
    lock.give_back()


def test_a_watch_is_left_alone_and_what_was_done_stays(node: FakeNode, capsys: Capture) -> None:
    later = "What was done with it stays; try again when nobody watches it\n"
    with watched(node):
        assert main(["node", "info", "--source", node.source]) == 1
        assert capsys.readouterr().err == (
            f"upturn: {node.port}: another program watches it now, so it is not asked. {later}"
        )
        assert main(["node", "info", "--source", "serial:auto"]) == 1
        assert capsys.readouterr().err == (
            "upturn: no node answers on any serial port; another program watches one now, so "
            f"that is not asked. {later}"
        )


def test_setup_lists_it_as_watched(node: FakeNode, tmp_path: Path, capsys: Capture) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[[node]]\nname = "den"\nsource = "{node.source}"\n')
    with watched(node):
        assert main(["setup", "--list", "--config", str(config)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "another program watches it now" in out
    assert "End that" not in out


def test_a_port_that_is_busy_without_a_watch_of_ours_may_have_one(
    node: FakeNode, capsys: Capture
) -> None:
    assert main(["node", "info", "--source", node.source]) == 1
    assert capsys.readouterr().err == (
        f"upturn: {node.port}: another program uses it. If that is a watch, let it be, and try "
        "again later; else end it, or name another port\n"
    )
