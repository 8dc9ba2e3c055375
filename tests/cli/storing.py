# SPDX-License-Identifier: MIT
"""A store in a folder of the test's own, a clock and a place that stand still, and the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.report.filled import fill
from upturn.cli.main import main
from upturn.store.database import Store
from upturn.store.rows import SessionRow

NOW = datetime(2026, 3, 19, 12, tzinfo=UTC)
CLOCKS = (
    "upturn.cli.history.now",
    "upturn.cli.report.now",
    "upturn.cli.forget_recordings.now",
)


@dataclass(frozen=True)
class Kept:
    """Where it is, and what the program says of it."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def path(self) -> Path:
        return self.folder / "upturn.sqlite3"

    def fill(self, sessions: Sequence[SessionRow], *, curves: bool = False) -> None:
        fill(self.path, sessions, curves=curves)

    def open(self) -> Store:
        return Store.open(self.path)

    def run(self, *words: str, code: int = 0) -> tuple[str, str]:
        """Stdout and stderr."""
        config = self.folder.parent / "config.toml"
        config.write_text(f'[store]\npath = "{self.path}"\nkeep_days = 30\n', encoding="utf-8")
        assert main([*words, "--config", str(config)]) == code
        out, err = self.capsys.readouterr()
        return out, err

    def refused(self, *words: str, code: int = 2) -> str:
        """The one line that says why; nothing was written."""
        out, err = self.run(*words, code=code)
        assert out == ""
        assert err.startswith("upturn: ")
        assert err.count("\n") == 1
        return err.removeprefix("upturn: ").removesuffix("\n")
