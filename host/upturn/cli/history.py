# SPDX-License-Identifier: MIT
"""`upturn history`: this week by day, the weeks before it, and what they suggest."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.stored import (
    add_config,
    add_user,
    add_weeks,
    keep_limits,
    newest_user,
    nothing_stored,
    now,
    store_path,
    user_named,
)
from upturn.config import Config, load_config
from upturn.errors import EXIT_DONE
from upturn.report.history_text import Told, history_lines
from upturn.store.database import Store
from upturn.store.history import Span, Tally, history
from upturn.store.keep import plan
from upturn.store.progression import suggest
from upturn.store.reading import recordings, sessions, users
from upturn.store.trouble import StoreError, Trouble


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers, "history", epilog="A session counts on the local day on which it began."
    )
    add_user(parser)
    add_weeks(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_config(parser)


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    told = _read(config, args)
    if args.json:
        lines = iter(()) if told is None else _json(told)
    else:
        lines = _nothing(store_path(config)) if told is None else history_lines(told)
    for line in lines:
        print(line)
    return EXIT_DONE


def _read(config: Config, args: argparse.Namespace) -> Told | None:
    """All that there is to tell; None: nothing is stored."""
    path = store_path(config)
    try:
        with Store.open(path, readonly=True) as store:
            return _told(store, config, args)
    except StoreError as error:
        if error.kind is not Trouble.MISSING:
            raise
        if args.user is not None:
            raise nothing_stored(path) from None
        return None


def _told(store: Store, config: Config, args: argparse.Namespace) -> Told | None:
    everybody = users(store)
    if args.user is None:
        if not everybody:
            return None
        rows = sessions(store)
        user = newest_user(rows)
        rows = [session for session in rows if session.user == user]
    else:
        user = user_named(store, args.user)
        rows = sessions(store, user=user)
    at = now()
    return Told(
        user=user,
        others=tuple(other for other in everybody if other != user),
        history=history(rows, at.astimezone().date(), weeks=args.weeks),
        suggestion=suggest(rows, rows[-1].profile, after=config.store.progress_after)
        if rows
        else None,
        recordings=plan(recordings(store, user=user), keep_limits(config), at),
    )


def _nothing(path: Path) -> Iterator[str]:
    yield f"No session is stored yet; they will be in {path}."
    yield "'upturn run' watches a table and stores every session. 'upturn demo' stores none."


def _json(told: Told) -> Iterator[str]:
    for kind, spans in (("day", told.history.days), ("week", told.history.weeks)):
        for span in spans:
            yield json.dumps({"kind": kind, "user": told.user, **_span(span)})
    suggestion = told.suggestion
    if suggestion is not None:
        suggested = suggestion.suggested
        yield json.dumps(
            {
                "kind": "suggestion",
                "user": told.user,
                "step": suggestion.step,
                "profile": suggestion.profile.name,
                "suggested": None if suggested is None else suggested.name,
                "row": suggestion.row,
                "needed": suggestion.needed,
                "unanswered": suggestion.unanswered,
                "words": suggestion.words,
                "source": suggestion.source,
            }
        )


def _span(span: Span) -> dict[str, object]:
    tally: Tally = span.tally
    return {
        "first": span.first.isoformat(),
        "last": span.last.isoformat(),
        "sessions": tally.sessions,
        "inversions": tally.inversions,
        "inverted_s": round(tally.inverted_s, 3),
        "longest_s": round(tally.longest_s, 3),
        "peak_deg": None if tally.peak_deg is None else round(tally.peak_deg, 2),
        "at_least": tally.at_least,
        "alarms": {priority.word: count for priority, count in tally.alarms.items()},
        "answers": dict(tally.answers),
        "unanswered": tally.unanswered,
    }
