# SPDX-License-Identifier: MIT
"""The settings as values: one frozen record a section, each field with what it means.

Nothing here reads a file. A record is made by `sections`, which checks; a default stands here and
nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from upturn.core.limits import (
    DEVICES,
    PROFILES,
    STANDARD,
    Device,
    DeviceKind,
    LimitError,
    Profile,
    profile_for_device,
)
from upturn.core.mounting import Mounting
from upturn.errors import InputError

DEFAULT = "default"
"""Origin of what nobody set."""

Value = str | float | bool | tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Setting:
    """One value in force and who said so: "default", "FILE:LINE" or a flag."""

    key: str
    value: Value
    origin: str


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """One sensor, and what it is clipped to."""

    name: str
    """For people; shown wherever this node is."""
    source: str | None = None
    """Where its samples come from: `serial:`, `ble:`, `replay:` or `sim:` and what follows.
    None: files that name this node are replayed, and it is not watched."""
    device: DeviceKind = DeviceKind.TABLE
    profile: str | None = None
    """Limits for this node alone; None: those of the whole config."""
    mounting: Mounting | None = None
    """How it sits, from `calibration`; None: not calibrated, and an alarm says so."""


@dataclass(frozen=True, slots=True)
class TlsConfig:
    """Files are named here, and opened only when the connection is made."""

    ca_file: str | None = None
    """Who signs the broker's certificate; None: whom the system trusts."""
    cert_file: str | None = None
    key_file: str | None = None


@dataclass(frozen=True, slots=True)
class MqttConfig:
    """The broker of the home."""

    host: str
    port: int = 1883
    """8883 where TLS is on and no port is named."""
    username: str | None = None
    password_file: str | None = None
    """A file whose first line is the password: a password has no place in a config."""
    tls: TlsConfig | None = None
    discovery: bool = True
    """Announce the node to Home Assistant."""
    discovery_prefix: str = "homeassistant"
    id: str | None = None
    """What this computer is called there; None: its own name and a mark."""
    acknowledge: bool = True
    """Who may publish commands there may pause the sound of alarms."""
    seen_upright: bool = False
    """Who may publish commands there may say that the user was seen upright."""


THEMES = ("dark", "light", "colour-blind", "monochrome")


@dataclass(frozen=True, slots=True)
class DashboardConfig:
    theme: str = "dark"
    """One of `THEMES`; without colour it is monochrome, whatever this says."""
    window_s: float = 120.0
    """How much time the angle plot shows at first."""
    large: bool = False
    """Begin in large mode, for reading from across the room."""


LANGUAGES = ("en", "de")


@dataclass(frozen=True, slots=True)
class SoundConfig:
    enabled: bool = True
    volume: float = 1.0
    """Share of full volume. Never 0: who wants no sound says `enabled = false`, and it shows."""
    voice: bool = True
    """Short phrases between the tones, where this computer can speak."""
    language: str = "en"
    """Of the voice: one of `LANGUAGES`."""


@dataclass(frozen=True, slots=True)
class StoreConfig:
    enabled: bool = True
    path: str | None = None
    """The file, or a folder that holds upturn.sqlite3; None: in the platform's data folder."""
    keep_days: int | None = None
    """Recordings older than this are removed; None: for their age none is."""
    keep_mb: int | None = None
    """Of more recordings the oldest are removed; None: for their size none is."""
    progress_after: int = 6
    """So many sessions without symptoms, and a longer profile is suggested."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything in force. Without a file all of it is default, and that works."""

    profile: str = STANDARD.name
    profiles: dict[str, Profile] = field(default_factory=dict)
    """The user's own; `profile_named` knows the built-in ones too."""
    nodes: tuple[NodeConfig, ...] = ()
    mqtt: MqttConfig | None = None
    dashboard: DashboardConfig = field(default_factory=DashboardConfig)
    sound: SoundConfig = field(default_factory=SoundConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    file: Path | None = None
    """The file that was read; None: there was none."""
    settings: tuple[Setting, ...] = ()
    """Every value in force, in the order of the file format's description."""

    @property
    def origins(self) -> dict[str, str]:
        """Key path to "default", "FILE:LINE" or the flag that said so."""
        return {setting.key: setting.origin for setting in self.settings}

    def profile_named(self, name: str, *, where: str = "") -> Profile:
        """The limits of that name, built-in or the user's own.

        Raises:
            InputError: nobody defined it.
        """
        profile = PROFILES.get(name) or self.profiles.get(name)
        if profile is None:
            known = ", ".join((*PROFILES, *self.profiles))
            raise InputError(
                f"there is no profile {name!r}", where=where, remedy=f"Known profiles: {known}"
            )
        return profile

    def profile_for(self, name: str, device: DeviceKind, *, where: str = "") -> Profile:
        """The limits of that name as this kind of device may use them.

        Raises:
            InputError: nobody defined it, or it is steeper than the device can be.
        """
        profile = self.profile_named(name, where=where)
        return fit_to_device(profile, DEVICES[device], where=where)

    def with_profile(self, name: str, origin: str) -> Config:
        """The same with another profile in force, as a flag may say.

        Raises:
            InputError: nobody defined it, or a node without a profile of its own cannot use it.
        """
        self.profile_named(name, where=origin)
        for node in self.nodes:
            if node.profile is None:
                self.profile_for(name, node.device, where=f"{origin}, node {node.name!r}")
        settings = tuple(
            Setting("profile", name, origin) if setting.key == "profile" else setting
            for setting in self.settings
        )
        return replace(self, profile=name, settings=settings)


def fit_to_device(profile: Profile, device: Device, *, where: str = "") -> Profile:
    """As `limits.profile_for_device`, its refusal put for people.

    Raises:
        InputError: the profile's angle limit is above what the device can reach.
    """
    try:
        return profile_for_device(profile, device)
    except LimitError as error:
        raise InputError(
            f"profile {profile.name!r}: {error.field} {error.problem}",
            where=where,
            remedy=f"Allowed: {error.allowed}",
        ) from None
