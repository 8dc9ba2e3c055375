# SPDX-License-Identifier: MIT
"""Makes `frames.json` and the examples of `firmware/PROTOCOL.md`: `python -m tests.vectors.make`.

Both are committed, so that every change on the wire is seen in a review; a test compares.
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from tests.vectors import reference
from tests.vectors.cases import (
    ADVERTISEMENTS,
    EARLIER,
    EXAMPLES,
    FROM_HOST,
    FROM_NODE,
    LONGER,
    NOT_FOR_HOST,
    REFUSED_ADVERTISEMENTS,
    REFUSED_BY_HOST,
    REFUSED_BY_NODE,
    UNKNOWN_VERBS,
    Altered,
    Case,
)

VECTORS = Path(__file__).with_name("frames.json")
PROTOCOL = Path(__file__).parents[2] / "firmware" / "PROTOCOL.md"
SECTION = "## 5. Examples\n"
WIDTH = 118


def vectors() -> dict[str, Any]:
    return {
        "from_node": [_vector(case, from_host=False) for case in FROM_NODE],
        "from_host": [_vector(case, from_host=True) for case in FROM_HOST],
        "refused_by_host": [_altered(case) for case in REFUSED_BY_HOST],
        "not_for_host": [
            _altered(case) | {"version": case.version, "type": reference.TYPES[case.kind]}
            for case in NOT_FOR_HOST
        ]
        + [_unknown_type(type_) for type_ in (0, 6, 7, 15)],
        "earlier": [_vector(case, from_host=False) for case in EARLIER],
        "longer": [_altered(case) | {"fields": case.fields} for case in LONGER],
        "refused_by_node": [
            _altered(case) | {"result": case.result} | _named(case) for case in REFUSED_BY_NODE
        ]
        + [_unknown_verb(verb) for verb in UNKNOWN_VERBS],
        "advertisements": [
            {"name": name, "fields": fields} | _advertised(fields)
            for name, fields in ADVERTISEMENTS
        ],
        "refused_advertisements": [
            {"name": name} | _advertised(fields, cut)
            for name, fields, cut in REFUSED_ADVERTISEMENTS
        ],
    }


def vectors_text() -> str:
    """One vector a line."""
    sections = []
    for name, rows in vectors().items():
        lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows)
        sections.append(f'"{name}": [\n{lines}\n]')
    return "{\n" + ",\n".join(sections) + "\n}\n"


def examples_text() -> str:
    """Section 5, its heading included."""
    cases = {(kind, name): fields for name, kind, fields in (*FROM_NODE, *FROM_HOST)}
    blocks = [_example(kind, name, cases[kind, name]) for kind, name in EXAMPLES]
    blocks.append(_advertisement_example(*ADVERTISEMENTS[0]))
    return (
        f"{SECTION}\nHexadecimal, a space at each border of a field, the check last, without "
        "flags and escapes unless said. Written by\n`python -m tests.vectors.make`; "
        "`tests/vectors/frames.json` has these and all others, those that are to be refused "
        "too.\n\n" + "\n".join(blocks)
    )


def _example(kind: str, name: str, fields: dict[str, Any]) -> str:
    verb = f", {fields['verb']}" if kind == "COMMAND" else ""
    parts = reference.message(kind, fields)
    lines = [f"**{kind}{verb}: {name}**", ""]
    told = ", ".join(f"{key} {_shown(value)}" for key, value in fields.items() if key != "verb")
    lines += textwrap.wrap(told, WIDTH)
    lines += ["", "```", *textwrap.wrap(" ".join(part.hex() for part in parts), WIDTH), "```"]
    wire = reference.line(b"".join(parts), from_host=kind == "COMMAND")
    if kind == "COMMAND" or "escaped" in name:
        lines += ["", "On a serial line:", "", "```", *textwrap.wrap(wire.hex(), WIDTH), "```"]
    return "\n".join(lines) + "\n"


def _advertisement_example(name: str, fields: dict[str, Any]) -> str:
    data = reference.advertisement(fields)
    told = ", ".join(f"{key} {_shown(value)}" for key, value in fields.items())
    lines = [f"**Advertisement of the state: {name}**", "", *textwrap.wrap(told, WIDTH)]
    lines += ["", "```", data.hex(), "```", "", "In the advertisement, behind its flags:"]
    lines += ["", "```", *textwrap.wrap(reference.in_advertisement(data).hex(), WIDTH), "```"]
    return "\n".join(lines) + "\n"


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _vector(case: Case, *, from_host: bool) -> dict[str, Any]:
    name, kind, fields = case
    raw = b"".join(reference.message(kind, fields))
    wire = reference.line(raw, from_host=from_host)
    return {"name": name, "kind": kind, "fields": fields, "hex": raw.hex(), "line": wire.hex()}


def _altered(case: Altered) -> dict[str, Any]:
    body = b"".join(reference.message(case.kind, case.fields, case.version)[:-1])
    body = body[: len(body) - case.cut] + bytes.fromhex(case.more)
    return {"name": case.name, "kind": case.kind, "hex": _checked(body)}


def _named(case: Altered) -> dict[str, int]:
    """The id and verb of its answer: zero where they were cut off."""
    return {
        "id": 0 if "no id" in case.name else case.fields["id"],
        "verb": 0
        if case.name.endswith(("no id", "no verb"))
        else reference.VERBS[case.fields["verb"]],
    }


def _advertised(fields: dict[str, Any], cut: int = 0) -> dict[str, str]:
    """`hex`: the service data; `structure`: as they stand in the advertisement."""
    data = reference.advertisement(fields)
    data = data[: len(data) - cut]
    return {"hex": data.hex(), "structure": reference.in_advertisement(data).hex()}


def _unknown_type(type_: int) -> dict[str, Any]:
    body = bytes((0x10 | type_, 1, 2, 3))
    name = f"type {type_}"
    return {"name": name, "kind": "", "hex": _checked(body), "version": 1, "type": type_}


def _unknown_verb(verb: int) -> dict[str, Any]:
    body = bytes((0x18, 77, verb))
    named = {"name": f"verb {verb}", "kind": "COMMAND", "hex": _checked(body)}
    return named | {"result": 1, "id": 77, "verb": verb}


def _checked(body: bytes) -> str:
    return b"".join(reference.checked([body])).hex()


def protocol_text(before: str) -> str:
    """The protocol's page with its last section made anew."""
    return before[: before.index(SECTION)] + examples_text()


def main() -> None:
    VECTORS.write_text(vectors_text(), encoding="utf-8")
    page = PROTOCOL.read_text(encoding="utf-8")
    PROTOCOL.write_text(protocol_text(page), encoding="utf-8")


if __name__ == "__main__":
    main()
