# SPDX-License-Identifier: MIT
"""Whether the service is installed and runs, by what systemd says of its unit."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from dataclasses import dataclass

from upturn.doctor.findings import Finding, not_well, note, ok
from upturn.doctor.scene import Scene, apart, said_by
from upturn.service import systemd
from upturn.service.unit import NAME

SCOPES: dict[str, tuple[str, ...]] = {"user": ("--user",), "system": ()}
_FIELDS = "LoadState,ActiveState,UnitFileState,NRestarts"
_INSTALL = "'upturn service install' has it watch from the start of the computer on"


@dataclass(frozen=True, slots=True)
class Unit:
    scope: str
    active: bool
    failed: bool
    enabled: bool
    restarts: int
    """By systemd itself, since it was started."""

    @property
    def flag(self) -> str:
        return "--user " if self.scope == "user" else ""


@dataclass(frozen=True, slots=True)
class Units:
    systemd: bool
    units: tuple[Unit, ...] = ()
    lingers: bool | None = None
    """The user's services run while nobody is logged in; None: not known."""


async def look(scene: Scene) -> Units:
    return await scene.shared(look_at_units)


async def look_at_units(_scene: Scene) -> Units:
    return await apart(_units)


def judge(facts: Units) -> Iterable[Finding]:
    if not facts.systemd:
        yield ok("no systemd here: a watch runs as long as somebody has started it")
        return
    if not facts.units:
        yield ok(f"the service is not installed; {_INSTALL}")
    for unit in facts.units:
        yield from _judged(unit)
        if unit.scope == "user" and facts.lingers is False:
            yield note(
                "the service ends when you log out, and begins when you log in",
                "Run 'loginctl enable-linger'",
            )


def _judged(unit: Unit) -> Iterable[Finding]:
    journal = f"See 'journalctl {unit.flag}-u upturn'"
    called = f"the {unit.scope} service"
    if unit.failed:
        again = f"Then run 'systemctl {unit.flag}restart upturn'"
        yield not_well(f"{called} has failed", f"{journal}. {again}")
    elif not unit.active:
        yield note(
            f"{called} is installed and does not run",
            f"Run 'systemctl {unit.flag}start upturn', or 'upturn service remove'",
        )
    elif unit.restarts:
        times = "once" if unit.restarts == 1 else f"{unit.restarts} times"
        yield note(f"{called} runs; systemd had to start it anew {times}", journal)
    else:
        yield ok(f"{called} runs")
    if not unit.enabled:
        yield note(
            f"{called} does not begin with the computer",
            f"Run 'systemctl {unit.flag}enable upturn'",
        )


def _units() -> Units:
    if not systemd.is_here():
        return Units(systemd=False)
    told = {
        scope: said_by("systemctl", *flags, "show", NAME, f"--property={_FIELDS}")
        for scope, flags in SCOPES.items()
    }
    units = tuple(unit for scope, text in told.items() if (unit := read_unit(scope, text or "")))
    lingers = None
    if any(unit.scope == "user" for unit in units):
        said = said_by("loginctl", "show-user", getpass.getuser(), "--property=Linger", "--value")
        lingers = {"yes": True, "no": False}.get(said or "")
    return Units(systemd=True, units=units, lingers=lingers)


def read_unit(scope: str, text: str) -> Unit | None:
    """Of what `systemctl show` says; None: there is no such unit."""
    fields = dict(line.partition("=")[::2] for line in text.splitlines())
    if fields.get("LoadState") not in ("loaded", "masked", "bad-setting", "error"):
        return None
    restarts = fields.get("NRestarts", "")
    active = fields.get("ActiveState") in ("active", "reloading", "activating")
    return Unit(
        scope,
        active,
        fields.get("ActiveState") == "failed" or fields["LoadState"] != "loaded",
        fields.get("UnitFileState") in ("enabled", "enabled-runtime"),
        int(restarts) if restarts.isdecimal() else 0,
    )
