# SPDX-License-Identifier: MIT
"""What commands that read the store are run on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.storing import CLOCKS, NOW, Kept


@pytest.fixture
def kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Kept]:
    """No store yet; in Berlin, on a Thursday."""
    folder = tmp_path / "store"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for clock in CLOCKS:
            patch.setattr(clock, lambda: NOW)
        patch.chdir(tmp_path)
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield Kept(folder, capsys)
    time.tzset()
