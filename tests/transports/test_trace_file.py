# SPDX-License-Identifier: MIT
"""Bytes to lines: gzip, UTF-8, line ends, and what is told of a broken file."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from upturn.errors import InputError
from upturn.transports.trace_file import Problem, Text, read_text

SKIP = "Mend it, or pass --skip-bad to leave bad rows out"
LINES = [f"line {i} {i * 7919 % 1000}" for i in range(4000)]
PACKED = gzip.compress("\n".join(LINES).encode(), mtime=0)


def written(tmp_path: Path, data: bytes, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def refusal(path: Path, *, skip_bad: bool = False) -> str:
    with pytest.raises(InputError) as caught:
        read_text(path, skip_bad=skip_bad)
    return str(caught.value)


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a"])
def test_gzip_is_known_by_its_first_bytes(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, PACKED, name)
    assert read_text(path) == Text(path, LINES)


def test_gzip_may_have_several_members_and_padding(tmp_path: Path) -> None:
    data = gzip.compress(b"a\n") + gzip.compress(b"b") + b"\0" * 9
    assert read_text(written(tmp_path, data)).lines == ["a", "b"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_any_line_end_and_a_byte_order_mark_are_accepted(
    end: bytes, mark: bytes, pack: type[bytes], tmp_path: Path
) -> None:
    data = pack(mark + end.join([b"a", b"", "ä".encode(), b""]))
    assert read_text(written(tmp_path, data)).lines == ["a", "", "ä", ""]


@pytest.mark.parametrize(
    "data", [b"", b"\n", b" \r\n\t", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)]
)
def test_an_empty_file_is_refused(data: bytes, tmp_path: Path) -> None:
    path = written(tmp_path, data)
    assert refusal(path) == f"{path}:1: is empty. Record it again"


def test_a_plain_file_with_a_name_of_gzip_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"t_s", "a.csv.gz")
    assert refusal(path) == (
        f"{path}:1: is named .gz but is not gzip data. Name it .csv if it is plain text"
    )


@pytest.mark.parametrize(
    ("data", "lines", "why"),
    [
        pytest.param(PACKED[:-4], 4000, "it ends too early", id="cut"),
        pytest.param(
            PACKED[:-5] + b"\xff" + PACKED[-4:],
            4000,
            "Error -3 while decompressing data: ",
            id="checksum",
        ),
        pytest.param(PACKED + b"more", 4000, "something else follows it", id="more"),
    ],
)
def test_a_broken_end_of_gzip_costs_the_last_line_only(
    data: bytes, lines: int, why: str, tmp_path: Path
) -> None:
    path = written(tmp_path, data)
    told = refusal(path)
    assert told.startswith(f"{path}:{lines}: gzip data is broken ({why}")
    assert told.endswith(f"). {SKIP}")
    read = read_text(path, skip_bad=True)
    assert read.lines == LINES
    assert read.unreadable == {lines}


def test_gzip_cut_short_keeps_every_whole_line_before_the_cut(tmp_path: Path) -> None:
    read = read_text(written(tmp_path, PACKED[: len(PACKED) // 2]), skip_bad=True)
    whole, cut = read.lines[:-1], read.lines[-1]
    assert len(whole) > 1000
    assert whole == LINES[: len(whole)]
    assert LINES[len(whole)].startswith(cut)
    assert read.problems == [Problem(len(read.lines), "gzip data is broken (it ends too early)")]


def test_gzip_damaged_amid_keeps_what_stood_before(tmp_path: Path) -> None:
    data = bytearray(gzip.compress("\n".join(LINES).encode(), 0))  # the text as it is
    data[-12] ^= 0xFF
    read = read_text(written(tmp_path, bytes(data)), skip_bad=True)
    assert read.lines[:3999] == LINES[:3999]
    assert read.unreadable == {4000}


@pytest.mark.parametrize(
    ("data", "line", "byte"),
    [
        (b"a\nb\ncaf\xe9\n", 3, "e9"),
        (b"a\r\rcaf\xe9\r", 3, "e9"),
        (b"a\r\ncaf\xe9\r\n", 2, "e9"),
        ("t_s,ax_g\n".encode("utf-16"), 1, "ff"),
        (b"\xed\xa0\x80\n", 1, "ed"),
        pytest.param(bytes(range(128, 256)), 1, "80", id="binary"),
    ],
)
def test_text_that_is_not_utf_8_is_refused_with_its_line(
    data: bytes, line: int, byte: str, tmp_path: Path
) -> None:
    path = written(tmp_path, data)
    assert refusal(path) == f"{path}:{line}: is not UTF-8 text (byte 0x{byte}). {SKIP}"


def test_only_the_lines_that_are_not_utf_8_are_lost(tmp_path: Path) -> None:
    read = read_text(written(tmp_path, "ä\nb\n".encode() + b"\xff\nc\n\xe9"), skip_bad=True)
    assert read.lines == ["ä", "b", "\ufffd", "c", "\ufffd"]
    assert read.problems == [
        Problem(3, "is not UTF-8 text (byte 0xff)"),
        Problem(5, "is not UTF-8 text (byte 0xe9)"),
    ]


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path}: is a folder. Name a file"
    lost = tmp_path / "lost.csv"
    assert refusal(lost) == f"{lost}: cannot be read (No such file or directory). Check the path"
    assert refusal(Path("a\0b")) == "a\0b: cannot be read (embedded null byte). Check the path"
