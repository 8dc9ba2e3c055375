# SPDX-License-Identifier: MIT
"""What other programs are given: the columns are a contract, and no cell runs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.handmade import EVENING, alarm, eventful, session
from upturn.core.alarm_table import AlarmId
from upturn.report.records import COLUMNS, inert, records, to_csv, to_json
from upturn.store.rows import SessionRow


def read(*sessions: SessionRow) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(records(sessions)))))


def test_the_columns_are_these() -> None:
    assert to_csv([]) == (
        "kind,session,user,table,began_at,ended_at,n,duration_s,peak_deg,exposure_s,at_least,"
        "inversions,inverted_s,longest_s,profile,notice_s,limit_s,rest_s,max_angle_deg,answer,"
        "alarm,occurrence,priority,escalated,acknowledged_at,cleared_at,message,software\n"
    )


def test_a_session_is_followed_by_its_inversions_and_alarms() -> None:
    row = session(
        EVENING,
        (40.0, 50.25),
        id=7,
        alarms=[alarm(AlarmId.TIME_LIMIT_NEAR, EVENING, acknowledged_s=1.5, cleared_s=None)],
    )
    filled = [{name: cell for name, cell in one.items() if cell} for one in read(row)]
    head = {"session": "7", "user": "anna", "table": "den"}
    assert filled == [
        {
            "kind": "session",
            **head,
            "began_at": "2026-03-17T18:30:00.000Z",
            "ended_at": "2026-03-17T18:33:05.250Z",
            "peak_deg": "48.0",
            "at_least": "false",
            "inversions": "2",
            "inverted_s": "90.25",
            "longest_s": "50.25",
            "profile": "standard",
            "notice_s": "45.0",
            "limit_s": "60.0",
            "rest_s": "90.0",
            "max_angle_deg": "60.0",
            "answer": "fine",
            "software": "0.1.0",
        },
        {
            "kind": "inversion",
            **head,
            "began_at": "2026-03-17T18:30:00.000Z",
            "n": "1",
            "duration_s": "40.0",
            "peak_deg": "48.0",
            "exposure_s": "40.0",
            "at_least": "false",
        },
        {
            "kind": "inversion",
            **head,
            "began_at": "2026-03-17T18:32:15.000Z",
            "n": "2",
            "duration_s": "50.25",
            "peak_deg": "48.0",
            "exposure_s": "50.25",
            "at_least": "false",
        },
        {
            "kind": "alarm",
            **head,
            "began_at": "2026-03-17T18:30:00.000Z",
            "alarm": "time_limit_near",
            "occurrence": "1",
            "priority": "medium",
            "escalated": "0",
            "acknowledged_at": "2026-03-17T18:30:01.500Z",
            "message": "Time limit is near. Start to come up now, slowly.",
        },
    ]


def test_json_has_the_same_values_one_object_a_line() -> None:
    rows = [eventful(), session(durations_s=(None,), answer=None)]
    objects = [json.loads(line) for line in to_json(records(rows)).splitlines()]
    cells = read(*rows)
    assert len(objects) == len(cells) == 1 + 3 + 6 + 1 + 1
    for one, row in zip(objects, cells, strict=True):
        assert set(one) <= set(COLUMNS)
        for name, value in one.items():
            assert row[name] == {"None": "", "True": "true", "False": "false"}.get(
                str(value), str(value)
            )
    still_open = objects[-2]
    assert (still_open["ended_at"], still_open["answer"], still_open["at_least"]) == (
        None,
        None,
        True,
    )


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", " '=1"),
        ("a\r=1", "a =1"),
        ("a\r\nb\x00", "a  b "),
        ('"=1', "\"'=1"),
        ('a;" =1', "a;\" '=1"),
        (" =1", " '=1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1", "a;'=1"),
        ("a, -b", "a, '-b"),
        ('x",=1', "x\",'=1"),
        ("a=b", "a=b"),
        ("a-b", "a-b"),
        ("anna", "anna"),
        ("", ""),
        ("'=1", "'=1"),
    ],
)
def test_no_text_begins_a_formula(text: str, safe: str) -> None:
    assert inert(text) == safe


@given(st.text(alphabet="=+-@;,\t\r\n '\"a1", max_size=12))
def test_no_cell_begins_a_formula_by_whatever_parts_them(text: str) -> None:
    row = replace(session(user=text, table=text), software=text)
    written = to_csv(records([row]))
    assert [one["user"] for one in read(row)] == [inert(text)] * 2
    for parted in (";", ",", "|", "\t", "\n", "\r"):
        cells = [cell.strip(' "') for cell in written.replace('"', "").split(parted)]
        assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_a_number_below_zero_stays_a_number() -> None:
    assert read(session(peak_deg=-12.5))[0]["peak_deg"] == "-12.5"


def test_json_is_not_changed_for_spreadsheets() -> None:
    (line, *_) = to_json(records([session(user="=1+1")])).splitlines()
    assert json.loads(line)["user"] == "=1+1"
