# SPDX-License-Identifier: MIT
"""`upturn report`: one session and its weeks as a page to read, to print and to hand on."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from upturn import __version__
from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.stored import (
    STDOUT,
    add_config,
    add_user,
    add_weeks,
    newest_user,
    nothing_stored,
    now,
    opened,
    user_named,
    write_file,
    write_out,
)
from upturn.config import Config, load_config
from upturn.errors import EXIT_DONE, InputError, RunError
from upturn.report.drawing import Drawing
from upturn.report.page import Report, page
from upturn.report.picture import drawings
from upturn.store.database import Store
from upturn.store.deeds import deeds
from upturn.store.history import history, local_day
from upturn.store.progression import suggest
from upturn.store.reading import curve, log, sessions
from upturn.store.rows import SessionRow

LAST = "last"
NEAREST = 3
"""How many of the newest sessions a refusal names."""


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers,
        "report",
        epilog="The page needs no network, and prints. It holds health answers: mind whom you "
        "give it to.",
    )
    add_user(parser)
    parser.add_argument(
        "--session", metavar="last|ID", default=LAST, help="which; see 'export' for numbers"
    )
    add_weeks(parser)
    parser.add_argument("--out", metavar="FILE.html", help="the page's file; - is stdout")
    parser.add_argument("--png", metavar="FILE.png", help="its pictures too; needs Pillow")
    add_config(parser)


def run(args: argparse.Namespace) -> int:
    if args.png == STDOUT:
        raise InputError("pictures do not go to stdout", where="--png", remedy="Name a file")
    paint = None if args.png is None else _painter()
    config = load_config(args.config)
    with opened(config) as store:
        made = _report(store, args, config)
    out = args.out
    if out is None and args.png is None:
        day = local_day(made.session.began_at, None)
        out = f"upturn-report-{day}-{made.session.id}.html"
    if out is not None:
        write_out(out, page(made))
        if out != STDOUT:
            print(f"Wrote {out}; open it in any browser")
    if paint is not None:
        write_file(Path(args.png), paint(drawings(made)))
        if out != STDOUT:
            print(f"Wrote {args.png}")
    return EXIT_DONE


def _report(store: Store, args: argparse.Namespace, config: Config) -> Report:
    wanted = None if args.user is None else user_named(store, args.user)
    rows = sessions(store, user=wanted)
    if not rows:
        raise nothing_stored(store.path)
    session = _chosen(rows, args.session)
    rows = [row for row in rows if row.user == session.user]
    at = now()
    return Report(
        session=session,
        curve=curve(store, session.id),
        log=tuple(log(store, session.id)),
        history=history(rows, local_day(at, None), weeks=args.weeks),
        suggestion=suggest(rows, rows[-1].profile, after=config.store.progress_after),
        deeds=deeds(store, session),
        made_at=at,
        software=__version__,
    )


def _chosen(rows: Sequence[SessionRow], which: str) -> SessionRow:
    if which == LAST:
        user = newest_user(rows)
        return next(row for row in reversed(rows) if row.user == user)
    for row in rows:
        if which == str(row.id):
            return row
    newest = ", ".join(str(row.id) for row in rows[-NEAREST:])
    raise InputError(
        f"there is no session {which!r}",
        where="--session",
        remedy=f"The newest are {newest}; 'upturn export' lists all",
    )


def _painter() -> Callable[[Sequence[Drawing]], bytes]:
    """Asked for before anything is written.

    Raises:
        RunError: what paints is not installed.
    """
    try:
        from upturn.report.png import png
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "PIL":
            raise
        raise RunError(
            "--png needs Pillow, which is not installed here. Install it with "
            "pip install 'upturn[report]'; the page of --out has the same pictures without it"
        ) from None
    return png
