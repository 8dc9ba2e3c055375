# SPDX-License-Identifier: MIT
"""What was found, as lines for people and as one object for programs."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from upturn import __version__
from upturn.doctor.examine import Examined, is_well
from upturn.doctor.findings import Finding, Verdict, shown
from upturn.transports.printable import clipped

WIDTH = 80
_VERDICT = 10
"""The column of the words, behind two blanks."""
_INDENT = 2 + _VERDICT


def lines(examined: Sequence[Examined]) -> Iterator[str]:
    for group, members in groupby(examined, key=lambda one: one.row.group):
        findings = [finding for one in members for finding in one.findings]
        if findings:
            yield group
            for finding in findings:
                yield from _finding(finding)
            yield ""
    yield _sum(examined)


def record(examined: Sequence[Examined]) -> dict[str, object]:
    return {
        "upturn": __version__,
        "well": is_well(examined),
        "findings": [
            {
                "group": one.row.group,
                "row": one.row.name,
                "verdict": str(finding.verdict),
                "words": shown(finding.words),
                "remedy": shown(finding.remedy) or None,
            }
            for one in examined
            for finding in one.findings
        ],
    }


def _finding(finding: Finding) -> Iterator[str]:
    indent = " " * _INDENT
    head = f"  {finding.verdict:<{_VERDICT}}"
    yield from _wrapped(clipped(shown(finding.words)), head, indent)
    if finding.remedy:
        remedy = clipped(shown(finding.remedy))
        stop = "" if remedy.endswith(".") else "."
        yield from _wrapped(f"{remedy}{stop}", f"{indent}-> ", f"{indent}   ")


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


def _sum(examined: Sequence[Examined]) -> str:
    counts = Counter(finding.verdict for one in examined for finding in one.findings)
    bad, notes = counts[Verdict.NOT_WELL], counts[Verdict.NOTE]
    also = f"; there {_is(notes, 'note')}" if notes else ""
    if bad:
        thing = "1 thing is" if bad == 1 else f"{bad} things are"
        return f"{thing} not well{also}. What to do stands below each."
    return f"All is well{also}."


def _is(count: int, noun: str) -> str:
    return f"is 1 {noun}" if count == 1 else f"are {count} {noun}s"
