# SPDX-License-Identifier: MIT
"""`upturn check --after ANSWER`: how a session felt, said later, and what that advises."""

from __future__ import annotations

import argparse
import json
import textwrap

from upturn.cli.check_asking import WIDTH
from upturn.cli.stored import newest_user, now, shown, user_named
from upturn.core.after import FELT, advice
from upturn.core.commands import SYMPTOMS
from upturn.errors import EXIT_DONE, InputError
from upturn.store.database import Store
from upturn.store.progression import FINE, Step, suggest
from upturn.store.reading import sessions, set_answer
from upturn.store.rows import SessionRow

LAST = "last"
SHOWN_IDS = 5


def add_after(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--after",
        metavar="ANSWER",
        choices=SYMPTOMS,
        help=f"how a session felt, and nothing else: {', '.join(SYMPTOMS)}",
    )
    parser.add_argument(
        "--session",
        metavar=f"{LAST}|N",
        default=LAST,
        help="which session --after is about (default: the user's last)",
    )


def tell_after(args: argparse.Namespace, store: Store, progress_after: int) -> int:
    """Keep the answer; say what it advises.

    `progress_after`: so many sessions without symptoms, and a longer profile is suggested.

    Raises:
        InputError: there is no such session.
    """
    user = newest_user(sessions(store)) if args.user is None else user_named(store, args.user)
    session = _which(args.session, sessions(store, user=user))
    set_answer(store, session.id, args.after, now())
    past = sessions(store, user=user)
    suggestion = suggest(past, session.profile, after=progress_after)
    shorter = suggestion.suggested if suggestion.step is Step.SHORTER else None
    said = advice(args.after, None if args.after == FINE else shorter)
    if args.json:
        suggested = suggestion.suggested.name if suggestion.suggested is not None else None
        found = [{"words": one.words, "sources": list(one.sources)} for one in said]
        print(
            json.dumps(
                {
                    "kind": "after",
                    "session": session.id,
                    "answer": args.after,
                    "advice": found,
                    "suggested": suggested,
                }
            )
        )
        return EXIT_DONE
    whose = f" of {shown(user)}" if user else ""
    felt = FELT[args.after].words
    print(f"Session {_named(session)}{whose}, {session.profile.name}: {felt}.")
    for one in said:
        print(_filled(one.cited))
    if args.after == FINE:
        print(_filled(suggestion.words))
    return EXIT_DONE


def _which(wanted: str, past: list[SessionRow]) -> SessionRow:
    if not past:
        raise InputError(
            "no session is stored yet", where="--after", remedy="'upturn run' stores them"
        )
    if wanted == LAST:
        return past[-1]
    found = next((session for session in past if str(session.id) == wanted), None)
    if found is None:
        last = "; ".join(_named(session) for session in past[-SHOWN_IDS:])
        raise InputError(
            f"there is no session {wanted!r}", where="--session", remedy=f"The last are {last}"
        )
    return found


def _named(session: SessionRow) -> str:
    return f"{session.id} ({session.began_at.astimezone():%d %b %Y, %H:%M})"


def _filled(text: str) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False)
