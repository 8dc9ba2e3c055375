# SPDX-License-Identifier: MIT
"""Sample traces: every sentence of the contract, what is kept and what is refused."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.core.mounting import Mounting
from upturn.core.sample import NodeReport, Sample, StreamInfo
from upturn.errors import InputError
from upturn.transports.trace import Trace, parse_trace, read_trace
from upturn.transports.trace_file import Problem, Text
from upturn.transports.trace_rows import KNOWN

HEADER = "t_s,ax_g,ay_g,az_g"
ROWS = ("0.00,0.1,0.9,0.0", "0.02,0.2,0.8,0.0", "0.04,0.3,0.7,0.0")
SAMPLES = [
    Sample(0.0, 0.1, 0.9, 0.0),
    Sample(0.02, 0.2, 0.8, 0.0),
    Sample(0.04, 0.3, 0.7, 0.0),
]


def trace(*lines: str, skip_bad: bool = False) -> Trace:
    """The trace of these lines, in a file called a.csv."""
    return parse_trace(Text(Path("a.csv"), list(lines)), skip_bad=skip_bad)


def refusal(*lines: str) -> str:
    with pytest.raises(InputError) as caught:
        trace(*lines)
    return str(caught.value)


def attempt(path: Path, *, skip_bad: bool) -> Trace | str:
    try:
        return read_trace(path, skip_bad=skip_bad)
    except InputError as error:
        return str(error)


def test_required_columns_are_all_it_takes() -> None:
    read = trace(HEADER, *ROWS)
    assert read.samples() == SAMPLES
    assert read.info == StreamInfo(has_gyro=False, nominal_s=0.02)
    assert (read.profile, read.keys, read.problems) == (None, {}, [])


def test_columns_may_stand_in_any_order_with_spaces_and_quotes() -> None:
    read = trace(' "az_g", t_s ,ax_g,"ay_g"', "3,0,1,2", ' "6", 1 ,4,5')
    assert read.samples() == [Sample(0.0, 1.0, 2.0, 3.0), Sample(1.0, 4.0, 5.0, 6.0)]


def test_a_gyro_gives_rates() -> None:
    read = trace(f"{HEADER},gz_dps,gx_dps,gy_dps", "0,0,0,1,3,1,2")
    assert read.samples() == [Sample(0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 3.0)]
    assert read.info.has_gyro


def test_what_the_node_says_goes_with_its_sample() -> None:
    read = trace(
        "# angle: upturn",
        f"{HEADER},angle_deg,button,tap,battery_v,peak_g,arrival_s",
        "0,0,0,1,-80.5,1,0,3.9,2.6,0.01",
        "1,0,0,1,,,,,,",
        "2,0,0,1,,,1.0,,,",
    )
    assert [sample[7] for sample in read.samples()] == [
        NodeReport(angle_deg=-80.5, button=True, tap=False, battery_v=3.9, peak_g=2.6),
        None,
        NodeReport(tap=True),
    ]


def test_only_what_is_news_is_reported() -> None:
    read = trace(
        f"{HEADER},button,battery_v,peak_g",
        "0,0,0,1,0,3.9,1.0",
        "1,0,0,1,0,3.9,1.1",
        "2,0,0,1,1,,2.5",
        "3,0,0,1,1,3.9,3.0",
        "4,0,0,1,0,3.8,1.0",
    )
    assert read.reports == {
        0: NodeReport(button=False, battery_v=3.9),
        2: NodeReport(button=True),
        3: NodeReport(peak_g=3.0),
        4: NodeReport(button=False, battery_v=3.8),
    }


def test_a_battery_that_only_trembles_is_no_news_but_passing_a_border_is() -> None:
    volts = (3.9, 3.901, 3.899, 3.52, 3.499, 3.501, 3.549, 3.55)
    read = trace(f"{HEADER},battery_v", *(f"{i},0,0,1,{v}" for i, v in enumerate(volts)))
    assert list(read.reports) == [0, 3, 4, 5, 6, 7]


def test_a_nodes_angle_is_looked_at_five_times_a_second() -> None:
    rows = [f"{i / 100},0,0,1,-80" for i in range(100)]
    read = trace("# angle: upturn", f"{HEADER},angle_deg", *rows)
    assert list(read.reports) == [0, 20, 40, 60, 80]


@pytest.mark.parametrize(
    ("convention", "written", "meant"),
    [("upturn", "-90", -90.0), ("upright0", "0", -90.0), ("upright0", "180", 90.0)],
)
def test_the_nodes_angle_is_read_by_the_convention_that_is_named(
    convention: str, written: str, meant: float
) -> None:
    read = trace(f"# angle: {convention}", f"{HEADER},angle_deg", f"0,0,0,1,{written}")
    assert read.samples()[0][7] == NodeReport(angle_deg=meant)


@pytest.mark.parametrize("written", ["-80", "", "n/a", "nan"])
def test_an_angle_without_a_convention_is_ignored(written: str) -> None:
    read = trace(f"{HEADER},angle_deg", f"0,0,0,1,{written}")
    assert read.samples() == [Sample(0.0, 0.0, 0.0, 1.0)]


def test_unknown_keys_are_kept_and_unknown_columns_ignored() -> None:
    read = trace(
        "# made_by: phone: logger, v2",
        "#range_g:none",
        "# a remark",
        f"note,{HEADER},",
        '"a, ""b""",0,0,0,1,',
        "käse_1,1,0,0,1,nan",
        " ,2,0,0,1,0x10",
    )
    assert read.keys == {"made_by": "phone: logger, v2", "range_g": "none"}
    assert read.samples() == [Sample(float(t), 0.0, 0.0, 1.0) for t in range(3)]
    assert read.problems == []


def test_every_key_of_the_contract_is_read() -> None:
    read = trace(
        "# sensor: MPU-6050",
        "# node: bench",
        "# start: 2024-05-01T10:00:00Z",
        "# origin: simulated, by hand",
        "# head: 0, 0, -2",
        "# front: 0, 3, 0",
        "# rate_hz: 25",
        "# profile: extended",
        HEADER,
        *ROWS,
    )
    assert read.info == StreamInfo(
        nominal_s=0.04,
        rate_hz=25.0,
        mounting=Mounting.from_axes((0, 0, -1), (0, 1, 0)),
        node="bench",
        sensor="MPU-6050",
    )
    assert (read.profile, read.profile_where) == ("extended", "a.csv:8")
    assert read.keys["start"] == "2024-05-01T10:00:00Z"


def test_front_is_made_square_to_head() -> None:
    read = trace("# head: 0,1e300,0", "# front: 0,1,1", HEADER, *ROWS)
    assert read.info.mounting is not None
    assert read.info.mounting.head == (0.0, 1.0, 0.0)
    assert read.info.mounting.front == pytest.approx((0.0, 0.0, 1.0))


def test_blank_lines_are_passed_over_and_counted() -> None:
    assert trace("", "# node: a", "", HEADER, "", *ROWS, "  ").samples() == SAMPLES
    assert refusal("", HEADER, "", ROWS[0], "", "x").startswith("a.csv:6: ")


def test_times_may_be_a_phones_epoch_seconds() -> None:
    read = trace(HEADER, "1714557600.00,0,0,1", "1714557600.02,0,0,1")
    assert [s[0] for s in read.samples()] == [1714557600.00, 1714557600.02]
    assert read.info.nominal_s == pytest.approx(0.02, abs=1e-6)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            ["# node: a"],
            (
                "a.csv:1: has no header row. The first row after the # lines names the columns: "
                "t_s,ax_g,ay_g,az_g"
            ),
        ),
        (
            [*ROWS],
            (
                "a.csv:1: column t_s is missing. "
                "The header row must name t_s,ax_g,ay_g,az_g with commas between"
            ),
        ),
        (
            ["t_s;ax_g;ay_g;az_g", "0;0;0;1"],
            (
                "a.csv:1: column t_s is missing. "
                "The header row must name t_s,ax_g,ay_g,az_g with commas between"
            ),
        ),
        (
            ["# node: a", "t_s,ax_g,az_g", "0,0,1"],
            (
                "a.csv:2: column ay_g is missing. "
                "The header row must name t_s,ax_g,ay_g,az_g with commas between"
            ),
        ),
        ([f"{HEADER},ax_g", "0,0,0,1,0"], "a.csv:1: column ax_g is there twice. Keep one"),
        (
            [f"{HEADER},gx_dps,gz_dps", "0,0,0,1,0,0"],
            "a.csv:1: column gx_dps is there without gy_dps. Give all three gyro columns, or none",
        ),
        (
            [f'{HEADER},"a'],
            "a.csv:1: its header is not a row of CSV (unexpected end of data). Mend the row",
        ),
        (["# node: a", HEADER], "a.csv:2: has no rows. Record it again"),
        (
            ["# head: 0,1,0", HEADER, *ROWS],
            "a.csv:1: head is given without front. Give both, or neither",
        ),
        (
            ["# node: a", "# front: 0,1,0", HEADER, *ROWS],
            "a.csv:2: front is given without head. Give both, or neither",
        ),
        (
            ["# head: 0,1", "# front: 0,0,1", HEADER, *ROWS],
            "a.csv:1: head is '0,1', not three numbers. Write them like 0,1,0",
        ),
        (
            ["# head: 0,1_0,0", "# front: 0,0,1", HEADER, *ROWS],
            "a.csv:1: head is '0,1_0,0', not three numbers. Write them like 0,1,0",
        ),
        (
            ["# head: 0,1,0", "# front: a,b,c", HEADER, *ROWS],
            "a.csv:2: front is 'a,b,c', not three numbers. Write them like 0,1,0",
        ),
        (
            ["# head: 0,0,0", "# front: 0,0,1", HEADER, *ROWS],
            "a.csv:2: head is zero. head: feet to head; front: out of the chest",
        ),
        (
            ["# head: 0,inf,0", "# front: 0,0,1", HEADER, *ROWS],
            (
                "a.csv:2: head has a number that is not finite. "
                "head: feet to head; front: out of the chest"
            ),
        ),
        (
            [*[""] * 8, "# front: 0,2,0", "# head: 0,1,0", HEADER, *ROWS],
            (
                "a.csv:10: head and front are 0.0 degrees apart; they must be at least 10 degrees "
                "from parallel. head: feet to head; front: out of the chest"
            ),
        ),
        (
            ["# head: 0,1,0", "# front: 0.17,1,0", HEADER, *ROWS],
            (
                "a.csv:2: head and front are 9.6 degrees apart; they must be at least 10 degrees "
                "from parallel. head: feet to head; front: out of the chest"
            ),
        ),
        (
            ["# head: 0,1,0", "# head: 0,0,1", HEADER, *ROWS],
            "a.csv:2: head is given twice. Keep one of them",
        ),
        (
            ["# angle: gravity", HEADER, *ROWS],
            (
                "a.csv:1: angle is 'gravity', a convention that Upturn does not know. "
                "Say upturn or upright0, or leave the key out"
            ),
        ),
    ],
)
def test_a_head_that_says_nothing_clear_is_refused_with_its_line(
    lines: list[str], told: str
) -> None:
    assert refusal(*lines) == told


@pytest.mark.parametrize(
    "written", ["0", "-50", "nan", "inf", "fast", "", "1_0", "1e-320", "1e7", "٥٠", "50 Hz"]
)
def test_a_rate_that_is_none_is_refused(written: str) -> None:
    assert refusal(f"# rate_hz: {written}", HEADER, *ROWS) == (
        f"a.csv:1: rate_hz is {written!r}. "
        "Give a number above 0, up to 1000000, or leave the key out"
    )


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("0.03,0,0", "has 3 fields where the header row names 4"),
        ("0.03,0,0,1,", "has 5 fields where the header row names 4"),
        ("0.03", "has 1 fields where the header row names 4"),
        ("0.03;0;0;1", "has 1 fields where the header row names 4"),
        ("# node: late", "has 1 fields where the header row names 4"),
        ("0.03,,0,1", "ax_g is not a number: ''"),
        (",0,0,1", "t_s is not a number: ''"),
        ("0.03,up,0,1", "ax_g is not a number: 'up'"),
        ("0.03,1_0,0,1", "ax_g is not a number: '1_0'"),
        ("0.03,0x1,0,1", "ax_g is not a number: '0x1'"),
        ("0.03,١,0,1", "ax_g is not a number: '١'"),
        ("0.03,0\0,0,1", r"ax_g is not a number: '0\x00'"),
        (f"0.03,{'x' * 99},0,1", f"ax_g is not a number: '{'x' * 37}...'"),
        ("0.03,nan,0,1", "ax_g is not finite: 'nan'"),
        ("0.03,0,-inf,1", "ay_g is not finite: '-inf'"),
        ("0.03,0,0,1e999", "az_g is not finite: '1e999'"),
        ("nan,0,0,1", "t_s is not finite: 'nan'"),
        ("0.02,0,0,1", "t_s does not rise (0.02 after 0.02)"),
        ("0.01,0,0,1", "t_s does not rise (0.01 after 0.02)"),
        ("1714557600000,0,0,1", "t_s is 1.71456e+12, which is no time in seconds"),
        ("1714557600,0,0,1", "t_s leaps 19844 days ahead, as if a clock had been set"),
        ('0.03,"0,0,1', "is not a row of CSV (unexpected end of data)"),
        ('0.03,"0"1,0,1', "is not a row of CSV (',' expected after '\"')"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_or_skipped_and_told(row: str, why: str) -> None:
    lines = ["# node: a", HEADER, *ROWS[:2], row, ROWS[2]]
    assert refusal(*lines) == (
        f"a.csv:5: {why}. Mend the row, or pass --skip-bad to leave bad rows out"
    )
    read = trace(*lines, skip_bad=True)
    assert read.samples() == SAMPLES
    assert read.problems == [Problem(5, why)]


@pytest.mark.parametrize(
    ("column", "field", "why"),
    [
        ("button", "2", "button is '2', not 0 or 1"),
        ("tap", "0.5", "tap is '0.5', not 0 or 1"),
        ("tap", "true", "tap is not a number: 'true'"),
        ("battery_v", "nan", "battery_v is not finite: 'nan'"),
        ("arrival_s", "inf", "arrival_s is not finite: 'inf'"),
        ("peak_g", "high", "peak_g is not a number: 'high'"),
    ],
)
def test_a_bad_field_of_an_optional_column_is_refused(column: str, field: str, why: str) -> None:
    told = refusal(f"{HEADER},{column}", "0,0,0,1,", f"1,0,0,1,{field}")
    assert told.startswith(f"a.csv:3: {why}. ")


def test_a_gyro_may_not_leave_a_field_empty() -> None:
    told = refusal(f"{HEADER},gx_dps,gy_dps,gz_dps", "0,0,0,1,1,,1")
    assert told.startswith("a.csv:2: gy_dps is not a number: ''. ")


def test_a_trace_of_bad_rows_alone_is_refused_even_so() -> None:
    with pytest.raises(InputError) as caught:
        trace(HEADER, "x", "y", skip_bad=True)
    assert str(caught.value) == "a.csv:1: has no valid rows (2 bad). Record it again"


def test_times_that_go_back_lose_the_rows_that_do_not_rise_and_no_others() -> None:
    times = [0, 1, 2, 1, 1.5, 2, 3, 4]
    read = trace(HEADER, *(f"{t},0,0,1" for t in times), skip_bad=True)
    assert [s[0] for s in read.samples()] == [0, 1, 2, 3, 4]
    assert [problem.line for problem in read.problems] == [5, 6, 7]


@pytest.mark.parametrize(
    ("times", "line"), [([0, 1, 5000, 2, 3, 4], 4), ([5000, 1, 2, 3], 2), ([0, 99, 1, 2], 3)]
)
def test_one_time_far_ahead_does_not_cost_the_rows_after_it(times: list[int], line: int) -> None:
    read = trace(HEADER, *(f"{t},0,0,1" for t in times), skip_bad=True)
    assert [s[0] for s in read.samples()] == [t for t in times if t != max(times)]
    assert read.problems == [Problem(line, "t_s leaps ahead of the rows after it")]


def test_lines_that_could_not_be_read_are_left_out() -> None:
    text = Text(Path("a.csv"), [HEADER, *ROWS], [Problem(3, "is not UTF-8 text (byte 0xff)")])
    read = parse_trace(text, skip_bad=True)
    assert read.samples() == [SAMPLES[0], SAMPLES[2]]
    assert read.problems == text.problems


def test_the_nominal_interval_is_the_mean_of_the_first_50() -> None:
    steps = [0.01] * 25 + [0.03] * 25 + [1.0] * 50
    times = [sum(steps[:i]) for i in range(len(steps) + 1)]
    assert trace(HEADER, *(f"{t!r},0,0,1" for t in times)).info.nominal_s == pytest.approx(0.02)
    assert trace(HEADER, ROWS[0]).info.nominal_s == 0.02


finite = st.floats(-1e9, 1e9)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[float]]]:
    """Known columns in some order, and rows of numbers with rising times."""
    optional = draw(st.lists(st.sampled_from(["battery_v", "peak_g", "arrival_s"]), unique=True))
    gyro = draw(st.sampled_from([[], ["gx_dps", "gy_dps", "gz_dps"]]))
    names = draw(st.permutations([*HEADER.split(","), *gyro, *optional]))
    times = sorted(draw(st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=8, unique=True)))
    return names, [[t if name == "t_s" else draw(finite) for name in names] for t in times]


@given(tables())
def test_a_trace_is_read_back_exactly(table: tuple[list[str], list[list[float]]]) -> None:
    names, rows = table
    read = trace(",".join(names), *(",".join(map(repr, row)) for row in rows))
    assert {name: list(values) for name, values in read.columns.items()} == {
        name: [row[place] for row in rows] for place, name in enumerate(names)
    }


@given(tables(), st.integers(1, 10))
def test_row_by_row_gives_the_same_as_all_at_once(
    table: tuple[list[str], list[list[float]]], at: int
) -> None:
    names, rows = table
    written = [",".join(map(repr, row)) for row in rows]
    bad = [*written[:at], "bad row", *written[at:]]
    read = trace(",".join(names), *bad, skip_bad=True)
    assert read.columns == trace(",".join(names), *written).columns
    assert read.problems == [
        Problem(min(at, len(written)) + 2, f"has 1 fields where the header row names {len(names)}")
    ]


PLAIN = (
    "# head: 0,1,0\n# front: 0,0,1\n# rate_hz: 50\n# angle: upturn\n"
    f"{HEADER},button,angle_deg\n" + "".join(f"{i / 50},0.1,0.9,0,0,-80\n" for i in range(9))
).encode()


@given(
    st.sampled_from([PLAIN, gzip.compress(PLAIN, mtime=0)]),
    st.lists(st.tuples(st.integers(0, len(PLAIN) - 1), st.binary(max_size=3)), max_size=3),
    st.integers(0, len(PLAIN)),
    st.booleans(),
)
def test_damage_gives_a_trace_or_a_refusal_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory,
    data: bytes,
    damage: Sequence[tuple[int, bytes]],
    cut: int,
    skip_bad: bool,
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.csv"
    for at, put in damage:
        data = data[:at] + put + data[at + 1 :]
    path.write_bytes(data[:cut])
    read = attempt(path, skip_bad=skip_bad)
    if isinstance(read, str):
        assert read.startswith(f"{path}:")
        assert read.isprintable()
    else:
        assert len(read.samples()) == len(read) > 0
        assert set(read.columns) <= set(KNOWN)
