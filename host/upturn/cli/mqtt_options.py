# SPDX-License-Identifier: MIT
"""Which broker, and who we are there: `--mqtt`, else the environment, else the config's [mqtt].

The law: a password is in no message, and goes only where it was meant to go. The environment's
variables replace the config's keys one by one. A URL replaces the address as a whole: the login
that it leaves out is the environment's, and never the config's, whose password shall go to no
other broker and over no line in the clear. What is one user's password is not given as another's.
"""

from __future__ import annotations

import argparse
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from upturn.cli.mqtt_url import FORM, Address, Login, parse_port, parse_url
from upturn.cli.stderr import write_line
from upturn.config import Config, MqttConfig, TlsConfig
from upturn.config.mqtt import HOST_ALLOWED, TOPIC_ALLOWED, is_host, is_topic
from upturn.errors import InputError
from upturn.sinks.mqtt.broker import Broker, tls_context
from upturn.sinks.mqtt.commands import Permits
from upturn.sinks.mqtt.host_id import host_id

MAX_PASSWORD_BYTES = 4096
MAX_USERNAME = 200
OTHERS_MAY = 0o077


def add_mqtt(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mqtt",
        metavar="URL",
        help=f"tell the home through this broker: {FORM}; a password is better in MQTT_PASSWORD",
    )


def resolve_broker(
    args: argparse.Namespace, config: Config, environ: Mapping[str, str]
) -> Broker | None:
    """The broker to tell; None: nobody names one. Its id is this computer's, not yet claimed.

    Raises:
        InputError: what names it, or a file that it needs, is refused.
    """
    said = {name: text for name, text in environ.items() if name.startswith("MQTT_") and text}
    if args.mqtt is None and "MQTT_HOST" not in said and config.mqtt is None:
        return None
    mqtt = config.mqtt or MqttConfig("")
    tls = None if mqtt.tls is None else _beside_config(mqtt.tls, config)
    login = _said_login(said)
    if args.mqtt is not None:
        address = parse_url(args.mqtt, tls or TlsConfig())
        login = address.login.over(login)
    else:
        login = login.over(_config_login(config, mqtt, login))
        address = Address(_said_host(said, mqtt.host), _said_port(said, mqtt.port), tls, login)
    if login.password is not None and login.username is None:
        raise InputError(
            "is without a user name", where="MQTT_PASSWORD", remedy="Set MQTT_USERNAME too"
        )
    if address.tls is not None:
        tls_context(address.tls)  # refused now, and not when the connection is made
    return Broker(
        host=address.host,
        port=address.port,
        username=login.username,
        password=login.password,
        tls=address.tls,
        discovery=mqtt.discovery,
        discovery_prefix=_said_prefix(said, mqtt.discovery_prefix),
        permits=Permits(mqtt.acknowledge, mqtt.seen_upright),
        id=mqtt.id or host_id(),
    )


def _said_login(said: Mapping[str, str]) -> Login:
    username, password = said.get("MQTT_USERNAME"), said.get("MQTT_PASSWORD")
    if username is not None and (not username.isprintable() or len(username) > MAX_USERNAME):
        raise InputError(
            "cannot be a user name",
            where="MQTT_USERNAME",
            remedy=f"Allowed: up to {MAX_USERNAME} visible characters",
        )
    if password is not None and not _is_utf8(password):
        raise InputError("is not UTF-8 text", where="MQTT_PASSWORD")
    return Login(username, password)


def _said_host(said: Mapping[str, str], default: str) -> str:
    host = said.get("MQTT_HOST", default)
    if not is_host(host):
        raise InputError(
            "is no name or address", where="MQTT_HOST", remedy=f"Allowed: {HOST_ALLOWED}, alone"
        )
    return host


def _said_port(said: Mapping[str, str], default: int) -> int:
    return parse_port(said["MQTT_PORT"], "MQTT_PORT") if "MQTT_PORT" in said else default


def _said_prefix(said: Mapping[str, str], default: str) -> str:
    prefix = said.get("MQTT_DISCOVERY_PREFIX", default)
    if not is_topic(prefix):
        raise InputError(
            "cannot stand before a topic",
            where="MQTT_DISCOVERY_PREFIX",
            remedy=f"Allowed: {TOPIC_ALLOWED}",
        )
    return prefix


def _config_login(config: Config, mqtt: MqttConfig, said: Login) -> Login:
    """The config's; the file of its password is not even opened where another one is in force."""
    in_force = said.password is None and said.username in (None, mqtt.username)
    if mqtt.password_file is None or not in_force:
        return Login(mqtt.username)
    where = config.origins["mqtt.password_file"]
    return Login(mqtt.username, _password_in(_beside(mqtt.password_file, config), where))


def _password_in(path: Path, where: str) -> str:
    """The first line of the file."""
    key = f"mqtt.password_file {path} "
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            problem = "is a folder" if stat.S_ISDIR(found.st_mode) else "is not a file"
            raise InputError(f"{key}{problem}", where=where, remedy="Name a file")
        with path.open("rb") as stream:
            raw = stream.read(MAX_PASSWORD_BYTES + 1)
    except FileNotFoundError:
        raise InputError(
            f"{key}does not exist", where=where, remedy="Put the password on its first line"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise InputError(f"{key}cannot be read: {reason}", where=where) from None
    if len(raw) > MAX_PASSWORD_BYTES:
        raise InputError(
            f"{key}has over {MAX_PASSWORD_BYTES} bytes",
            where=where,
            remedy="Name a file that holds the password alone",
        )
    password = _first_line(raw, where, key)
    if os.name == "posix" and found.st_mode & OTHERS_MAY:
        write_line(f"{path}: others may read this password. Run: chmod 600 {path}")
    return password


def _first_line(raw: bytes, where: str, key: str) -> str:
    try:
        password = raw.decode("utf-8-sig").partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        raise InputError(
            f"{key}is not UTF-8 text", where=where, remedy="Save it as UTF-8"
        ) from None
    if not password:
        raise InputError(
            f"{key}is empty", where=where, remedy="Put the password on its first line"
        )
    return password


def _is_utf8(text: str) -> bool:
    """The environment may hold any bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _beside_config(tls: TlsConfig, config: Config) -> TlsConfig:
    return TlsConfig(
        *(
            None if name is None else str(_beside(name, config))
            for name in (tls.ca_file, tls.cert_file, tls.key_file)
        )
    )


def _beside(name: str, config: Config) -> Path:
    """What a config names is looked for beside it."""
    return Path(name) if config.file is None else config.file.parent / name
