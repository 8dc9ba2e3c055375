# SPDX-License-Identifier: MIT
"""Whether the computer stays alive and awake for a session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from upturn.core.thresholds import HOST_BATTERY_LOW_PERCENT
from upturn.doctor.findings import Finding, known, not_well, note, ok
from upturn.doctor.scene import Scene, apart
from upturn.service import inhibit

SUPPLIES = Path("/sys/class/power_supply")


@dataclass(frozen=True, slots=True)
class Supply:
    percent: int | None = None
    """None: it has no battery, or does not tell."""
    discharging: bool = False


@dataclass(frozen=True, slots=True)
class Sleep:
    awake: inhibit.Awake | None = None
    """Whether it can be kept awake; None: nobody wants it."""


async def look_at_supply(_scene: Scene) -> Supply:
    return await apart(lambda: supply(SUPPLIES))


def judge_supply(facts: Supply) -> Iterable[Finding]:
    if facts.percent is None:
        yield ok("no battery of this computer is known")
    elif not facts.discharging:
        yield ok(f"this computer is plugged in, its battery has {facts.percent} %")
    elif facts.percent < HOST_BATTERY_LOW_PERCENT:
        yield not_well(f"this computer's battery has {facts.percent} %", "Plug it in")
    else:
        yield note(f"this computer runs on its battery, {facts.percent} %", "Plug it in")


async def look_at_sleep(scene: Scene) -> Sleep:
    """It is kept awake for an instant, as a watch keeps it: no other way tells whether it can."""
    heard: list[inhibit.Awake] = []
    async with inhibit.kept_awake(heard.append, environment=scene.environ) as said:
        await said.wait()
    return Sleep(heard[0]) if heard else Sleep()


def judge_sleep(facts: Sleep) -> Iterable[Finding]:
    awake = facts.awake
    if awake is None:
        yield note(
            f"nothing keeps this computer awake: off, by {inhibit.VARIABLE}",
            f"Unset {inhibit.VARIABLE}",
        )
    elif awake.held:
        yield ok(awake.words)
    else:
        before, colon, why = awake.words.partition(": ")
        ours = frozenset(inhibit.DBUS_WORDS.values())
        yield note(
            f"{before}{colon}{known(why, ours, 'why')}",
            "Switch off its sleep in the system's settings, if it has any",
        )


def supply(folder: Path) -> Supply:
    """Of Linux's own files; elsewhere there are none. Of several batteries the fullest."""
    found = Supply()
    for battery in sorted(folder.glob("*")):
        if _said(battery / "type") != "Battery" or _said(battery / "scope") == "Device":
            continue  # a mouse has one too
        percent = _said(battery / "capacity")
        if percent.isdecimal() and int(percent) >= (found.percent or 0):
            found = Supply(int(percent), _said(battery / "status") == "Discharging")
    return found


def _said(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError):
        return ""
