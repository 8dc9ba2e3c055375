# SPDX-License-Identifier: MIT
"""What comes in: commands are taken, attempts refused with a reason, noise counted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    COMMANDS,
    SYMPTOMS,
    Acknowledge,
    Command,
    Distress,
    ImFine,
    SeenUpright,
    Symptoms,
    TestAlarm,
)
from upturn.sinks.mqtt.commands import (
    BURST,
    LARGEST_BYTES,
    MAX_OCCURRENCE,
    REFILL_S,
    VERBS,
    Inbox,
    Permits,
    Refused,
)

ALL = Permits(acknowledge=True, seen_upright=True)
PLAIN: dict[str, Command] = {
    "acknowledge": Acknowledge(),
    "test_alarm": TestAlarm(),
    "distress": Distress("from the home"),
    "im_fine": ImFine(),
    "seen_upright": SeenUpright(),
}
NEITHER = 'the payload is neither PRESS nor {"id": ..., "occurrence": ...}'
ANSWERS = "the answer is one of fine, dizzy, pain_worse, other"


def taken(verb: str, payload: bytes, permits: Permits = ALL) -> Command | Refused | None:
    """What a fresh inbox makes of one message."""
    return Inbox(permits).take(0.0, verb, payload, retained=False)


def test_every_verb_is_one_of_the_cores() -> None:
    assert set(VERBS) == {*PLAIN, "symptoms"}
    assert set(VERBS) <= set(COMMANDS)


@pytest.mark.parametrize("verb", PLAIN)
@pytest.mark.parametrize("payload", [b"PRESS", b"", b" PRESS\r\n"])
def test_a_press_is_the_command(verb: str, payload: bytes) -> None:
    assert taken(verb, payload) == PLAIN[verb]


@pytest.mark.parametrize("verb", [verb for verb in PLAIN if verb != "acknowledge"])
@pytest.mark.parametrize("payload", [b"press", b"ON", b"{}", b"PRESS PRESS", b"null", b"\0"])
def test_any_other_text_is_refused(verb: str, payload: bytes) -> None:
    assert taken(verb, payload) == Refused(verb, "the payload is neither PRESS nor empty")


@pytest.mark.parametrize("id", AlarmId)
def test_one_occurrence_can_be_acknowledged(id: AlarmId) -> None:
    payload = json.dumps({"id": id, "occurrence": 3}).encode()
    assert taken("acknowledge", payload) == Acknowledge(id, 3)


def test_an_alarm_can_be_acknowledged_whatever_its_occurrence() -> None:
    assert taken("acknowledge", b'{"id": "distress"}') == Acknowledge(AlarmId.DISTRESS)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("press", NEITHER),
        ("[]", NEITHER),
        ('"distress"', NEITHER),
        ("{}", NEITHER),
        ('{"occurrence": 1}', NEITHER),
        ('{"id": "distress", "all": true}', NEITHER),
        ('{"id": "distress"', NEITHER),
        ('{"id": "distress"} {"id": "distress"}', NEITHER),
        ("[" * LARGEST_BYTES, NEITHER),
        ('{"id": "distress", "id": "fall"}', "a field is there twice"),
        ('{"id": "Distress"}', "there is no alarm of that id"),
        ('{"id": null}', "there is no alarm of that id"),
        ('{"id": ["distress"]}', "there is no alarm of that id"),
        *(
            (f'{{"id": "distress", "occurrence": {n}}}', "an occurrence is a whole number from 1")
            for n in ("0", "-1", "1.0", "true", "null", '"1"', str(MAX_OCCURRENCE + 1), "NaN")
        ),
    ],
)
def test_an_acknowledgement_of_something_else_is_refused(payload: str, reason: str) -> None:
    assert taken("acknowledge", payload.encode()) == Refused("acknowledge", reason)


@pytest.mark.parametrize("occurrence", [1, MAX_OCCURRENCE])
def test_the_first_and_the_last_occurrence_are_some(occurrence: int) -> None:
    payload = f'{{"id": "fall", "occurrence": {occurrence}}}'.encode()
    assert taken("acknowledge", payload) == Acknowledge(AlarmId.FALL, occurrence)


@pytest.mark.parametrize("answer", SYMPTOMS)
@pytest.mark.parametrize("form", ["{}", '{{"answer": "{}"}}', "{}\n"])
def test_an_answer_is_one_of_the_known(answer: str, form: str) -> None:
    assert taken("symptoms", form.format(answer).encode()) == Symptoms(answer)


@pytest.mark.parametrize(
    "payload",
    ["", "PRESS", "Fine", '"fine"', "{}", '{"answer": "well"}', '{"answer": null}', "{fine}",
     '{"answer": ["fine"]}', '{"answer": "fine", "node": "x"}', "[fine]"],
)  # fmt: skip
def test_any_other_answer_is_refused(payload: str) -> None:
    assert taken("symptoms", payload.encode()) == Refused("symptoms", ANSWERS)


@pytest.mark.parametrize(
    ("verb", "payload", "retained"),
    [
        ("stand_down", b"PRESS", False),
        ("Distress", b"PRESS", False),
        ("", b"PRESS", False),
        ("distress", b"PRESS", True),
        ("acknowledge", b"", True),
        ("distress", b"PRESS" + b" " * LARGEST_BYTES, False),
        ("distress", b"\xff", False),
        ("symptoms", b"fine\xc3", False),
    ],
)
def test_noise_is_ignored_and_counted(verb: str, payload: bytes, retained: bool) -> None:
    inbox = Inbox(ALL)
    assert inbox.take(0.0, verb, payload, retained=retained) is None
    assert inbox.ignored == 1


def test_the_largest_message_is_still_read() -> None:
    assert taken("im_fine", b"PRESS".ljust(LARGEST_BYTES)) == ImFine()
    assert taken("im_fine", b"PRESS".ljust(LARGEST_BYTES + 1)) is None


@pytest.mark.parametrize(
    ("verb", "permits", "reason"),
    [
        (
            "acknowledge",
            Permits(acknowledge=False),
            "acknowledging from the home is switched off: [mqtt] acknowledge",
        ),
        (
            "seen_upright",
            Permits(),
            "'seen upright' from the home is not switched on: [mqtt] seen_upright",
        ),
    ],
)
@pytest.mark.parametrize("payload", [b"PRESS", b"nonsense"])
def test_what_is_not_permitted_is_refused_whatever_it_says(
    verb: str, permits: Permits, reason: str, payload: bytes
) -> None:
    assert taken(verb, payload, permits) == Refused(verb, reason)


def test_so_many_at_once_and_then_one_each_time_the_allowance_grows() -> None:
    inbox = Inbox(ALL)
    times_s = [0.0] * BURST + [0.0, REFILL_S - 0.001, REFILL_S, REFILL_S, 2 * REFILL_S]
    said = [inbox.take(t_s, "test_alarm", b"", retained=False) for t_s in times_s]
    too_many = Refused("test_alarm", "too many: 5 at once, then one every 2 s")
    assert said == [
        *[TestAlarm()] * BURST,
        too_many,
        too_many,
        TestAlarm(),
        too_many,
        TestAlarm(),
    ]


def test_after_a_rest_the_whole_allowance_is_there_and_no_more() -> None:
    inbox = Inbox(ALL)
    for t_s in (0.0, 1000.0):
        said = [inbox.take(t_s, "im_fine", b"", retained=False) for _ in range(BURST + 1)]
        assert said[:BURST] == [ImFine()] * BURST
        assert isinstance(said[BURST], Refused)


def test_a_flood_of_faults_is_answered_a_few_times_and_else_counted() -> None:
    inbox = Inbox(ALL)
    said = [inbox.take(0.01 * n, "symptoms", b"?", retained=False) for n in range(1000)]
    answered = [one for one in said if one is not None]
    assert answered == [Refused("symptoms", ANSWERS)] * (BURST + int(9.99 / REFILL_S))
    assert inbox.ignored == 1000 - len(answered)


def test_a_flood_of_calls_for_help_still_lets_one_through_every_time() -> None:
    inbox = Inbox(ALL)
    said = [inbox.take(0.01 * n, "distress", b"", retained=False) for n in range(1000)]
    assert said.count(Distress("from the home")) == BURST + int(9.99 / REFILL_S)


@pytest.mark.parametrize("verb", [*(verb for verb in VERBS if verb != "distress"), "x"])
@pytest.mark.parametrize("payload", [b"PRESS", b"fine", b"garbage"])
def test_a_flood_on_another_verb_holds_up_no_call_for_help(verb: str, payload: bytes) -> None:
    inbox = Inbox(ALL)
    for _ in range(1000):
        inbox.take(0.0, verb, payload, retained=False)
    assert inbox.take(0.0, "distress", b"PRESS", retained=False) == Distress("from the home")


messages = st.tuples(
    st.one_of(st.sampled_from([*VERBS, "x", ""]), st.text(max_size=8)),
    st.one_of(
        st.sampled_from([b"PRESS", b"", b"fine", b'{"id": "fall", "occurrence": 1}', b"{}"]),
        st.binary(max_size=2 * LARGEST_BYTES),
    ),
    st.booleans(),
    st.floats(0.0, 3.0),
)


@given(st.lists(messages, max_size=60))
def test_no_other_message_uses_up_a_call_for_help(
    flood: list[tuple[str, bytes, bool, float]],
) -> None:
    inbox = Inbox(ALL)
    now_s = 0.0
    for verb, payload, retained, pause_s in flood:
        now_s += pause_s
        is_call = verb == "distress" and payload.strip() in (b"", b"PRESS") and not retained
        if not is_call:
            inbox.take(now_s, verb, payload, retained=retained)
    assert inbox.take(now_s, "distress", b"PRESS", retained=False) == Distress("from the home")


@given(st.lists(messages, max_size=60))
def test_whatever_comes_is_a_command_a_refusal_or_counted(
    flood: list[tuple[str, bytes, bool, float]],
) -> None:
    inbox = Inbox(Permits())
    now_s, nothing = 0.0, 0
    for verb, payload, retained, pause_s in flood:
        now_s += pause_s
        said = inbox.take(now_s, verb, payload, retained=retained)
        nothing += said is None
        if isinstance(said, Refused):
            assert (said.verb, retained) == (verb, False)
            assert said.reason.isprintable()
        elif said is not None:
            assert isinstance(said, COMMANDS[verb])
            assert not retained
    assert inbox.ignored == nothing


@given(st.lists(st.tuples(st.sampled_from([*VERBS]), st.floats(0.0, 3.0)), max_size=80))
def test_in_no_stretch_of_time_is_more_carried_out_than_its_allowance(
    presses: list[tuple[str, float]],
) -> None:
    inbox = Inbox(ALL)
    now_s = 0.0
    done: dict[str, list[float]] = {verb: [] for verb in VERBS}
    for verb, pause_s in presses:
        now_s += pause_s
        payload = b"fine" if verb == "symptoms" else b""
        said = inbox.take(now_s, verb, payload, retained=False)
        if said is not None and not isinstance(said, Refused):
            done[verb].append(now_s)
    for times_s in done.values():
        for first, began_s in enumerate(times_s):
            for last in range(first, len(times_s)):
                allowed = BURST + (times_s[last] - began_s) / REFILL_S
                assert last - first + 1 <= allowed + 1e-6
