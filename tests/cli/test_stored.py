# SPDX-License-Identifier: MIT
"""Where a file is written to that is none: it ends, with one line, or it is written."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from upturn.cli.stored import write_file
from upturn.errors import InputError, RunError


def loop(path: Path) -> None:
    path.symlink_to(path)


def long_name(path: Path) -> None:
    path.symlink_to("x" * 300)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (loop, os.strerror(errno.ELOOP)),
        (long_name, os.strerror(errno.ENAMETOOLONG)),
        (Path.mkdir, os.strerror(errno.EISDIR)),
        (os.mkfifo, "nobody reads this pipe"),
    ],
)
def test_what_cannot_be_written_is_refused_and_left_as_it_was(
    make: object, why: str, tmp_path: Path
) -> None:
    assert callable(make)
    path = tmp_path / "out"
    make(path)
    before = path.lstat().st_ino
    with pytest.raises(InputError) as refused:
        write_file(path, b"data")
    assert str(refused.value) == f"{path}: cannot be written ({why}). Name another file"
    assert path.lstat().st_ino == before


def test_a_pipe_that_is_read_gets_all_of_it(tmp_path: Path) -> None:
    path, data = tmp_path / "pipe", bytes(range(256)) * 4096
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    held = os.open(path, os.O_WRONLY)  # a pipe that nobody writes to yet would be at its end
    found = bytearray()

    def read() -> None:
        with os.fdopen(reader, "rb") as stream:
            found.extend(stream.read(len(data)))

    reading = threading.Thread(target=read)
    reading.start()
    write_file(path, data)
    os.close(held)
    reading.join(timeout=60)
    assert bytes(found) == data


def test_a_device_that_is_full_is_no_fault_of_the_name() -> None:
    with pytest.raises(RunError, match="cannot be written"):
        write_file(Path("/dev/full"), b"data")
