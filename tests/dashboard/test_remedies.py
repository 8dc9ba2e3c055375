# SPDX-License-Identifier: MIT
"""Reasons for NOT READY end in the key that helps, where a key does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, SCENES, alarm, possible
from upturn.core.after import LAST_SESSION
from upturn.core.alarm_table import AlarmId
from upturn.core.checklist import ASK_FIRST
from upturn.core.commands import CheckIn
from upturn.core.readiness import EQUIPMENT, HEALTH
from upturn.core.snapshot import Check, Snapshot
from upturn.dashboard import remedies
from upturn.dashboard.feed import SourceState
from upturn.dashboard.keys import KEYS

UNHEARD = "nobody has confirmed that the test tone is heard"
HERE = SourceState("simulated: normal")
CALLED = possible(replace(CALM, alarms=(alarm(AlarmId.DISTRESS, condition=False),)))


def failing(*problems: tuple[str, str]) -> Snapshot:
    return replace(CALM, checks=tuple(Check(name, problem) for name, problem in problems))


@pytest.mark.parametrize(
    ("snapshot", "said", "wanted"),
    [
        (CALM, "", []),
        (
            failing((HEALTH, "the questions were never answered"), (EQUIPMENT, "not inspected")),
            "the questions were never answered: press p; not inspected: press i",
            ["check", "inspected"],
        ),
        (
            failing((HEALTH, f"{ASK_FIRST}: high blood pressure")),
            "ask a doctor first: high blood pressure",
            [],
        ),
        (
            failing((HEALTH, f"dizzy {LAST_SESSION}: stop for a day, ask a doctor")),
            "dizzy after the last session: stop for a day, ask a doctor",
            [],
        ),
        (
            SCENES["unconfirmed"],
            f"{UNHEARD}: press t; the spotter has not checked in: press c",
            ["test_tone", "check_in"],
        ),
        (
            possible(replace(CALM, stand_down=True)),
            "stand down: alarms are off: press s",
            ["stand_down"],
        ),
        (
            replace(SCENES["latched"], checks=SCENES["latched"].checks[:1]),
            "Inverted too long: press a",
            ["acknowledge"],
        ),
        (CALLED, "Call for help: press a", ["acknowledge"]),
        (SCENES["not_ready"], "Not calibrated; Battery low", []),
        (
            replace(SCENES["limit"], checks=SCENES["limit"].checks[:1]),
            "Inverted too long",
            [],
        ),
    ],
    ids=[
        "ready",
        "people",
        "a doctor",
        "felt ill",
        "sound, spotter",
        "stood down",
        "over",
        "call",
        "no key",
        "it lasts",
    ],
)
def test_each_reason_ends_in_the_key_that_helps(
    snapshot: Snapshot, said: str, wanted: list[str]
) -> None:
    assert remedies.reasons(snapshot, HERE) == said
    assert remedies.wanted(snapshot, HERE) == wanted


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (SourceState("den", read_only="this screen only looks"), []),
        (SourceState("x.csv", begin_s=0.0), []),
        (SourceState("den", acts={CheckIn: "at the host only"}), ["test_tone"]),
    ],
    ids=["read only", "recording", "one act"],
)
def test_no_key_is_named_that_does_nothing_here(source: SourceState, wanted: list[str]) -> None:
    shown = SCENES["unconfirmed"]
    assert remedies.wanted(shown, source) == wanted
    assert remedies.reasons(shown, source).count("press") == len(wanted)


def test_what_is_told_elsewhere_is_left_out() -> None:
    shown = SCENES["unconfirmed"]
    assert remedies.reasons(shown, HERE, {"Sound"}) == "the spotter has not checked in: press c"


def test_a_check_that_is_passed_needs_nothing() -> None:
    assert remedies.remedy(Check("Spotter", "", "is here"), CALM, HERE) is None


def test_every_key_that_is_named_is_the_one_that_does_it() -> None:
    keys = {key.action: key.key for key in KEYS}
    named = [*remedies.REMEDIES.values(), remedies.WATCH_AGAIN, remedies.ACKNOWLEDGE]
    assert {one.action: one.key for one in named}.items() <= keys.items()
