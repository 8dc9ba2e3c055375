# SPDX-License-Identifier: MIT
"""What the tests of the wire have in common: the vectors, and a node that can be told anything."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.vectors import reference
from tests.vectors.cases import HELLO, SHORT, UPRIGHT
from tests.vectors.make import VECTORS

ALL: dict[str, list[dict[str, Any]]] = json.loads(VECTORS.read_text(encoding="utf-8"))


def names(kind: str) -> list[str]:
    return [f"{vector['kind']} {vector['name']}" for vector in ALL[kind]]


def message(kind: str, **fields: Any) -> bytes:
    """Without its check, as a deframer hands it on."""
    return b"".join(reference.message(kind, fields)[:-1])


def hello(**fields: Any) -> bytes:
    return message("HELLO", **HELLO | fields)


def line(raw: bytes) -> bytes:
    """A message without its check, as a node puts it on a serial line."""
    return reference.line(b"".join(reference.checked([raw])), from_host=False)


@dataclass
class Node:
    """Says one MEASUREMENT after another, `interval_ms` apart."""

    t_ms: int = 0
    seq: int = 0
    interval_ms: int = 20
    samples: int = 1
    has_gyro: bool = False
    fields: dict[str, Any] = field(default_factory=dict)

    def says(self, **fields: Any) -> bytes:
        """The next message; its newest sample is at the time that `newest_ms` gives after it."""
        axes = 6 if self.has_gyro else 3
        readings = [
            [self.interval_ms * (k > 0), 0, 2048, *([0] * (axes - 2))] for k in range(self.samples)
        ]
        raw = message(
            "MEASUREMENT",
            **UPRIGHT
            | {"flags": 1, "has_gyro": self.has_gyro, "readings": readings}
            | {"seq": self.seq % 65536, "t_ms": self.t_ms % (1 << 32)}
            | self.fields
            | fields,
        )
        self.t_ms += self.samples * self.interval_ms
        self.seq += self.samples
        return raw

    def says_short(self, **fields: Any) -> bytes:
        """The newest sample of the next tenth of a second, by its angle."""
        self.skips(100 // self.interval_ms - 1)
        raw = message(
            "SHORT",
            **SHORT
            | {"flags": 1, "presses": 0, "calls": 0}
            | {"seq": self.seq % 65536, "t_ms": self.t_ms % (1 << 32)}
            | self.fields
            | fields,
        )
        self.skips(1)
        return raw

    @property
    def newest_ms(self) -> int:
        """When the last sample was taken that it has said."""
        return self.t_ms - self.interval_ms

    def skips(self, count: int) -> None:
        """Samples that are taken and do not arrive."""
        self.t_ms += count * self.interval_ms
        self.seq += count
