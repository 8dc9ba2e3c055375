# SPDX-License-Identifier: MIT
"""Files that are whole or not there at all, through a loss of power too, for one pair of eyes."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from upturn.errors import RunError

PRIVATE = 0o600


def write_private(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Whole or not at all.

    Raises:
        RunError: the file cannot be written.
    """
    aside = put_aside(path, data, mode)
    try:
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise unwritable(path, error) from None


def put_aside(path: Path, data: bytes, mode: int) -> Path:
    """A file beside it, for its owner's eyes until it is whole; who asked for it moves it.

    Raises:
        RunError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from None
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(mode)
    except OSError as error:
        with suppress(OSError):
            Path(name).unlink()
        raise unwritable(path, error) from None
    return Path(name)


def unwritable(path: Path, error: Exception) -> RunError:
    why = getattr(error, "strerror", None) or str(error)
    return RunError(f"{path}: cannot be written ({why})")
