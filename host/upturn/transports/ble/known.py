# SPDX-License-Identifier: MIT
"""The nodes that are paired with this computer, and kept until they are forgotten.

The system has the keys; this says whose they are: which address is which node. A node that is
not here is not believed, whatever it says of itself. A file that cannot be read is told and left
alone: to write over it would forget who is paired.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

from upturn.errors import RunError
from upturn.transports.ble.in_use import InUse

FORMAT = 1


@dataclass(frozen=True, slots=True)
class KnownNode:
    node_id: str
    address: str
    """As the system calls it: on macOS an id of its own, the same on this computer only."""
    name: str

    def is_called(self, text: str) -> bool:
        """Its address, its hardware id or its name."""
        folded = text.casefold()
        return folded in (self.address.casefold(), self.node_id.casefold()) or text == self.name


class KnownNodes:
    """The file, read anew each time: another program may pair while this one watches."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or platformdirs.user_data_path("upturn") / "nodes.json"

    def all(self) -> list[KnownNode]:
        """By name.

        Raises:
            RunError: the file is there and cannot be read.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeError) as error:
            raise self._bad(getattr(error, "strerror", None) or "it is no text") from None
        try:
            return sorted(_read(json.loads(text)), key=lambda node: node.name)
        except (ValueError, TypeError, RecursionError) as error:
            raise self._bad(str(error).splitlines()[0]) from None

    def called(self, text: str) -> list[KnownNode]:
        return [node for node in self.all() if node.is_called(text)]

    def in_use(self, node_id: str) -> InUse:
        """For who is about to connect to that node."""
        return InUse(self.path.parent / "in-use", node_id)

    def add(self, node: KnownNode) -> None:
        """In place of what was known of the same node, or of its address."""
        others = [
            other
            for other in self.all()
            if other.node_id != node.node_id and other.address != node.address
        ]
        self._write([*others, node])

    def remove(self, node: KnownNode) -> None:
        self._write([other for other in self.all() if other.node_id != node.node_id])

    def _write(self, nodes: list[KnownNode]) -> None:
        content = {"format": FORMAT, "nodes": [asdict(node) for node in nodes]}
        aside = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
            aside.replace(self.path)
        except OSError as error:
            raise RunError(f"{self.path}: cannot be written ({error.strerror})") from None

    def _bad(self, why: str) -> RunError:
        return RunError(
            f"{self.path}: cannot be read ({why}). Move it away, and pair your nodes again"
        )


def _read(content: object) -> Iterator[KnownNode]:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"it is not of format {FORMAT}")
    for entry in content["nodes"] if isinstance(content.get("nodes"), list) else [None]:
        if not isinstance(entry, dict):
            raise ValueError("a node in it is no object")  # noqa: TRY004 - of a file, not of a caller
        node = KnownNode(
            **{key: entry[key] for key in KnownNode.__dataclass_fields__ if key in entry}
        )
        if not all(isinstance(value, str) and value for value in asdict(node).values()):
            raise ValueError("a node in it is not described by texts")
        yield node
