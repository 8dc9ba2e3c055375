# SPDX-License-Identifier: MIT
"""The guided path: the machine of the core with the node, the screen and the person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TextIO

from upturn.cli import calibrate_words as words
from upturn.cli.calibrate_node import NodeLine
from upturn.cli.calibrate_person import Person
from upturn.cli.calibrate_screen import screen
from upturn.core.calibrating import Guide, Stage

NEWS_S = 0.2
"""A key is looked for as often, whether or not there are samples."""

Ask = Callable[[Guide, Person, TextIO], Awaitable[bool]]


async def guided(guide: Guide, line: NodeLine, out: TextIO) -> bool:
    """Until it is proved; False: the person left.

    Raises:
        RunError: the node is lost, or nothing that it measures can be used.
    """
    person = Person(out)
    line.listen(guide.feed)
    while guide.view.stage is not Stage.PROVED:
        ask = QUESTIONS.get(guide.view.stage)
        went_on = await (ask(guide, person, out) if ask else _watch(guide, line, person, out))
        if not went_on:
            return False
    print("Proved.", file=out)
    return True


async def _watch(guide: Guide, line: NodeLine, person: Person, out: TextIO) -> bool:
    """Show what is measured, until something is asked or proved; False: the person left."""
    poses = len(guide.poses)
    stage = guide.view.stage
    with person.keys(), screen(out) as shown:
        while guide.view.stage is stage and len(guide.poses) == poses:
            line.check()
            shown.show(guide.view)
            await line.news(NEWS_S)
            if person.key() == "q":
                return False
    if len(guide.poses) > poses:
        print(words.taken(guide), file=out)
    return True


async def _ask_stands(guide: Guide, person: Person, out: TextIO) -> bool:
    _say(guide, out)
    if await person.line(words.WORDS[guide.view.stage].question) is None:
        return False
    guide.stands()
    return True


async def _ask_angle(guide: Guide, person: Person, out: TextIO) -> bool:
    _say(guide, out)
    usual_deg = guide.view.asked_deg
    while True:
        said = await person.line(
            words.WORDS[Stage.ANGLE].question.format(words.degrees(usual_deg))
        )
        if said is None:
            return False
        try:
            angle_deg = float(said.replace(",", ".")) if said else usual_deg
        except ValueError:
            print(f"  {said!r} is no number.", file=out)
            continue
        break
    poses = len(guide.poses)
    guide.state(angle_deg)
    if len(guide.poses) > poses:
        print(words.taken(guide), file=out)
    return True


async def _ask_refused(guide: Guide, person: Person, out: TextIO) -> bool:
    _say(guide, out)
    restate = words.RESTATE if guide.can_restate else ""
    acts = {"": guide.again, "s": guide.restart, **({"a": guide.restate} if restate else {})}
    while True:
        said = await person.line(words.WORDS[Stage.REFUSED].question.format(restate))
        if said is None:
            return False
        act = acts.get(said.lower())
        if act is not None:
            act()
            return True


QUESTIONS: dict[Stage, Ask] = {
    Stage.STAND: _ask_stands,
    Stage.RETURN: _ask_stands,
    Stage.ANGLE: _ask_angle,
    Stage.REFUSED: _ask_refused,
}
"""What is asked of the person; in all other stages the node is watched."""


def _say(guide: Guide, out: TextIO) -> None:
    view = guide.view
    print(f"\n{words.heading(view)}", *words.lines(view), sep="\n", file=out)
