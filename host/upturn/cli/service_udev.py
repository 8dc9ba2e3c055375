# SPDX-License-Identifier: MIT
"""`upturn service udev`: the ports of nodes, for whoever sits at this computer."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from upturn.cli.service_acts import tell, tell_change, tell_run
from upturn.cli.stderr import write_line
from upturn.errors import EXIT_DONE, EXIT_FAILED, InputError
from upturn.service import systemd, text_file

NAME = "70-upturn.rules"
FOLDER = Path("/etc/udev/rules.d")
RELOAD = (
    ["udevadm", "control", "--reload"],
    ["udevadm", "trigger", "--subsystem-match=tty", "--action=change", "--settle"],
)


def udev(args: argparse.Namespace) -> int:
    if sys.platform != "linux":
        print("udev is a part of Linux; here nothing has to be done for a port.")
        return EXIT_FAILED
    rules = Path(text_file.__file__).with_name(NAME).read_text(encoding="utf-8")
    if args.dry_run:
        print(rules, end="")
        return EXIT_DONE
    if os.geteuid() != 0:
        raise InputError("only root may write the rules of udev", remedy="Run it with sudo")
    path = FOLDER / NAME
    if args.remove:
        if not text_file.remove(path):
            print("There is no such rule.")
            return EXIT_DONE
        tell("removed", str(path))
    else:
        change = text_file.change_of(path, rules)
        tell_change(change)
        if not change.differs:
            return EXIT_DONE
        text_file.write(change)
    return _reload()


def _reload() -> int:
    for command in RELOAD:
        tell_run(" ".join(command))
        said = systemd.run(command)
        if said.code:
            write_line(f"it counts from the next start of this computer on: {said.problem}")
            return EXIT_FAILED
    return EXIT_DONE
