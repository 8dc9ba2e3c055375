# SPDX-License-Identifier: MIT
"""What a user can be told has gone wrong: one line each, with what, where and what to do.

A line may quote what it refuses, and that may be a broker's address which stood in the wrong
place: the law is that its login is left out, rather with a word too many than with a password.
"""

from __future__ import annotations

import re

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

LOGIN_FORM = "[USER[:PASSWORD]@]"
"""How help and remedies write a login; it is none."""

_LOGIN = re.compile(
    r"""
    (mqtts?:/+|//) (?:
        .*@                                # with a scheme
      | [^\s:]*:\S*?\.{3} (?=\.?(?:\s|$))  # cut short by a quote
      | [^\s:/@\[]+:(?!\d{1,5}(?:\W|$))\S+  # cut by whoever took it apart: no port looks so
    )
    | [^\s:/@'"=]+:\S*@                   # without a scheme
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What stands before the host of an address. Where that is taken for a path it has one slash."""


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


def without_login(text: str) -> str:
    """The text with `...@` for all that may be a user's name and password before a host."""
    return LOGIN_FORM.join(_LOGIN.sub(r"\1...@", part) for part in text.split(LOGIN_FORM))
