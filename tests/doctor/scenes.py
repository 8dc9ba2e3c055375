# SPDX-License-Identifier: MIT
"""What a doctor is given to look at, and the facts of a node that is well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from upturn import __version__
from upturn.config import Config
from upturn.core.mounting import ASSUMED, Mounting
from upturn.doctor.findings import Finding, shown
from upturn.doctor.scene import Calibrated, Reach, Scene
from upturn.sinks.mqtt.broker import Broker
from upturn.wire.messages import Hello, NodeLimits
from upturn.wire.vocabulary import NO_FAULT, Trait

HELLO = Hello(
    node_id="240ac4000001",
    firmware=__version__,
    reset="power on",
    boots=7,
    epoch=1,
    t_ms=0,
    rate_hz=50,
    range_g=8,
    traits=Trait.BUZZER | Trait.BLE,
    fault=NO_FAULT,
    limits=NodeLimits(45.0, 60.0, 90.0, 60.0),
    mounting=ASSUMED,
    board="m5stickc_plus2",
    sensor="MPU6886",
    name="den",
    profile="standard",
)


class Record:
    """As the one of `upturn calibrate`, as far as a doctor reads it."""

    def __init__(self, date: str, mounting: Mounting = ASSUMED) -> None:
        self.date = date
        self.expected_error_deg = 0.8
        self._mounting = mounting

    def is_on(self, mounting: Mounting | None) -> bool:
        return mounting == self._mounting


def nobody_names_one() -> Broker | None:
    return None


def scene(
    folder: Path,
    config: Config | Callable[[], Config] | None = None,
    *,
    broker: Callable[[], Broker | None] = nobody_names_one,
    records: Mapping[str, Calibrated] | None = None,
    environ: Mapping[str, str] | None = None,
    **asked: Any,
) -> Scene:
    """Of a computer whose store would be in that folder."""
    settings = config if callable(config) else lambda: config or Config()
    reach = Reach(
        settings, broker, lambda _: folder / "upturn.sqlite3", lambda: dict(records or {})
    )
    return Scene(reach, dict(environ or {}), **asked)


def told(findings: Any) -> list[tuple[str, str]]:
    """Verdict and words, as people read them."""
    found: list[Finding] = list(findings)
    return [(str(finding.verdict), shown(finding.words)) for finding in found]
