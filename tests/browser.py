# SPDX-License-Identifier: MIT
"""Chromium without a window, by its debugging protocol: what a page asks for, gets and shows.

    async with Browser(tmp_path) as browser:
        await browser.open("http://127.0.0.1:8000/")
        await browser.until(lambda: "UPRIGHT" in browser.terminal)
        browser.asked, browser.problems, await browser.evaluate("document.title")
        (tmp_path / "page.png").write_bytes(await browser.screenshot())

It reaches loopback and nothing else, whatever a page asks for; every request is noted all the
same. A test ends here, skipped, where chromium is not installed (`tests.programs`).
"""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.programs import program

START_S = 60.0
ANSWER_S = 60.0
LOOK_S = 0.05
_LISTENING = re.compile(rb"DevTools listening on (ws://\S+)")
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z$]|[()][A-Z0-9])")


class Browser:
    def __init__(self, folder: Path, width: int = 1200, height: int = 800) -> None:
        """`folder` is for its profile."""
        self.program = program("chromium", "chromium")
        self.asked: list[str] = []
        """Every address that was asked for, in any way."""
        self.problems: list[str] = []
        """Errors of the page, and what its policy refused."""
        self.terminal = ""
        """All that came over websockets as bytes, without escapes."""
        self.closed = False
        """A websocket of the page has ended."""
        self._folder = folder / "chromium"
        self._size = f"{width},{height}"
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            self.program,
            "--headless",
            "--no-sandbox",  # it may run as root, and sees our own page only
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--remote-debugging-port=0",
            "--remote-allow-origins=*",
            f"--window-size={self._size}",
            f"--user-data-dir={self._folder}",
            "about:blank",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(START_S):
                await self._connect()
        except BaseException:
            await self._kill()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        await self._socket.close()
        await self._session.close()
        await self._kill()

    async def open(self, url: str) -> None:
        await self.call("Page.navigate", url=url)

    async def evaluate(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return answer["result"].get("value")

    async def screenshot(self) -> bytes:
        answer = await self.call("Page.captureScreenshot", format="png")
        return base64.b64decode(answer["data"])

    async def until(self, holds: Callable[[], bool], timeout_s: float = ANSWER_S) -> None:
        """Raises TimeoutError if it does not hold by then."""
        end_s = time.monotonic() + timeout_s
        while not holds():
            if time.monotonic() >= end_s:
                raise TimeoutError(f"not within {timeout_s:g} s: {self.terminal[-500:]!r}")
            await asyncio.sleep(LOOK_S)

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        message: dict[str, object] = {"id": number, "method": method, "params": parameters}
        if self._page:
            message["sessionId"] = self._page
        await self._socket.send_json(message)
        async with asyncio.timeout(ANSWER_S):
            answer = await self._answers[number]
        del self._answers[number]
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    async def _connect(self) -> None:
        assert self._process.stderr is not None
        while not (found := _LISTENING.search(line := await self._process.stderr.readline())):
            assert line, "chromium does not start"
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(found[1].decode(), max_msg_size=0)
        self._page = ""
        self._tasks = [
            asyncio.create_task(self._read()),
            asyncio.create_task(self._drain(self._process.stderr)),
        ]
        target = await self.call("Target.createTarget", url="about:blank")
        attached = await self.call(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        self._page = str(attached["sessionId"])
        for domain in ("Network", "Page", "Runtime", "Log"):
            await self.call(f"{domain}.enable")

    async def _read(self) -> None:
        async for message in self._socket:
            said = message.json()
            if "id" in said:
                with suppress(KeyError, asyncio.InvalidStateError):
                    self._answers[said["id"]].set_result(said)
            else:
                self._hear(said["method"], said["params"])

    def _hear(self, method: str, said: dict[str, Any]) -> None:
        match method:
            case "Network.requestWillBeSent":
                self.asked.append(said["request"]["url"])
            case "Network.webSocketCreated":
                self.asked.append(said["url"])
            case "Network.webSocketClosed":
                self.closed = True
            case "Network.webSocketFrameReceived" if said["response"]["opcode"] == 2:
                raw = base64.b64decode(said["response"]["payloadData"])
                self.terminal += _ESCAPES.sub("", raw.decode(errors="replace"))
            case "Runtime.exceptionThrown":
                self.problems.append(str(said["exceptionDetails"]))
            case "Log.entryAdded" if said["entry"]["level"] == "error":
                self.problems.append(said["entry"]["text"])

    @staticmethod
    async def _drain(stream: asyncio.StreamReader) -> None:
        while await stream.read(65536):
            pass

    async def _kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
