# SPDX-License-Identifier: MIT
"""Which broker is told: the flag, the environment, the config; and no password in any message."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from upturn.cli.commands import Parser
from upturn.cli.mqtt_options import MAX_PASSWORD_BYTES, add_mqtt, resolve_broker
from upturn.cli.mqtt_url import FORM, Address, Login, parse_url
from upturn.config import Config, TlsConfig, load_config
from upturn.errors import InputError
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.commands import Permits
from upturn.sinks.mqtt.host_id import host_id

Capture = pytest.CaptureFixture[str]

HOME = '[mqtt]\nhost = "home"\nusername = "upturn"\npassword_file = "secret"\n'
KEPT = "0hunter2password0"
ANYTHING = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1)


def parsed(*words: str) -> argparse.Namespace:
    parser = Parser(prog="upturn demo")
    add_mqtt(parser)
    return parser.parse_args(words)


def resolved(
    url: str | None = None, config: Config | None = None, **environ: str
) -> Broker | None:
    return resolve_broker(argparse.Namespace(mqtt=url), config or Config(), environ)


def refusal(url: str | None = None, config: Config | None = None, **environ: str) -> str:
    """The one line a user sees."""
    with pytest.raises(InputError) as caught:
        resolved(url, config, **environ)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def password_of(config: Config) -> str | None:
    broker = resolved(None, config)
    assert broker is not None
    return broker.password


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Of a home with a password, which only its owner can read."""
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n", encoding="utf-8")
    secret.chmod(0o600)
    return written(tmp_path, HOME)


def written(folder: Path, text: str) -> Config:
    file = folder / "home.toml"
    file.write_text(text, encoding="utf-8")
    return load_config(file)


def test_the_flag_takes_a_url() -> None:
    assert parsed() == argparse.Namespace(mqtt=None)
    assert parsed("--mqtt", "mqtt://h") == argparse.Namespace(mqtt="mqtt://h")


def test_nobody_names_a_broker() -> None:
    assert resolved() is None
    assert resolved(MQTT_PORT="x", MQTT_USERNAME="a", MQTT_PASSWORD="b", MQTT_HOST="") is None


def test_a_url_alone_is_enough() -> None:
    assert resolved("mqtt://me:pw@h:1884") == Broker("h", 1884, "me", "pw", id=host_id())


def test_the_environment_alone_is_enough() -> None:
    broker = resolved(
        MQTT_HOST="h",
        MQTT_PORT="1884",
        MQTT_USERNAME="me",
        MQTT_PASSWORD="pw",
        MQTT_DISCOVERY_PREFIX="ha",
    )
    assert broker == Broker("h", 1884, "me", "pw", discovery_prefix="ha", id=host_id())


def test_the_config_alone_is_enough(config: Config) -> None:
    assert resolved(config=config) == Broker("home", 1883, "upturn", "hunter2", id=host_id())


def test_all_that_a_config_can_say_is_in_force(tmp_path: Path) -> None:
    config = written(
        tmp_path,
        '[mqtt]\nhost = "home"\nport = 1885\ntls = true\ndiscovery = false\n'
        'discovery_prefix = "ha"\nid = "attic"\nacknowledge = false\nseen_upright = true\n',
    )
    assert resolved(config=config) == Broker(
        host="home",
        port=1885,
        tls=TlsConfig(),
        discovery=False,
        discovery_prefix="ha",
        permits=Permits(acknowledge=False, seen_upright=True),
        id="attic",
    )


def test_a_flag_goes_before_the_environment_and_that_before_the_config(config: Config) -> None:
    hosts = [
        broker.host
        for broker in (
            resolved("mqtt://flag", config, MQTT_HOST="variable"),
            resolved(None, config, MQTT_HOST="variable"),
            resolved(None, config),
        )
        if broker is not None
    ]
    assert hosts == ["flag", "variable", "home"]


def test_what_the_home_may_do_is_the_configs_wherever_the_broker_is(tmp_path: Path) -> None:
    config = written(tmp_path, '[mqtt]\nhost = "home"\nacknowledge = false\nid = "attic"\n')
    broker = resolved("mqtt://h", config, MQTT_DISCOVERY_PREFIX="ha")
    assert broker == Broker(
        "h", discovery_prefix="ha", permits=Permits(acknowledge=False), id="attic"
    )


def test_a_variable_replaces_one_key(config: Config) -> None:
    assert resolved(None, config, MQTT_PORT="1884") == Broker(
        "home", 1884, "upturn", "hunter2", id=host_id()
    )


@pytest.mark.parametrize(
    ("url", "environ", "login"),
    [
        ("h", {}, (None, None)),
        ("h", {"MQTT_USERNAME": "a", "MQTT_PASSWORD": "b"}, ("a", "b")),
        ("a@h", {"MQTT_USERNAME": "a", "MQTT_PASSWORD": "b"}, ("a", "b")),
        ("a@h", {"MQTT_PASSWORD": "b"}, ("a", "b")),
        ("c@h", {"MQTT_USERNAME": "a", "MQTT_PASSWORD": "b"}, ("c", None)),
        ("c:d@h", {"MQTT_USERNAME": "a", "MQTT_PASSWORD": "b"}, ("c", "d")),
        ("c:@h", {"MQTT_USERNAME": "c", "MQTT_PASSWORD": "b"}, ("c", "")),
        (None, {}, ("upturn", "hunter2")),
        (None, {"MQTT_PASSWORD": "b"}, ("upturn", "b")),
        (None, {"MQTT_USERNAME": "upturn"}, ("upturn", "hunter2")),
        (None, {"MQTT_USERNAME": "a"}, ("a", None)),
        (None, {"MQTT_HOST": "h"}, ("upturn", "hunter2")),
    ],
)
def test_a_password_goes_with_its_user_and_where_it_was_meant_to_go(
    config: Config, url: str | None, environ: dict[str, str], login: tuple[str | None, str | None]
) -> None:
    broker = resolved(url, config, **environ)
    assert broker is not None
    assert (broker.username, broker.password) == login


def test_a_password_file_that_is_not_in_force_is_not_opened(
    config: Config, tmp_path: Path
) -> None:
    (tmp_path / "secret").unlink()
    for broker in (resolved("mqtt://h", config), resolved(None, config, MQTT_PASSWORD="x")):
        assert broker is not None
    assert "does not exist" in refusal(None, config)


def test_tls_is_what_the_scheme_says_with_the_files_of_the_config(tmp_path: Path) -> None:
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    config = written(tmp_path, f'[mqtt]\nhost = "home"\n[mqtt.tls]\nca_file = "{bundle}"\n')
    said = [
        (broker.port, broker.tls)
        for broker in (
            resolved("mqtts://h", config),
            resolved("mqtts://h"),
            resolved("mqtt://h", config),
            resolved("h:8883", config),
            resolved(None, config),
            resolved(None, config, MQTT_HOST="h"),
        )
        if broker is not None
    ]
    assert said == [
        (8883, TlsConfig(bundle)),
        (8883, TlsConfig()),
        (1883, None),
        (8883, None),
        (8883, TlsConfig(bundle)),
        (8883, TlsConfig(bundle)),
    ]


def test_a_file_of_tls_is_looked_for_beside_the_config_and_checked_at_once(
    tmp_path: Path,
) -> None:
    config = written(tmp_path, '[mqtt]\nhost = "home"\n[mqtt.tls]\nca_file = "ca.pem"\n')
    problem = f"{tmp_path}/ca.pem: there is no such file. Look at [mqtt.tls]"
    assert refusal(None, config) == refusal("mqtts://h", config) == problem
    (tmp_path / "ca.pem").write_text("junk")
    assert refusal(None, config).startswith(f"{tmp_path}/ca.pem: holds no certificate. ")


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("mqtt://h", "h", 1883),
        ("mqtts://h", "h", 8883),
        ("MQTTS://h", "h", 8883),
        ("localhost", "localhost", 1883),
        ("localhost:1884", "localhost", 1884),
        ("broker.home:1", "broker.home", 1),
        ("mqtt://h:65535", "h", 65535),
        ("mqtt://10.0.0.2:1884", "10.0.0.2", 1884),
        ("mqtt://[::1]", "::1", 1883),
        ("mqtts://[fe80::1%eth0]:8884", "fe80::1%eth0", 8884),
        ("[::1]:1884", "::1", 1884),
        ("mqtt://@h", "h", 1883),
        ("mqtt://h.", "h.", 1883),
        ("m\u00fcller.home", "m\u00fcller.home", 1883),
        (f"mqtt://{'x' * 63}.home", f"{'x' * 63}.home", 1883),
    ],
)
def test_a_url_names_host_and_port(text: str, host: str, port: int) -> None:
    secure = TlsConfig() if text.lower().startswith("mqtts:") else None
    assert parse_url(text, TlsConfig()) == Address(host, port, secure, Login())


@pytest.mark.parametrize(
    ("login", "username", "password"),
    [
        ("me", "me", None),
        ("me:", "me", ""),
        ("me:a:b", "me", "a:b"),
        ("me:a@b", "me", "a@b"),
        ("a%40b%3Ac:%2F%3f%23%25", "a@b:c", "/?#%"),
        ("m%C3%BCller:p%20w", "müller", "p w"),
        ("me:p+w", "me", "p+w"),
    ],
)
def test_a_url_names_a_user_and_a_password(
    login: str, username: str, password: str | None
) -> None:
    assert parse_url(f"mqtt://{login}@h", TlsConfig()).login == Login(username, password)


MORE = "has more than an address; in a password / is %2F, ? is %3F and # is %23"
NO_HOST = "names no broker; an IPv6 address stands in [ ]"
NO_TEXT = "has a user name or password that no text can be; a % in it is %25"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("http://h", "begins with neither mqtt:// nor mqtts://"),
        ("://h", "begins with neither mqtt:// nor mqtts://"),
        ("me:hunter2://h", "begins with neither mqtt:// nor mqtts://"),
        ("mqtt://h/", MORE),
        ("mqtt://h?a=b", MORE),
        ("mqtt://h#a", MORE),
        ("mqtt://me:hunter2/@h", MORE),
        ("", NO_HOST),
        ("mqtt://", NO_HOST),
        ("mqtt://:1883", NO_HOST),
        ("mqtt://me:hunter2@", NO_HOST),
        ("mqtt://::1", NO_HOST),
        ("mqtt://[h]", NO_HOST),
        ("mqtt://[::1", NO_HOST),
        ("mqtt://[::g]", NO_HOST),
        ("mqtt://[::1]1883", NO_HOST),
        ("mqtt://h h", NO_HOST),
        (" mqtt://h", "begins with neither mqtt:// nor mqtts://"),
        ("mqtt://h\n", NO_HOST),
        ("mqtt://h%41", NO_HOST),
        ("mqtt://a..b", NO_HOST),
        ("mqtt://.h", NO_HOST),
        ("mqtt://.", NO_HOST),
        (f"mqtt://{'x' * 64}", NO_HOST),
        ("mqtt://" + "\u00fc" * 63, NO_HOST),
        (f"mqtt://{'x.' * 127}h", NO_HOST),
        ("mqtt://[fe80::1%a..b]", NO_HOST),
        ("mqtt://:hunter2@h", "has a password without a user name"),
        ("mqtt://me:hunter2%@h", NO_TEXT),
        ("mqtt://me:hunter2%4@h", NO_TEXT),
        ("mqtt://me:hunter2%ff@h", NO_TEXT),
        ("mqtt://me:hunter2%00@h", NO_TEXT),
        ("mqtt://m\ne:hunter2@h", NO_TEXT),
    ],
)
def test_a_url_of_another_form_is_refused_and_not_quoted(text: str, problem: str) -> None:
    assert refusal(text) == f"--mqtt: {problem}. Allowed: {FORM}"


@pytest.mark.parametrize(
    "port", ["", "0", "65536", "x", "-1", "1.0", "+1", "1_0", "٣", "1" * 6000]
)
@pytest.mark.parametrize("where", ["--mqtt", "MQTT_PORT"])
def test_a_port_is_a_port(port: str, where: str) -> None:
    line = f"{where}: names no port. Allowed: a whole number from 1 to 65535"
    if where == "--mqtt":
        assert refusal(f"mqtt://me:hunter2@h:{port}") == line
    elif port:
        assert refusal(MQTT_HOST="h", MQTT_PORT=port) == line


@given(ANYTHING, ANYTHING)
@example("mqtt://me:", "@h")
@example("me:", "@h:x")
@example("mqtt://me:", "@h/")
def test_whatever_a_url_is_no_password_is_told(before: str, after: str) -> None:
    """Of what is refused nothing is quoted, wherever in it the password stood."""
    try:
        broker = resolved(f"{before}{KEPT}{after}")
    except InputError as error:
        told = str(error)
    else:
        assert broker is not None
        told = f"{broker!r} {broker.described}" if KEPT in (broker.password or "") else ""
    assert KEPT not in told


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        (
            {"MQTT_HOST": "mqtt://me:hunter2@h"},
            "MQTT_HOST: is no name or address. Allowed: the broker's name or address, alone",
        ),
        (
            {"MQTT_HOST": "h:1883"},
            "MQTT_HOST: is no name or address. Allowed: the broker's name or address, alone",
        ),
        (
            {"MQTT_HOST": "a..b"},
            "MQTT_HOST: is no name or address. Allowed: the broker's name or address, alone",
        ),
        (
            {"MQTT_USERNAME": "a\nb"},
            "MQTT_USERNAME: cannot be a user name. Allowed: up to 200 visible characters",
        ),
        (
            {"MQTT_USERNAME": "a" * 201},
            "MQTT_USERNAME: cannot be a user name. Allowed: up to 200 visible characters",
        ),
        (
            {"MQTT_USERNAME": "\udcff"},
            "MQTT_USERNAME: cannot be a user name. Allowed: up to 200 visible characters",
        ),
        (
            {"MQTT_PASSWORD": "hunter2"},
            "MQTT_PASSWORD: is without a user name. Set MQTT_USERNAME too",
        ),
        (
            {"MQTT_USERNAME": "a", "MQTT_PASSWORD": "hunter2\udcff"},
            "MQTT_PASSWORD: is not UTF-8 text",
        ),
        *(
            (
                {"MQTT_DISCOVERY_PREFIX": prefix},
                (
                    "MQTT_DISCOVERY_PREFIX: cannot stand before a topic. "
                    "Allowed: a topic without $, # and +, no level of it empty"
                ),
            )
            for prefix in (
                "ha/#",
                "ha/+",
                "$share/g/x",
                "/ha",
                "ha/",
                "ha//x",
                "ha/ /x",
                " ",
                "h\na",
                "h\0a",
                "\udcff",
                "x" * 201,
            )
        ),
    ],
)
def test_a_variable_that_cannot_be_is_refused(environ: dict[str, str], problem: str) -> None:
    assert refusal(None, None, **{"MQTT_HOST": "h", **environ}) == problem


@pytest.mark.parametrize(
    "raw",
    [b"hunter2", b"hunter2\n", b"hunter2\r\n", b"hunter2\nmore", b"\xef\xbb\xbfhunter2\n"],
)
def test_the_password_is_the_first_line_of_its_file(
    config: Config, tmp_path: Path, raw: bytes
) -> None:
    (tmp_path / "secret").write_bytes(raw)
    assert password_of(config) == "hunter2"


def test_blanks_belong_to_a_password(config: Config, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("  p w  \n", encoding="utf-8")
    assert password_of(config) == "  p w  "


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "is empty. Put the password on its first line"),
        (b"\r\nhunter2", "is empty. Put the password on its first line"),
        (b"hunter2\xff", "is not UTF-8 text. Save it as UTF-8"),
        (
            b"x" * (MAX_PASSWORD_BYTES + 1),
            "has over 4096 bytes. Name a file that holds the password alone",
        ),
    ],
)
def test_a_password_file_that_holds_none_is_refused(
    config: Config, tmp_path: Path, raw: bytes, problem: str
) -> None:
    (tmp_path / "secret").write_bytes(raw)
    expected = f"{tmp_path}/home.toml:4: mqtt.password_file {tmp_path}/secret {problem}"
    assert refusal(None, config) == expected


def test_the_longest_password_is_taken(config: Config, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x" * MAX_PASSWORD_BYTES)
    assert password_of(config) == "x" * MAX_PASSWORD_BYTES


def test_a_password_file_that_is_none_is_refused(config: Config, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    head = f"{tmp_path}/home.toml:4: mqtt.password_file {secret} "
    secret.unlink()
    assert refusal(None, config) == f"{head}does not exist. Put the password on its first line"
    secret.mkdir()
    assert refusal(None, config) == f"{head}is a folder. Name a file"
    secret.rmdir()
    os.mkfifo(secret)
    assert refusal(None, config) == f"{head}is not a file. Name a file"
    secret.unlink()
    secret.symlink_to(secret)
    assert refusal(None, config).startswith(f"{head}cannot be read: ")


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o640, True), (0o604, True)])
def test_a_password_that_others_may_read_is_told(
    config: Config, tmp_path: Path, capsys: Capture, mode: int, warned: bool
) -> None:
    secret = tmp_path / "secret"
    secret.chmod(mode)
    resolved(None, config)
    line = f"upturn: {secret}: others may read this password. Run: chmod 600 {secret}\n"
    assert capsys.readouterr() == ("", line if warned else "")
