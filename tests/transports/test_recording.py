# SPDX-License-Identifier: MIT
"""Raw recordings: what is written is read back, and what is broken is told."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.service.scripted_link import HELLO as HELLO_FIELDS
from tests.service.scripted_link import on_the_line, told
from tests.stories import timeline
from tests.transports.writing import recorder_of
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    Acknowledge,
    Command,
    Distress,
    Goodbye,
    HostStalled,
    SeenUpright,
    SinkStatus,
    StandDown,
)
from upturn.core.limits import DeviceKind
from upturn.core.mounting import Mounting
from upturn.core.sample import NodeCounters, NodeReport, Sample, StreamInfo
from upturn.errors import InputError, RunError
from upturn.transports.node_chunks import NodeChunks
from upturn.transports.recording import Recording, read_recording
from upturn.transports.source import Arrival, Chunk
from upturn.transports.trace_file import Problem

INFO = StreamInfo(
    has_gyro=True,
    nominal_s=0.02,
    rate_hz=50.0,
    mounting=Mounting((0.0, 1.02, 0.0), (0.0, 0.01, 0.99), (1.0, 0.0, 0.0), 0.03, -0.02),
    range_g=8.0,
    node="bench",
    sensor="mpu6050",
)
CHUNKS = [
    Chunk(0.02, [Sample(0.0, 0.1, 0.9, 0.0, 1.0, 2.0, 3.0), Sample(0.02, 0.1, 0.9, 0.0)]),
    Chunk(0.03, [], (Acknowledge(AlarmId.TIME_LIMIT, 2),)),
    Chunk(0.5, []),
    Chunk(0.6, [Sample(0.6, 0.0, 1.0, 0.0, report=NodeReport(angle_deg=-80.0, button=True))]),
]


def record(path: Path, chunks: Iterable[Chunk] = CHUNKS, info: StreamInfo = INFO) -> None:
    recorder = recorder_of(path, info, "extended", DeviceKind.CHAIR)
    for chunk in chunks:
        recorder.piece(chunk)
    recorder.close()


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_recording(path)
    return str(caught.value)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_recording_is_read_back_as_it_came(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    record(path)
    assert read_recording(path) == Recording(
        INFO, DeviceKind.CHAIR, f"replay {name}", "extended", f"{path}:1", CHUNKS
    )
    assert (path.read_bytes()[:2] == b"\x1f\x8b") is name.endswith(".gz")


def test_what_is_not_known_of_a_stream_stays_so(tmp_path: Path) -> None:
    record(tmp_path / "a", info=StreamInfo())
    assert read_recording(tmp_path / "a").info == StreamInfo()


def test_a_recording_that_names_no_device_leaves_it_open(tmp_path: Path) -> None:
    path = tmp_path / "a"
    record(path)
    path.write_text(path.read_text().replace('"device":"chair",', ""))
    assert read_recording(path).device is None


def test_samples_come_before_the_commands_of_their_chunk(tmp_path: Path) -> None:
    sample = Sample(0.0, 0.0, 1.0, 0.0)
    record(tmp_path / "a", [Chunk(0.0, [sample], (SeenUpright(), StandDown()))])
    assert read_recording(tmp_path / "a").pieces == [
        Chunk(0.0, [sample]),
        Chunk(0.0, [], (SeenUpright(),)),
        Chunk(0.0, [], (StandDown(),)),
    ]


def test_a_paced_replay_cuts_samples_into_short_pieces(tmp_path: Path) -> None:
    samples = [Sample(i * 0.02, 0.0, 1.0, 0.0) for i in range(6)]
    record(tmp_path / "a", [Chunk(0.1, samples), Chunk(0.3, [])])
    recording = read_recording(tmp_path / "a")
    assert list(recording.chunks(paced=False)) == [Chunk(0.1, samples), Chunk(0.3, [])]
    assert [len(chunk.samples) for chunk in recording.chunks(paced=True)] == [3, 3, 0]


def test_what_is_not_finite_is_left_out(tmp_path: Path) -> None:
    good = Sample(1.0, 0.0, 1.0, 0.0)
    bad = [
        good._replace(az_g=float("nan")),
        good._replace(gx_dps=float("inf")),
        good._replace(report=NodeReport(peak_g=float("nan"))),
    ]
    record(tmp_path / "a", [Chunk(1.0, [*bad, good])])
    assert read_recording(tmp_path / "a").pieces == [Chunk(1.0, [good])]


def test_a_file_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("mine")
    with pytest.raises(InputError) as caught:
        record(path)
    assert str(caught.value) == f"{path}: exists already, and is left as it is. Name a new file"
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "why"),
    [("none/a", "No such file or directory"), ("a\0b", "embedded null byte")],
)
def test_a_file_that_cannot_be_made_is_told(name: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        record(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: cannot be made ({why}). Name another"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_full_disk_ends_the_recording_with_its_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_full(_path: Path, _mode: str) -> object:
        return open("/dev/full", "wb")  # noqa: PTH123 - as Path.open would

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(RunError) as caught:
        record(tmp_path / name)
    assert str(caught.value) == (f"{tmp_path / name}: cannot be written (No space left on device)")


HINT = "Mend the line, or pass --skip-bad to leave bad lines out"
GOOD = '{"at_s":0.7,"samples":[[0.7,0,1,0,0,0,0]]}'


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "is not JSON: Expecting property name enclosed in double quotes: line 1 column 2"),
        ("[" * 100_000, "is not JSON: nested too deeply"),
        ("7", "is not a JSON object"),
        ("{}", "at_s is missing"),
        ('{"at_s":true,"samples":[]}', "'True' is not a finite number"),
        ('{"at_s":1e999,"samples":[]}', "'inf' is not a finite number"),
        ('{"at_s":1' + "0" * 400 + ',"samples":[]}', "'1000000000000000000000000000000000000..."),
        ('{"at_s":1e12,"samples":[]}', "at_s is 1e+12, which is no time in seconds"),
        ('{"at_s":1e9,"samples":[]}', "at_s leaps by 11574 days"),
        ('{"at_s":1}', "samples is missing"),
        ('{"at_s":1,"samples":7}', "samples must be a list of rows"),
        ('{"at_s":1,"samples":[[1,0,0,1]]}', "a sample must have 7 numbers and may have a report"),
        ('{"at_s":1,"samples":[[1,0,0,1,0,0,NaN]]}', "'nan' is not a finite number"),
        ('{"at_s":1,"samples":[[1,0,0,1,0,0,"0"]]}', "'0' is not a finite number"),
        ('{"at_s":1,"samples":[[0.6,0,0,1,0,0,0]]}', "t_s does not rise (0.6 after 0.6)"),
        ('{"at_s":1,"samples":[[9e9,0,0,1,0,0,0]]}', "t_s leaps by 104167 days"),
        ('{"at_s":1,"samples":[[1,0,0,1,0,0,0,7]]}', "a report must be an object"),
        ('{"at_s":1,"samples":[[1,0,0,1,0,0,0,{"x":1}]]}', "a report has no 'x'"),
        ('{"at_s":1,"samples":[[1,0,0,1,0,0,0,{"tap":1}]]}', "tap must be true or false"),
        ('{"at_s":1,"samples":[[1,0,0,1,0,0,0,{"peak_g":"1"}]]}', "'1' is not a finite number"),
        ('{"at_s":1,"samples":[[1,0,0,1,0,0,0,{"call":1}]]}', "call must be true or false"),
        (
            '{"at_s":1,"samples":[[1,0,0,1,0,0,0,{"counters":[1,2]}]]}',
            "counters must have 6 numbers",
        ),
        ('{"at_s":1,"command":"distress"}', "a command must be an object"),
        ('{"at_s":1,"command":{"verb":"explode"}}', "unknown command 'explode'"),
        ('{"at_s":1,"command":{"verb":"host_stalled"}}', "host_stalled: "),
        ('{"at_s":1,"command":{"verb":"distress","source":7}}', "distress.source cannot be 7"),
        ('{"at_s":1,"command":{"verb":"acknowledge","id":"x"}}', "'x' is not a valid AlarmId"),
    ],
)
def test_a_bad_line_is_refused_with_its_number_or_skipped_and_told(
    line: str, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    record(path)
    path.write_text("\n".join([*lines_of(path), "", line, GOOD]), encoding="utf-8")
    told = refusal(path)
    assert told.startswith(f"{path}:7: is not a piece of a recording ({why}")
    assert told.endswith(f"). {HINT}")
    recording = read_recording(path, skip_bad=True)
    assert recording.pieces == [*CHUNKS, Chunk(0.7, [Sample(0.7, 0.0, 1.0, 0.0)])]
    assert [problem.line for problem in recording.problems] == [7]


def test_a_recording_cut_short_loses_its_last_line_only(tmp_path: Path) -> None:
    path = tmp_path / "a"
    record(path)
    path.write_bytes(path.read_bytes()[:-10])
    assert refusal(path).startswith(f"{path}:5: is not a piece of a recording (is not JSON: ")
    assert read_recording(path, skip_bad=True).pieces == CHUNKS[:-1]


def test_a_packed_recording_that_was_never_ended_holds_all_that_was_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.gz"
    recorder = recorder_of(path, INFO)
    for chunk in CHUNKS:
        recorder.piece(chunk)
    crashed = path.read_bytes()
    recorder.close()
    path.write_bytes(crashed)
    assert refusal(path).startswith(f"{path}:6: gzip data is broken (it ends too early). ")
    recording = read_recording(path, skip_bad=True)
    assert recording.pieces == CHUNKS
    assert recording.problems == [Problem(6, "gzip data is broken (it ends too early)")]


def test_a_line_that_is_not_utf_8_is_lost_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a"
    record(path)
    path.write_bytes(
        path.read_bytes()
        + b'{"at_s":0.7,"command":{"verb":"distress","source":"caf\xe9"}}\n'
        + GOOD.encode()
    )
    recording = read_recording(path, skip_bad=True)
    assert recording.pieces[4:] == [Chunk(0.7, [Sample(0.7, 0.0, 1.0, 0.0)])]
    assert recording.problems == [Problem(6, "is not UTF-8 text (byte 0xe9)")]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"upturn_recording": 3},
            "is a recording of version '3', not 1 or 2. Read it with the Upturn that wrote it",
        ),
        ({"upturn_recording": None}, "is not a recording. Line 1 must name upturn_recording"),
        ({"has_gyro": 1}, "has_gyro must be true or false, nominal_s a number"),
        ({"nominal_s": 0}, "nominal_s is too small"),
        ({"rate_hz": -5}, "rate_hz is too small"),
        ({"rate_hz": "50"}, "'50' is not a finite number"),
        ({"upturn_recording": 2}, "start_s is missing"),
        ({"node": 7}, "node is not a word"),
        ({"profile": None}, "profile is missing"),
        ({"node": None}, "node is missing"),
        ({"device": "sofa"}, "'sofa' is not a valid DeviceKind"),
        ({"mounting": 7}, "mounting must be an object"),
        ({"mounting": {}}, "head is missing"),
        ({"mounting": {"head": [0, 1]}}, "head must be three numbers"),
        ({"mounting": {"head": [0, 1, 99], "front": [0, 0, 1]}}, "mounting is no mounting"),
        (
            {"mounting": {"head": [0, 1, 0], "front": [0, 1, 0]}},
            "head and front are 0.0 degrees apart",
        ),
        (
            {"mounting": {"head": [0, 1, 0], "front": [0, 0, 1], "hinge": [0, 0, 0]}},
            "is zero",
        ),
        ({"upturn_recording": True}, "is a recording of version 'True', not 1 or 2"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(
    changes: dict[str, object], told: str, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    record(path)
    first, *rest = lines_of(path)
    header = {**json.loads(first), **changes}
    header = {name: value for name, value in header.items() if value is not None}
    path.write_text("\n".join([json.dumps(header), *rest]))
    said = refusal(path)
    assert said.startswith(f"{path}:1: ")
    assert told in said


def test_a_recording_without_samples_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    record(path, [Chunk(0.0, [], (SeenUpright(),)), Chunk(1.0, [])])
    assert refusal(path) == f"{path}:1: has no samples. Record it again"


LINK = StreamInfo(mounting=INFO.mounting)
STORY = timeline("upright 1s")
MESSAGES = [data for _, data in told(STORY)]


def record_link(path: Path, chunks: Iterable[Chunk]) -> None:
    recorder = recorder_of(path, LINK, "extended", start_s=100.0)
    for chunk in chunks:
        recorder.piece(chunk)
    recorder.close()


def arrivals() -> list[Chunk]:
    """What a node says in a second, an act, a silence, and one more piece that came late."""
    chunks = NodeChunks(LINK.mounting)
    at_s = [100.1 + 0.1 * i for i in range(len(MESSAGES))]
    made = [
        chunk
        for host_s, data in zip(at_s[:-1], MESSAGES, strict=False)
        for chunk in chunks.take(Arrival(host_s, data))[0]
    ]
    made.append(Chunk(chunks.axis_s(101.3), [], (Distress(),), arrival=Arrival(101.3)))
    made.append(Chunk(chunks.axis_s(102.3), [], arrival=Arrival(102.3)))
    made += chunks.take(Arrival(104.0, MESSAGES[-1], since_s=102.4))[0]
    return made


def test_a_recording_of_a_link_holds_its_bytes_and_is_decoded_anew(tmp_path: Path) -> None:
    path = tmp_path / "a"
    made = arrivals()
    record_link(path, made)
    recording = read_recording(path)
    assert (recording.info, recording.start_s, recording.of_a_link) == (LINK, 100.0, True)
    assert recording.pieces == made
    assert list(recording.chunks(paced=True)) == made
    samples = [sample for chunk in made for sample in chunk.samples]
    assert len(samples) == len(STORY.samples)
    assert made[0].info is not None
    assert made[-1].silent_s is not None
    assert made[-1].at_s - made[-1].silent_s == pytest.approx(1.6, abs=0.01)
    header, first = lines_of(path)[:2]
    assert json.loads(header)["upturn_recording"] == 2
    assert json.loads(first) == {"host_s": 100.1, "bytes": b64encode(MESSAGES[0]).decode()}
    assert [json.loads(line) for line in lines_of(path)[-3:-1]] == [
        {"host_s": 101.3, "command": {"verb": "distress", "source": "from the dashboard"}},
        {"host_s": 102.3},
    ]


def test_an_arrival_that_makes_several_chunks_is_written_once(tmp_path: Path) -> None:
    """Samples before and after a HELLO with another rate are not of one stream."""
    chunks = NodeChunks()
    faster = on_the_line("HELLO", {**HELLO_FIELDS, "rate_hz": 100})
    goodbye = on_the_line("GOODBYE", {"t_ms": 9, "reason": 1})
    data = MESSAGES[0] + MESSAGES[1] + faster + MESSAGES[2] + goodbye + MESSAGES[3]
    made = chunks.take(Arrival(100.0, data))[0]
    assert [len(chunk.samples) for chunk in made] == [5, 5, 5]
    assert [chunk.info.rate_hz if chunk.info else None for chunk in made] == [50.0, 100.0, None]
    assert [chunk.commands for chunk in made] == [(), (Goodbye(),), ()]
    assert [chunk.arrival is None for chunk in made] == [False, True, True]
    record_link(tmp_path / "a", made)
    assert len(lines_of(tmp_path / "a")) == 2
    assert read_recording(tmp_path / "a").pieces == made


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{}", "host_s is missing"),
        ('{"host_s":"1"}', "'1' is not a finite number"),
        ('{"host_s":99.9}', "host_s falls (99.9 after 104)"),
        ('{"host_s":1e9}', "host_s leaps by 11574 days"),
        ('{"host_s":105,"bytes":"%"}', "bytes is not base64"),
        ('{"host_s":105,"bytes":7}', "bytes is not a word"),
        ('{"host_s":105,"since_s":106,"bytes":"fg=="}', "since_s is after host_s"),
        ('{"host_s":105,"command":7}', "a command must be an object"),
        ('{"host_s":105,"command":{"verb":"explode"}}', "unknown command 'explode'"),
    ],
)
def test_a_bad_line_of_a_link_is_refused_or_skipped(line: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "a"
    record_link(path, arrivals())
    good = len(lines_of(path))
    path.write_text("\n".join([*lines_of(path), line]))
    told = refusal(path)
    assert told.startswith(f"{path}:{good + 1}: is not a piece of a recording ({why}")
    recording = read_recording(path, skip_bad=True)
    assert recording.pieces == arrivals()
    assert [problem.line for problem in recording.problems] == [good + 1]


def test_damaged_bytes_cost_what_they_carried_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "a"
    record_link(path, arrivals())
    text = path.read_text().splitlines()
    text[5] = json.dumps({"host_s": 100.5, "bytes": b64encode(b"noise~").decode()})
    path.write_text("\n".join(text))
    samples = [sample for chunk in read_recording(path).pieces for sample in chunk.samples]
    assert len(samples) == len(STORY.samples) - 5


number = st.floats(-1e6, 1e6)
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(Acknowledge, st.none() | st.sampled_from(AlarmId), st.none() | st.integers(1, 9)),
    st.builds(Distress, st.text()),
    st.builds(HostStalled, number),
    st.builds(SinkStatus, st.text(), st.booleans(), st.text()),
)
reports = st.builds(
    NodeReport,
    angle_deg=st.none() | number,
    button=st.none() | st.booleans(),
    tap=st.none() | st.booleans(),
    peak_g=st.none() | number,
    battery_v=st.none() | number,
    battery_percent=st.none() | number,
    saturated=st.booleans(),
    call=st.none() | st.booleans(),
    counters=st.none()
    | st.builds(
        NodeCounters, st.integers(0, 255), st.integers(0, 9), number, number, number, number
    ),
)


@st.composite
def sessions(draw: st.DrawFn) -> list[Chunk]:
    """Chunks of rising times, each with samples or one command or neither."""
    times = sorted(draw(st.lists(st.floats(0, 1e5), min_size=1, max_size=9, unique=True)))
    chunks = [Chunk(times[0], [Sample(times[0], 0.0, 1.0, 0.0)])]
    for t_s in times[1:]:
        sample = st.builds(Sample, st.just(t_s), *[number] * 6, report=st.none() | reports)
        made = st.just(Chunk(t_s, [])) | st.builds(
            lambda command, t_s=t_s: Chunk(t_s, [], (command,)), commands
        )
        made |= st.builds(lambda sample, t_s=t_s: Chunk(t_s, [sample]), sample)
        chunks.append(draw(made))
    return chunks


@given(chunks=sessions())
def test_whatever_is_recorded_is_read_back(
    chunks: list[Chunk], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "recording"
    path.unlink(missing_ok=True)
    record(path, chunks)
    assert read_recording(path).pieces == chunks


@given(
    packed=st.booleans(),
    damage=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=3)), max_size=3),
    skip_bad=st.booleans(),
)
def test_damage_gives_a_recording_or_a_refusal_and_nothing_else(
    packed: bool,
    damage: list[tuple[float, bytes]],
    skip_bad: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.unlink(missing_ok=True)
    record(path)
    data = path.read_bytes()
    data = gzip.compress(data) if packed else data
    for share, put in damage:
        at = int(share * len(data))
        data = data[:at] + put + data[at + 1 :]
    path.write_bytes(data)
    read = attempt(path, skip_bad=skip_bad)
    if isinstance(read, str):
        assert read.startswith(f"{path}:")
        assert read.isprintable()
    else:
        assert any(chunk.samples for chunk in read.pieces)


def attempt(path: Path, *, skip_bad: bool) -> Recording | str:
    try:
        return read_recording(path, skip_bad=skip_bad)
    except InputError as error:
        return str(error)
