# SPDX-License-Identifier: MIT
"""A systemd of our own: the real one as the first process of a world made for it, with a real
D-Bus and a real logind, and nothing of this computer's services.

    with OwnSystemd(tmp_path) as system:
        system.run("systemctl", "status")             in that world, as root
        system.upturn("service", "install")           the program under test there
        system.show("--user")                         how the service stands, by root's own manager
        system.user_units, system.system_units        where units are written

The law: it can harm nobody. All that it may write to is under `tmp_path`; the rest of the disk is
read-only there, and of the system's own units it knows none: what those do at a start (tidy up a
/tmp, say) must never happen here. Its processes end with it. It needs root, for namespaces; a test
ends here, skipped, where they cannot be had, and says why.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.programs import program

START_S = 60.0
LOOK_S = 0.05
PROGRAM = "/lib/systemd/systemd"
USER_RUNTIME = Path("/run/user/0")

_WORLD = """\
set -e
mount --bind "{folder}" "{folder}"
mount -t tmpfs -o mode=755 none /run
mount -t tmpfs -o mode=755 none /var/lib/systemd
mkdir -p /run/systemd/system /run/dbus /run/lock
mount --bind "{etc}" /etc/systemd/system
mount --bind "{folder}/passwd" /etc/passwd
mount -o remount,bind,ro /
mount -t proc proc /proc
umount -l /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
exec env -i PATH="$PATH" container=upturn-tests SYSTEMD_LOG_TARGET=console \\
    SYSTEMD_UNIT_PATH="{units}:/etc/systemd/system" \\
    {program} --system --unit=upturn-tests.target --log-level=info </dev/null
"""
_BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
  </policy>
</busconfig>
"""
_ALONE = "[Unit]\nDefaultDependencies=no\n"
_UNITS = {
    "upturn-tests.target": f"{_ALONE}Wants=dbus.socket dbus.service systemd-logind.service\n",
    **{
        f"{name}.target": _ALONE
        for name in ("basic", "sysinit", "multi-user", "shutdown", "umount", "final")
    },
    **{f"{name}.slice": _ALONE for name in ("user", "system", "user-0")},
    "dbus.socket": f"{_ALONE}[Socket]\nListenStream=/run/dbus/system_bus_socket\n",
    "dbus.service": (
        f"{_ALONE}Requires=dbus.socket\nAfter=dbus.socket\n[Service]\n"
        "ExecStart={dbus} --config-file={units}/bus.conf --address=systemd: --nofork\n"
    ),
    "systemd-logind.service": (
        f"{_ALONE}After=dbus.service\n[Service]\nType=notify\nExecStart=/lib/systemd/systemd-logind\n"
    ),
    "user-runtime-dir@.service": (
        f"{_ALONE}[Service]\nType=oneshot\nRemainAfterExit=yes\n"
        "ExecStart=/bin/mkdir -p -m 700 /run/user/%i\nExecStop=/bin/rm -r /run/user/%i\n"
    ),
    "user@.service": (
        f"{_ALONE}Requires=user-runtime-dir@%i.service\nAfter=user-runtime-dir@%i.service\n"
        "[Service]\nType=notify\nUser=%i\nDelegate=yes\nKillMode=mixed\nTimeoutStopSec=10\n"
        "Environment=HOME={home} XDG_RUNTIME_DIR=/run/user/%i SYSTEMD_LOG_TARGET=console\n"
        "Environment=SYSTEMD_UNIT_PATH={home}/.config/systemd/user:{user_units}\n"
        f"ExecStart={PROGRAM} --user\n"
        "StandardOutput=append:{folder}/user.log\nStandardError=append:{folder}/user.log\n"
    ),
}
_USER_UNITS = {f"{name}.target": _ALONE for name in ("default", "basic", "shutdown", "exit")} | {
    "app.slice": _ALONE
}

UPTURN = """
from upturn.cli import service_facts
service_facts.HIDDEN = ()
from upturn.start import entry
entry()
"""
"""The tests' own folder is in /tmp, which a service of the system sees nothing of."""


class OwnSystemd:
    """Not started yet. `environment` is what every program of the world has."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        program("systemctl", "systemd")
        program("dbus-daemon", "dbus")
        self.folder = folder / "systemd"
        """All that the world may write to."""
        self.home = self.folder / "home"
        self.home_of_ann = self.folder / "ann"
        """A user of that world, who has root's number and none of its powers."""
        self.system_units = self.folder / "etc"
        self.user_units = self.home / ".config" / "systemd" / "user"
        self._units = self.folder / "units"
        self._environment = dict(environment or {})
        self._cgroup: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._first = 0

    def __enter__(self) -> Self:
        reason = _cannot()
        if reason:
            pytest.skip(f"no systemd can be started here: {reason}")
        self._write()
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()
        if error is not None:
            error.add_note(f"systemd said:\n{self.log()}")

    def log(self) -> str:
        """All that the managers said, and what their services wrote."""
        files = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{file.name}:\n{file.read_text(errors='replace')}" for file in files)

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """In that world, as root who has logged in there."""
        done = subprocess.run(
            [*("nsenter", "-t", str(self._first), "-m", "-p", "-C", "-u", "-i", "--"), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
            cwd="/",
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "TMPDIR": str(self.folder / "tmp"),
                "USER": "root",
                "XDG_RUNTIME_DIR": str(USER_RUNTIME),
                **self._environment,
            },
        )
        assert not check or done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
        return done

    def upturn(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-P", "-c", UPTURN, *words, check=check)

    def linger(self) -> bool:
        """Whether root's services run without a login."""
        said = self.run("loginctl", "show-user", "root", "--property=Linger", check=False)
        return said.stdout == "Linger=yes\n"

    def show(self, *words: str) -> dict[str, str]:
        """What systemctl shows of the service under test."""
        lines = self.run("systemctl", *words, "show", "upturn.service").stdout.splitlines()
        return dict(line.partition("=")[::2] for line in lines)

    def wait(self, *words: str, **wanted: str | re.Pattern[str]) -> dict[str, str]:
        """Until it shows that; all that it shows then."""
        end_s = time.monotonic() + START_S
        while True:
            found = self.show(*words)
            if all(_fits(found.get(key, ""), value) for key, value in wanted.items()):
                return found
            here = {key: found.get(key) for key in (*wanted, "StatusText", "Result")}
            assert time.monotonic() < end_s, f"{here}, and not {wanted}"
            time.sleep(LOOK_S)

    def _write(self) -> None:
        for folder in (self.home, self.system_units, self._units, self.folder / "tmp"):
            folder.mkdir(parents=True)
        self.home_of_ann.mkdir()
        users = Path("/etc/passwd").read_text(encoding="utf-8")
        ann = f"ann:x:0:0::{self.home_of_ann}:/bin/sh"
        (self.folder / "passwd").write_text(f"{users}{ann}\n", encoding="utf-8")
        user_units = self.folder / "user-units"
        user_units.mkdir()
        facts = {
            "dbus": program("dbus-daemon", "dbus"),
            "units": self._units,
            "user_units": user_units,
            "home": self.home,
            "folder": self.folder,
        }
        for name, text in _UNITS.items():
            (self._units / name).write_text(text.format(**facts), encoding="utf-8")
        for name, text in _USER_UNITS.items():
            (user_units / name).write_text(text, encoding="utf-8")
        (self._units / "bus.conf").write_text(_BUS, encoding="utf-8")

    def _start(self) -> None:
        mounted = _cgroup2()
        assert mounted is not None
        self._cgroup = mounted / f"upturn-tests-{os.getpid()}-{time.monotonic_ns()}"
        self._cgroup.mkdir()
        script = self.folder / "world.sh"
        script.write_text(
            _WORLD.format(
                folder=self.folder, etc=self.system_units, units=self._units, program=PROGRAM
            ),
            encoding="utf-8",
        )
        own = ("unshare", "-m", "-p", "-f", "-C", "-u", "-i", "--kill-child")
        enter = f'echo $$ > "{self._cgroup}/cgroup.procs"; exec "$@"'
        with (self.folder / "system.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*("sh", "-c", enter, "sh"), *own, "--propagation", "private", "sh", str(script)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        end_s = time.monotonic() + START_S
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        while True:
            assert self._process.poll() is None, f"systemd ended:\n{self.log()}"
            assert time.monotonic() < end_s, f"systemd does not start:\n{self.log()}"
            first = children.read_text().split()
            if first:
                self._first = int(first[0])
                looks = self.run("systemctl", "is-active", "systemd-logind", check=False)
                if looks.stdout.strip() == "active":
                    return
            time.sleep(LOOK_S)

    def _end(self) -> None:
        """All of its processes at once: the first of a world takes the others with it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if self._cgroup is not None:
            end_s = time.monotonic() + START_S
            while self._cgroup.exists():
                for folder in sorted(self._cgroup.rglob("*/"), reverse=True):
                    _removed(folder)
                if not _removed(self._cgroup):
                    assert time.monotonic() < end_s, f"{self._cgroup} stays"
                    time.sleep(LOOK_S)


def _cannot() -> str:
    """Why not; empty where it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root can make a world for it"
    if not Path(PROGRAM).exists() or not Path("/lib/systemd/systemd-logind").exists():
        return "systemd is not installed: apt install systemd"
    if shutil.which("unshare") is None or shutil.which("nsenter") is None:
        return "unshare and nsenter are missing: apt install util-linux"
    mounted = _cgroup2()
    if mounted is None or not os.access(mounted / "cgroup.procs", os.W_OK):
        return "there is no cgroup2 that may be written to"
    tried = subprocess.run(
        ["unshare", "-m", "-p", "-f", "-C", "-u", "-i", "true"], capture_output=True, check=False
    )
    return "" if tried.returncode == 0 else tried.stderr.decode().strip()


def _fits(found: str, wanted: str | re.Pattern[str]) -> bool:
    return found == wanted if isinstance(wanted, str) else wanted.match(found) is not None


def _cgroup2() -> Path | None:
    """Where it is mounted."""
    mounts = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    return next((Path(words[1]) for words in mounts if words[2] == "cgroup2"), None)


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return not folder.exists()
    return True
