# SPDX-License-Identifier: MIT
"""Step `mqtt`: the broker of the home, tried before it is written down; a home is no must.

A password goes into a file of its own beside the config, for its owner's eyes. The law: that file
is new, or it is the one that the config names; and it changes when the config has, or not at all.
"""

from __future__ import annotations

import asyncio
import getpass
import itertools
import os
import re
import sys
import textwrap
from pathlib import Path

import aiomqtt

from upturn.cli.asking import LEAVE, read, yes
from upturn.cli.mqtt_options import MAX_PASSWORD_BYTES, MAX_USERNAME
from upturn.cli.mqtt_url import FORM, Address, parse_url
from upturn.config import TlsConfig
from upturn.errors import InputError, RunError
from upturn.setup.config_file import Value, set_values
from upturn.setup.place import Place
from upturn.setup.step import Outcome, Standing, State
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.client import Connection
from upturn.sinks.mqtt.words import why
from upturn.transports.printable import printable
from upturn.whole_file import PRIVATE, put_aside, unwritable

BESIDE_CONFIG = "mqtt-password"
MAX_PASSWORD = MAX_PASSWORD_BYTES - 1
"""With the end of its line."""
WIDTH = 80
IN_THE_CLEAR = (
    "The config has this broker spoken to by TLS{}, and with mqtt:// all goes in the clear, the "
    "password too; mqtts:// keeps TLS as it is."
)
GIVE_UP = "Take TLS out of the config?"
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
    address = _address(place)
    if address is None:
        return Outcome.LEFT
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


def _address(place: Place) -> Address | None:
    """None: the person left.

    Raises:
        InputError: what was said is none, or what no config can hold.
    """
    mqtt = place.config().mqtt
    while True:
        said = read(ASKED)
        if said is None or said.lower() in LEAVE:
            return None
        try:
            address = parse_url(said, _tls(place))
        except InputError as refused:
            raise InputError(refused.what, where="the address", remedy=refused.remedy) from None
        username, password = address.login.username, address.login.password
        if len(username or "") > MAX_USERNAME or _refusal(password or ""):
            raise InputError(
                f"has a user name of over {MAX_USERNAME} characters, or a password of over "
                f"{MAX_PASSWORD} bytes",
                where="the address",
            )
        if mqtt is None or mqtt.tls is None or address.tls is not None:
            return address
        files = (mqtt.tls.ca_file, mqtt.tls.cert_file, mqtt.tls.key_file)
        named = ", ".join(file for file in files if file is not None)
        print(textwrap.fill(IN_THE_CLEAR.format(f" ({printable(named)})" if named else ""), WIDTH))
        match yes(GIVE_UP, unless_said=False):
            case None:
                return None
            case True:
                return address


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
    while True:
        try:
            hidden = sys.stdin is not None and sys.stdin.isatty()
            said = getpass.getpass(prompt) if hidden else read(prompt)
        except EOFError:
            return None
        refusal = _refusal(said or "")
        if not refusal:
            return said
        print(f"  {refusal}")


def _refusal(password: str) -> str:
    """Why no file of it would be read again; empty: it would."""
    try:
        length = len(password.encode())
    except UnicodeEncodeError:  # a terminal may send any bytes
        return "It is not UTF-8 text."
    return f"It has over {MAX_PASSWORD} bytes." if length > MAX_PASSWORD else ""


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
    mqtt = place.config().mqtt
    name = _free_name(place.config_file.parent, mqtt.password_file if mqtt is not None else None)
    values: dict[str, Value] = {
        "host": address.host,
        "port": address.port,
        "username": address.login.username,
        "password_file": name if password else None,
    }
    if address.tls is None or mqtt is None or mqtt.tls is None:  # else it may name files
        values["tls"] = bool(address.tls)
    if not password:
        set_values(place.config_file, "mqtt", values)
        return
    file = place.config_file.parent / name
    aside = put_aside(file, f"{password}\n".encode(), PRIVATE)
    try:
        set_values(place.config_file, "mqtt", values)
        aside.replace(file)
    except OSError as error:
        raise unwritable(file, error) from None
    finally:
        aside.unlink(missing_ok=True)


def _free_name(folder: Path, named: str | None) -> str:
    """Of a file that is not there yet; or of the one that the config `named` for it before."""
    names = (f"{BESIDE_CONFIG}-{n}" if n > 1 else BESIDE_CONFIG for n in itertools.count(1))
    ours = named is not None and re.fullmatch(rf"{BESIDE_CONFIG}(-[0-9]{{1,9}})?", named)
    if named is not None and ours and not (folder / named).is_dir():
        return named
    return next(name for name in names if not os.path.lexists(folder / name))
