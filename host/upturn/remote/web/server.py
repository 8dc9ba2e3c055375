# SPDX-License-Identifier: MIT
"""textual-serve on loopback: each tab of a browser has a process of its own behind it.

That process is `upturn dashboard` again, a client of the broker: whatever is open or closed here,
the table's node belongs to the host that watches it. The server knows no login; it listens on
loopback alone, answers its own page alone (`visitors`), and opens no more than `MAX_TABS`.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from aiohttp import web
from aiohttp_jinja2 import render_template
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from upturn.errors import EXIT_DONE, EXIT_INTERRUPTED, RunError
from upturn.remote.web.visitors import HOST, headers, why_refused

MAX_TABS = 8
"""Each is a process of some 50 MB."""
FULL = (
    f"{MAX_TABS} tabs of this dashboard are open, and this computer shall not be filled with them."
    " Close one, then load this page again.\n"
)
END_S = 3.0
"""For the tabs' processes, at the end."""
COLUMNS, ROWS = 500, 300
"""At most, whatever a page says: what is drawn costs memory, and no screen has more."""
FONTS = range(6, 73)
NOT_OUR_PAGES = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
)
"""What the library raises of a message that is no list of a kind and its own."""


class Tab(AppService):
    """The process behind one tab."""

    def __init__(self, command: str, socket: web.WebSocketResponse, server: Server) -> None:
        async def close() -> None:
            await socket.close()

        super().__init__(
            command,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=close,
            download_manager=server.download_manager,
        )
        self.socket = socket

    async def set_terminal_size(self, width: int, height: int) -> None:
        """As the page says it, within reason.

        Raises:
            ValueError: it says no size.
        """
        if type(width) is not int or type(height) is not int:
            raise ValueError("no size")
        await super().set_terminal_size(_within(width, COLUMNS), _within(height, ROWS))

    async def end(self) -> None:
        """It is gone after this, one way or the other."""
        process = self._process
        if process is None:
            return
        # In a task: the library's `stop` does not end when it is cancelled.
        stopping = asyncio.create_task(self.stop())
        waiting = asyncio.create_task(process.wait())
        try:
            await asyncio.wait({stopping, waiting}, timeout=END_S)
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
        await asyncio.gather(stopping, waiting, return_exceptions=True)


class WebDashboard(Server):
    def __init__(
        self, command: str, port: int, said: Callable[[str], None] = lambda _: None
    ) -> None:
        """`command` starts a tab's process, in a shell; `said` hears what there is to tell."""
        super().__init__(command, HOST, port, "Upturn", templates_path=Path(__file__).parent)
        self._said = said
        self._headers = headers(port)
        self._tabs: list[Tab] = []

    async def run(self) -> int:
        """Until it is told to end; the exit code.

        Raises:
            RunError: the port is not to be had.
        """
        ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def end(code: int) -> None:
            if not ended.done():
                ended.set_result(code)

        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, end, EXIT_INTERRUPTED)
        loop.add_signal_handler(signal.SIGTERM, end, EXIT_DONE)
        runner = web.AppRunner(await self._make_app(), access_log=None, shutdown_timeout=END_S)
        await runner.setup()
        try:
            await self._open(runner)
            self._said(f"open {self.public_url}/ in a browser of this computer; Ctrl-C ends it")
            return await ended
        finally:
            await runner.cleanup()

    async def _open(self, runner: web.AppRunner) -> None:
        try:
            await web.TCPSite(runner, HOST, self.port).start()
        except OSError as error:
            raise RunError(
                f"port {self.port} of {HOST} is not to be had: {os.strerror(error.errno or 0)}. "
                "Pass another --port"
            ) from None

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        app.on_response_prepare.append(self._head)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """There is nothing to print that `said` does not say."""

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002 - the library's
        """The tabs hear of the end, and their processes are gone after it."""
        tabs = list(self._tabs)
        await asyncio.gather(*(tab.end() for tab in tabs), return_exceptions=True)
        await asyncio.gather(*(tab.socket.close() for tab in tabs), return_exceptions=True)

    @web.middleware
    async def _guard(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        refused = why_refused(request.method, request.path, request.headers, self.port)
        if refused is not None:
            return web.Response(status=403, text=f"Refused: {refused}\n")
        return await handler(request)

    async def _head(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(self._headers)

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page of one tab, or why there is none."""
        if len(self._tabs) >= MAX_TABS:
            return web.Response(status=503, text=FULL)
        size = to_int(request.query.get("fontsize", ""), 16)
        context = {
            "font_size": size if size in FONTS else 16,
            "app_websocket_url": f"ws://{HOST}:{self.port}/ws",
            "config": {"static": {"url": f"{self.public_url}/static/"}},
            "application": {"name": self.title},
        }
        return render_template("page.html", request, context)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A tab, for as long as it is open."""
        if len(self._tabs) >= MAX_TABS:
            raise web.HTTPServiceUnavailable(text=FULL)
        socket = web.WebSocketResponse(heartbeat=15)
        tab = Tab(self.command, socket, self)
        self._tabs.append(tab)
        try:
            await socket.prepare(request)
            size = request.query.get
            width, height = to_int(size("width", ""), 80), to_int(size("height", ""), 24)
            await tab.start(_within(width, COLUMNS), _within(height, ROWS))
            await self._process_messages(socket, tab)
        except NOT_OUR_PAGES:
            await socket.close()  # no message of our page's
        finally:
            await tab.end()
            self._tabs.remove(tab)
        return socket


def _within(size: int, most: int) -> int:
    return min(max(1, size), most)
