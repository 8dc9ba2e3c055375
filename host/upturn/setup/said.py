# SPDX-License-Identifier: MIT
"""What only a person can know, and said: that the node is mounted, that a tone was heard.

All else is asked of the config, the node and the store. A word counts as long as it is about the
same thing: another node was not mounted by it, and a file that cannot be read holds none.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from upturn.whole_file import write_private

FORMAT = 1
FILE_NAME = "setup.json"


class Word(NamedTuple):
    of: str
    """What it is about: a node's id, an output; empty where there is only one."""
    at: str
    """ISO 8601, UTC."""

    @property
    def day(self) -> str:
        return self.at[:10]


class Said:
    """The file, read anew each time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def word(self, step: str, of: str) -> Word | None:
        """What was said at that step about this; None: nothing."""
        entry = self._all().get(f"{step} {of}".strip())
        return Word(of, entry) if entry is not None else None

    def say(self, step: str, of: str) -> None:
        """Raises RunError: it cannot be written."""
        at = datetime.now(tz=UTC).isoformat(timespec="seconds")
        self._write({**self._all(), f"{step} {of}".strip(): at})

    def forget(self, step: str, of: str) -> None:
        """Raises RunError: it cannot be written."""
        kept = self._all()
        if kept.pop(f"{step} {of}".strip(), None) is not None:
            self._write(kept)

    def _all(self) -> dict[str, str]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):  # then it is asked again
            return {}
        words = content.get("said") if isinstance(content, dict) else None
        if not isinstance(words, dict):
            return {}
        return {key: at for key, at in words.items() if isinstance(at, str)}

    def _write(self, words: dict[str, str]) -> None:
        content = {"format": FORMAT, "said": words}
        write_private(self._path, (json.dumps(content, indent=1) + "\n").encode())
