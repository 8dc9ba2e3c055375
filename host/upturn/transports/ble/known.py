# SPDX-License-Identifier: MIT
"""The nodes that are paired with this computer, and kept until they are forgotten.

The system has the keys; this says whose they are: which address is which node. A node that is
not here is not believed, whatever it says of itself. A file that cannot be read is told and left
alone: to write over it would forget who is paired.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import platformdirs

from upturn.errors import RunError
from upturn.transports.in_use import InUse

FORMAT = 1
FIELDS = ("node_id", "address", "name")
PATIENCE = 100
PAUSE_S = 0.01


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
        with self._alone():
            others = [
                other
                for other in self.all()
                if other.node_id != node.node_id and other.address != node.address
            ]
            self._write([*others, node])

    def learn_name(self, node_id: str, name: str) -> str:
        """What a node that was reached calls itself; returns the name that it had here before.

        Empty if it is the same, or if it had none. For all that hear a HELLO: a name that cannot
        be kept is no reason not to go on.
        """
        with suppress(RunError):
            for node in self.all() if name else ():
                if node.node_id == node_id and node.name != name:
                    self.add(replace(node, name=name))
                    return node.name if node.name != node_id else ""
        return ""

    def remove(self, node: KnownNode) -> None:
        with self._alone():
            self._write([other for other in self.all() if other.node_id != node.node_id])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two programs that pair at the same moment must not lose each other's node."""
        turn = InUse(self.path.parent / "in-use", "list")
        for _ in range(PATIENCE):
            if turn.try_take():
                break
            time.sleep(PAUSE_S)
        try:
            yield
        finally:
            turn.give_back()

    def _write(self, nodes: list[KnownNode]) -> None:
        content = {"format": FORMAT, "nodes": [asdict(node) for node in nodes]}
        aside = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("w", encoding="utf-8") as file:
                file.write(json.dumps(content, indent=1) + "\n")
                file.flush()
                os.fsync(file.fileno())
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
        texts = [str(entry[key]) for key in FIELDS if isinstance(entry.get(key), str)]
        if len([text for text in texts if text]) < len(FIELDS):
            raise ValueError("a node in it lacks an id, an address or a name")
        yield KnownNode(*texts)
