# SPDX-License-Identifier: MIT
"""Certificates as a home makes them: an authority of its own, by openssl, for one test.

home = Authority(tmp_path / "home")
Mosquitto(tmp_path, tls=home)              shows home.issue("broker")
tls_context(TlsConfig(str(home.ca)))       trusts it, and no other Authority's
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.programs import program

LOOPBACK = ("IP:127.0.0.1", "DNS:localhost")
DAYS = 2

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_CONFIG = """\
[req]
distinguished_name = name
x509_extensions = authority
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""
_LEAF = """\
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {names}
"""


class Identity(NamedTuple):
    certificate: Path
    key: Path


class Authority:
    """Who signs; `ca` is the file that others are told to trust."""

    def __init__(self, folder: Path, name: str = "Home") -> None:
        folder.mkdir(parents=True)
        self.ca = folder / "ca.pem"
        self._folder = folder
        self._key = folder / "ca.key"
        self._config = folder / "openssl.cnf"
        self._config.write_text(_CONFIG, encoding="utf-8")
        self._openssl(
            *("req", "-x509", *_KEY, "-subj", f"/CN={name}", "-days", str(DAYS)),
            *("-config", str(self._config), "-keyout", str(self._key), "-out", str(self.ca)),
        )

    def issue(self, name: str, names: Sequence[str] = LOOPBACK) -> Identity:
        """A certificate with its key, for a server at those `names` or a client called `name`."""
        made = Identity(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        request, leaf = self._folder / f"{name}.csr", self._folder / f"{name}.cnf"
        leaf.write_text(_LEAF.format(names=",".join(names)), encoding="utf-8")
        self._openssl(
            *("req", "-new", *_KEY, "-subj", f"/CN={name}", "-config", str(self._config)),
            *("-keyout", str(made.key), "-out", str(request)),
        )
        self._openssl(
            *("x509", "-req", "-in", str(request), "-CA", str(self.ca), "-CAkey", str(self._key)),
            *("-CAcreateserial", "-days", str(DAYS), "-extfile", str(leaf)),
            *("-out", str(made.certificate)),
        )
        return made

    @staticmethod
    def _openssl(*words: str) -> None:
        done = subprocess.run(
            [program("openssl", "openssl"), *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
