# SPDX-License-Identifier: MIT
"""Tables of a page: read aloud in order, and one block a row where the screen is a phone's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from upturn.report.markup import Element, Node, tag
from upturn.report.words import UNKNOWN


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    number: bool = False
    """Set to the right."""
    short: bool = False
    """Never broken."""


def table(
    id: str, caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Node]]
) -> Element:
    """The first cell of each row is its heading."""
    head = tag(
        "thead",
        tag("tr", [tag("th", c.name, scope="col", class_=_class(c)) for c in columns]),
    )
    body = tag("tbody", [tag("tr", _cells(columns, row)) for row in rows])
    return tag("table", tag("caption", caption), head, body, id=id)


def _cells(columns: Sequence[Column], row: Sequence[Node]) -> list[Element]:
    cells: list[Element] = []
    for n, (column, cell) in enumerate(zip(columns, row, strict=True)):
        if n == 0:
            cells.append(
                tag("th", cell, scope="row", class_=_class(column), data_label=column.name)
            )
        else:
            cells.append(tag("td", cell, class_=_class(column, cell), data_label=column.name))
    return cells


def _class(column: Column, cell: Node = "") -> str | None:
    classes = {"number": column.number, "short": column.short, "none": cell == UNKNOWN}
    return " ".join(name for name, applies in classes.items() if applies) or None


def sources(keys: str) -> Element:
    """Keys of documents, none of them broken at its hyphen."""
    parts: list[Node] = []
    for key in keys.split(", "):
        parts += [", "] * bool(parts) + [tag("span", key, class_="short")]
    return tag("span", parts)


def facts(pairs: Iterable[tuple[str, Node]]) -> Element:
    """Names and what they are."""
    return tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs])
