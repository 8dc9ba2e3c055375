# SPDX-License-Identifier: MIT
"""What commands that read the store share: where it is, who is meant, how files are written.

Whoever names nobody means the user of the newest session; what is shown says whose it is.
"""

from __future__ import annotations

import argparse
import errno
import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from upturn.config import Config
from upturn.errors import InputError, RunError
from upturn.report.words import person
from upturn.store.database import Store, default_path
from upturn.store.keep import KeepLimits
from upturn.store.reading import users
from upturn.store.rows import SessionRow
from upturn.store.trouble import StoreError, Trouble
from upturn.transports.printable import printable

STDOUT = "-"
MOST_WEEKS = 260
"""Five years."""
_NO_PLACE = frozenset(
    {
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EACCES,
        errno.EPERM,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.ENXIO,
    }
)
"""What is the matter with the name, and not with the disk."""
_NOBODY_READS = "nobody reads this pipe"


def now() -> datetime:
    return datetime.now(tz=UTC)


def add_user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", metavar="NAME", help="whose; left out: the newest session's")


def add_weeks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--weeks", metavar="N", type=_weeks, default=8, help="up to now (8)")


def add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", help="read this config, not your own")


def store_path(config: Config) -> Path:
    """Where the store of that config is; a folder holds it by its usual name."""
    usual = default_path()
    if config.store.path is None:
        return usual
    path = Path(config.store.path).expanduser()
    return path / usual.name if path.is_dir() else path


def keep_limits(config: Config) -> KeepLimits:
    """For recordings."""
    return KeepLimits(config.store.keep_days, config.store.keep_mb)


def opened(config: Config) -> Store:
    """The store, to be read.

    Raises:
        InputError: there is none yet.
        StoreError: it cannot be read.
    """
    path = store_path(config)
    try:
        return Store.open(path, readonly=True)
    except StoreError as error:
        if error.kind is Trouble.MISSING:
            raise nothing_stored(path) from None
        raise


def nothing_stored(path: Path) -> InputError:
    return InputError(
        "no session is stored yet", where=str(path), remedy="'upturn run' stores them"
    )


def user_named(store: Store, name: str, *, where: str = "--user") -> str:
    """Raises InputError: nobody is stored by that name."""
    known = users(store)
    if name in known:
        return name
    listed = ", ".join(shown(user) for user in known) or "nobody"
    raise InputError(
        f"nobody is stored by the name {name!r}", where=where, remedy=f"Stored: {listed}"
    )


def newest_user(sessions: Sequence[SessionRow]) -> str:
    return sessions[-1].user if sessions else ""


def shown(user: str) -> str:
    """A name, fit for a terminal, and as --user takes it."""
    return printable(user) if user else f"'' ({person(user)})"


def write_file(path: Path, data: bytes) -> None:
    """Whole or not at all, for its owner's eyes: it is about somebody's health.

    Raises:
        InputError: no such file can be made.
        RunError: it could not be written.
    """
    try:
        if _is_pipe_or_device(path):
            _write_into(path, data)
        else:
            _replace(path.resolve(), data)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        number = getattr(error, "errno", None)
        why = getattr(error, "strerror", None) or str(error)
        why = _NOBODY_READS if number == errno.ENXIO else why
        if isinstance(error, ValueError) or number in _NO_PLACE:
            raise InputError(
                f"cannot be written ({why})", where=str(path), remedy="Name another file"
            ) from None
        raise RunError(f"{path}: cannot be written ({why})") from None


def _is_pipe_or_device(path: Path) -> bool:
    """Asked of the system, which tells a loop of links in the same way everywhere."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return not stat.S_ISREG(mode)


def _write_into(path: Path, data: bytes) -> None:
    """Opening a pipe would wait for its reader for ever; writing to one that reads may wait."""
    patient = getattr(os, "O_NONBLOCK", 0)
    number = os.open(path, os.O_WRONLY | patient)
    if patient:
        os.set_blocking(number, True)
    with os.fdopen(number, "wb") as stream:
        stream.write(data)


def _replace(target: Path, data: bytes) -> None:
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def write_out(out: str, text: str) -> None:
    """To a file, or to stdout where `out` is "-"."""
    if out == STDOUT:
        sys.stdout.write(text)
    else:
        write_file(Path(out), text.encode("utf-8", "backslashreplace"))


def _weeks(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_WEEKS):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of weeks from 1 to {MOST_WEEKS}")
    return int(text)
