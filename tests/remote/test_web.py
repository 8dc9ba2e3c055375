# SPDX-License-Identifier: MIT
"""The dashboard in a browser: what a real one fetches and shows, and what the server lets be."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.browser import Browser
from tests.dashboard.scenes import inverted
from tests.mosquitto import Mosquitto, free_port
from tests.remote.told import Told
from upturn.errors import RunError
from upturn.remote.web import server as module
from upturn.remote.web.server import FULL, MAX_TABS, WebDashboard

PATIENCE_S = 60.0
LOOK_S = 0.05
TAB = """
import os, sys, time
os.write(1, b"__GANGLION__\\n" + b"D" + (2).to_bytes(4, "big") + b"hi")
{rest}
"""
QUITS = "os.read(0, 1000)"
SIZED = """
def tell(text):
    os.write(1, b"D" + len(text).to_bytes(4, "big") + text)

tell(f"{os.environ['COLUMNS']} {os.environ['ROWS']}".encode())
os.read(0, 1)
tell(os.read(0, int.from_bytes(os.read(0, 4), "big")))
os.read(0, 1000)
"""
HANGS = "time.sleep(1000)"


def command(rest: str) -> str:
    """A tab's process that is none of ours."""
    return f"exec {shlex.join([sys.executable, '-c', TAB.format(rest=rest)])}"


@asynccontextmanager
async def serving(command: str) -> AsyncIterator[WebDashboard]:
    listens = asyncio.Event()
    server = WebDashboard(command, free_port(), lambda _: listens.set())
    task = asyncio.create_task(server.run())
    try:
        async with asyncio.timeout(PATIENCE_S):
            await listens.wait()
        yield server
    finally:
        task.cancel()
        await asyncio.wait({task})


@asynccontextmanager
async def visiting(server: WebDashboard) -> AsyncIterator[aiohttp.ClientSession]:
    origin = {"Origin": server.public_url}
    async with aiohttp.ClientSession(server.public_url, headers=origin) as visitor:
        yield visitor


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not await holds():
        assert time.monotonic() < end_s
        await asyncio.sleep(LOOK_S)


async def gone(server: WebDashboard) -> None:
    async def is_gone() -> bool:
        return not server._tabs

    await until(is_gone)


async def test_a_browser_shows_the_table_and_asks_nobody_else(tmp_path: Path) -> None:
    port = free_port()
    with Mosquitto(tmp_path) as broker, Told(broker, inverted(20.0)):
        url = f"mqtt://127.0.0.1:{broker.port}"
        words = ["dashboard", "--mqtt", url, "--web", "--port", str(port)]
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from upturn.start import entry; entry()",
            *words,
            stderr=asyncio.subprocess.PIPE,
        )
        assert program.stderr is not None
        async with asyncio.timeout(PATIENCE_S):
            line = (await program.stderr.readline()).decode()
        page = f"http://127.0.0.1:{port}/"
        assert line == f"upturn: open {page} in a browser of this computer; Ctrl-C ends it\n"
        async with Browser(tmp_path) as browser:
            await browser.open(page)
            await browser.until(lambda: "0:40 left to the limit" in browser.terminal)
            await browser.until(lambda: "Attic" in browser.terminal)
            picture = await browser.screenshot()
            (tmp_path / "page.png").write_bytes(picture)
            assert len(picture) > 5_000, "it is blank"
            own = (page, f"ws://127.0.0.1:{port}/")
            assert [asked for asked in browser.asked if not asked.startswith(own)] == []
            assert any(asked.endswith(".ttf") for asked in browser.asked)
            assert browser.problems == []
            program.terminate()
            async with asyncio.timeout(PATIENCE_S):
                assert await program.wait() == 0
            await browser.until(lambda: browser.closed)
            assert "Nothing is shown here any more" in await browser.evaluate(
                "document.body.innerText"
            )


async def test_the_ninth_tab_is_told_that_there_are_enough() -> None:
    async with serving(command(QUITS)) as server, visiting(server) as visitor:
        tabs = [await visitor.ws_connect("/ws") for _ in range(MAX_TABS)]
        answer = await visitor.get("/")
        assert (answer.status, await answer.text()) == (503, FULL)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await visitor.ws_connect("/ws")
        assert refused.value.status == 503
        await tabs[0].close()

        async def has_room() -> bool:
            return (await visitor.get("/")).status == 200

        await until(has_room)
        for tab in tabs:
            await tab.close()
        await gone(server)


async def test_a_tab_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "END_S", 0.2)
    async with serving(command(HANGS)) as server, visiting(server) as visitor:
        tab = await visitor.ws_connect("/ws")
        assert await tab.receive_bytes() == b"hi"
        process = server._tabs[0]._process
        assert process is not None
        assert process.returncode is None
        await tab.close()
        await gone(server)
        assert process.returncode == -9


async def test_the_end_of_the_server_is_the_end_of_its_tabs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "END_S", 0.2)
    async with serving(command(HANGS)) as server, visiting(server) as visitor:
        tab = await visitor.ws_connect("/ws")
        assert await tab.receive_bytes() == b"hi"
        process = server._tabs[0]._process
    assert process is not None
    assert process.returncode == -9


@pytest.mark.parametrize(
    "message",
    [
        "x",
        "{}",
        "[]",
        '["stdin"]',
        '["stdin", 5]',
        '["resize", {}]',
        '["resize", null]',
        '["resize", {"width": "a", "height": 24}]',
        '["resize", {"width": 80, "height": true}]',
        "5",
        pytest.param("[" * 100_000, id="deep"),
    ],
)
async def test_a_message_that_is_not_our_pages_closes_the_tab(
    message: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(command(QUITS)) as server, visiting(server) as visitor:
        tab = await visitor.ws_connect("/ws?width=x&height=-5")
        await tab.send_str(message)
        async with asyncio.timeout(PATIENCE_S):
            kinds = {message.type async for message in tab}
        assert kinds <= {aiohttp.WSMsgType.BINARY}
        await gone(server)
    assert caplog.records == []


@pytest.mark.parametrize(
    ("width", "height", "drawn"),
    [(20_000, 20_000, "500 300"), (10**9, -1, "500 1"), (120, 40, "120 40")],
)
async def test_no_page_makes_a_screen_that_no_screen_has(
    width: int, height: int, drawn: str
) -> None:
    async with serving(command(SIZED)) as server, visiting(server) as visitor:
        tab = await visitor.ws_connect(f"/ws?width={width}&height={height}")
        assert await tab.receive_bytes() == b"hi"
        assert (await tab.receive_bytes()).decode() == drawn
        await tab.send_json(["resize", {"width": width, "height": height}])
        columns, rows = drawn.split()
        said = json.loads(await tab.receive_bytes())
        assert said == {"type": "resize", "width": int(columns), "height": int(rows)}
        await tab.close()
        await gone(server)


async def test_another_page_gets_nothing() -> None:
    async with serving(command(QUITS)) as server:
        foreign = {"Origin": "http://evil.example"}
        async with aiohttp.ClientSession(server.public_url, headers=foreign) as visitor:
            answer = await visitor.get("/static/js/textual.js")
            assert (answer.status, await answer.text()) == (
                403,
                "Refused: another page asks, and gets nothing\n",
            )
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await visitor.ws_connect("/ws")
        assert server._tabs == []


async def test_every_answer_tells_the_browser_to_ask_nobody_else() -> None:
    async with serving(command(QUITS)) as server, visiting(server) as visitor:
        for path in ("/", "/static/css/xterm.css", "/nowhere"):
            answer = await visitor.get(path)
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
            assert answer.headers["X-Frame-Options"] == "DENY"


async def test_the_page_names_no_other_address() -> None:
    async with serving(command(QUITS)) as server, visiting(server) as visitor:
        page = await (await visitor.get("/?fontsize=99999")).text()
        addresses = [word for word in page.split('"') if "://" in word]
        own = (server.public_url, server.public_url.replace("http", "ws"))
        assert addresses
        assert [word for word in addresses if not word.startswith(own)] == []
        assert 'data-font-size="16"' in page


async def test_a_port_that_is_taken_is_said_in_a_line() -> None:
    async with serving(command(QUITS)) as server:
        with pytest.raises(RunError) as refused:
            await WebDashboard("exit", server.port).run()
        assert str(refused.value) == (
            f"port {server.port} of 127.0.0.1 is not to be had: Address already in use. "
            "Pass another --port"
        )
