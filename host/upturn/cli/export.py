# SPDX-License-Identifier: MIT
"""`upturn export`: what is stored, for other programs; or all of it, as one file to keep."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time
from pathlib import Path

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.stored import STDOUT, add_config, opened, store_path, user_named, write_out
from upturn.config import Config, load_config
from upturn.errors import EXIT_DONE, InputError
from upturn.report.records import records, to_csv, to_json
from upturn.store.keeping import backup
from upturn.store.reading import sessions

CSV, JSON = "csv", "json"


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers,
        "export",
        epilog="It holds health answers: mind whom you give it to.",
    )
    parser.add_argument("--user", metavar="NAME", help="whose; left out: everybody's")
    parser.add_argument(
        "--since", metavar="DATE", type=_date, help="from this local day on, such as 2026-03-01"
    )
    parser.add_argument(
        "--format", choices=(CSV, JSON), help="json is one object a line; left out: csv"
    )
    parser.add_argument("--out", metavar="FILE|-", help="left out: stdout")
    parser.add_argument(
        "--backup", metavar="FILE", help="instead: a copy of the whole store, while it is in use"
    )
    add_config(parser)


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    if args.backup is not None:
        return _back_up(config, args)
    with opened(config) as store:
        user = None if args.user is None else user_named(store, args.user)
        since = None if args.since is None else _midnight(args.since)
        rows = sessions(store, user=user, since=since)
    write = to_json if args.format == JSON else to_csv
    out = args.out or STDOUT
    write_out(out, write(records(rows)))
    if out != STDOUT:
        print(f"Wrote {out}: {len(rows)} sessions")
    return EXIT_DONE


def _back_up(config: Config, args: argparse.Namespace) -> int:
    for flag in ("user", "since", "format", "out"):
        if getattr(args, flag) is not None:
            raise InputError(
                f"--{flag} does not go with --backup",
                remedy="A backup is of everything and everybody; leave it out",
            )
    path = Path(args.backup)
    if path.exists():
        raise InputError(
            "exists already, and is left as it is", where=str(path), remedy="Name a new file"
        )
    with opened(config) as store:
        backup(store, path)
    place = store_path(config)
    print(f"Wrote {path}: everything stored")
    print(f"To go back to it: end Upturn, delete {place}*, and copy it to {place}")
    return EXIT_DONE


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2026-03-01") from None


def _midnight(day: date) -> datetime:
    """The beginning of that day here, by the time that was in force then."""
    return datetime.combine(day, time.min).astimezone(UTC)
