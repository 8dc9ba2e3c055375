# SPDX-License-Identifier: MIT
"""`upturn setup` as a person runs it: of a node behind a port, with folders of its own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.cli.test_calibrations import RECORD
from tests.firmware.node import Node
from tests.terminal import Terminal
from upturn.cli.calibrations import save
from upturn.cli.node_orders import Order, carry_out
from upturn.core.checklist import Item, Part, part
from upturn.core.mounting import ASSUMED
from upturn.wire import commands as wire

PATIENCE_S = 60


@dataclass(frozen=True)
class Guided:
    folder: Path
    node: Node | None = None

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def data(self) -> Path:
        return self.folder / "data" / "upturn"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "XDG_CONFIG_HOME": str(self.folder / "settings"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
        }

    def words(self, *arguments: str) -> list[str]:
        source = ["--source", f"serial:{self.node.port}"] if self.node is not None else []
        config = ["--config", str(self.config)]
        return [sys.executable, "-m", "upturn", "setup", *arguments, *config, *source]

    def said(self, answers: Sequence[str], *arguments: str) -> subprocess.CompletedProcess[str]:
        """What it says to these lines; then the person is gone."""
        return subprocess.run(
            self.words(*arguments),
            input="".join(f"{answer}\n" for answer in answers),
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def terminal(self, *arguments: str) -> Terminal:
        return Terminal(self.words(*arguments), self.environment)

    def listed(self) -> dict[str, str]:
        """Step to how it stands, by `--list`."""
        said = self.said([], "--list").stdout.replace("\n" + " " * 23, " ")
        rows = [line[3:] for line in said.splitlines()]
        return {row[:10].strip(): row[10:].strip() for row in rows}

    def calibrate(self) -> None:
        """As `upturn calibrate` leaves it, without the way there."""
        assert self.node is not None
        order = Order(wire.set_calibration(ASSUMED))
        probe = asyncio.run(carry_out(f"serial:{self.node.port}", [order], show=True)).probe
        assert probe.hello is not None
        mounting = probe.hello.mounting
        assert mounting is not None
        record = replace(
            RECORD,
            node_id=probe.hello.node_id,
            date="2026-11-21T08:00:00+00:00",
            sensor=probe.hello.sensor,
            mounting=mounting,
        )
        save(record, self.data / "calibrations.json")


def well(of: Part) -> list[str]:
    """Answers against which nothing stands."""
    return [_well(item) for item in part(of)]


def _well(item: Item) -> str:
    return "n" if item.counts else "y"
