# SPDX-License-Identifier: MIT
"""A system bus of our own: a real dbus-daemon that no program of this computer knows of.

    with PrivateBus(tmp_path) as bus:
        bus.address                      for dbus-fast
        bus.environment()                for a program under test, bleak in it included
        bus.kill()                       D-Bus dies
    with PrivateBus(tmp_path, refused="org.bluez"): ...   nobody may call that name

The address is short whatever the folder is, for a unix socket's may have 107 characters only.
`environment` also puts a `bluetoothctl` first in PATH that tells BlueZ's version and nothing else:
bleak asks it, and warns on stderr where there is none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.sax.saxutils import quoteattr

from tests.programs import program

BLUEZ_VERSION = "5.82"
END_S = 5.0
ADDRESS = "DBUS_SYSTEM_BUS_ADDRESS"

_CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
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
  {refusal}
</busconfig>
"""
_REFUSAL = '<policy context="mandatory"><deny send_destination={name}/></policy>'


class PrivateBus:
    def __init__(self, folder: Path, *, refused: str | None = None) -> None:
        """Not started yet.

        Args:
            folder: For its files.
            refused: A bus name that nobody may call: the daemon answers "access denied".
        """
        self._program = program("dbus-daemon", "dbus")
        self._folder = folder
        self._refused = refused
        self._short = Path()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def address(self) -> str:
        return f"unix:path={self._short / 'bus'}"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def environment(self) -> dict[str, str]:
        """What a program needs to find this bus for the system's."""
        return {
            ADDRESS: self.address,
            "PATH": os.pathsep.join((str(stand_in(self._folder)), os.environ["PATH"])),
        }

    def start(self) -> None:
        """It listens when this returns; one that was killed, where it did before."""
        assert not self.running, "it runs already"
        if self._short == Path():
            self._short = Path(tempfile.mkdtemp(prefix="bus-"))
        self._short.mkdir(exist_ok=True)
        config = self._short / "bus.conf"
        refusal = _REFUSAL.format(name=quoteattr(self._refused)) if self._refused else ""
        config.write_text(
            _CONFIG.format(socket=self._short / "bus", refusal=refusal), encoding="utf-8"
        )
        self._process = subprocess.Popen(
            [self._program, f"--config-file={config}", "--nofork", "--print-address=1"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may not raise its limits, and says so
            text=True,
            start_new_session=True,  # Ctrl-C is for the tests
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()  # once it listens, or nothing when it ended
        if not said:
            self.kill()
            raise AssertionError("dbus-daemon does not start")

    def kill(self) -> None:
        """At once, without a word; a second call does nothing."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait(END_S)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
        shutil.rmtree(self._short, ignore_errors=True)


def stand_in(folder: Path) -> Path:
    """A folder for PATH, with a `bluetoothctl` in it."""
    programs = folder / "bluez-programs"
    programs.mkdir(parents=True, exist_ok=True)
    file = programs / "bluetoothctl"
    if not file.exists():
        file.write_text(f"#!/bin/sh\necho bluetoothctl: {BLUEZ_VERSION}\n", encoding="utf-8")
        file.chmod(0o755)
    return programs
