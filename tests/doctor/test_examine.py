# SPDX-License-Identifier: MIT
"""Whatever a look does, the others go on, and the end comes in time."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.doctor.scenes import scene, told
from upturn.doctor import examine as examining
from upturn.doctor.examine import Examined, examine, is_well
from upturn.doctor.findings import Finding, not_well, note, ok, shown
from upturn.doctor.rows import Row
from upturn.doctor.scene import Scene, apart, said_by
from upturn.errors import RunError


def row(name: str, look: Any) -> Row[Finding]:
    return Row(name, "Group", look, lambda finding: [finding], "Do this")


async def good(_scene: Scene) -> Finding:
    return ok("good")


async def raises(_scene: Scene) -> Finding:
    raise ZeroDivisionError("of ann")


async def explains(_scene: Scene) -> Finding:
    raise RunError("ann's file: cannot be read")


async def hangs(_scene: Scene) -> Finding:
    never = threading.Event()
    await apart(never.wait)
    return ok("never")


async def test_one_that_fails_is_a_finding_and_the_others_are_told(tmp_path: Path) -> None:
    rows = [row("a", raises), row("b", good), row("c", explains)]
    found = await examine(scene(tmp_path), rows)
    findings = [finding for one in found for finding in one.findings]
    assert told(findings) == [
        ("not well", "a: cannot be looked at (ZeroDivisionError: of ann)"),
        ("ok", "good"),
        ("not well", "c: ann's file: cannot be read"),
    ]
    assert [finding.remedy for finding in findings] == ["Do this", "", "Do this"]


async def test_one_that_hangs_is_given_up_and_the_others_do_not_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "PATIENCE_S", 0.3)
    hung, well = await examine(scene(tmp_path), [row("a", hangs), row("b", good)])
    assert told(hung.findings) == [("not well", "a: no answer within 0.3 s")]
    assert well.took_s < hung.took_s


async def test_all_are_looked_at_side_by_side(tmp_path: Path) -> None:
    both = asyncio.Barrier(2)

    async def meets(_scene: Scene) -> Finding:
        await both.wait()
        return ok("met")

    found = await examine(scene(tmp_path), [row("a", meets), row("b", meets)])
    assert [told(one.findings) for one in found] == [[("ok", "met")], [("ok", "met")]]


async def test_what_two_rows_need_is_looked_at_once(tmp_path: Path) -> None:
    looks = []

    async def once(_scene: Scene) -> Finding:
        looks.append("look")
        return ok("once")

    async def shares(asked: Scene) -> Finding:
        return await asked.shared(once)

    found = await examine(scene(tmp_path), [row("a", shares), row("b", shares)])
    assert [told(one.findings) for one in found] == [[("ok", "once")]] * 2
    assert looks == ["look"]


@pytest.mark.parametrize(
    ("finding", "well"), [(ok("a"), True), (note("a"), True), (not_well("a", "b"), False)]
)
def test_only_what_is_not_well_is_not_well(finding: Finding, well: bool) -> None:
    examined = Examined(row("a", good), (ok("x"), finding), 0.0)
    assert is_well([examined]) is well


async def test_a_program_that_is_missing_or_hangs_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("upturn.doctor.scene.PROGRAM_S", 0.2)
    began_s = time.monotonic()
    assert said_by("upturn-no-such-program") is None
    assert said_by("sleep", "60") is None
    assert said_by("echo", "hello") == "hello"
    assert time.monotonic() - began_s < 30.0


async def test_a_fault_in_a_thread_is_the_waiters(tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        await apart(fail)
    assert shown(not_well("a", "b").words) == "a"
