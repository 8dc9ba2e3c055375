# SPDX-License-Identifier: MIT
"""The line that tests cut: what it passes on, what it holds back, and what the ends hear of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.mosquitto import HOST, free_port
from tests.tcp_proxy import TcpProxy

SHORT_S = 0.2
"""No test depends on it: what is held back would come far sooner."""


class Echo:
    """Sends back what it gets, and hangs up when it is hung up on."""

    def __init__(self) -> None:
        self._listening = socket.create_server((HOST, free_port()))
        self.port = self._listening.getsockname()[1]
        self.ended = threading.Semaphore(0)
        """Released for each connection that is over."""
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _run(self) -> None:
        serving = []
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                break
            serving.append(threading.Thread(target=self._serve, args=(line,)))
            serving[-1].start()
        for thread in serving:
            thread.join()

    def _serve(self, line: socket.socket) -> None:
        with line:
            try:
                while data := line.recv(65_536):
                    line.sendall(data)
            except OSError:
                pass
        self.ended.release()


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[TcpProxy]:
    with TcpProxy(echo.port) as line:
        yield line


def connect(proxy: TcpProxy, timeout_s: float = 10.0) -> socket.socket:
    return socket.create_connection((proxy.host, proxy.port), timeout_s)


def ask(line: socket.socket, data: bytes) -> bytes:
    line.sendall(data)
    return receive(line, len(data))


def ask_anew(proxy: TcpProxy) -> bytes:
    with connect(proxy) as line:
        line.sendall(b"?")
        return line.recv(1)


def fill(line: socket.socket) -> int:
    """How much it takes until it has taken nothing for a while."""
    line.settimeout(SHORT_S)
    sent = 0
    try:
        while True:
            sent += line.send(bytes(1_000))
    except TimeoutError:
        return sent


def receive(line: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count and (more := line.recv(count - len(got))):
        got += more
    return got


def test_what_is_sent_comes_through_both_ways(proxy: TcpProxy) -> None:
    data = bytes(range(256)) * 2_000
    answer = b""
    with connect(proxy) as line:
        sender = threading.Thread(target=line.sendall, args=(data,))
        sender.start()
        answer = receive(line, len(data))
        sender.join()
    assert answer == data
    assert proxy.connections == 1


def test_a_goodbye_is_passed_on(proxy: TcpProxy, echo: Echo) -> None:
    with connect(proxy) as line:
        line.sendall(b"last words")
        line.shutdown(socket.SHUT_WR)
        assert receive(line, 100) == b"last words"
    assert echo.ended.acquire(timeout=10)


def test_a_cut_resets_what_is_connected_at_both_ends(proxy: TcpProxy, echo: Echo) -> None:
    with connect(proxy) as line:
        assert ask(line, b"there?") == b"there?"
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            line.recv(1)
    assert echo.ended.acquire(timeout=10)


def test_a_cut_resets_what_connects_until_it_is_restored(proxy: TcpProxy) -> None:
    proxy.cut()
    with pytest.raises(ConnectionResetError):
        ask_anew(proxy)
    proxy.restore()
    assert ask_anew(proxy) == b"?"


def test_a_silent_cut_holds_back_both_ways_and_tells_nobody(proxy: TcpProxy, echo: Echo) -> None:
    with connect(proxy) as line:
        assert ask(line, b"there?") == b"there?"
        proxy.cut(silently=True)
        line.sendall(b"and now?")
        line.settimeout(SHORT_S)
        with pytest.raises(TimeoutError):
            line.recv(1)
        assert not echo.ended.acquire(blocking=False)
        proxy.restore()
        line.settimeout(10.0)
        assert receive(line, 8) == b"and now?"


def test_what_connects_to_a_silent_line_never_reaches_the_other_end(
    proxy: TcpProxy, echo: Echo
) -> None:
    proxy.cut(silently=True)
    with connect(proxy) as line:
        line.sendall(b"there?")
        line.settimeout(SHORT_S)
        with pytest.raises(TimeoutError):
            line.recv(1)
        proxy.restore()
        line.settimeout(10.0)
        with pytest.raises(ConnectionResetError):
            line.recv(1)
    assert not echo.ended.acquire(blocking=False)


def test_a_sender_into_a_silent_line_has_to_wait_when_little_was_sent(proxy: TcpProxy) -> None:
    with connect(proxy) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        proxy.cut(silently=True)
        assert fill(line) < 200_000


def test_delayed_pieces_are_late_by_that_much_each_way(proxy: TcpProxy) -> None:
    proxy.delay_s = 0.1
    with connect(proxy) as line:
        began_s = time.monotonic()
        assert ask(line, b"there?") == b"there?"
        assert time.monotonic() - began_s >= 0.2


def test_a_slow_line_passes_so_many_bytes_a_second(proxy: TcpProxy) -> None:
    with connect(proxy) as line:
        proxy.bytes_per_s = 10_000
        began_s = time.monotonic()
        assert ask(line, bytes(3_000)) == bytes(3_000)
        assert time.monotonic() - began_s >= 0.3


def test_a_server_that_is_not_there_is_a_reset() -> None:
    with TcpProxy(free_port()) as proxy, pytest.raises(ConnectionResetError):
        ask_anew(proxy)


def test_the_end_of_the_line_ends_everything(echo: Echo) -> None:
    with TcpProxy(echo.port) as proxy:
        line = connect(proxy)
        assert ask(line, b"there?") == b"there?"
    with line, pytest.raises(ConnectionResetError):
        line.recv(1)
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)
    assert echo.ended.acquire(timeout=10)
