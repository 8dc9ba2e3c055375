# SPDX-License-Identifier: MIT
"""A broker for `demo --broker`: mosquitto, on loopback, for as long as the demo runs.

It is the one of the home's own kind, and none that Python could bring: amqtt leaves MQTT 5 clients
without an answer and never misses a client that fell silent, so a demo on it would show as safe
what is not. It takes anybody, for nobody but this machine can reach it, and keeps nothing.

However the demo ends, the broker ends: a shell stands between the two, reads from a pipe that only
this process can write to, and ends the broker, and its files, when there is nothing more to come.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from upturn.cli.stderr import write_line
from upturn.errors import InputError, RunError
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.host_id import host_id

HOST = "127.0.0.1"
PORT = 1883
"""Where everybody looks first; another one if it is taken."""
FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
"""Where it is, and a user's PATH is not."""
START_S = 5.0
END_S = 2.0
LOOK_S = 0.02

_KEEPER = """
folder=$1; shift
exec 3<&0
"$@" </dev/null 3<&- & broker=$!
{ read -r _ <&3; rm -rf "$folder"; kill $broker; } & reader=$!
wait $broker
kill $reader
"""
"""The end of what it reads is our own end, whatever that was."""
_CONFIG = """\
listener {port} {host}
allow_anonymous true
persistence false
log_dest stderr
log_timestamp false
"""


@contextmanager
def local_broker() -> Iterator[Broker]:
    """A broker that answers, and is gone afterwards.

    Raises:
        InputError: mosquitto is not installed.
        RunError: it does not start.
    """
    program = _program()
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="upturn-broker-") as name:
        config, log = Path(name, "mosquitto.conf"), Path(name, "mosquitto.log")
        config.write_text(_CONFIG.format(port=port, host=HOST), encoding="utf-8")
        with log.open("wb") as stream:
            keeper = _started(program, config, stream)
        try:
            _await(keeper, port, log)
            write_line(f"a broker listens on {HOST}, port {port}, until this ends. Look into it:")
            write_line(f"mosquitto_sub -h {HOST} -p {port} -v -t 'upturn/#'")
            yield Broker(HOST, port, id=host_id())
        finally:
            _end(keeper)


def _started(program: str, config: Path, log: BinaryIO) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - the program that was found
        ["/bin/sh", "-c", _KEEPER, "keeper", str(config.parent), program, "-c", str(config)],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        start_new_session=True,  # Ctrl-C is for us: the broker has to hear our farewell
    )


def _program() -> str:
    path = os.pathsep.join((os.environ.get("PATH", ""), *FOLDERS))
    program = shutil.which("mosquitto", path=path)
    if program is None:
        raise InputError(
            "mosquitto is not installed",
            where="--broker",
            remedy="Install it (apt install mosquitto, brew install mosquitto), "
            "or name a broker by --mqtt",
        )
    return program


def _free_port() -> int:
    for port in (PORT, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            found: int = probe.getsockname()[1]
            return found
    raise RunError("no port is free on 127.0.0.1")


def _await(keeper: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until it answers."""
    deadline_s = time.monotonic() + START_S
    while keeper.poll() is None and time.monotonic() < deadline_s:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=LOOK_S):
            return
        time.sleep(LOOK_S)
    said = log.read_text(encoding="utf-8", errors="replace").split("\n")
    why = next((line for line in said if "Error" in line), "it does not answer")
    raise RunError(f"mosquitto does not start: {why}")


def _end(keeper: subprocess.Popen[bytes]) -> None:
    assert keeper.stdin is not None
    with suppress(OSError):
        keeper.stdin.close()
    try:
        keeper.wait(END_S)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(keeper.pid, signal.SIGKILL)
        keeper.wait()
