# SPDX-License-Identifier: MIT
"""Commands as recordings hold them: there and back, and what is refused."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    COMMANDS,
    Acknowledge,
    CheckIn,
    Command,
    Distress,
    EquipmentChecked,
    Goodbye,
    HealthAnswers,
    HostBattery,
    HostStalled,
    ImFine,
    KeptAwake,
    LinkNote,
    NodeFault,
    Override,
    ProvedCalibration,
    Resume,
    SeenUpright,
    SinkStatus,
    SoundOutput,
    StandDown,
    Symptoms,
    TestAlarm,
    from_record,
    to_record,
)

EXAMPLES: list[tuple[Command, dict[str, object]]] = [
    (Acknowledge(), {"verb": "acknowledge"}),
    (
        Acknowledge(AlarmId.TIME_LIMIT, 2),
        {"verb": "acknowledge", "id": "time_limit", "occurrence": 2},
    ),
    (SeenUpright(), {"verb": "seen_upright"}),
    (StandDown(), {"verb": "stand_down"}),
    (Resume(), {"verb": "resume"}),
    (Distress("kitchen"), {"verb": "distress", "source": "kitchen"}),
    (ImFine(), {"verb": "im_fine"}),
    (CheckIn(), {"verb": "check_in"}),
    (
        HealthAnswers("ask a doctor", "today"),
        {
            "verb": "health_answers",
            "problem": "ask a doctor",
            "note": "today",
            "after_session": "",
        },
    ),
    (
        ProvedCalibration("another", -80.5),
        {"verb": "proved_calibration", "problem": "another", "stop_deg": -80.5},
    ),
    (EquipmentChecked(), {"verb": "equipment_checked"}),
    (Override(), {"verb": "override"}),
    (
        SoundOutput("speakers", confirmed=True),
        {"verb": "sound_output", "words": "speakers", "confirmed": True},
    ),
    (
        KeptAwake(held=False, words="nothing does"),
        {"verb": "kept_awake", "held": False, "words": "nothing does"},
    ),
    (TestAlarm(), {"verb": "test_alarm"}),
    (Symptoms("pain_worse"), {"verb": "symptoms", "answer": "pain_worse"}),
    (Goodbye(), {"verb": "goodbye"}),
    (NodeFault("it is cold"), {"verb": "node_fault", "words": "it is cold"}),
    (
        HostBattery(9.0, charging=False),
        {"verb": "host_battery", "percent": 9.0, "charging": False},
    ),
    (HostStalled(3.5), {"verb": "host_stalled", "gap_s": 3.5}),
    (
        SinkStatus("mqtt", working=False, reason="refused"),
        {"verb": "sink_status", "sink": "mqtt", "working": False, "reason": "refused"},
    ),
    (LinkNote("by its cable"), {"verb": "link_note", "words": "by its cable"}),
]


@pytest.mark.parametrize(("command", "record"), EXAMPLES)
def test_a_command_comes_back_from_its_record(command: Command, record: dict[str, object]) -> None:
    assert to_record(command) == record
    assert from_record(json.loads(json.dumps(record))) == command


def test_every_command_has_a_verb_and_an_example() -> None:
    assert set(COMMANDS.values()) == set(get_args(Command))
    assert {type(command) for command, _ in EXAMPLES} == set(get_args(Command))


def test_what_is_left_out_takes_its_default() -> None:
    assert from_record({"verb": "distress"}) == Distress("from the dashboard")


def test_a_whole_number_is_taken_for_seconds() -> None:
    assert from_record({"verb": "host_stalled", "gap_s": 3}) == HostStalled(3)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"verb": None},
        {"verb": 3},
        {"verb": "shout"},
        {"verb": "resume", "now": 1},
        {"verb": "acknowledge", "id": "no_such_alarm"},
        {"verb": "acknowledge", "id": 3},
        {"verb": "acknowledge", "occurrence": True},
        {"verb": "acknowledge", "occurrence": 1.5},
        {"verb": "acknowledge", "occurrence": "1"},
        {"verb": "distress", "source": 3},
        {"verb": "host_stalled"},
        {"verb": "host_stalled", "gap_s": "long"},
        {"verb": "host_stalled", "gap_s": True},
        {"verb": "host_stalled", "gap_s": None},
        {"verb": "sink_status", "sink": "mqtt", "working": 1},
        {"verb": "sink_status", "sink": "mqtt"},
        {"verb": "symptoms"},
        {"verb": "symptoms", "answer": "splendid"},
    ],
)
def test_a_record_that_is_no_command_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_record(record)


def test_an_unknown_verb_is_told_which_are_known() -> None:
    with pytest.raises(ValueError, match="unknown command 'shout'; known are acknowledge, seen_"):
        from_record({"verb": "shout"})
