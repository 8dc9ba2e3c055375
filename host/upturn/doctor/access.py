# SPDX-License-Identifier: MIT
"""Which serial ports there are, and whether who runs this may use them."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from upturn.doctor.findings import Finding, not_well, note, ok, shaped
from upturn.doctor.scene import SERIAL, Scene, apart
from upturn.transports.node_probe import Port

if sys.platform != "win32":
    import grp

GROUPS = ("dialout", "uucp")
"""Who may use serial ports, on Debian and its like, and on Arch and its like."""
JOIN = "Run 'sudo usermod -aG {} $USER', and log in again"
RULES = (Path("/etc/udev/rules.d"), Path("/usr/lib/udev/rules.d"), Path("/lib/udev/rules.d"))
OURS = r"/dev/tty(USB|ACM|AMA|S)\d+|COM\d+"
"""Names of ports that tell nothing of whose they are."""


@dataclass(frozen=True, slots=True)
class Access:
    is_posix: bool
    is_root: bool = False
    group: str = ""
    """Whose members may use serial ports here; empty: there is no such group."""
    in_group: bool = False
    """This process is."""
    listed: bool = False
    """The user is, as from the next login."""
    rule: bool = False
    """A udev rule of Upturn's gives the port to who sits at the computer."""
    shut: tuple[str, ...] = ()
    """Ports that are there and may not be used."""


async def listed(scene: Scene) -> list[Port]:
    """What the system lists, and what has a name and may be none of these, as a link is."""
    from upturn.transports.serial_ports import ports_here  # noqa: PLC0415 - it needs pyserial

    named = [Port(device) for device in scene.named(SERIAL)]
    if scene.source is not None and named:
        return named

    def others() -> list[Port]:
        real = {os.path.realpath(port.device) for port in named}
        return [port for port in ports_here() if os.path.realpath(port.device) not in real]

    return [*named, *await apart(others)]


def may_use(device: str) -> bool:
    return sys.platform == "win32" or os.access(device, os.R_OK | os.W_OK)


async def look(scene: Scene) -> Access:
    ports = await scene.shared(listed)
    return await apart(lambda: _access(ports))


def judge(facts: Access) -> Iterable[Finding]:
    if not facts.is_posix:
        return
    join = JOIN.format(facts.group or GROUPS[0])
    if facts.is_root:
        yield ok("root may use every port")
    elif facts.in_group:
        yield ok(f"you are in the group {facts.group}, which may use serial ports")
    elif facts.rule and not facts.shut:
        yield ok("Upturn's udev rule gives boards to who sits at this computer")
    elif facts.listed:
        tell = not_well if facts.shut else note
        yield tell(
            f"you were put into the group {facts.group}, and this login began before",
            "Log out and in again, or start the computer anew",
        )
    elif facts.shut:
        shut = ", ".join(shaped(port, OURS, "port") for port in facts.shut)
        yield not_well(f"you may not use {shut}", join)
    elif facts.group:
        yield note(f"you are not in the group {facts.group}: a board's port may not open", join)


def _access(ports: Sequence[Port]) -> Access:
    if sys.platform == "win32":
        return Access(is_posix=False)
    found = next((entry for name in GROUPS if (entry := _group(name))), None)
    return Access(
        is_posix=True,
        is_root=os.geteuid() == 0,
        group=found.gr_name if found else "",
        in_group=found is not None and found.gr_gid in (os.getegid(), *os.getgroups()),
        listed=found is not None and _user() in found.gr_mem,
        rule=any(True for folder in RULES for _ in folder.glob("*upturn*.rules")),
        shut=tuple(p.device for p in ports if Path(p.device).exists() and not may_use(p.device)),
    )


if sys.platform != "win32":

    def _group(name: str) -> grp.struct_group | None:
        try:
            return grp.getgrnam(name)
        except KeyError:
            return None


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        return ""
