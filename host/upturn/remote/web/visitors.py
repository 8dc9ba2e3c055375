# SPDX-License-Identifier: MIT
"""Who may ask a server that knows no login: this computer's own browser, and its own page only.

A page of the internet that is open in the same browser can send requests to loopback, and a name
of the internet can be made to point there. Neither gets past: the address that was asked has to be
the one that is served, and whoever opens a terminal has to say that it is our page. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

HOST = "127.0.0.1"
TERMINAL = "/ws"
SAFE = "GET", "HEAD"


def headers(port: int) -> dict[str, str]:
    """What goes with every answer: the browser asks nobody else, and frames it nowhere."""
    here = "'self'"
    policy = {
        "default-src": "'none'",
        "script-src": here,
        "style-src": f"{here} 'unsafe-inline'",  # xterm.js sets styles as it goes
        "font-src": here,
        "img-src": f"{here} data:",
        "connect-src": f"ws://{HOST}:{port}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{key} {value}" for key, value in policy.items()),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def why_refused(method: str, path: str, said: Mapping[str, str], port: int) -> str | None:
    """In a line, or None: it may have what it asks for."""
    own = f"{HOST}:{port}"
    if method not in SAFE:
        return "only looking is possible here"
    if said.get("Host") != own:
        return f"ask for http://{own}/"
    origin = said.get("Origin")
    needed = path == TERMINAL
    if (needed or origin is not None) and origin != f"http://{own}":
        return "another page asks, and gets nothing"
    return None
