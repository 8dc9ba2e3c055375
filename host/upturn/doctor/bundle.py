# SPDX-License-Identifier: MIT
"""One file for a bug report: what was found, and what it was found on, of nobody in particular.

The law: it holds what was chosen to be in it. Words are those of this program; what came from
outside is `private`, and shows its kind. A setting or a variable shows its value only where that
is a number or one of few known words. What has slipped through all the same, and looks like an
address, or is called as this computer, its user or anything that was hidden, is taken out at last.
"""

from __future__ import annotations

import getpass
import platform
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from upturn import __version__
from upturn.config.model import LANGUAGES, THEMES, Config, Setting
from upturn.core.limits import PROFILES, DeviceKind
from upturn.doctor.cable import Ports
from upturn.doctor.examine import Examined
from upturn.doctor.findings import Curtain, private, shaped
from upturn.doctor.program import PACKAGES
from upturn.wire.messages import Hello
from upturn.wire.vocabulary import RESETS, fault

IN_IT = (
    "what was found, as shown here, in words without names",
    "how long each look took",
    "versions of Upturn, Python, the system and the packages",
    "of nodes that answered: board, sensor, firmware, restarts, faults",
    "settings that are numbers, yes or no, or a choice of few",
    "which variables of the environment are set",
)
NOT_IN_IT = (
    "names of persons, tables, nodes, computers, files and folders",
    "sessions, answers about health, recordings",
    "passwords, the broker's address and login, keys of nodes",
    "addresses of nodes, but for who made the chip",
)
_ALSO = ("bleak", "dbus-fast", "esptool", "miniaudio", "mpremote", "pillow", "textual-serve")
_LOCALE = r"C|POSIX|C\.UTF-8|[a-z]{2,3}_[A-Z]{2}(\.(UTF-8|utf8|ISO-8859-\d{1,2}))?"
_TERM = r"dumb|linux|vt\d{3}|(xterm|screen|tmux|rxvt)(-color|-256color|-kitty|-ghostty)?"
_SWITCH = r"|0|1|off|on|truecolor|24bit"
VARIABLES: dict[str, str] = {
    "TERM": _TERM,
    "COLORTERM": _SWITCH,
    "NO_COLOR": _SWITCH,
    "LANG": _LOCALE,
    "LC_ALL": _LOCALE,
    "LC_CTYPE": _LOCALE,
    "PYTHONUTF8": _SWITCH,
    "UPTURN_DEBUG": _SWITCH,
    "UPTURN_SOUND": _SWITCH,
    "UPTURN_STORE": _SWITCH,
    "DBUS_SYSTEM_BUS_ADDRESS": "",
    "DBUS_SESSION_BUS_ADDRESS": "",
    "MQTT_DISCOVERY_PREFIX": "",
    "MQTT_HOST": "",
    "MQTT_PASSWORD": "",
    "MQTT_PORT": "",
    "MQTT_USERNAME": "",
    "PULSE_SERVER": "",
    "PYTHONHOME": "",
    "PYTHONPATH": "",
    "SSH_CONNECTION": "",
    "TMUX": "",
    "VIRTUAL_ENV": "",
    "WSL_DISTRO_NAME": "",
    "XDG_CONFIG_HOME": "",
    "XDG_DATA_HOME": "",
    "XDG_RUNTIME_DIR": "",
}
"""What the program or its libraries heed, and which values of it tell nothing of anybody."""
CHOICES: dict[str, frozenset[str]] = {
    "profile": frozenset(PROFILES),
    "device": frozenset(map(str, DeviceKind)),
    "theme": frozenset(THEMES),
    "language": frozenset(LANGUAGES),
    "discovery_prefix": frozenset({"homeassistant"}),
}
"""Settings, by the last word of their key, whose texts are a choice of few."""
SCHEMES = ("serial", "ble", "sim", "replay")

_MIN_SECRET = 4
_HARMLESS = ("root", "upturn", "localhost", "linux", "none", "true", "false", *CHOICES["profile"])
"""Names that a computer or a user may have, and that stand for other things here."""
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"), "<address>"),
    (re.compile(r"\b[0-9a-fA-F]{12,}\b"), "<id>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "<address>"),
    (re.compile(r"\b(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{0,4}\b"), "<address>"),
    (re.compile(r"\S+@\S+"), "<address>"),
    (re.compile(r"mqtts?://\S+"), "<address>"),
)


def text(
    examined: Sequence[Examined], ports: Ports, config: Config, environ: Mapping[str, str]
) -> str:
    """The whole file."""
    curtain = Curtain()
    parts = [
        f"Upturn {__version__}, doctor: for a bug report. Read it before you hand it on.",
        _listed("In it", IN_IT),
        _listed("Not in it", NOT_IN_IT),
        _section("Found", _found(examined)),
        _section("Nodes", _nodes(ports)),
        _section("Packages", _packages()),
        _section("Settings", _settings(config)),
        _section("Environment", _environment(environ)),
    ]
    written = curtain("\n".join(parts))
    return scrubbed(written, [*curtain.hidden, *_names()])


def scrubbed(written: str, secrets: Iterable[str]) -> str:
    """Without what looks like an address, and without these words."""
    wanted = {secret for secret in secrets if len(secret) >= _MIN_SECRET}
    for secret in sorted(wanted - set(_HARMLESS), key=len, reverse=True):
        pattern = rf"(?<![\w<]){re.escape(secret)}(?!\w)"
        written = re.sub(pattern, "<hidden>", written)
    for found, instead in _PATTERNS:
        written = found.sub(instead, written)
    return written


def _names() -> Iterator[str]:
    """What this computer, its user and his folder are called."""
    yield platform.node()
    yield platform.node().partition(".")[0]
    try:
        yield getpass.getuser()
        yield str(Path.home())
    except (OSError, KeyError, RuntimeError):  # an account without a name, or without a home
        return


def _listed(head: str, entries: Iterable[str]) -> str:
    return "\n".join(
        [f"{head}:", *(textwrap.fill(f"- {e}", 80, subsequent_indent="  ") for e in entries), ""]
    )


def _section(head: str, entries: Iterable[str]) -> str:
    return "\n".join([f"== {head}", *(list(entries) or ["nothing"]), ""])


def _found(examined: Sequence[Examined]) -> Iterator[str]:
    for one in examined:
        yield f"[{one.row.name}] {one.took_s:.2f} s"
        for finding in one.findings:
            yield f"  {finding.verdict}: {finding.words}"
            if finding.remedy:
                yield f"    -> {finding.remedy}"


def _nodes(ports: Ports) -> Iterator[str]:
    for one in ports.looked:
        if one.hello is not None:
            yield f"{one.node} on {one.called}: " + ", ".join(_of_node(one.hello))


def _of_node(hello: Hello) -> Iterator[str]:
    yield f"board {shaped(hello.board, '[a-z0-9_]{1,24}', 'board') if hello.board else 'none'}"
    yield f"sensor {shaped(hello.sensor, '[A-Z0-9]{1,12}', 'sensor') if hello.sensor else 'none'}"
    yield f"firmware {shaped(hello.firmware, '[0-9.]{1,12}', 'version')}"
    yield f"{hello.rate_hz} Hz, {hello.range_g} g"
    yield f"traits {int(hello.traits):#x}"
    yield f"fault {fault(hello.fault).words or 'none'}"
    yield f"{hello.boots} starts"
    yield f"the last by {hello.reset if hello.reset in RESETS.values() else 'another cause'}"
    yield "calibrated" if hello.mounting is not None else "not calibrated"
    yield f"paired with {hello.bonds or 0}"


def _packages() -> Iterator[str]:
    for name in dict.fromkeys(sorted((*PACKAGES, *_ALSO))):
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} -"


def _settings(config: Config) -> Iterator[str]:
    for setting in config.settings:
        yield f"{_key(setting.key)} = {_value(setting)}  ({_origin(setting.origin)})"


def _key(key: str) -> str:
    """A profile's name is its user's."""
    if not key.startswith("profiles."):
        return key
    name, _, last = key.removeprefix("profiles.").rpartition(".")
    return f"profiles.{private(name, 'profile')}.{last}"


def _value(setting: Setting) -> str:
    value, last = setting.value, setting.key.rpartition(".")[2]
    if not isinstance(value, str):
        return str(value)
    if last == "source":
        scheme = value.partition(":")[0]
        return f"{scheme}:..." if scheme in SCHEMES else private(value, "source")
    return value if value in CHOICES.get(last, ()) else private(value, "text")


def _origin(origin: str) -> str:
    line = origin.rpartition(":")[2]
    return f"line {line}" if line.isdecimal() else shaped(origin, "default|--[a-z]+", "origin")


def _environment(environ: Mapping[str, str]) -> Iterator[str]:
    for name, shape in VARIABLES.items():
        if name in environ:
            value = environ[name]
            told = value if shape and re.fullmatch(shape, value) else "set"
            yield f"{name} {told}"
