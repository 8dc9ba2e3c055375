# SPDX-License-Identifier: MIT
"""Step `mqtt`: the broker of the home, tried before it is written down; a home is no must.

A password goes into a file of its own beside the config, for its owner's eyes.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from pathlib import Path

import aiomqtt

from upturn.cli.asking import LEAVE, read, yes
from upturn.cli.mqtt_url import FORM, Address, parse_url
from upturn.config import TlsConfig
from upturn.errors import InputError, RunError
from upturn.setup.config_file import Value, set_values
from upturn.setup.place import Place
from upturn.setup.step import Outcome, Standing, State
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.client import Connection
from upturn.sinks.mqtt.words import why
from upturn.whole_file import write_private

BESIDE_CONFIG = "mqtt-password"
WANTED = "Is there an MQTT broker to tell, such as Home Assistant's?"
ASKED = f"Its address, as {FORM}; q to leave: "


def standing(place: Place) -> Standing:
    mqtt = place.config().mqtt
    if mqtt is not None:
        return Standing(State.DONE, f"{mqtt.host}:{mqtt.port} is told")
    if place.said.word("mqtt", "none") is not None:
        return Standing(State.WITHOUT, "nobody is told")
    return Standing(State.TODO, "nobody has said whether the home is to be told")


def run(place: Place) -> Outcome:
    before = place.config().mqtt is not None
    wanted = yes(WANTED, unless_said=before)
    if wanted is None:
        return Outcome.LEFT
    if not wanted:
        if not before:
            place.said.say("mqtt", "none")
        return Outcome.WENT
    said = read(ASKED)
    if said is None or said.lower() in LEAVE:
        return Outcome.LEFT
    try:
        address = parse_url(said, _tls(place))
    except InputError as refused:
        raise InputError(refused.what, where="the address", remedy=refused.remedy) from None
    password = address.login.password
    if address.login.username is not None and password is None:
        password = _password(address.login.username)
        if password is None:
            return Outcome.LEFT
    print(f"Trying {address.host}:{address.port} ...", flush=True)
    asyncio.run(_try(address, password))
    print("It answers, and lets this computer in.")
    _keep(place, address, password)
    place.said.forget("mqtt", "none")
    return Outcome.WENT


def _tls(place: Place) -> TlsConfig:
    """What the config says already of who signs the broker's certificate."""
    mqtt = place.config().mqtt
    if mqtt is None or mqtt.tls is None:
        return TlsConfig()
    beside = place.config_file.parent
    names = (mqtt.tls.ca_file, mqtt.tls.cert_file, mqtt.tls.key_file)
    return TlsConfig(*(None if name is None else str(beside / name) for name in names))


def _password(username: str) -> str | None:
    """Not shown while it is typed; empty: none. None: the person left."""
    prompt = f"The password of {username}, or Enter for none: "
    if not sys.stdin.isatty():
        return read(prompt)
    try:
        return getpass.getpass(prompt)
    except EOFError:
        return None


async def _try(address: Address, password: str | None) -> None:
    """Raises RunError: the broker is not reached, or does not let this computer in."""
    broker = Broker(
        host=address.host,
        port=address.port,
        username=address.login.username,
        password=password or None,
        tls=address.tls,
    )
    try:
        async with Connection(broker, f"upturn-setup-{os.getpid()}", None, anew=True):
            return
    except (OSError, aiomqtt.MqttError) as error:
        raise RunError(f"{broker.described}: {why(error)}. Look at the address") from None


def _keep(place: Place, address: Address, password: str | None) -> None:
    file: Path = place.config_file.parent / BESIDE_CONFIG
    if password:
        write_private(file, f"{password}\n".encode())
    values: dict[str, Value] = {
        "host": address.host,
        "port": address.port,
        "username": address.login.username,
        "password_file": BESIDE_CONFIG if password else None,
    }
    mqtt = place.config().mqtt
    if address.tls is None or mqtt is None or mqtt.tls is None:  # else it may name files
        values["tls"] = bool(address.tls)
    set_values(place.config_file, "mqtt", values)
