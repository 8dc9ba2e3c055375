# SPDX-License-Identifier: MIT
"""The limits in force, as a node guards them: what it is told, and what it says of it then."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from upturn.core.limits import Device, Profile
from upturn.wire.commands import Command, set_profile
from upturn.wire.messages import NodeLimits

LONGEST_REST_S = 3600.0
"""A node takes no longer rest; after an hour it is of no matter."""


class GuardedLimits(NamedTuple):
    name: str
    numbers: NodeLimits
    """As the wire rounds them."""
    command: Command


def guarded_limits(profile: Profile, device: Device) -> GuardedLimits:
    """No angle where the device judges none."""
    profile = replace(profile, rest_s=min(profile.rest_s, LONGEST_REST_S))
    times_s = (profile.notice_s, profile.limit_s, profile.rest_s)
    notice_s, limit_s, rest_s = (round(1000 * s) / 1000 for s in times_s)
    judges_angle = device.judges_angle
    max_angle_deg = round(100 * profile.max_angle_deg) / 100 if judges_angle else None
    return GuardedLimits(
        profile.name,
        NodeLimits(notice_s, limit_s, rest_s, max_angle_deg),
        set_profile(profile, judges_angle=judges_angle),
    )
