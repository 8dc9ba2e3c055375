# SPDX-License-Identifier: MIT
"""What systemd is told of Upturn: the text of its unit, from a few facts and nothing else.

The law: what protects the computer from Upturn must not keep it from a node, a loudspeaker or the
home; and it never gives up: whatever ends it, it is started again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from upturn.errors import InputError

NAME = "upturn.service"
WATCHDOG_S = 15
"""A loop that hangs is ended after this long. Judging takes milliseconds and happens four times a
second; a computer that stands still for seconds, because its memory card is slow, is no hang."""
START_S = 90
STOP_S = 15
"""A run ends in 7 s at most: it waits for sinks, for the broker and for its sums."""
BACK_OFF_VERSION = 254
"""From this version on, systemd can wait longer each time."""
LINGER_MARK = "X-Upturn-Linger"
"""A key that systemd leaves alone. Its value: who switched lingering on, `install` or another."""

_COMMON = {
    "NoNewPrivileges": "yes",
    "LockPersonality": "yes",
    "RestrictSUIDSGID": "yes",
    "RestrictNamespaces": "yes",
    # The system bus and sound, the broker; the last is how names are looked up.
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    "SystemCallArchitectures": "native",
    "SystemCallFilter": "@system-service",
    "SystemCallErrorNumber": "EPERM",
    "UMask": "0077",
    # A core would hold what people answered about their health.
    "LimitCORE": "0",
}
"""What needs no rights to be had, so that a user's own manager can do it everywhere."""

_OF_THE_SYSTEM = {
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "read-only",
    "PrivateTmp": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectControlGroups": "yes",
    "ProtectHostname": "yes",
    # Of all programs the last to go where memory is short.
    "OOMScoreAdjust": "-800",
}
"""No PrivateDevices, DeviceAllow or ProtectClock, which brings a DeviceAllow of its own: a list of
devices is made at the start, and a kind of port that is plugged in for the first time later on
would be missing from it. Who may use a port is said by its group."""

HIDDEN = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - nothing is put there
"""What PrivateTmp puts empty folders in place of."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What differs from one computer to another."""

    python: Path
    config: Path
    version: int
    """Of systemd."""
    linger: str = ""
    """Of a user's unit: who switched it on."""
    user: str = ""
    """Of a unit of the system: whose settings, nodes and store; empty: it is a user's own."""
    groups: tuple[str, ...] = ()
    """For ports, sound and Bluetooth, as far as this computer has them."""
    writable: tuple[Path, ...] = ()
    """Where Upturn keeps what it writes."""

    @property
    def of_the_system(self) -> bool:
        return bool(self.user)


def unit_text(facts: Facts) -> str:
    """The whole file.

    Raises:
        InputError: a path that no unit can name.
    """
    sections = {
        "Unit": _unit(facts),
        "Service": _service(facts),
        "Install": {"WantedBy": "multi-user.target" if facts.of_the_system else "default.target"},
    }
    return "\n".join(_written(sections))


def linger_of(text: str) -> str:
    """Who switched lingering on, by the unit's own account; empty: it does not say."""
    found = re.search(rf"^{LINGER_MARK}=(\w+)$", text, re.MULTILINE)
    return found[1] if found else ""


def _unit(facts: Facts) -> dict[str, str]:
    after = "network.target bluetooth.target sound.target"
    if not facts.of_the_system:
        after = "pipewire.service pulseaudio.service"
    values = {
        "Description": "Upturn, watching inversion tables",
        "After": after,
        "StartLimitIntervalSec": "0",
    }
    return values | ({LINGER_MARK: facts.linger} if facts.linger else {})


def _service(facts: Facts) -> dict[str, str]:
    # -P: what lies in the folder that it is started in is no part of it.
    words = (str(facts.python), "-P", "-m", "upturn", "run", "--headless")
    command = " ".join(map(_quoted, (*words, "--config", str(facts.config))))
    values = {
        "Type": "notify",
        "NotifyAccess": "main",
        "ExecStart": command.replace("$", "$$"),
        # Of a loop that hung, the journal shall say where.
        "Environment": "PYTHONFAULTHANDLER=1 PYTHONUNBUFFERED=1",
        "WatchdogSec": f"{WATCHDOG_S}",
        "TimeoutStartSec": f"{START_S}",
        "TimeoutStopSec": f"{STOP_S}",
        "TimeoutAbortSec": "5",
        "KillMode": "mixed",
        "Restart": "always",
        **_back_off(facts.version),
    }
    if not facts.of_the_system:
        return values | _COMMON
    whose = {"User": facts.user, "SupplementaryGroups": " ".join(facts.groups)}
    paths = {"ReadWritePaths": " ".join(_quoted(f"-{path}") for path in facts.writable)}
    return values | whose | _COMMON | _OF_THE_SYSTEM | paths


def _back_off(version: int) -> dict[str, str]:
    """Restarts are counted over the unit's whole life, so the longest wait has to be short."""
    if version < BACK_OFF_VERSION:
        return {"RestartSec": "2"}
    return {"RestartSec": "1", "RestartSteps": "5", "RestartMaxDelaySec": "10"}


def _quoted(word: str) -> str:
    """For a unit: `%` means something there, and a line is a line."""
    if not word.isprintable():
        raise InputError("no unit of systemd can name it", where=repr(word), remedy="Rename it")
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if re.search(r"[^\w@%+=:,./$-]", escaped) else escaped


def _written(sections: dict[str, dict[str, str]]) -> Iterator[str]:
    yield "# Written by 'upturn service install'; 'upturn service remove' takes it away."
    for name, values in sections.items():
        yield f"\n[{name}]"
        yield from (f"{key}={value}" for key, value in values.items())
    yield ""
