# SPDX-License-Identifier: MIT
"""A broker's address in one word: `mqtts://user:password@host:port`.

Whatever is wrong with it is said without quoting it, for a password may be anywhere in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn
from urllib.parse import unquote

from upturn.config.model import TlsConfig
from upturn.config.mqtt import is_host
from upturn.errors import LOGIN_FORM, InputError

FORM = f"mqtt[s]://{LOGIN_FORM}HOST[:PORT]"
PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Login:
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def over(self, other: Login) -> Login:
        """This, and what it lacks from the other; of another user no password."""
        username = self.username if self.username is not None else other.username
        password = self.password
        if password is None and other.username in (None, username):
            password = other.password
        return Login(username, password)


class Address(NamedTuple):
    host: str
    port: int
    tls: TlsConfig | None
    login: Login


def parse_url(text: str, tls: TlsConfig) -> Address:
    """What a URL says; `tls` is for `mqtts`. Without a scheme it is `mqtt`, whatever the port.

    Raises:
        InputError: it is not of that form. The text is not quoted: there may be a password in it.
    """
    scheme, found, rest = text.partition("://")
    scheme, rest = (scheme.lower(), rest) if found else ("mqtt", text)
    if scheme not in PORTS:
        _refuse_url("begins with neither mqtt:// nor mqtts://")
    if any(sign in rest for sign in "/?#"):
        _refuse_url("has more than an address; in a password / is %2F, ? is %3F and # is %23")
    login, _, place = rest.rpartition("@")
    username, colon, password = login.partition(":")
    if colon and not username:
        _refuse_url("has a password without a user name")
    bracketed = re.fullmatch(r"\[([^\]]*:[^\]]*)\](?::(.*))?", place)
    host, port = bracketed.groups() if bracketed else _cut(place)
    if not is_host(host):
        _refuse_url("names no broker; an IPv6 address stands in [ ]")
    return Address(
        host,
        PORTS[scheme] if port is None else parse_port(port, "--mqtt"),
        tls if scheme == "mqtts" else None,
        Login(_decoded(username) or None, _decoded(password) if colon else None),
    )


def parse_port(text: str, where: str) -> int:
    """A port's number.

    Raises:
        InputError: it is none.
    """
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise InputError(
            "names no port", where=where, remedy="Allowed: a whole number from 1 to 65535"
        )
    return int(text)


def _cut(place: str) -> tuple[str, str | None]:
    host, colon, port = place.partition(":")
    return ("" if ":" in port else host), (port if colon else None)


def _decoded(text: str) -> str:
    problem = "has a user name or password that no text can be; a % in it is %25"
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        _refuse_url(problem)
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        _refuse_url(problem)
    if not decoded.isprintable():
        _refuse_url(problem)
    return decoded


def _refuse_url(problem: str) -> NoReturn:
    raise InputError(problem, where="--mqtt", remedy=f"Allowed: {FORM}")
