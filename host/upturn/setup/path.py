# SPDX-License-Identifier: MIT
"""The way through the steps: past those that are done, and on where somebody left.

The law: a step that fails says so, and is tried again, skipped where that is safe, or left; and
the end is READY, or every reason against it.
"""

from __future__ import annotations

import textwrap

from upturn.cli.asking import LEAVE, read
from upturn.cli.stderr import write_line
from upturn.errors import EXIT_DONE, EXIT_FAILED, UpturnError
from upturn.setup.place import NoNodeError, Place, UnreachedError
from upturn.setup.step import SETTLED, Outcome, Standing, State, Step
from upturn.setup.steps import STEPS, module_of

WIDTH = 80
SIMULATED = """\
SIMULATED: everything that follows is of a simulated node on a simulated table.
Nobody hangs on it, and READY says nothing of a real one."""
LEAVING = "Leave with q or Ctrl-C whenever you like: what is done stays."
OTHERS_SIMULATED = """
Every other command means the simulated node by the same --config:
"""
SIGNS = {State.DONE: "ok", State.TODO: "--", State.SKIPPED: "--", State.WITHOUT: "  "}


def go(place: Place) -> int:
    """From where it stands to READY; the exit code."""
    print("\n".join(filter(None, (SIMULATED if place.is_simulated else "", LEAVING))))
    skipped: set[str] = set()
    for number, step in enumerate(STEPS, start=1):
        standing = stands(step, place)
        if standing.state in SETTLED:
            print(*line(step, standing), sep="\n")
            continue
        print(f"\nStep {number} of {len(STEPS)}, {step.name}: {step.heading}")
        match until_settled(step, place):
            case Outcome.LEFT if step is not STEPS[-1]:
                return _left(place)
            case Outcome.SKIPPED:
                skipped.add(step.name)
            case Outcome.WENT:
                print(*line(step, stands(step, place)), sep="\n")
    return _end(place, skipped)


def go_through(step: Step, place: Place) -> int:
    """One alone, done or not; the exit code."""
    if place.is_simulated:
        print(SIMULATED)
    outcome = until_settled(step, place, once=True)
    if outcome is Outcome.LEFT:
        return _left(place)
    standing = stands(step, place)
    print(*line(step, standing), sep="\n")
    return EXIT_DONE if standing.state in SETTLED else EXIT_FAILED


def tell(place: Place) -> int:
    """How all steps stand."""
    if place.is_simulated:
        print(SIMULATED)
    for step in STEPS:
        print(*line(step, stands(step, place)), sep="\n")
    return EXIT_DONE


def until_settled(step: Step, place: Place, *, once: bool = False) -> Outcome:
    """Again until it is settled, or a person skips it or leaves; `once`: it may stay to do."""
    while True:
        try:
            outcome = module_of(step).run(place)
            if outcome is not Outcome.WENT or once:
                return outcome
            standing = module_of(step).standing(place)
            if standing.state in SETTLED:
                return outcome
            problem = standing.words
        except UpturnError as error:
            place.changed()
            problem = str(error)
        write_line(problem)
        outcome_now = _what_now(step)
        if outcome_now is not None:
            return outcome_now


def stands(step: Step, place: Place) -> Standing:
    """How a step stands; what keeps that from being known stands against it."""
    try:
        return module_of(step).standing(place)
    except NoNodeError:
        return Standing(State.TODO, "waits until a node is found")
    except UnreachedError:
        return Standing(State.TODO, "waits until the node answers")
    except UpturnError as error:
        return Standing(State.TODO, str(error))


def line(step: Step, standing: Standing) -> list[str]:
    """For people, in lines of 80 columns."""
    text = f"{SIGNS[standing.state]} {step.name:<10}{standing.state:<9} {standing.words}"
    return textwrap.wrap(text, WIDTH, subsequent_indent=" " * 23, break_on_hyphens=False)


def _what_now(step: Step) -> Outcome | None:
    """None: again."""
    skip = ", s to skip it for now" if step.skippable else ""
    while True:
        said = read(f"Enter to try again{skip}, q to leave: ")
        if said is None or said.lower() in LEAVE:
            return Outcome.LEFT
        if not said:
            return None
        if said.lower() == "s" and step.skippable:
            return Outcome.SKIPPED


def tell_left(place: Place) -> None:
    print(f"\nLeft. What is done stays, and this goes on from here:\n\n  {place.again}")


def _left(place: Place) -> int:
    tell_left(place)
    return EXIT_FAILED


def _end(place: Place, skipped: set[str]) -> int:
    against: list[str] = []
    later: list[str] = []
    for step in STEPS:
        standing = stands(step, place)
        if step.name in skipped:
            standing = Standing(State.SKIPPED, standing.words)
        if standing.state not in SETTLED:
            (against if step.needed else later).extend(line(step, standing))
    verdict = "NOT READY" if against else "READY"
    print(f"\n{verdict}{', on the simulated node' if place.is_simulated else ''}.")
    for heading, lines in (("Against it stands:", against), ("Left for later:", later)):
        if lines:
            print(heading, *lines, sep="\n")
    print("\nThis starts the watch, which asks again for what holds for one session alone:")
    print("\n  " + " ".join([place.command, "run", *place.flags]))
    if place.is_simulated:
        print(OTHERS_SIMULATED)
        for command in ("history", "report", f"check --node {place.table()}", "node info"):
            print("  " + " ".join([place.command, command, *place.config_flags]))
    if against or later:
        print(f"\nAnd this goes on with what is left:\n\n  {place.again}")
    elif not place.is_simulated:
        print(f"\n'{place.command} service install' watches from the start of the computer on.")
    return EXIT_FAILED if against else EXIT_DONE
