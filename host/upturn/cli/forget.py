# SPDX-License-Identifier: MIT
"""`upturn forget USER`: all that is stored of somebody, gone for good, once it was said twice.

The store refuses first, if it has to; files are deleted after it, and one that stays is named.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.forget_recordings import forget_recordings
from upturn.cli.stored import add_config, opened, shown, store_path, user_named
from upturn.config import load_config
from upturn.errors import EXIT_DONE, InputError, RunError
from upturn.report import words
from upturn.store.database import Store
from upturn.store.history import local_day
from upturn.store.keep import Recording
from upturn.store.keeping import forget
from upturn.store.reading import recordings, sessions, users
from upturn.store.rows import SessionRow
from upturn.store.salvage import aside
from upturn.store.trouble import StoreError
from upturn.transports.printable import printable

UNNAMED = "nobody"
"""Typed for the sessions of which nobody said whose they are."""


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers, "forget", epilog="Reports, exports and backups are yours to delete."
    )
    parser.add_argument(
        "user", metavar="USER", nargs="?", help="whose; '' for sessions without a name"
    )
    parser.add_argument(
        "--recordings",
        action="store_true",
        help="instead: recordings beyond the limits of [store], each asked about",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask again")
    add_config(parser)


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    if args.recordings:
        if args.user is not None:
            raise InputError(
                "does not go with a USER", where="--recordings", remedy="Leave one of them out"
            )
        return forget_recordings(config, unasked=args.yes)
    if args.user is None:
        raise InputError("nobody is named", where="USER", remedy="Say who is to be forgotten")
    path = store_path(config)
    with opened(config) as store:
        user = user_named(store, args.user, where="USER")
        rows = sessions(store, user=user)
        files = recordings(store, user=user)
    for line in _said(user, rows, files, aside(path)):
        print(line)
    if not args.yes:
        _ask(user)
    with Store.open(path) as store:
        _forget(store, user, files)
    print(f"Forgotten: {shown(user)}, {words.counted(len(rows), 'session')}")
    return EXIT_DONE


def _said(
    user: str,
    rows: Sequence[SessionRow],
    files: Sequence[Recording],
    set_aside: Sequence[Path],
) -> Iterator[str]:
    """What goes, and what does not."""
    span = ""
    if rows:
        first, last = (local_day(row.began_at, None) for row in (rows[0], rows[-1]))
        span = f", {first}" if first == last else f", {first} to {last}"
    yield f"This deletes all that is stored of {shown(user)} and cannot be undone:"
    yield f"  {words.counted(len(rows), 'session')}{span}, with inversions, alarms, curves and log"
    yield "  answers about health: after sessions, and to the checklist"
    for file in files:
        alarm = "" if file.high_alarm is False else " (holds or may hold a high alarm)"
        yield f"  recording {printable(file.path)}{alarm}"
    yield "It does not delete reports, exports, backups, and recordings of no session."
    for file_aside in set_aside:
        yield f"Nor a damaged store that was set aside: {printable(str(file_aside))}"


def _ask(user: str) -> None:
    """Raises InputError: the name was not typed again."""
    wanted = printable(user) or UNNAMED
    if sys.stdin is None or not sys.stdin.isatty():
        raise InputError("nobody is there to ask", remedy="--yes deletes without asking")
    print(f"Type {wanted} to delete it: ", end="", flush=True)
    typed = sys.stdin.readline().strip()
    if typed != wanted:
        raise InputError("that is another name: nothing was deleted")


def _forget(store: Store, user: str, files: Sequence[Recording]) -> None:
    """Raises StoreError or RunError; what of it was done is so in either case."""
    try:
        forget(store, user)
    except StoreError:
        if user not in users(store):  # only wiping the file is left
            _delete(files)
        raise
    _delete(files)


def _delete(files: Sequence[Recording]) -> None:
    left: list[str] = []
    for file in files:
        try:
            Path(file.path).unlink(missing_ok=True)
        except OSError as error:
            left.append(f"{file.path} ({error.strerror or error})")
    if left:
        raise RunError(f"forgotten, but not deleted, and now yours to delete: {', '.join(left)}")
