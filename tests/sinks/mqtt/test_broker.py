# SPDX-License-Identifier: MIT
"""The broker as a value: told of without its password, and made to prove who it is."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from upturn.config import TlsConfig
from upturn.errors import InputError
from upturn.sinks.mqtt.broker import Broker, tls_context
from upturn.sinks.mqtt.commands import Permits

NO_CERTIFICATE = "holds no certificate. Name a PEM file with "
NO_KEY = "holds no key that can be read. Name a PEM file with a key, without a passphrase"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two certificates with their keys, and what is neither."""
    openssl = shutil.which("openssl")
    assert openssl is not None, "apt install openssl"
    folder = tmp_path_factory.mktemp("tls")

    def run(*words: str) -> None:
        subprocess.run([openssl, *words], cwd=folder, check=True, capture_output=True)

    for name in ("ca", "me"):
        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}")  # fmt: skip
    run("ec", "-in", "me.key", "-aes256", "-passout", "pass:secret", "-out", "locked.key")
    (folder / "junk.pem").write_text("junk\n", encoding="utf-8")
    (folder / "empty.pem").touch()
    return folder


def refusal(folder: Path, ca: str | None, cert: str | None = None, key: str | None = None) -> str:
    """The one line a user sees, without the folder."""
    ca_file, cert_file, key_file = (
        None if name is None else str(folder / name) for name in (ca, cert, key)
    )
    with pytest.raises(InputError) as caught:
        tls_context(TlsConfig(ca_file, cert_file, key_file))
    return str(caught.value).replace(f"{folder}/", "")


@pytest.mark.parametrize(
    ("broker", "described"),
    [
        (Broker("localhost"), "mqtt://localhost:1883"),
        (Broker("h", 8883, "upturn", "x", TlsConfig()), "mqtts://upturn@h:8883"),
        (Broker("::1", 1884), "mqtt://[::1]:1884"),
        (Broker("h", username="a@b:c/d"), "mqtt://a%40b%3Ac%2Fd@h:1883"),
    ],
)
def test_it_is_told_of_as_an_address(broker: Broker, described: str) -> None:
    assert broker.described == described


def test_its_password_is_never_shown() -> None:
    broker = Broker("h", username="upturn", password="hunter2")
    assert "hunter2" not in f"{broker!r} {broker} {broker.described}"


def test_what_nobody_said_is_careful() -> None:
    assert Broker("h").permits == Permits(acknowledge=True, seen_upright=False)


@pytest.mark.parametrize("ca", [None, "ca.pem"])
def test_the_broker_has_to_prove_who_it_is(files: Path, ca: str | None) -> None:
    context = tls_context(TlsConfig(None if ca is None else str(files / ca)))
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_private_signer_is_the_only_one(files: Path) -> None:
    (only,) = tls_context(TlsConfig(str(files / "ca.pem"))).get_ca_certs()
    assert only["subject"] == ((("commonName", "ca"),),)


def test_our_own_certificate_is_taken_with_its_key(files: Path) -> None:
    tls_context(TlsConfig(None, str(files / "me.pem"), str(files / "me.key")))


@pytest.mark.parametrize("ca", ["junk.pem", "empty.pem", "ca.key"])
def test_a_signers_file_without_a_certificate_is_refused(files: Path, ca: str) -> None:
    expected = f"{ca}: {NO_CERTIFICATE}the certificate of who signed the broker's"
    assert refusal(files, ca) == expected


@pytest.mark.parametrize(
    ("cert", "key", "problem"),
    [
        (
            "me.pem",
            "ca.key",
            (
                "ca.key: is not the key of me.pem. "
                "Name a certificate and the key that it was made for"
            ),
        ),
        ("me.pem", "junk.pem", f"junk.pem: {NO_KEY}"),
        ("me.pem", "locked.key", f"locked.key: {NO_KEY}"),
        ("junk.pem", "me.key", f"junk.pem: {NO_CERTIFICATE}ours"),
        ("me.key", "me.key", f"me.key: {NO_CERTIFICATE}ours"),
        ("none", "me.key", "none: there is no such file. Look at [mqtt.tls]"),
        ("me.pem", "none", "none: there is no such file. Look at [mqtt.tls]"),
    ],
)
def test_a_certificate_and_key_that_do_not_serve_are_refused(
    files: Path, cert: str, key: str, problem: str
) -> None:
    assert refusal(files, None, cert, key) == problem


@pytest.mark.parametrize(
    ("ca", "problem"),
    [
        ("none", "none: there is no such file. Look at [mqtt.tls]"),
        ("../tls0", "../tls0: cannot be read: Is a directory. Look at [mqtt.tls]"),
        ("a\0b", "a\0b: cannot be read: no file has such a name. Look at [mqtt.tls]"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(files: Path, ca: str, problem: str) -> None:
    assert refusal(files, ca) == problem
