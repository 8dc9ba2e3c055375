# SPDX-License-Identifier: MIT
"""A config is read strictly: what fits is in force with its origin, what does not is refused."""

from __future__ import annotations

import os
from dataclasses import asdict
from math import cos, radians, sin
from pathlib import Path
from typing import cast

import pytest

from upturn.config import (
    Config,
    DashboardConfig,
    MqttConfig,
    NodeConfig,
    Setting,
    SoundConfig,
    StoreConfig,
    TlsConfig,
    load_config,
    locate_config,
)
from upturn.config.model import LANGUAGES, THEMES
from upturn.config.sections import SECTIONS, SOURCES
from upturn.core.calibration import three_poses
from upturn.core.limits import PROFILES, DeviceKind, Profile
from upturn.core.mounting import ASSUMED, Mounting, Vector
from upturn.core.poses import Pose
from upturn.errors import InputError

NODE = '[[node]]\nname = "table"\nsource = "sim:normal"\n'


def written(folder: Path, text: str) -> Path:
    file = folder / "home.toml"
    file.write_text(text, encoding="utf-8")
    return file


def read(folder: Path, text: str) -> Config:
    return load_config(written(folder, text))


def refusal(folder: Path, text: str) -> str:
    """The one line a user sees, the file as `F`."""
    file = written(folder, text)
    with pytest.raises(InputError) as caught:
        load_config(file)
    line = str(caught.value).replace(str(file), "F")
    assert "\n" not in line
    return line


def test_without_a_file_all_is_default() -> None:
    config = load_config()
    assert config.file is None
    assert config.profile_named(config.profile) == PROFILES["standard"]
    assert set(config.origins.values()) == {"default"}


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    config = read(tmp_path, "")
    assert config == Config(file=tmp_path / "home.toml", settings=load_config().settings)


def test_a_full_config_is_read_as_written(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        """
        profile = "careful"
        [profiles.careful]
        notice_s = 20
        limit_s = 40.5
        rest_s = 120
        max_angle_deg = 45
        [profiles."half an hour"]
        [[node]]
        name = "table"
        source = "serial:auto"
        calibration = { head = [0, 2, 0], front = [0, 0.1, 1] }
        [[node]]
        name = "chair in the hall"
        source = "ble:AA:BB:CC"
        device = "chair"
        profile = "first-time"
        [node.calibration]
        head = [1.01, 0.0, 0.0]
        front = [0.0, 0.99, 0.0]
        hinge = [0.0, 0.0, 1.0]
        head_offset_g = 0.02
        front_offset_g = -0.01
        [mqtt]
        host = "broker.home"
        username = "upturn"
        password_file = "secret"
        discovery = false
        discovery_prefix = "ha/tables"
        id = "Attic_2"
        acknowledge = false
        seen_upright = true
        [mqtt.tls]
        ca_file = "ca.pem"
        cert_file = "me.pem"
        key_file = "me.key"
        [dashboard]
        theme = "light"
        window_s = 60
        large = true
        [sound]
        enabled = false
        volume = 0.5
        voice = false
        language = "de"
        [store]
        enabled = false
        path = "sessions"
        keep_days = 90
        keep_mb = 500
        progress_after = 4
        """,
    )
    careful = Profile(
        "careful",
        notice_s=20.0,
        limit_s=40.5,
        rest_s=120.0,
        max_angle_deg=45.0,
        source="config",
        reason="the user's own",
    )
    assert config.profile_named("careful") == careful
    assert config.profile_named("half an hour").limit_s == 60.0
    assert (config.profile, config.nodes) == (
        "careful",
        (
            NodeConfig("table", "serial:auto", mounting=ASSUMED),
            NodeConfig(
                "chair in the hall",
                "ble:AA:BB:CC",
                DeviceKind.CHAIR,
                "first-time",
                Mounting((1.01, 0.0, 0.0), (0.0, 0.99, 0.0), (0.0, 0.0, 1.0), 0.02, -0.01),
            ),
        ),
    )
    assert config.mqtt == MqttConfig(
        host="broker.home",
        port=8883,
        username="upturn",
        password_file="secret",
        tls=TlsConfig("ca.pem", "me.pem", "me.key"),
        discovery=False,
        discovery_prefix="ha/tables",
        id="Attic_2",
        acknowledge=False,
        seen_upright=True,
    )
    assert config.dashboard == DashboardConfig("light", 60.0, large=True)
    assert config.sound == SoundConfig(enabled=False, volume=0.5, voice=False, language="de")
    assert config.store == StoreConfig(
        enabled=False, path="sessions", keep_days=90, keep_mb=500, progress_after=4
    )


def test_every_value_in_force_is_known_with_its_origin(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        'profile = "own"\n[profiles.own]\nlimit_s = 100\n[mqtt]\nhost = "h"\ntls = true\n' + NODE,
    )
    file = str(tmp_path / "home.toml")
    default = "default"
    assert config.settings == (
        Setting("profile", "own", f"{file}:1"),
        Setting("profiles.own.notice_s", 75.0, default),
        Setting("profiles.own.limit_s", 100.0, f"{file}:3"),
        Setting("profiles.own.rest_s", 90.0, default),
        Setting("profiles.own.max_angle_deg", 60.0, default),
        Setting("node[1].name", "table", f"{file}:8"),
        Setting("node[1].source", "sim:normal", f"{file}:9"),
        Setting("node[1].device", "table", default),
        Setting("node[1].profile", None, default),
        Setting("node[1].calibration", None, default),
        Setting("mqtt.host", "h", f"{file}:5"),
        Setting("mqtt.port", 8883, default),
        Setting("mqtt.username", None, default),
        Setting("mqtt.password_file", None, default),
        Setting("mqtt.tls", True, f"{file}:6"),
        Setting("mqtt.discovery", True, default),
        Setting("mqtt.discovery_prefix", "homeassistant", default),
        Setting("mqtt.id", None, default),
        Setting("mqtt.acknowledge", True, default),
        Setting("mqtt.seen_upright", False, default),
        Setting("dashboard.theme", "dark", default),
        Setting("dashboard.window_s", 120.0, default),
        Setting("dashboard.large", False, default),
        Setting("sound.enabled", True, default),
        Setting("sound.volume", 1.0, default),
        Setting("sound.voice", True, default),
        Setting("sound.language", "en", default),
        Setting("store.enabled", True, default),
        Setting("store.path", None, default),
        Setting("store.keep_days", None, default),
        Setting("store.keep_mb", None, default),
        Setting("store.progress_after", 6, default),
    )


REFUSED: dict[str, tuple[str, str]] = {
    "an unknown section": (
        '[mqttt]\nhost = "h"',
        (
            "F:1: mqttt is not a known key. Did you mean 'mqtt'? Known in the config: profile, "
            "profiles, node, mqtt, dashboard, sound, store"
        ),
    ),
    "an unknown key of a profile": (
        "[profiles.mine]\n\nlimits = 40",
        (
            "F:3: profiles.mine.limits is not a known key. Did you mean 'limit_s'? "
            "Known in [profiles.mine]: notice_s, limit_s, rest_s, max_angle_deg"
        ),
    ),
    "an unknown key like no other": (
        "[sound]\nzzz = 1",
        "F:2: sound.zzz is not a known key. Known in [sound]: enabled, volume, voice, language",
    ),
    "a key with a line break in it": (
        '"a\\nb" = 1',
        (
            'F:1: "a\\nb" is not a known key. Known in the config: profile, profiles, node, mqtt, '
            "dashboard, sound, store"
        ),
    ),
    "a password in the config": (
        '[mqtt]\nhost = "h"\npassword = "x"',
        (
            "F:3: mqtt.password is not a known key. Did you mean 'password_file'? Known in "
            "[mqtt]: host, port, username, password_file, tls, discovery, discovery_prefix, id, "
            "acknowledge, seen_upright"
        ),
    ),
    "a limit beyond the ceiling": (
        "[profiles.mine]\nlimit_s = 301",
        (
            "F:2: profiles.mine.limit_s is 301. Allowed: more than 0 and at most 300: no document "
            "goes beyond 5 minutes at a time (CC)"
        ),
    ),
    "a limit of nothing": (
        "[profiles.mine]\nlimit_s = 0",
        (
            "F:2: profiles.mine.limit_s is 0. Allowed: more than 0 and at most 300: no document "
            "goes beyond 5 minutes at a time (CC)"
        ),
    ),
    "a rest too short": (
        "[profiles.mine]\nrest_s = 89.9",
        (
            "F:2: profiles.mine.rest_s is 89.9. Allowed: at least 90: at least 1.5 minutes "
            "between inversions (MNT-hang)"
        ),
    ),
    "an angle beyond vertical": (
        "[profiles.mine]\nmax_angle_deg = 90.5",
        (
            "F:2: profiles.mine.max_angle_deg is 90.5. Allowed: more than 0 and at most 90: 90 "
            "degrees is full inversion; past it tables can lock (ITB)"
        ),
    ),
    "a notice after the limit": (
        "[profiles.mine]\nnotice_s = 61",
        "F:2: profiles.mine.notice_s is 61. Allowed: more than 0 and at most limit_s (60)",
    ),
    "a limit that is no number": (
        "[profiles.mine]\nlimit_s = nan",
        "F:2: profiles.mine.limit_s is nan. Allowed: a finite number",
    ),
    "an endless limit": (
        "[profiles.mine]\nlimit_s = inf",
        "F:2: profiles.mine.limit_s is inf. Allowed: a finite number",
    ),
    "a whole number beyond what a float holds": (
        "[profiles.mine]\nlimit_s = 1" + "0" * 400,
        (
            "F:2: profiles.mine.limit_s is 1000000000000000000000000000000000000.... "
            "Allowed: a finite number"
        ),
    ),
    "a bool for a number": (
        "[profiles.mine]\nlimit_s = true",
        "F:2: profiles.mine.limit_s is true or false (True). Allowed: a finite number",
    ),
    "text for a number": (
        '[profiles.mine]\nlimit_s = "60"',
        "F:2: profiles.mine.limit_s is text ('60'). Allowed: a finite number",
    ),
    "a date for a number": (
        "[profiles.mine]\nlimit_s = 2026-01-01",
        "F:2: profiles.mine.limit_s is a date. Allowed: a finite number",
    ),
    "a date and time for text": (
        "profile = 2026-01-01T00:00:00",
        "F:1: profile is a date and time. Allowed: the name of a profile",
    ),
    "a time for text": (
        "profile = 07:32:00",
        "F:1: profile is a time. Allowed: the name of a profile",
    ),
    "a profile that is no table": (
        "profiles.mine = 60",
        "F:1: profiles.mine is a whole number (60). Allowed: a table, headed [profiles.mine]",
    ),
    "a built-in profile redefined": (
        "[profiles.standard]\nlimit_s = 30",
        "F:1: profiles.standard is a built-in profile. Give your own another name",
    ),
    "a profile without a name": (
        '[profiles." "]\nlimit_s = 30',
        "F:1: profiles.\" \" cannot be the name ' '. Allowed: 1 to 40 visible characters",
    ),
    "a profile in force that nobody defined": (
        'profile = "standrad"',
        (
            "F:1: there is no profile 'standrad'. "
            "Known profiles: first-time, standard, sixty-degree, extended"
        ),
    ),
    "an empty profile in force": (
        'profile = ""',
        "F:1: profile is empty. Allowed: the name of a profile",
    ),
    "one node in single brackets": (
        '[node]\nname = "table"',
        "F:1: node is a single table. Write [[node]], in double brackets: one for each",
    ),
    "a node that is text": (
        'node = "table"',
        "F:1: node is text ('table'). Allowed: tables, each headed [[node]]",
    ),
    "nodes that are text": (
        'node = ["table"]',
        "F:1: node holds text ('table'). Allowed: tables, each headed [[node]]",
    ),
    "a node without a name": (
        '[[node]]\nsource = "sim:normal"',
        "F:1: node[1] has no 'name'. Add name = ...: a name for people, such as 'table'",
    ),
    "two nodes of one name": (
        NODE + NODE,
        "F:5: node[2].name is 'table', as another node's is. Give each its own",
    ),
    "a name that moves the cursor": (
        '[[node]]\nname = "a\\u001b[2J"\nsource = "sim:normal"',
        "F:2: node[1].name is 'a\\x1b[2J'. Allowed: text without control characters",
    ),
    "a name too long to show": (
        f'[[node]]\nname = "{"n" * 41}"\nsource = "sim:normal"',
        (
            f"F:2: node[1].name cannot be the name '{'n' * 36}.... "
            "Allowed: 1 to 40 visible characters"
        ),
    ),
    "text too long for a line": (
        f'[store]\npath = "{"p" * 201}"',
        "F:2: store.path has 201 characters. Allowed: at most 200",
    ),
    "a source without a kind": (
        '[[node]]\nname = "table"\nsource = "/dev/ttyUSB0"',
        (
            "F:3: node[1].source is '/dev/ttyUSB0'. Allowed: serial:PORT or serial:auto; "
            "ble:ADDRESS, ble:NAME or ble:auto; replay:FILE; sim:SCRIPT"
        ),
    ),
    "one node watched twice": (
        '[[node]]\nname = "a"\nsource = "ble:auto"\n[[node]]\nname = "b"\nsource = "ble:auto"',
        (
            "F:6: node[2].source is 'ble:auto', as another node's is. "
            "A node has one table; name others"
        ),
    ),
    "a source of a kind and nothing else": (
        '[[node]]\nname = "table"\nsource = "replay: "',
        (
            "F:3: node[1].source is 'replay: '. Allowed: serial:PORT or serial:auto; "
            "ble:ADDRESS, ble:NAME or ble:auto; replay:FILE; sim:SCRIPT"
        ),
    ),
    "an unknown device": (
        NODE + 'device = "chairs"',
        (
            "F:4: node[1].device is 'chairs'. Did you mean 'chair'? "
            "Allowed: one of table, chair, boots"
        ),
    ),
    "a chair with a steep limit of its own": (
        "[profiles.steep]\nmax_angle_deg = 71\n" + NODE + 'device = "chair"\nprofile = "steep"',
        (
            "F:7: profile 'steep': max_angle_deg is 71 on a chair. Allowed: at most 70: inversion "
            "chairs reach 70 degrees at most (BLOG)"
        ),
    ),
    "a chair under a steep limit for all": (
        'profile = "steep"\n' + NODE + 'device = "chair"\n[profiles.steep]\nmax_angle_deg = 90',
        (
            "F:5: profile 'steep': max_angle_deg is 90 on a chair. Allowed: at most 70: inversion "
            "chairs reach 70 degrees at most (BLOG)"
        ),
    ),
    "a node's profile that nobody defined": (
        NODE + 'profile = "mine"',
        (
            "F:4: there is no profile 'mine'. "
            "Known profiles: first-time, standard, sixty-degree, extended"
        ),
    ),
    "a calibration of one axis": (
        NODE + "calibration = { head = [0, 1, 0] }",
        "F:4: node[1].calibration has no 'front'. Give both head and front, three numbers each",
    ),
    "a calibration without a head": (
        NODE + "calibration = {}",
        "F:4: node[1].calibration has no 'head'. Give both head and front, three numbers each",
    ),
    "a calibration with head and front parallel": (
        NODE + "calibration = { head = [0, 1, 0], front = [0, 1, 0.1] }",
        (
            "F:4: node[1].calibration: head and front are 5.7 degrees apart; they must be at "
            "least 10 degrees from parallel. head points from feet to head, front out of the "
            "chest, in the sensor's axes"
        ),
    ),
    "an axis of zero": (
        NODE + "[node.calibration]\nhead = [0, 0, 0]\nfront = [0, 0, 1]",
        (
            "F:4: node[1].calibration: head is zero. head points from feet to head, front out of "
            "the chest, in the sensor's axes"
        ),
    ),
    "an axis of two numbers": (
        NODE + "[node.calibration]\nhead = [0, 1]",
        (
            "F:5: node[1].calibration.head has 2 items. "
            "Allowed: three finite numbers, such as [0.0, 1.0, 0.0]"
        ),
    ),
    "an axis with text in it": (
        NODE + '[node.calibration]\nhead = [0, "1", 0]',
        (
            "F:5: node[1].calibration.head holds text ('1'). "
            "Allowed: three finite numbers, such as [0.0, 1.0, 0.0]"
        ),
    ),
    "an axis that is not finite": (
        NODE + "[node.calibration]\nhead = [0, nan, 0]",
        (
            "F:5: node[1].calibration.head holds nan. "
            "Allowed: three finite numbers, such as [0.0, 1.0, 0.0]"
        ),
    ),
    "an axis that is a number": (
        NODE + "[node.calibration]\nhead = 1",
        (
            "F:5: node[1].calibration.head is a whole number (1). "
            "Allowed: three finite numbers, such as [0.0, 1.0, 0.0]"
        ),
    ),
    "an offset that no sensor has": (
        NODE + "calibration = { head = [0, 1, 0], front = [0, 0, 1], head_offset_g = 0.7 }",
        (
            "F:4: node[1].calibration.head_offset_g is 0.7. Allowed: a finite number, at least "
            "-0.6 and at most 0.6: the bias of a sound sensor is less"
        ),
    ),
    "measured rows of another length": (
        NODE + "calibration = { head = [0, 1, 0], front = [0, 0, 2.1], hinge = [1, 0, 0] }",
        (
            "F:4: node[1].calibration.front is 2.10 long. Allowed, where hinge is given: 0.5 to "
            "2, as a calibration writes it; leave hinge out to have head and front normalised"
        ),
    ),
    "a hinge the other way round": (
        NODE + "calibration = { head = [0, 1, 0], front = [0, 0, 1], hinge = [-1, 0, 0] }",
        (
            "F:4: node[1].calibration.hinge is not head x front. "
            "Leave it out unless a calibration wrote it"
        ),
    ),
    "a broker without a host": (
        "[mqtt]\nport = 1883",
        "F:1: mqtt has no 'host'. Add host = ...: the broker's name or address",
    ),
    "a port that does not exist": (
        '[mqtt]\nhost = "h"\nport = 65536',
        "F:3: mqtt.port is 65536. Allowed: a whole number from 1 to 65535: the ports that exist",
    ),
    "a port of the wrong kind": (
        '[mqtt]\nhost = "h"\nport = 1883.0',
        (
            "F:3: mqtt.port is a number (1883). "
            "Allowed: a whole number from 1 to 65535: the ports that exist"
        ),
    ),
    "tls of the wrong kind": (
        '[mqtt]\nhost = "h"\ntls = "yes"',
        "F:3: mqtt.tls is text ('yes'). Allowed: true, false or a table, headed [mqtt.tls]",
    ),
    "a certificate without its key": (
        '[mqtt]\nhost = "h"\n[mqtt.tls]\ncert_file = "c"',
        "F:3: mqtt.tls has only one of cert_file and key_file. Give both, or neither",
    ),
    "a broker's host with more than a host": (
        '[mqtt]\nhost = "mqtt://me:hunter2@h"',
        "F:2: mqtt.host is no name or address. Allowed: the broker's name or address, alone",
    ),
    "a broker's host with a port": (
        '[mqtt]\nhost = "h:1883"',
        "F:2: mqtt.host is no name or address. Allowed: the broker's name or address, alone",
    ),
    "a broker's host with an empty part": (
        '[mqtt]\nhost = "a..b"',
        "F:2: mqtt.host is no name or address. Allowed: the broker's name or address, alone",
    ),
    "a broker's host with a part that is too long": (
        f'[mqtt]\nhost = "{"x" * 64}.home"',
        "F:2: mqtt.host is no name or address. Allowed: the broker's name or address, alone",
    ),
    "a password of nobody": (
        '[mqtt]\nhost = "h"\npassword_file = "secret"',
        "F:3: mqtt.password_file is without a username. Add username = ...",
    ),
    "an id that no topic can hold": (
        '[mqtt]\nhost = "h"\nid = "attic/1"',
        "F:3: mqtt.id is 'attic/1'. Allowed: 1 to 40 of A-Z, a-z, 0-9, - and _",
    ),
    "an id that is too long": (
        f'[mqtt]\nhost = "h"\nid = "{"x" * 41}"',
        f"F:3: mqtt.id is '{'x' * 36}.... Allowed: 1 to 40 of A-Z, a-z, 0-9, - and _",
    ),
    "a permission of the wrong kind": (
        '[mqtt]\nhost = "h"\nseen_upright = "yes"',
        "F:3: mqtt.seen_upright is text ('yes'). Allowed: true or false",
    ),
    "a prefix that is a pattern": (
        '[mqtt]\nhost = "h"\ndiscovery_prefix = "ha/#"',
        (
            "F:3: mqtt.discovery_prefix is 'ha/#'. "
            "Allowed: a topic without $, # and +, no level of it empty"
        ),
    ),
    "a prefix that the broker keeps for itself": (
        '[mqtt]\nhost = "h"\ndiscovery_prefix = "$share/g/x"',
        (
            "F:3: mqtt.discovery_prefix is '$share/g/x'. "
            "Allowed: a topic without $, # and +, no level of it empty"
        ),
    ),
    "a prefix with an empty level": (
        '[mqtt]\nhost = "h"\ndiscovery_prefix = "ha//x"',
        (
            "F:3: mqtt.discovery_prefix is 'ha//x'. "
            "Allowed: a topic without $, # and +, no level of it empty"
        ),
    ),
    "a flag of the wrong kind": (
        "[sound]\nenabled = 1",
        "F:2: sound.enabled is a whole number (1). Allowed: true or false",
    ),
    "a volume of nothing": (
        "[sound]\nvolume = 0",
        (
            "F:2: sound.volume is 0. Allowed: a finite number, more than 0 and at most 1: a "
            "sounding alarm is heard; enabled = false turns sound off, and the screen says so"
        ),
    ),
    "a voice of the wrong kind": (
        '[sound]\nvoice = "en"',
        "F:2: sound.voice is text ('en'). Allowed: true or false",
    ),
    "a language that nobody wrote": (
        '[sound]\nlanguage = "fr"',
        "F:2: sound.language is 'fr'. Allowed: one of en, de",
    ),
    "an unknown theme": (
        '[dashboard]\ntheme = "drak"',
        "F:2: dashboard.theme is 'drak'. Did you mean 'dark'? Allowed: one of "
        + ", ".join(THEMES),
    ),
    "a plot of a moment": (
        "[dashboard]\nwindow_s = 9.9",
        (
            "F:2: dashboard.window_s is 9.9. Allowed: a finite number, at least 10 and at most "
            "3600: what a plot can show"
        ),
    ),
    "sessions kept for no day": (
        "[store]\nkeep_days = 0",
        (
            "F:2: store.keep_days is 0. "
            "Allowed: a whole number from 1 to 36500: "
            "left out, no recording is ever removed for it"
        ),
    ),
    "sessions kept for a truth": (
        "[store]\nkeep_days = true",
        (
            "F:2: store.keep_days is true or false (True). "
            "Allowed: a whole number from 1 to 36500: "
            "left out, no recording is ever removed for it"
        ),
    ),
    "a section that is no table": (
        "sound = 1",
        "F:1: sound is a whole number (1). Allowed: a table, headed [sound]",
    ),
    "a section that is an array": (
        "[[sound]]",
        "F:1: sound is an array. Allowed: a table, headed [sound]",
    ),
    "text that is no TOML": ("profile = \n", "F:1: is not TOML: Invalid value"),
    "text that ends too early": (
        "[profiles",
        "F: is not TOML: Expected ']' at the end of a table declaration at the end",
    ),
    "a key given twice": (
        'profile = "standard"\nprofile = "extended"\n',
        "F:2: is not TOML: Cannot overwrite a value",
    ),
    "an array without end": ("a = " + "[" * 20_000, "F: is nested too deeply"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused_with_its_place_and_what_is_allowed(
    tmp_path: Path, name: str
) -> None:
    text, expected = REFUSED[name]
    assert refusal(tmp_path, text) == expected


def test_a_number_of_thousands_of_digits_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "[sound]\nvolume = " + "9" * 5000).startswith("F: is not TOML: ")


def test_a_hexadecimal_number_of_thousands_of_digits_is_refused(tmp_path: Path) -> None:
    """It has no decimal text to quote."""
    assert refusal(tmp_path, "[store]\nkeep_days = 0x" + "f" * 5000).startswith(
        "F:2: store.keep_days is a very large number. "
    )


@pytest.mark.parametrize("text", ['tls = false\nhost = "h"', 'host = "h"'])
def test_a_broker_without_tls_is_asked_on_the_plain_port(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, f"[mqtt]\n{text}").mqtt == MqttConfig("h", 1883, tls=None)


@pytest.mark.parametrize(
    "host", ["broker", "broker.home", "10.0.0.2", "::1", "fe80::1%eth0", "bücher"]
)
def test_a_broker_has_a_name_or_an_address(tmp_path: Path, host: str) -> None:
    assert read(tmp_path, f'[mqtt]\nhost = "{host}"').mqtt == MqttConfig(host)


@pytest.mark.parametrize("field", ["limit_s = 300", "rest_s = 90", "max_angle_deg = 90"])
def test_a_ceiling_itself_is_allowed(tmp_path: Path, field: str) -> None:
    assert "mine" in read(tmp_path, f"[profiles.mine]\n{field}").profiles


@pytest.mark.parametrize("value", ["10", "3600"])
def test_the_ends_of_a_range_are_allowed(tmp_path: Path, value: str) -> None:
    config = read(tmp_path, f"[dashboard]\nwindow_s = {value}")
    assert config.dashboard.window_s == float(value)


@pytest.mark.parametrize("port", [1, 65535])
def test_the_first_and_the_last_port_are_allowed(tmp_path: Path, port: int) -> None:
    assert read(tmp_path, f'[mqtt]\nhost = "h"\nport = {port}').mqtt == MqttConfig("h", port)


@pytest.mark.parametrize("scheme", SOURCES)
def test_every_kind_of_source_is_accepted(tmp_path: Path, scheme: str) -> None:
    text = f'[[node]]\nname = "table"\nsource = "{scheme}:x"'
    assert read(tmp_path, text).nodes == (NodeConfig("table", f"{scheme}:x"),)


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_is_accepted(tmp_path: Path, theme: str) -> None:
    assert read(tmp_path, f'dashboard.theme = "{theme}"').dashboard.theme == theme


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_accepted(tmp_path: Path, language: str) -> None:
    assert read(tmp_path, f'sound.language = "{language}"').sound.language == language


def test_every_section_has_settings(tmp_path: Path) -> None:
    config = read(tmp_path, '[profiles.mine]\n[mqtt]\nhost = "h"\n' + NODE)
    sections = {key.partition(".")[0].partition("[")[0] for key in config.origins}
    assert sections == set(SECTIONS)


def test_offsets_alone_keep_the_axes_normalised(tmp_path: Path) -> None:
    config = read(
        tmp_path, NODE + "calibration={head=[0, 9, 0], front=[0, 0, 9], front_offset_g=0.1}"
    )
    assert config.nodes[0].mounting == Mounting(
        ASSUMED.head, ASSUMED.front, ASSUMED.hinge, 0.0, 0.1
    )


def test_what_a_calibration_measured_is_taken_to_the_last_digit(tmp_path: Path) -> None:
    angles = (-78.0, 0.0, 45.0)
    true_head, true_front, bias = (0.05, 0.98, 0.02), (0.0, 0.03, 1.02), (0.05, -0.04, 0.03)
    poses = []
    for angle_deg in angles:
        s, c = sin(radians(angle_deg)), cos(radians(angle_deg))
        force = zip(true_head, true_front, bias, strict=True)
        mean = cast("Vector", tuple(-s * h + c * f + b for h, f, b in force))
        poses.append(Pose(angle_deg, mean, 0.0, None, 5.0, 100))
    measured = three_poses(*poses).mounting
    rows = (
        f"{key} = {list(value) if isinstance(value, tuple) else value}"
        for key, value in asdict(measured).items()
    )
    config = read(tmp_path, NODE + f"calibration = {{ {', '.join(rows)} }}")
    assert config.nodes[0].mounting == measured


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    file = tmp_path / "windows.toml"
    file.write_bytes(b'\xef\xbb\xbfprofile = "extended"\r\n')
    assert load_config(file).origins["profile"] == f"{file}:1"


def test_the_users_own_config_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert locate_config() is None
    (tmp_path / "upturn").mkdir()
    file = tmp_path / "upturn" / "config.toml"
    file.write_text('profile = "first-time"')
    assert locate_config() == file
    assert load_config().origins["profile"] == f"{file}:1"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml: there is no such file$"):
        load_config(tmp_path / "none.toml")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r": is a folder\. Name a TOML file$"):
        load_config(tmp_path)


def test_a_pipe_is_refused_before_it_blocks(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=r": is not a file\. Name a TOML file$"):
        load_config(tmp_path / "pipe")


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(InputError, match=r"cannot be read: no file has such a name$"):
        load_config("a\0b")


def test_a_file_that_cannot_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    file = written(tmp_path, "")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"cannot be read: Permission denied$"):
        load_config(file)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "huge.toml"
    with file.open("wb") as sparse:
        sparse.truncate(10**12)
    with pytest.raises(InputError, match=r"has 1000000000000 bytes\. A config has up to 1000000"):
        load_config(file)


def test_text_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes(b'profile = "standard"\n# caf\xe9\n')
    with pytest.raises(InputError, match=r"latin\.toml:2: is not UTF-8 text\. Save it as UTF-8$"):
        load_config(file)


def test_a_profile_by_flag_comes_before_the_file(tmp_path: Path) -> None:
    config = read(tmp_path, 'profile = "extended"').with_profile("first-time", "--profile")
    assert config.profile == "first-time"
    assert config.settings[0] == Setting("profile", "first-time", "--profile")


def test_a_profile_by_flag_has_to_fit_every_node_without_its_own(tmp_path: Path) -> None:
    text = "[profiles.steep]\nmax_angle_deg = 80\n"
    chair = '[[node]]\nname = "chair"\nsource = "sim:normal"\ndevice = "chair"\n'
    own = read(tmp_path, text + chair + 'profile = "standard"')
    assert own.with_profile("steep", "--profile").profile == "steep"
    shared = read(tmp_path, text + chair)
    with pytest.raises(InputError, match=r"^--profile, node 'chair': profile 'steep': max_angle"):
        shared.with_profile("steep", "--profile")


def test_an_unknown_profile_by_flag_is_refused() -> None:
    with pytest.raises(InputError, match=r"^--profile: there is no profile 'none'"):
        Config().with_profile("none", "--profile")
