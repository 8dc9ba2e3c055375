# SPDX-License-Identifier: MIT
"""Who gets an answer from a server without a login."""

from __future__ import annotations

import pytest

from upturn.remote.web.visitors import headers, why_refused

PORT = 8000
OWN = "127.0.0.1:8000"
PAGE = f"http://{OWN}"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", {"Host": OWN}),
        ("/", {"Host": OWN, "Origin": PAGE}),
        ("/static/js/textual.js", {"Host": OWN}),
        ("/ws", {"Host": OWN, "Origin": PAGE}),
    ],
)
def test_our_own_page_is_answered(path: str, said: dict[str, str]) -> None:
    assert why_refused("GET", path, said, PORT) is None


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", {}),
        ("/", {"Host": "upturn.example:8000"}),
        ("/", {"Host": "localhost:8000"}),
        ("/", {"Host": "127.0.0.1"}),
        ("/", {"Host": "127.0.0.1:8001"}),
        ("/", {"Host": OWN, "Origin": "http://evil.example"}),
        ("/", {"Host": OWN, "Origin": "null"}),
        ("/ws", {"Host": OWN}),
        ("/ws", {"Host": OWN, "Origin": ""}),
        ("/ws", {"Host": OWN, "Origin": "http://localhost:8000"}),
        ("/ws", {"Host": OWN, "Origin": f"https://{OWN}"}),
        ("/ws", {"Host": OWN, "Origin": f"{PAGE}.evil.example"}),
        ("/ws", {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}),
    ],
)
def test_nobody_else_is(path: str, said: dict[str, str]) -> None:
    assert why_refused("GET", path, said, PORT)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_sent(method: str) -> None:
    assert why_refused(method, "/", {"Host": OWN}, PORT) == "only looking is possible here"


def test_a_browser_is_told_to_ask_nobody_else() -> None:
    policy = headers(PORT)["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert f"connect-src ws://{OWN};" in policy
