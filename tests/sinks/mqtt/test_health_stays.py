# SPDX-License-Identifier: MIT
"""What people say of their health stays on the computer that watches; the home hears nothing."""

from __future__ import annotations

import json

import pytest

from tests.sinks.mqtt.strategies import AT, STAMP
from tests.stories import pipeline, tell, timeline
from upturn.core.checklist import ITEMS, Part, part
from upturn.core.commands import (
    SYMPTOMS,
    Command,
    EquipmentChecked,
    HealthAnswers,
    Override,
    Symptoms,
)
from upturn.core.pipeline import Pipeline
from upturn.sinks.mqtt.payloads import (
    HEALTH_PROBLEM,
    alarms_payload,
    command_payload,
    encode,
    event_payload,
    state_payload,
)
from upturn.store.checks import Due

SESSION = "at 20 5s; to -80 in 2s; upright 2s"


def told(core: Pipeline, *commands: Command) -> list[bytes]:
    """All that goes out while people say this."""
    now_s = core.last_sample_s
    events = [event for command in commands for event in core.command(command, now_s)]
    snapshot = core.snapshot(now_s)
    payloads = [event_payload(event, STAMP, "u-1") for event in events]
    payloads += [state_payload(snapshot, STAMP), alarms_payload(snapshot, STAMP, lambda _: AT)]
    payloads.append(command_payload("symptoms", None, STAMP, "u-2", now_s))
    return [encode(payload) for payload in payloads if payload is not None]


def core_after(text: str) -> Pipeline:
    story = timeline(text)
    core = pipeline(story)
    tell(core, story)
    return core


@pytest.mark.parametrize("override", [(), (Override(),)])
def test_no_finding_leaves(override: tuple[Command, ...]) -> None:
    findings = "; ".join(item.finding for item in part(Part.HEALTH))
    health = HealthAnswers(f"ask a doctor first: {findings}", findings)
    sent = told(core_after("upright 2s"), health, *override)
    for item in ITEMS.values():
        if item.part is Part.HEALTH:
            assert not any(item.finding.encode() in payload for payload in sent), item.id


@pytest.mark.parametrize("problem", [*Due, "ask a doctor first: pregnancy (CC)"])
def test_that_health_bars_is_all_that_is_told(problem: str) -> None:
    core = core_after("upright 2s")
    sent = told(core, HealthAnswers(problem), EquipmentChecked())
    state = next(said for said in map(json.loads, sent) if "not_ready" in said)
    assert (state["ready"], state["not_ready"]) == (False, [HEALTH_PROBLEM])


def test_other_reasons_are_told_as_they_are() -> None:
    core = core_after("upright 2s")
    sent = told(core, HealthAnswers("", "by override (mine)"))
    state = next(said for said in map(json.loads, sent) if "not_ready" in said)
    assert state["not_ready"] == ["nobody has said that the table was inspected today"]
    assert not any(b"override" in payload for payload in sent)


@pytest.mark.parametrize("answer", [answer for answer in SYMPTOMS if answer != "other"])
def test_how_a_session_felt_is_noted_and_does_not_leave(answer: str) -> None:
    sent = told(core_after(SESSION), Symptoms(answer))
    assert len(sent) == 3  # readings, alarms, and that the answer was taken
    assert not any(answer.encode() in payload for payload in sent)
