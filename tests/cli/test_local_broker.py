# SPDX-License-Identifier: MIT
"""`demo --broker`: a real mosquitto that answers while the demo runs, and never after it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from upturn.cli import local_broker as module
from upturn.cli.local_broker import HOST, local_broker
from upturn.errors import InputError, RunError
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.host_id import host_id

PATIENCE_S = 10.0
HOLDER = """
import sys
from upturn.cli.local_broker import local_broker
with local_broker() as broker:
    print(broker.port, flush=True)
    sys.stdin.read()
"""

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("free_port")


@pytest.fixture
def free_port(monkeypatch: pytest.MonkeyPatch) -> int:
    """In place of 1883, which other tests and programs may have."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    monkeypatch.setattr(module, "PORT", port)
    return port


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1.0):
        return True
    return False


def comes_true(fact: Callable[[], bool]) -> bool:
    deadline_s = time.monotonic() + PATIENCE_S
    while not fact() and time.monotonic() < deadline_s:
        time.sleep(0.01)
    return fact()


def brokers_of(process: int) -> list[int]:
    """Its mosquitto processes, through the shell between."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            number = int(entry.name)
            if (entry / "comm").read_text() == "mosquitto\n":
                shell = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                parent = int(Path(f"/proc/{shell}/stat").read_text().rpartition(")")[2].split()[1])
                if parent == process:
                    found.append(number)
    return found


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that holds a broker, and its port."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as process:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
        process.kill()


def test_it_answers_and_is_gone_afterwards(free_port: int) -> None:
    with local_broker() as broker:
        assert broker == Broker(HOST, free_port, id=host_id())
        assert answers(free_port)
        assert brokers_of(os.getpid())
    assert not answers(free_port)
    assert brokers_of(os.getpid()) == []


def test_a_message_comes_through() -> None:
    listen, tell = shutil.which("mosquitto_sub"), shutil.which("mosquitto_pub")
    assert listen is not None, "apt install mosquitto-clients"
    assert tell is not None
    with local_broker() as broker:
        where = ["-h", broker.host, "-p", str(broker.port), "-V", "5", "-t", "upturn/t"]
        subprocess.run([tell, *where, "-r", "-m", "hello"], check=True, timeout=PATIENCE_S)
        heard = subprocess.run(
            [listen, *where, "-C", "1"], check=True, timeout=PATIENCE_S, capture_output=True
        )
    assert heard.stdout == b"hello\n"


def test_it_says_how_to_look_into_it(capsys: Capture, free_port: int) -> None:
    with local_broker():
        out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f"upturn: a broker listens on 127.0.0.1, port {free_port}, until this ends. "
        "Look into it:\n"
        f"upturn: mosquitto_sub -h 127.0.0.1 -p {free_port} -v -t 'upturn/#'\n"
    )


def test_nobody_on_another_machine_can_reach_it(free_port: int) -> None:
    with local_broker():
        listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
        at = re.findall(rf"^ *\d+: ([0-9A-F]+):{free_port:04X} \S+ 0A", listening, re.MULTILINE)
        assert at == ["0100007F"]


def test_where_the_usual_port_is_taken_it_has_another(free_port: int) -> None:
    with socket.create_server((HOST, free_port)), local_broker() as broker:
        assert broker.port != free_port
        assert answers(broker.port)


def test_nothing_of_it_is_left_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with local_broker():
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_it_ends_when_the_run_fails(free_port: int) -> None:
    with pytest.raises(ZeroDivisionError), local_broker():
        raise ZeroDivisionError
    assert not answers(free_port)


def test_it_ends_even_if_it_hangs(free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "END_S", 0.1)
    with local_broker():
        (broker,) = brokers_of(os.getpid())
        os.kill(broker, signal.SIGSTOP)
    assert comes_true(lambda: not answers(free_port))


def test_a_broker_that_died_is_no_trouble_at_the_end(free_port: int) -> None:
    with local_broker():
        (broker,) = brokers_of(os.getpid())
        os.kill(broker, signal.SIGKILL)
        assert comes_true(lambda: not answers(free_port))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_with_us_and_leaves_nothing(
    holder: tuple[subprocess.Popen[str], int], tmp_path: Path, number: signal.Signals
) -> None:
    process, port = holder
    assert answers(port)
    assert list(tmp_path.iterdir())
    process.send_signal(number)
    process.wait()
    assert comes_true(lambda: not answers(port))
    assert comes_true(lambda: list(tmp_path.iterdir()) == [])


def test_ctrl_c_leaves_it_time_for_our_farewell(
    holder: tuple[subprocess.Popen[str], int],
) -> None:
    """A terminal sends it to all of a group; the broker is of another."""
    process, _ = holder
    (broker,) = brokers_of(process.pid)
    assert os.getpgid(broker) != os.getpgid(process.pid)


def test_without_mosquitto_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(module, "FOLDERS", ())
    with pytest.raises(InputError) as caught, local_broker():
        pass
    assert str(caught.value) == (
        "--broker: mosquitto is not installed. Install it (apt install mosquitto, brew install "
        "mosquitto), or name a broker by --mqtt"
    )


def test_it_is_found_where_a_users_path_does_not_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with local_broker() as broker:
        assert answers(broker.port)


def test_what_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        module, "_CONFIG", "log_dest stderr\nlog_timestamp false\nlistener {port} 203.0.113.1\n"
    )
    expected = r"^mosquitto does not start: Error: Cannot assign requested address$"
    with pytest.raises(RunError, match=expected), local_broker():
        pass


def test_what_does_not_answer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    idle = tmp_path / "mosquitto"
    idle.write_text("#!/bin/sh\nexec sleep 60\n")
    idle.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(module, "START_S", 0.2)
    expected = r"^mosquitto does not start: it does not answer$"
    with pytest.raises(RunError, match=expected), local_broker():
        pass
