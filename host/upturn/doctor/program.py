# SPDX-License-Identifier: MIT
"""The program itself: Python, the system, what Upturn is made of, and its settings."""

from __future__ import annotations

import importlib
import platform
import re
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from upturn import __version__
from upturn.doctor.findings import Finding, not_well, note, ok, private
from upturn.doctor.scene import Scene, apart
from upturn.errors import InputError

OLDEST = (3, 11)
TESTED = "Linux"
"""Where the tests run; what is different elsewhere follows its makers' words."""
LINUX = sys.platform == "linux"
PACKAGES: dict[str, tuple[str, str]] = {
    "aiomqtt": ("aiomqtt", "the home"),
    "bleak": ("bleak", "Bluetooth"),
    **({"dbus-fast": ("dbus_fast", "Bluetooth, and staying awake")} if LINUX else {}),
    "numpy": ("numpy", "analysis and sound"),
    "paho-mqtt": ("paho.mqtt", "the home"),
    "platformdirs": ("platformdirs", "everything that is kept"),
    "pyserial": ("serial", "nodes on a cable"),
    "rich": ("rich", "the calibration, drawn in place"),
    "textual": ("textual", "the dashboard"),
    "tomlkit": ("tomlkit", "'upturn setup'"),
}
"""What Upturn needs: the module to import, and what for. One that is there may be broken."""
EXTRAS: dict[str, tuple[str, str]] = {
    "flash": ("esptool", "'upturn flash'"),
    "report": ("PIL", "a report's pictures as files"),
    "sound": ("miniaudio", "sound without the system's players"),
    "web": ("textual_serve", "the dashboard in a browser"),
}
"""What may be installed beside it: a module of each, and what for."""
_RELEASE = re.compile(r"\d+(\.\d+){0,3}")
_PI = Path("/proc/device-tree/model")


@dataclass(frozen=True, slots=True)
class System:
    python: tuple[int, int, int]
    implementation: str
    bits: int
    system: str
    release: str
    machine: str
    wsl: bool = False
    model: str = ""
    """Of the board, where the system tells it."""


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    version: str
    """Empty: not installed."""
    fault: str
    """Why it cannot be loaded; empty if it can."""


@dataclass(frozen=True, slots=True)
class Settings:
    file: str = ""
    """Empty: there is none."""
    refusal: str = ""
    remedy: str = ""
    line: int | None = None


async def look_at_system(_scene: Scene) -> System:
    major, minor, micro = sys.version_info[:3]
    return System(
        (major, minor, micro),
        platform.python_implementation(),
        8 * struct.calcsize("P"),
        platform.system(),
        platform.release(),
        platform.machine(),
        "microsoft" in platform.release().lower(),
        _model(),
    )


def judge_system(facts: System) -> Iterable[Finding]:
    python = ".".join(map(str, facts.python))
    words = f"Upturn {__version__} on Python {python} ({facts.implementation}, {facts.bits} bit)"
    if facts.python < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        yield not_well(words, f"Install Python {oldest} or later, and Upturn anew with it")
    else:
        yield ok(words)
    release = _release(facts.release)
    board = f", {facts.model}" if facts.model else ""
    system = f"{facts.system} {release} on {facts.machine}{board}"
    if facts.wsl:
        yield note(
            f"{system}, inside of Windows: it sees no USB and no Bluetooth by itself",
            "Give it the port by 'usbipd', or install Upturn in Windows itself",
        )
    elif facts.system != TESTED:
        yield note(
            f"{system}: nothing was tested there by its makers",
            "Try each alarm before you rely on it: 'upturn check', and the test alarm",
        )
    else:
        yield ok(system)


async def look_at_packages(scene: Scene) -> list[Package]:
    return await scene.shared(load_packages)


async def load_packages(_scene: Scene) -> list[Package]:
    """Whatever else is looked at needs them, and loading them takes its time."""
    return await apart(lambda: [_package(name, module) for name, (module, _) in PACKAGES.items()])


def judge_packages(facts: list[Package]) -> Iterable[Finding]:
    broken = [package for package in facts if package.fault]
    for package in broken:
        purpose = PACKAGES[package.name][1]
        if not package.version:
            yield not_well(
                f"{package.name} is not installed, for {purpose}",
                f"Run 'pip install {package.name}', or install Upturn anew",
            )
        else:
            yield not_well(
                f"{package.name} {package.version} cannot be loaded, for {purpose}: "
                f"{private(package.fault, 'its words')}",
                f"Run 'pip install --force-reinstall {package.name}'; on a small board look for "
                "the system's own library that it names",
            )
    if not broken:
        yield ok(f"all {len(facts)} packages that it needs are there")


async def look_at_extras(_scene: Scene) -> dict[str, bool]:
    return await apart(lambda: {name: _is_there(module) for name, (module, _) in EXTRAS.items()})


def judge_extras(facts: dict[str, bool]) -> Iterable[Finding]:
    there = [name for name, found in facts.items() if found]
    missing = [name for name, found in facts.items() if not found]
    if there:
        yield ok(f"extras: {', '.join(there)}")
    if missing:
        purposes = ", ".join(f"{name} ({EXTRAS[name][1]})" for name in missing)
        yield note(
            f"extras that are not installed: {purposes}",
            f"Where you want them, run \"pip install 'upturn[{','.join(missing)}]'\"",
        )


async def look_at_config(scene: Scene) -> Settings:
    try:
        config = scene.reach.config()
    except InputError as error:
        end = error.where.rpartition(":")[2]
        words = f"{error.where}: {error.what}" if error.where else error.what
        return Settings(
            refusal=words, remedy=error.remedy, line=int(end) if end.isdecimal() else None
        )
    return Settings(file=str(config.file) if config.file is not None else "")


def judge_config(facts: Settings) -> Iterable[Finding]:
    if facts.refusal:
        line = f", line {facts.line}" if facts.line is not None else ""
        words = private(facts.refusal, f"a refusal{line}")
        yield not_well(
            f"{words}; below, the defaults are taken for it",
            private(facts.remedy, "what to do") if facts.remedy else "Mend it there",
        )
    elif facts.file:
        yield ok(f"{private(facts.file, 'the config')} is good")
    else:
        yield ok("there is no config file: all is default")


def _package(name: str, module: str) -> Package:
    try:
        found = version(name)
    except PackageNotFoundError:
        found = ""
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - a broken package raises anything
        words = " ".join(str(error).split())
        return Package(name, found, f"{type(error).__name__}: {words}")
    return Package(name, found, "")


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # ValueError: it is loaded, and says nothing of itself
        return False


def _release(text: str) -> str:
    """Who builds a kernel may put anything behind its number."""
    number = _RELEASE.match(text)
    if number is None:
        return private(text, "release")
    rest = text[number.end() :]
    return f"{number[0]}{private(rest, 'build')}" if rest else number[0]


def _model() -> str:
    try:
        model = _PI.read_text(encoding="ascii", errors="replace").rstrip("\0\n")
    except OSError:
        return ""
    return model if model.startswith("Raspberry Pi") and model.isprintable() else ""
