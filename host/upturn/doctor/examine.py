# SPDX-License-Identifier: MIT
"""All rows looked at side by side, each for a bounded time, and told in the table's order.

The law: a look that fails, or gives no answer, is a finding of its own, and never the end.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from upturn.doctor import program
from upturn.doctor.findings import Finding, Verdict, not_well, private
from upturn.doctor.rows import ROWS, Row
from upturn.doctor.scene import BLE, Scene
from upturn.errors import UpturnError

PATIENCE_S = 8.0
NODE_BY_RADIO_S = 30.0
"""One that is asked for by name is searched, connected to and asked."""
GRACE_S = 0.5
"""For what was given up to end."""
LOAD_S = 5.0


@dataclass(frozen=True, slots=True)
class Examined:
    row: Row[Any]
    findings: tuple[Finding, ...]
    took_s: float


def is_well(examined: Sequence[Examined]) -> bool:
    return not any(
        finding.verdict is Verdict.NOT_WELL for one in examined for finding in one.findings
    )


async def examine(scene: Scene, rows: Sequence[Row[Any]] = ROWS) -> list[Examined]:
    with suppress(TimeoutError):  # on a slow computer that takes long, and is nobody's look
        async with asyncio.timeout(LOAD_S):
            await scene.shared(program.load_packages)
    by_radio = scene.source is not None and scene.source.startswith(BLE)
    patience_s = NODE_BY_RADIO_S if by_radio else PATIENCE_S
    return list(await asyncio.gather(*(_examined(row, scene, patience_s) for row in rows)))


async def _examined(row: Row[Any], scene: Scene, patience_s: float) -> Examined:
    began_s = time.monotonic()
    looking = asyncio.ensure_future(_findings(row, scene))
    done, _ = await asyncio.wait({looking}, timeout=patience_s)
    if done:
        findings = looking.result()
    else:
        looking.cancel()
        await asyncio.wait({looking}, timeout=GRACE_S)
        findings = (not_well(f"{row.name}: no answer within {patience_s:g} s", row.remedy),)
    return Examined(row, findings, time.monotonic() - began_s)


async def _findings(row: Row[Any], scene: Scene) -> tuple[Finding, ...]:
    try:
        return tuple(row.judge(await row.look(scene)))
    except UpturnError as error:
        return (not_well(f"{row.name}: {private(error, 'its words')}", row.remedy),)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and the others go on
        words = private(" ".join(str(error).split()) or "no words", "its words")
        fault = f"{row.name}: cannot be looked at ({type(error).__name__}: {words})"
        return (not_well(fault, row.remedy),)
