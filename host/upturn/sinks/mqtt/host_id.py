# SPDX-License-Identifier: MIT
"""What this computer is called at the broker: the same after every restart, and nobody else's.

The name alone would not do, for half of all boards have the name that they were sold with; a mark
of the machine is put behind it. Programs that run beside one another are numbered, by a name that
the kernel gives to one process of the whole machine, whoever started it, and takes back when that
process ends in any way: a file would need a folder that a service and a person at the keyboard
share. Who runs two for good gives each its own `[mqtt] id`, and the numbers never swap.
"""

from __future__ import annotations

import atexit
import errno
import hashlib
import hmac
import platform
import re
import socket
import sys
import uuid
from pathlib import Path

from upturn.sinks.mqtt.topics import slug

MACHINE_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
MARK_LENGTH = 6
MAX_NAME = 40
"""Leaves room for the mark, a role and a number."""

_SALT = b"upturn host id"
"""The machine's own id is a secret of the machine: systemd wants it told to nobody as it is."""
_NOT_OF_THE_HARDWARE = 0b11 << 40
"""Bits of a MAC address: chance, or given by software. Either may be another one tomorrow."""

_held: list[socket.socket] = []
"""For as long as this process lives."""


def host_id() -> str:
    """The computer's name, and a mark that tells it from another one of that name."""
    name = slug(platform.node().partition(".")[0].lower())[:MAX_NAME]
    machine = _machine()
    if machine is None:
        return name
    mark = hmac.new(machine, _SALT, hashlib.sha256).hexdigest()[:MARK_LENGTH]
    return f"{name}-{mark}"


def claim_host_id(base: str, role: str = "") -> str:
    """This process's own id: `base`, the role, and a number where another process was first.

    Where the system keeps no such names there is no number: the broker then says that two have
    one name.
    """
    wanted = f"{base}-{role}" if role else base
    id, number = wanted, 1
    while not _hold(id):
        number += 1
        id = f"{wanted}-{number}"
    return id


def _hold(id: str) -> bool:
    """False: another process has it."""
    if sys.platform != "linux":
        return True
    holder = socket.socket(socket.AF_UNIX)
    try:
        holder.bind(f"\0upturn/host/{id}")
    except OSError as error:
        holder.close()
        return error.errno != errno.EADDRINUSE
    _held.append(holder)
    return True


@atexit.register
def _release() -> None:
    """The names are free again; the end of a process that is killed frees them too."""
    while _held:
        _held.pop().close()


def _machine() -> bytes | None:
    """What is the machine's own, as far as the system can say."""
    for file in MACHINE_FILES:
        try:
            text = file.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            continue
        if re.fullmatch(r"[0-9a-f]{32}", text) and int(text, 16):
            return bytes.fromhex(text)
    address = uuid.getnode()
    return None if address & _NOT_OF_THE_HARDWARE else address.to_bytes(6)
