# SPDX-License-Identifier: MIT
"""The pages of the pre-use check and of the question after a session, as lines of marked text.

Each line is a list of pairs, what the text is and the text: whoever draws them chooses colours,
and nothing here depends on any. None is wider than asked for.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from upturn.core import after
from upturn.core.checklist import ANY_DOUBT, ASK_FIRST, Means, Outcome, outcome
from upturn.core.limits import Profile
from upturn.core.questions import Questions

TITLE, PLAIN, STRONG, QUIET, KEYS = "title", "plain", "strong", "quiet", "keys"
"""What a piece of text is: all that a screen has to know to draw it."""

Line = list[tuple[str, str]]

SHOWN_BEFORE = 3
"""So many answers stay in sight, to be seen before one goes back."""


def question_page(asking: Questions, width: int, *, who: str = "") -> list[Line]:
    """The question that waits, the last answers above it and the keys below."""
    whose = f": {who}" if who else ""
    lines = [_line(TITLE, f"PRE-USE CHECK{whose}", width), []]
    item = asking.now
    if item is None:
        lines += _outcome_lines(outcome(asking.answers or {}), width)
        return [*lines, [], *_wrapped(KEYS, "Esc leaves, p asks again.", width)]
    for question, yes in asking.newest(SHOWN_BEFORE):
        lines.append(_line(QUIET, f"{question.question} {'yes' if yes else 'no'}", width))
    count = f"{asking.at + 1} of {len(asking.items)}"
    lines += [[], *_wrapped(STRONG, f"{count}: {item.question}", width)]
    lines += _wrapped(QUIET, f"Sources: {item.cited}", width)
    if item.advice:
        lines += _wrapped(PLAIN, item.advice, width)
    lines += [[], *_wrapped(PLAIN, ANY_DOUBT, width)]
    return [*lines, _line(KEYS, "y yes   n no   b back   Esc leave, nothing is kept", width)]


def after_page(
    answer: str | None, width: int, *, before: Profile | None = None, more: str = ""
) -> list[Line]:
    """The question after a session; with its answer, what that advises, and `more` below it.

    `before`: the shorter profile to go on with, where there is one.
    """
    lines = [_line(TITLE, "AFTER THE SESSION", width), []]
    if answer is None:
        lines.append(_line(STRONG, after.QUESTION, width))
        lines += [_line(KEYS, f"{felt.key} {felt.words}", width) for felt in after.FELT.values()]
        return [*lines, [], *_wrapped(QUIET, after.LATER, width)]
    lines += _wrapped(PLAIN, f"{after.QUESTION} {after.FELT[answer].words}", width)
    for advice in after.advice(answer, before):
        lines += _wrapped(STRONG if advice.strong else PLAIN, advice.cited, width)
    lines += _wrapped(PLAIN, more, width) if more else []
    return [*lines, [], *_wrapped(QUIET, f"{_OTHERWISE} {_choices()}. Esc leaves.", width)]


_OTHERWISE = "It was otherwise? Answer again:"


def _choices() -> str:
    return ", ".join(f"{felt.key} {felt.words}" for felt in after.FELT.values())


def _outcome_lines(found: Outcome, width: int) -> list[Line]:
    lines: list[Line] = []
    if found.bars:
        lines.append(_line(STRONG, f"{ASK_FIRST.capitalize()}:", width))
        for item in found.bars:
            first = item.means is Means.BARS
            lines += _wrapped(
                STRONG if first else PLAIN, f"- {item.finding} ({item.cited})", width
            )
    else:
        lines += _wrapped(PLAIN, "Nothing in the answers stands against it.", width)
    for item in found.hints:
        lines += _wrapped(PLAIN, f"Advice: {item.finding} ({item.cited}).", width)
    return lines


def text_of(lines: Iterable[Line]) -> list[str]:
    """The same without marks."""
    return ["".join(text for _, text in line) for line in lines]


def _line(mark: str, text: str, width: int) -> Line:
    return [(mark, textwrap.shorten(text, width, placeholder="…") if len(text) > width else text)]


def _wrapped(mark: str, text: str, width: int) -> list[Line]:
    wrapped = textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False)
    return [[(mark, part)] for part in wrapped]
