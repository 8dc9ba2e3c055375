# SPDX-License-Identifier: MIT
"""The parts of a build, a row each. A number that nobody can vouch for is not there at all."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("bom")
COLUMNS = (
    "ref",
    "qty",
    "part",
    "mpn",
    "manufacturer",
    "supplier",
    "supplier_pn",
    "alternative",
    "price_class",
    "notes",
)
PRICES_USD = {"0-2": (0, 2), "2-10": (2, 10), "10-30": (10, 30)}
ELECTRIC = ("BT", "D", "LS", "R", "U", "W")
MECHANICAL = ("H", "P")
PRINTED = "print it"


@dataclass(frozen=True)
class Part:
    """One row, as it stands in the file."""

    ref: str
    qty: int
    part: str
    mpn: str
    manufacturer: str
    supplier: str
    supplier_pn: str
    alternative: str
    price_class: str
    notes: str

    @property
    def kind(self) -> str:
        return self.ref.rstrip("0123456789")

    @property
    def number(self) -> str:
        """What to order by, in words."""
        if self.manufacturer == PRINTED:
            names = self.supplier_pn.split()
            return "print " + ", ".join(f"[{name}](enclosure/stl/{name}.stl)" for name in names)
        return f"{self.manufacturer} {self.mpn}" if self.mpn else "any"


def read(key: str, folder: Path = FOLDER) -> list[Part]:
    path = folder / f"{key}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        try:
            rows = list(csv.DictReader(file, strict=True))
        except csv.Error as error:
            raise ValueError(f"bom/{path.name}: {error}") from None
    parts = []
    for number, row in enumerate(rows, start=2):
        where = f"bom/{path.name}, row {number}"
        if tuple(row) != COLUMNS or None in row.values():
            raise ValueError(f"{where}: has to have the columns {', '.join(COLUMNS)}")
        if not re.fullmatch(r"[1-9][0-9]*", row["qty"]):
            raise ValueError(f"{where}: qty is {row['qty']!r}, and has to be a whole number")
        qty = int(row.pop("qty"))
        parts.append(Part(qty=qty, **row))
    return parts


def problems(parts: list[Part]) -> list[str]:
    """What is wrong with a build's parts, a line each."""
    found = []
    for part in parts:
        found += [f"{part.ref}: {problem}" for problem in _of(part)]
    refs = [part.ref for part in parts]
    found += [f"{ref}: twice" for ref in sorted(set(refs)) if refs.count(ref) > 1]
    return found


def _of(part: Part) -> list[str]:
    found = []
    if not re.fullmatch(r"[A-Z]+[1-9][0-9]*", part.ref):
        found.append("a ref is letters and a number")
    if part.kind not in ELECTRIC + MECHANICAL:
        found.append(f"{part.kind} is no kind of part; add it to bom.py")
    if not part.part:
        found.append("has no name")
    if part.price_class not in PRICES_USD:
        found.append(f"price class is one of {', '.join(PRICES_USD)}")
    if bool(part.mpn) != (part.manufacturer not in ("any", PRINTED, "")):
        found.append("a part number needs its manufacturer, and a manufacturer a part number")
    if not part.manufacturer or not part.supplier:
        found.append("manufacturer and supplier are a name, or any")
    if part.supplier == "any" and part.supplier_pn:
        found.append("a supplier's number needs the supplier")
    if (part.kind == "P") != (part.manufacturer == PRINTED):
        found.append(f"P is printed, and what is printed is P: manufacturer {PRINTED!r}")
    return found


def cost_usd(parts: list[Part]) -> tuple[int, int]:
    """Between what and what the price classes allow."""
    spans = [(part.qty, PRICES_USD[part.price_class]) for part in parts]
    return sum(q * low for q, (low, _) in spans), sum(q * high for q, (_, high) in spans)
