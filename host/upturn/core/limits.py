# SPDX-License-Identifier: MIT
"""Limits as data: the profiles, the ceiling that no profile passes, and the kinds of device.

The documents disagree (1, 3 and 5 minutes). The strictest general limit is the default; a longer
profile must be chosen by name, and says which document it goes beyond.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

LIMIT_CEILING_S = 300.0
LIMIT_CEILING_REASON = "no document goes beyond 5 minutes at a time (CC)"
REST_FLOOR_S = 90.0
REST_FLOOR_REASON = "at least 1.5 minutes between inversions (MNT-hang)"
ANGLE_CEILING_DEG = 90.0
ANGLE_CEILING_REASON = "90 degrees is full inversion; past it tables can lock (ITB)"
NOTICE_SHARE = 0.75
"""Of the limit, when a profile names no notice: `standard` warns at 45 of 60 s."""


class DeviceKind(StrEnum):
    TABLE = "table"
    CHAIR = "chair"
    BOOTS = "boots"


@dataclass(frozen=True, slots=True)
class Device:
    """What one kind of device changes about the limits."""

    kind: DeviceKind
    max_angle_deg: float | None
    """Largest angle limit that makes sense on it; None: the angle alarms do not apply."""
    reason: str
    source: str

    @property
    def judges_angle(self) -> bool:
        return self.max_angle_deg is not None


DEVICES: dict[DeviceKind, Device] = {
    d.kind: d
    for d in (
        Device(DeviceKind.TABLE, ANGLE_CEILING_DEG, ANGLE_CEILING_REASON, "ITB"),
        Device(DeviceKind.CHAIR, 70.0, "inversion chairs reach 70 degrees at most", "BLOG"),
        Device(
            DeviceKind.BOOTS,
            None,
            "boots give full inversion only, so no angle or over-rotation alarm applies",
            "BLOG",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Profile:
    """Limits of one kind of use; they hold for one inversion and for the sum without rest."""

    name: str
    notice_s: float
    limit_s: float
    rest_s: float
    max_angle_deg: float
    source: str
    """Keys of `sources.DOCUMENTS`, comma-separated, or "config" for the user's own."""
    reason: str
    beyond: str = ""
    """Which document's limit it goes beyond; shown while the profile is in use."""
    needs_spotter: bool = False
    """READY waits for the spotter's check-in."""


STANDARD = Profile(
    "standard",
    notice_s=45.0,
    limit_s=60.0,
    rest_s=90.0,
    max_angle_deg=60.0,
    source="MNT-hang, ITB",
    reason="under a minute at a time, 1.5 min rest; 60 degrees gives most of the effect. "
    "Gravity boots: 1 to 2 min hanging (BLOG), between this and sixty-degree",
)

PROFILES: dict[str, Profile] = {
    p.name: p
    for p in (
        Profile(
            "first-time",
            notice_s=30.0,
            limit_s=45.0,
            rest_s=90.0,
            max_angle_deg=30.0,
            source="CC, MNT-hang",
            reason="30 to 45 s for first uses; 30 degrees is our choice within ITB's 20 to 60",
            needs_spotter=True,
        ),
        STANDARD,
        Profile(
            "sixty-degree",
            notice_s=150.0,
            limit_s=180.0,
            rest_s=90.0,
            max_angle_deg=60.0,
            source="CC, MNT-hang",
            reason="3 min at 60 degrees is what research favours",
            beyond="goes beyond MNT-hang's 1 minute",
        ),
        Profile(
            "extended",
            notice_s=240.0,
            limit_s=300.0,
            rest_s=90.0,
            max_angle_deg=60.0,
            source="CC, MNT-hang",
            reason="up to 5 min, to be worked up to, and only without dizziness or worse pain",
            beyond="goes beyond MNT-hang's 1 minute",
        ),
    )
}

PROFILE_FIELDS = ("notice_s", "limit_s", "rest_s", "max_angle_deg")


class LimitError(ValueError):
    """A limit beyond what the documents bear: `field`, what is allowed and why."""

    def __init__(self, field: str, problem: str, allowed: str) -> None:
        self.field = field
        self.problem = problem
        self.allowed = allowed
        super().__init__(f"{field} {problem}; allowed is {allowed}")


def custom_profile(name: str, fields: Mapping[str, float]) -> Profile:
    """A profile of the user's own, within the ceiling.

    What is left out is `standard`'s, but the notice, which is 0.75 of the limit.

    Raises:
        LimitError: a value that is not finite, beyond the ceiling, or a notice after the limit.
    """
    for field, value in fields.items():
        if field not in PROFILE_FIELDS:
            raise LimitError(field, "is not a key of a profile", ", ".join(PROFILE_FIELDS))
        if not isfinite(value):
            raise LimitError(field, f"is {value}", "a finite number")
    limit_s = fields.get("limit_s", STANDARD.limit_s)
    rest_s = fields.get("rest_s", STANDARD.rest_s)
    max_angle_deg = fields.get("max_angle_deg", STANDARD.max_angle_deg)
    notice_s = fields.get("notice_s", NOTICE_SHARE * limit_s)
    if not 0.0 < limit_s <= LIMIT_CEILING_S:
        raise LimitError(
            "limit_s",
            f"is {limit_s:g}",
            f"more than 0 and at most {LIMIT_CEILING_S:g}: {LIMIT_CEILING_REASON}",
        )
    if not 0.0 < notice_s <= limit_s:
        raise LimitError(
            "notice_s", f"is {notice_s:g}", f"more than 0 and at most limit_s ({limit_s:g})"
        )
    if rest_s < REST_FLOOR_S:
        raise LimitError(
            "rest_s", f"is {rest_s:g}", f"at least {REST_FLOOR_S:g}: {REST_FLOOR_REASON}"
        )
    if not 0.0 < max_angle_deg <= ANGLE_CEILING_DEG:
        raise LimitError(
            "max_angle_deg",
            f"is {max_angle_deg:g}",
            f"more than 0 and at most {ANGLE_CEILING_DEG:g}: {ANGLE_CEILING_REASON}",
        )
    return Profile(
        name,
        notice_s=notice_s,
        limit_s=limit_s,
        rest_s=rest_s,
        max_angle_deg=max_angle_deg,
        source="config",
        reason="the user's own",
        beyond=_goes_beyond(limit_s),
    )


def profile_for_device(profile: Profile, device: Device) -> Profile:
    """The profile as this device may use it.

    Raises:
        LimitError: the profile's angle limit is above what the device can reach.
    """
    if device.max_angle_deg is not None and profile.max_angle_deg > device.max_angle_deg:
        raise LimitError(
            "max_angle_deg",
            f"is {profile.max_angle_deg:g} on a {device.kind}",
            f"at most {device.max_angle_deg:g}: {device.reason} ({device.source})",
        )
    return profile


def _goes_beyond(limit_s: float) -> str:
    if limit_s <= STANDARD.limit_s:
        return ""
    if limit_s <= PROFILES["sixty-degree"].limit_s:
        return "goes beyond MNT-hang's 1 minute"
    return "goes beyond MNT-hang's 1 minute and CC's 3 minutes at 60 degrees"
