# SPDX-License-Identifier: MIT
"""Step `check`: `upturn check` of this node, as before every session; never done for good."""

from __future__ import annotations

from upturn.cli import check
from upturn.cli.commands import Parser
from upturn.cli.stored import now, store_path
from upturn.errors import EXIT_DONE
from upturn.setup.place import Place
from upturn.setup.step import Outcome, Standing, State
from upturn.store.checklists import checklist
from upturn.store.checks import standing as of_health
from upturn.store.database import Store
from upturn.store.trouble import StoreError, Trouble

NOBODY = ""
"""Whoever uses it without a name; '--user' of 'upturn check' knows others."""


def standing(place: Place) -> Standing:
    if place.is_ready:
        return Standing(State.DONE, "READY just now; asked again before every session")
    if place.is_ready is False:
        return Standing(State.TODO, "NOT READY just now: see the lines above that begin with --")
    try:
        with Store.open(store_path(place.config()), readonly=True) as store:
            health = of_health(checklist(store, NOBODY), now())
    except StoreError as error:
        if error.kind is not Trouble.MISSING:
            raise
        return Standing(State.TODO, "the questions about health were never answered")
    told = health.problem or f"health {health.note}; table and spotter are asked each time"
    return Standing(State.TODO, told)


def run(place: Place) -> Outcome:
    print(f"As '{place.command} check' will ask before each session.\n")
    parser = Parser(prog="upturn")
    check.add_parser(parser.add_subparsers())
    words = ["check", "--config", str(place.config_file), "--node", place.table()]
    place.is_ready = check.run(parser.parse_args(words)) == EXIT_DONE
    return Outcome.WENT
