# SPDX-License-Identifier: MIT
"""What a user can be told has gone wrong: one line each, with what, where and what to do."""

from __future__ import annotations

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class UpturnError(Exception):
    """Root of the errors that Upturn explains to its user; `exit_code` is the process's."""

    exit_code = EXIT_FAILED


class InputError(UpturnError):
    """A file, a setting or an argument that is refused.

    `where` is a file, a file and line, or a field; `remedy` says what to do about it.
    """

    exit_code = EXIT_USAGE

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        head = f"{where}: {what}" if where else what
        super().__init__(f"{head}. {remedy}" if remedy else head)


class RunError(UpturnError):
    """A run that could not go on: a source that cannot be opened, a disk that is full."""
