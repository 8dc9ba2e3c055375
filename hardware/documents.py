# SPDX-License-Identifier: MIT
"""Fills the marked places of the pages.

<!-- pins b: begin -->
(made by hardware.make; what is written here by hand is lost)
<!-- pins b: end -->
"""

from __future__ import annotations

import re
from pathlib import Path

from hardware.tables import TABLES

FOLDER = Path(__file__).parent
PLACE = re.compile(
    r"<!-- (?P<name>[a-z-]+)(?: (?P<key>[a-z]))?: begin -->\n.*?"
    r"<!-- (?P=name)(?: (?P=key))?: end -->\n",
    re.DOTALL,
)


def pages() -> list[Path]:
    return sorted(
        path for place in ("", "power/", "enclosure/") for path in FOLDER.glob(f"{place}*.md")
    )


def filled(text: str) -> str:
    return PLACE.sub(_fill, text)


def _fill(place: re.Match[str]) -> str:
    name, key = place["name"], place["key"] or ""
    if name not in TABLES:
        raise ValueError(f"marker {name!r} is not known; there are {', '.join(TABLES)}")
    mark = f"{name} {key}".strip()
    return f"<!-- {mark}: begin -->\n{TABLES[name](key)}<!-- {mark}: end -->\n"


def stale() -> list[str]:
    return [
        f"{page.relative_to(FOLDER)} has tables of older sources"
        for page in pages()
        if filled(page.read_text(encoding="utf-8")) != page.read_text(encoding="utf-8")
    ]


def write() -> list[str]:
    """Fill every page; those that changed."""
    changed = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        if filled(text) != text:
            page.write_text(filled(text), encoding="utf-8")
            changed.append(page.relative_to(FOLDER).as_posix())
    return changed
