# SPDX-License-Identifier: MIT
"""A real broker, mosquitto, on loopback, and what can happen to one.

    with Mosquitto(tmp_path) as broker:                 it answers; port broker.port
        broker.kill(); broker.start()                   back on the same port, and empty
        broker.freeze(); broker.thaw()                  connected, and deaf
    broker = Mosquitto(tmp_path, users={"ann": "secret"}, acl="user ann\\ntopic readwrite #\\n")
    broker = Mosquitto(tmp_path, tls=Authority(tmp_path / "home"), client_certificates=True)
    broker = Mosquitto(tmp_path, persistence=True, settings="max_packet_size 1000")

Nothing is kept but with `persistence`, and then at every change. What is set on a broker counts
from its next start. Every call returns when it is done, so that coroutines may use it as well; a
test ends here, skipped, where mosquitto is not installed (`tests.programs`).
"""

from __future__ import annotations

import os
import random
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.certificates import Authority, Identity
from tests.programs import program

HOST = "127.0.0.1"
PORTS = range(10_000, 32_768)
"""Below those that a system hands out, so that nobody gets one while its broker is down."""
START_S = 10.0
END_S = 10.0
LOOK_S = 0.01
NOTED_LINES = 40

# MQTT 3.1.1, so that any broker answers: its answer begins with CONNACK, whether yes or no.
_CONNECT = b"\x10\x11\x00\x04MQTT\x04\x02\x00\x0f\x00\x05ready"
_CONNACK = 0x20
_DISCONNECT = b"\xe0\x00"


class Mosquitto:
    def __init__(
        self,
        folder: Path,
        *,
        users: Mapping[str, str] | None = None,
        acl: str = "",
        tls: Authority | None = None,
        client_certificates: bool = False,
        persistence: bool = False,
        settings: str = "",
    ) -> None:
        """Not started yet; without `users`, anybody may connect.

        Args:
            folder: For its files, of one broker alone or of several.
            users: Passwords by name.
            acl: An access-control list, in mosquitto's words.
            tls: The port takes TLS only, with a certificate of this authority for loopback.
            client_certificates: And only clients who show one of that authority, too.
            persistence: Keep on disk what was retained and what waits for subscribers.
            settings: More lines for the config.
        """
        self.program = program("mosquitto", "mosquitto")
        self.host = HOST
        self.port = free_port()
        self.users = dict(users or {})
        self.acl = acl
        self.tls = tls
        self.persistence = persistence
        self.settings = settings
        self.client_certificates = client_certificates
        self._folder = folder / f"mosquitto-{self.port}"
        self._folder.mkdir(parents=True)
        self._log = self._folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self.server = tls.issue(f"broker-{self.port}") if tls is not None else None
        """The certificate that it shows."""
        self._own = tls.issue(f"ready-{self.port}") if tls and client_certificates else None

    def __enter__(self) -> Self:
        if self._process is None:
            self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if error is not None:
            said = "\n".join(self.log().splitlines()[-NOTED_LINES:])
            error.add_note(f"the broker said:\n{said}")

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def identity(self) -> Identity | None:
        """A client's certificate that it takes, where it asks for one."""
        return self._own

    def log(self) -> str:
        """All that it said, of every start; each packet has its line."""
        return (
            self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""
        )

    def start(self) -> None:
        """On its port, once it answers."""
        assert not self.running, "it runs already"
        config = self._folder / "mosquitto.conf"
        config.write_text(self._config(), encoding="utf-8")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self.program, "-c", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests
            )
        end_s = time.monotonic() + START_S
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > end_s:
                self.kill()
                raise AssertionError(f"mosquitto does not start:\n{self.log()}")
            time.sleep(LOOK_S)

    def stop(self) -> None:
        """In order; it tells its clients. A second call does nothing."""
        if not self.running:
            return
        self.thaw()
        self._signal(signal.SIGTERM)
        assert self._process is not None
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """At once, without a word; frozen or not."""
        if self.running:
            self._signal(signal.SIGKILL)
            assert self._process is not None
            self._process.wait()

    def freeze(self) -> None:
        """It stands still, and the system keeps its connections and takes new ones for it."""
        self._signal(signal.SIGSTOP)
        assert self._process is not None
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def answers(self, timeout_s: float = 1.0) -> bool:
        """Whether it answers a client, be it to refuse it."""
        try:
            with self._connect(timeout_s) as line:
                line.sendall(_CONNECT)
                answer = line.recv(1)
                line.sendall(_DISCONNECT)
        except OSError:
            return False
        return answer == bytes([_CONNACK])

    def _connect(self, timeout_s: float) -> socket.socket:
        line = socket.create_connection((HOST, self.port), timeout_s)
        if self.tls is None:
            return line
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # it shall answer, whoever it says that it is
        if self._own is not None:
            context.load_cert_chain(self._own.certificate, self._own.key)
        try:
            return context.wrap_socket(line, server_hostname=HOST)
        except OSError:
            line.close()
            raise

    def _signal(self, number: int) -> None:
        assert self._process is not None, "it was not started"
        self._process.send_signal(number)

    def _config(self) -> str:
        lines = [
            f"listener {self.port} {HOST}",
            "user root",  # counts only for root, whose broker could not read the test's files
            "log_dest stderr",
            "log_type all",
            "log_timestamp_format %H:%M:%S",
            f"allow_anonymous {_flag(not self.users)}",
            f"persistence {_flag(self.persistence)}",
        ]
        if self.persistence:
            lines += [
                f"persistence_location {self._folder}/",
                "autosave_on_changes true",
                "autosave_interval 1",
            ]
        if self.users:
            lines.append(f"password_file {self._passwords()}")
        if self.acl:
            acl = self._folder / "acl"
            acl.write_text(self.acl, encoding="utf-8")
            acl.chmod(0o600)
            lines.append(f"acl_file {acl}")
        if self.tls is not None and self.server is not None:
            lines += [
                f"cafile {self.tls.ca}",
                f"certfile {self.server.certificate}",
                f"keyfile {self.server.key}",
                f"require_certificate {_flag(self.client_certificates)}",
            ]
        return "\n".join([*lines, self.settings])

    def _passwords(self) -> Path:
        file = self._folder / "passwords"
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        for name, password in self.users.items():
            tool = program("mosquitto_passwd", "mosquitto")
            subprocess.run([tool, "-b", str(file), name, password], check=True)
        return file


def free_port() -> int:
    """One of `PORTS` on loopback that nobody listens at."""
    for port in random.SystemRandom().sample(PORTS, 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise AssertionError("no port is free on loopback")


def _flag(flag: bool) -> str:
    return "true" if flag else "false"
