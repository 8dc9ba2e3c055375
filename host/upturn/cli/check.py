# SPDX-License-Identifier: MIT
"""`upturn check`: the questions before a session, what READY says, and how it felt afterwards.

It says READY of what it has looked at: what only the table can tell is part of it with `--source`
or `--node`, and said to be missing without. Answers about health are kept on this computer alone.
"""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from upturn.cli.asking import read
from upturn.cli.check_after import add_after, tell_after
from upturn.cli.check_asking import WIDTH, ask
from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.judging import Judged, add_source, open_judged_source
from upturn.cli.memory import user_name
from upturn.cli.options import add_config
from upturn.cli.stderr import write_line
from upturn.cli.stored import now, shown, store_path
from upturn.config import Config, load_config
from upturn.core.checklist import VERSION, Item, Part, outcome, part, words
from upturn.core.commands import CheckIn, EquipmentChecked, HealthAnswers
from upturn.core.limits import Profile
from upturn.core.readiness import EQUIPMENT, HEALTH, SPOTTER, Readiness
from upturn.core.snapshot import Check
from upturn.errors import EXIT_DONE, EXIT_FAILED, InputError
from upturn.store.checklists import checklist, save_checklist
from upturn.store.checks import LONGEST_REASON, Standing, after_session, override, standing
from upturn.store.database import Store
from upturn.store.past import last_past
from upturn.store.progression import Step, suggest
from upturn.store.reading import sessions
from upturn.store.rows import ChecklistRow
from upturn.transports.source import LiveSource, Source

_Table = Judged[Source | LiveSource]
_Said = HealthAnswers | EquipmentChecked | CheckIn
_KNOWN_HERE = (HEALTH, EQUIPMENT, SPOTTER)
_HEADING = "Before you invert: questions about you; the answers stay on this computer."


@dataclass(frozen=True, slots=True)
class _Found:
    """What the whole check comes to."""

    user: str
    checks: tuple[Check, ...]
    hints: tuple[str, ...]
    looked: bool
    """At the table too."""

    @property
    def reasons(self) -> list[str]:
        return [check.problem for check in self.checks if not check.passed]


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers,
        "check",
        epilog="Answers are read from stdin, a line each. With --json nothing is asked. "
        "The exit code is 0 for READY, 1 for NOT READY.",
    )
    add_source(parser)
    add_config(parser)
    parser.set_defaults(speed=None)
    parser.add_argument(
        "--user",
        metavar="NAME",
        type=user_name,
        help="whose; left out: whoever uses it without a name",
    )
    parser.add_argument("--again", action="store_true", help="ask, though the answers still hold")
    parser.add_argument(
        "--inspected",
        action="store_true",
        help="the table is inspected, its ankle locks are double",
    )
    parser.add_argument("--spotter", action="store_true", help="a spotter is here")
    parser.add_argument(
        "--override",
        action="store_true",
        help="accept what the answers about health say; asks why, and keeps the reason",
    )
    add_after(parser)


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    table: _Table | None = None
    if args.source is not None or args.node:
        table = open_judged_source(args)
    named = args.profile if args.profile is not None else config.profile
    where = "" if args.profile is None else "--profile"
    profile = table.profile if table is not None else config.profile_named(named, where=where)
    with open_store(config) as store:
        if args.after is not None:
            return tell_after(args, store, config.store.progress_after)
        found = _check(args, store, profile, table)
    for line in _json(found) if args.json else _text(found):
        print(line)
    return EXIT_FAILED if found.reasons else EXIT_DONE


def open_store(config: Config) -> Store:
    """Raises StoreError."""
    store = Store.open(store_path(config))
    if store.told:
        write_line(store.told)
    return store


def _check(
    args: argparse.Namespace, store: Store, profile: Profile, table: _Table | None
) -> _Found:
    user = args.user or ""
    health, stays = _health(args, user, store)
    if args.override and stays:
        health = _accept(args, user, store, health)
    felt = after_session(sessions(store, user=user), now())
    said: list[_Said] = [replace(health.command, after_session=felt)]
    hints = list(health.hints)
    if args.inspected:
        said.append(EquipmentChecked())
    elif stays:
        holds = _confirmed(args, Part.EQUIPMENT, "About the table, now.", hints)
        stays = holds is not None
        said += [EquipmentChecked()] if holds else []
    if args.spotter or (
        profile.needs_spotter
        and stays
        and _confirmed(args, Part.SPOTTER, "About the spotter, now.", hints)
    ):
        said.append(CheckIn())
    checks = _of_people(profile, said) if table is None else _of_table(args, store, table, said)
    advice = [words([item]) for item in hints]
    return _Found(user, checks, (*advice, *_history(store, user, profile)), table is not None)


def _health(args: argparse.Namespace, user: str, store: Store) -> tuple[Standing, bool]:
    """How it stands with the user's answers, asked for where they are due; whether they stay."""
    before = standing(checklist(store, user), now())
    if args.json or not (before.due or args.again):
        return before, True
    if before.due:
        print(f"{before.due[0].upper()}{before.due[1:]}.")
    answers = ask(part(Part.HEALTH), _HEADING)
    if answers is None:
        print("Left before the end: nothing of it is kept.")
        return before, False
    row = ChecklistRow(user, now(), VERSION, answers)
    save_checklist(store, row)
    print()
    return standing(row, row.at), True


def _accept(args: argparse.Namespace, user: str, store: Store, health: Standing) -> Standing:
    """With a reason in words, which is kept beside the answers."""
    if args.json:
        raise InputError("asks for a reason", where="--override", remedy="Leave --json out")
    if health.due or not health.bars or health.override:
        print("There is nothing in the answers about health that an override could accept.")
        return health
    print(f"{health.problem[0].upper()}{health.problem[1:]}.")
    text = read("Why do you invert all the same? In your words, or nothing to leave: ")
    why = override(text or "", now())
    if why is None:
        print(f"No override: it needs a reason in words, of at most {LONGEST_REASON} characters.")
        return health
    row = checklist(store, user)
    assert row is not None
    row = replace(row, override=why)
    save_checklist(store, row)
    return standing(row, now())


def _confirmed(args: argparse.Namespace, of: Part, heading: str, hints: list[Item]) -> bool | None:
    """Whether nothing of that part stands against it; what was found is a hint besides.

    None: nobody was asked, or the person left.
    """
    answers = None if args.json else ask(part(of), heading)
    if answers is None:
        return None
    found = outcome(answers)
    hints += (*found.bars, *found.hints)
    return not found.bars


def _of_people(profile: Profile, said: Sequence[_Said]) -> tuple[Check, ...]:
    """The checks that need no table, as the core has them."""
    readiness = Readiness(needs_spotter=profile.needs_spotter)
    for command in said:
        match command:
            case HealthAnswers():
                readiness.health(command)
            case EquipmentChecked():
                readiness.equipment(0.0)
            case CheckIn():
                readiness.check_in(0.0)
            case _ as never:
                assert_never(never)
    checks = readiness.checks(0.0, (), stand_down=False, no_data="", upright=True, rest_left_s=0.0)
    return tuple(check for check in checks if check.name in _KNOWN_HERE)


def _of_table(
    args: argparse.Namespace, store: Store, table: _Table, said: Sequence[_Said]
) -> tuple[Check, ...]:
    from upturn.cli.check_look import look

    if not args.json:
        print(f"Looking at {table.name or table.source.label} ...", flush=True)
    live = isinstance(table.source, LiveSource)
    past = last_past(store, table.name or table.source.label) if live else None
    return look(table, said, past).checks


def _history(store: Store, user: str, profile: Profile) -> Iterator[str]:
    """What the sessions so far say of the next one."""
    past = sessions(store, user=user)
    if past and past[-1].answer is None:
        began = past[-1].began_at.astimezone()
        yield f"nobody has said how the session of {began:%d %b, %H:%M} felt: see --after"
    suggestion = suggest(past, profile)
    if suggestion.step is Step.SHORTER:
        yield suggestion.words


def _text(found: _Found) -> Iterator[str]:
    yield f"For {shown(found.user)}:" if found.user else ""
    for check in found.checks:
        mark = "ok" if check.passed else "--"
        yield from _wrapped(f"{mark} {check.name:<12}{check.problem or check.note}", 15)
    for hint in found.hints:
        yield from _wrapped(f"   {'Note':<12}{hint}", 15)
    yield ""
    verdict = "NOT READY" if found.reasons else "READY"
    where = (
        "" if found.looked else " as far as people can say; --source or --node look at the table"
    )
    yield verdict + where


def _json(found: _Found) -> Iterator[str]:
    for check in found.checks:
        yield json.dumps(
            {
                "kind": "check",
                "name": check.name,
                "passed": check.passed,
                "problem": check.problem,
                "note": check.note,
            }
        )
    for hint in found.hints:
        yield json.dumps({"kind": "hint", "words": hint})
    verdict = {"kind": "verdict", "user": found.user, "ready": not found.reasons}
    yield json.dumps({**verdict, "looked": found.looked, "reasons": found.reasons})


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False)
