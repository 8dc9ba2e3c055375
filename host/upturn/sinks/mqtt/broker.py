# SPDX-License-Identifier: MIT
"""The broker as a value: where it is, who we are there, and what the home may do.

Whatever is said of it to people is said without the password. Over TLS the broker proves who it
is, always: there is no switch against it, for whoever can take the broker's place can silence
every alarm.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from upturn.config.model import TlsConfig
from upturn.errors import InputError
from upturn.sinks.mqtt.commands import Permits


@dataclass(frozen=True, slots=True)
class Broker:
    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: TlsConfig | None = None
    discovery: bool = True
    """Announce every table to Home Assistant."""
    discovery_prefix: str = "homeassistant"
    permits: Permits = field(default_factory=Permits)
    id: str = ""
    """What this host is called there; one process's alone."""

    @property
    def described(self) -> str:
        """For people, in the form of `--mqtt`."""
        scheme = "mqtt" if self.tls is None else "mqtts"
        login = f"{quote(self.username, safe='')}@" if self.username else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{login}{host}:{self.port}"


def tls_context(tls: TlsConfig) -> ssl.SSLContext:
    """How to ask the broker who it is, and what to show it.

    Raises:
        InputError: a file that cannot be used.
    """
    for name in (tls.ca_file, tls.cert_file, tls.key_file):
        if name is not None:
            _check_readable(name)
    try:
        context = ssl.create_default_context(cafile=tls.ca_file)
    except ssl.SSLError:
        raise InputError(
            "holds no certificate",
            where=str(tls.ca_file),
            remedy="Name a PEM file with the certificate of who signed the broker's",
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.ca_file is not None:
        # Certificates made at home lack what later versions of Python ask for by default.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if tls.cert_file is not None and tls.key_file is not None:
        _show(context, tls.cert_file, tls.key_file)
    return context


def _show(context: ssl.SSLContext, cert_file: str, key_file: str) -> None:
    """Have the client's own certificate shown."""
    try:
        context.load_cert_chain(cert_file, key_file, password=_no_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise InputError(
                f"is not the key of {cert_file}",
                where=key_file,
                remedy="Name a certificate and the key that it was made for",
            ) from None
        if not _holds_certificate(cert_file):
            raise InputError(
                "holds no certificate", where=cert_file, remedy="Name a PEM file with ours"
            ) from None
        raise InputError(
            "holds no key that can be read",
            where=key_file,
            remedy="Name a PEM file with a key, without a passphrase",
        ) from None


def _no_passphrase() -> str:
    """Nobody is asked for one: OpenSSL would ask at the terminal, and wait."""
    return ""


def _holds_certificate(name: str) -> bool:
    try:
        ssl.create_default_context(cafile=name)
    except ssl.SSLError:
        return False
    return True


def _check_readable(name: str) -> None:
    remedy = "Look at [mqtt.tls]"
    try:
        with Path(name).open("rb") as stream:
            stream.read(1)
    except FileNotFoundError:
        raise InputError("there is no such file", where=name, remedy=remedy) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise InputError(f"cannot be read: {reason}", where=name, remedy=remedy) from None
