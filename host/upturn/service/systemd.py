# SPDX-License-Identifier: MIT
"""The tools of systemd, used in the open: a command that changes something is told before it runs.

The law: none of them asks for a password behind our back, and none is waited for without an end.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from upturn.errors import RunError
from upturn.service.unit import NAME, START_S

RUNNING = Path("/run/systemd/system")
"""Is there where systemd has started the computer; see sd_booted(3)."""
PATIENCE_S = START_S + 30.0
SHOWN = {
    "ActiveState": "active",
    "SubState": "state",
    "UnitFileState": "at_start",
    "StatusText": "words",
    "NRestarts": "restarts",
    "Result": "result",
    "ActiveEnterTimestamp": "since",
}
"""systemd's names for what is shown, and ours."""


class Said(NamedTuple):
    code: int
    out: str
    problem: str


@dataclass(frozen=True, slots=True)
class Systemd:
    """One manager of services: the system's, or a user's own. `tell` hears what is run."""

    of_the_system: bool
    tell: Callable[[str], None]

    @property
    def unit(self) -> Path:
        """Where our unit is, or would be."""
        return (system_units() if self.of_the_system else user_units()) / NAME

    def change(self, *words: str) -> None:
        """Run systemctl.

        Raises:
            RunError: it refuses.
        """
        said = self.run(*words)
        if said.code:
            raise RunError(f"{shlex.join(self._words(words))} failed: {said.problem}")

    def run(self, *words: str) -> Said:
        """As `change`; what came of it is the caller's to judge."""
        command = self._words(words)
        self.tell(shlex.join(command))
        return run(command)

    def ask(self, *words: str) -> Said:
        """Run systemctl where it changes nothing, and say nothing of it."""
        return run(self._words(words))

    def facts(self) -> dict[str, str]:
        """How the service stands, by the names of `SHOWN`; empty values where there is none."""
        said = self.ask("show", NAME, f"--property={','.join(SHOWN)}")
        told = dict(line.partition("=")[::2] for line in said.out.splitlines())
        return {ours: told.get(theirs, "") for theirs, ours in SHOWN.items()}

    def last_words(self) -> list[str]:
        """Of the service: what the journal has of it."""
        scope = () if self.of_the_system else ("--user",)
        words = ("--unit", NAME, "--lines=5", "--output=cat", "--no-pager", "--quiet")
        said = run(["journalctl", *scope, *words])
        return said.out.splitlines() if not said.code else []

    def _words(self, words: tuple[str, ...]) -> list[str]:
        scope = () if self.of_the_system else ("--user",)
        return ["systemctl", *scope, "--no-ask-password", *words]


def is_here() -> bool:
    """Whether systemd runs this computer's services."""
    return RUNNING.is_dir() and shutil.which("systemctl") is not None


def version() -> int:
    """Of systemd; 0 where it does not say."""
    found = re.match(r"systemd (\d+)", run(["systemctl", "--version"]).out)
    return int(found[1]) if found else 0


def lingers(user: str) -> bool:
    """Whether that user's services run without a login."""
    return run(["loginctl", "show-user", user, "--property=Linger", "--value"]).out == "yes"


def run(command: list[str], environment: Mapping[str, str] = os.environ) -> Said:
    """To its end; what cannot be run has failed."""
    try:
        done = subprocess.run(  # noqa: S603 - words of this program
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE_S,
            check=False,
            env={**environment, "LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": ""},
        )
    except subprocess.TimeoutExpired:
        return Said(1, "", f"{command[0]} does not come to an end")
    except OSError as error:
        return Said(1, "", f"{command[0]}: {error.strerror}")
    problem = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
    return Said(done.returncode, done.stdout.strip(), problem)


def user_units() -> Path:
    """As systemd.unit(5) has it."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".config") / "systemd" / "user"


def system_units() -> Path:
    """For units that an administrator adds."""
    return Path("/etc/systemd/system")
