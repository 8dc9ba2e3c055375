# SPDX-License-Identifier: MIT
"""What `upturn service` does with systemd: install, status and remove."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys

from upturn.cli.service_facts import (
    check_account,
    config_of,
    facts_of,
    make_folders,
    owner_of,
    written,
)
from upturn.cli.stderr import write_line
from upturn.errors import EXIT_DONE, EXIT_FAILED, InputError, RunError
from upturn.service import systemd, text_file
from upturn.service.systemd import Systemd
from upturn.service.unit import NAME, linger_of, unit_text

INSTEAD = {
    "darwin": "On macOS launchd does it: host/running/macos.md has the file for it.",
    "win32": "On Windows the Task Scheduler does it: host/running/windows.md tells how.",
}
OTHERWISE = """\
Let whatever starts services here run 'upturn run --headless', and start it
again when it ends: host/running/linux.md tells more."""
INSTALL, ANOTHER = "install", "another"
"""Who switched lingering on, in the unit's words."""
VARIABLES = ("MQTT_HOST", "UPTURN_STORE", "UPTURN_SOUND")
"""What a run in this terminal obeys, and a service never sees."""


def install(args: argparse.Namespace) -> int:
    if sys.platform == "win32" or not (args.dry_run or systemd.is_here()):
        return _no_systemd()
    check_account(args)
    owner = owner_of(args)
    config = config_of(args, owner)
    manager = Systemd(args.system, tell_run)
    before = text_file.change_of(manager.unit, "").before or ""
    mark = linger_of(before)
    if args.dry_run:
        print(unit_text(facts_of(config, owner, linger=mark)), end="")
        return EXIT_DONE
    _refuse_two(manager)
    _reach(manager)
    for name in VARIABLES:
        if os.environ.get(name):
            write_line(f"{name} is set here, and a service does not see it; use the config")
    unlingering = ""
    if owner is not None:
        for folder in make_folders(written(config, owner), owner):
            tell("made", str(folder))
    elif not args.no_linger:
        mark, unlingering = _linger(mark)
    change = text_file.change_of(manager.unit, unit_text(facts_of(config, owner, linger=mark)))
    tell_change(change)
    if change.differs:
        text_file.write(change)
        manager.change("daemon-reload")
    _start(manager, anew=change.differs)
    if unlingering:
        write_line(unlingering)
        return EXIT_FAILED
    return EXIT_DONE


def status(args: argparse.Namespace) -> int:
    if sys.platform == "win32" or not systemd.is_here():
        return _no_systemd()
    manager = Systemd(args.system, tell_run)
    _reach(manager)
    installed = text_file.change_of(manager.unit, "").before is not None
    facts = manager.facts()
    watches = installed and facts["active"] == "active"
    if args.json:
        print(json.dumps({"installed": installed, "watches": watches, **facts}))
    elif not installed:
        print(f"There is no service {_whose(manager)}. 'upturn service install' makes it.")
    else:
        lingers = args.system or systemd.lingers(getpass.getuser())
        print("\n".join(_lines(manager, facts, lingers=lingers)))
    return EXIT_DONE if watches else EXIT_FAILED


def remove(args: argparse.Namespace) -> int:
    if sys.platform == "win32" or not systemd.is_here():
        return _no_systemd()
    check_account(args)
    manager = Systemd(args.system, tell_run)
    before = text_file.change_of(manager.unit, "").before
    if before is None:
        print(f"There is no service {_whose(manager)}.")
        return EXIT_DONE
    _reach(manager)
    manager.change("disable", "--now", NAME)
    text_file.remove(manager.unit)
    tell("removed", str(manager.unit))
    manager.change("daemon-reload")
    manager.run("reset-failed", NAME)  # there may be nothing to forget
    if not args.system and linger_of(before) == INSTALL:
        _loginctl("disable-linger")
    print("Nobody is watched by a service now. What was stored stays; so does the config.")
    return EXIT_DONE


def tell(what: str, of: str) -> None:
    """One line of what is done."""
    print(f"{what:<9}{of}", flush=True)


def tell_run(command: str) -> None:
    tell("runs", command)


def tell_change(change: text_file.Change) -> None:
    """The file, and what is other in it than before."""
    if not change.differs:
        print(f"as it was {change.path}")
        return
    tell("writes" if change.before is None else "changes", str(change.path))
    for line in change.lines():
        print(f"         {line}")


def _start(manager: Systemd, *, anew: bool) -> None:
    """And say what it watches; a watch that goes on by an old unit is started anew."""
    stood = manager.facts()
    if stood["at_start"] != "enabled":
        manager.change("enable", NAME)
    if stood["active"] == "active" and not anew:
        print(f"It watches already: {stood['words'] or 'nothing said yet'}")
        return
    if stood["active"] == "active":
        print("         (the watch stops for some seconds; what it knew is taken up again)")
    said = manager.run("restart", NAME)
    facts = manager.facts()
    if said.code or facts["active"] != "active":
        for line in manager.last_words():
            print(f"         {line}")
        flag, scope = (" --system", "") if manager.of_the_system else ("", " --user")
        raise RunError(
            "it does not start, and systemd goes on trying. "
            f"'journalctl{scope} -u {NAME}' tells why; 'upturn service remove{flag}' ends it"
        )
    print(f"It watches now, and from every start on: {facts['words'] or 'nothing said yet'}")


def _linger(mark: str) -> tuple[str, str]:
    """Who switched it on, for the unit; and what has to be done where nobody may."""
    user = getpass.getuser()
    if systemd.lingers(user):
        return mark or ANOTHER, ""
    print("         (without lingering, systemd ends your services when you log out)")
    if problem := _loginctl("enable-linger"):
        return "", (
            f"it ends when you log out, for lingering was refused: {problem}. "
            f"Run 'sudo loginctl enable-linger {user}', and 'upturn service install' again"
        )
    return INSTALL, ""


def _loginctl(verb: str) -> str:
    """What went wrong, or nothing."""
    command = ["loginctl", "--no-ask-password", verb, getpass.getuser()]
    tell_run(" ".join(command))
    said = systemd.run(command)
    return said.problem if said.code else ""


def _refuse_two(manager: Systemd) -> None:
    """Two would take the node from each other."""
    other = Systemd(not manager.of_the_system, tell_run)
    if other.unit.exists():
        flag = " --system" if other.of_the_system else ""
        raise InputError(
            "there is a service already, and only one can have a node",
            where=str(other.unit),
            remedy=f"End it with 'upturn service remove{flag}'",
        )


def _reach(manager: Systemd) -> None:
    """Raises RunError where the manager does not answer, as after 'su'."""
    said = manager.ask("show", "--property=Version")
    if said.code:
        raise RunError(
            f"systemd does not answer: {said.problem}. "
            + ("" if manager.of_the_system else "Log in as that user, not by su or sudo")
        )


def _lines(manager: Systemd, facts: dict[str, str], *, lingers: bool) -> list[str]:
    watches = facts["active"] == "active"
    rows = {
        "unit": str(manager.unit),
        "watches": facts["words"] or "yes" if watches else f"NO: {facts['state']}",
        "since": facts["since"] if watches else "",
        "restarts": facts["restarts"] if facts["restarts"] not in ("", "0") else "",
        "at start": "yes" if facts["at_start"] == "enabled" else "NO: 'upturn service install'",
    }
    if not lingers:
        rows["at start"] = "after you log in, until you log out"
    return [f"{name:<9} {value}" for name, value in rows.items() if value]


def _whose(manager: Systemd) -> str:
    return "of the system" if manager.of_the_system else "of yours"


def _no_systemd() -> int:
    print(f"There is no systemd here.\n{INSTEAD.get(sys.platform, OTHERWISE)}")
    return EXIT_FAILED
