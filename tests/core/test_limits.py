# SPDX-License-Identifier: MIT
"""The profiles as the documents give them, and the ceiling that no profile passes."""

from __future__ import annotations

from math import inf, nan, nextafter

import pytest

from upturn.core.limits import (
    DEVICES,
    PROFILES,
    STANDARD,
    Device,
    DeviceKind,
    LimitError,
    Profile,
    custom_profile,
    profile_for_device,
)
from upturn.core.sources import DOCUMENTS


def test_the_profiles_are_those_of_the_documents() -> None:
    assert {
        p.name: (p.notice_s, p.limit_s, p.rest_s, p.max_angle_deg) for p in PROFILES.values()
    } == {
        "first-time": (30.0, 45.0, 90.0, 30.0),
        "standard": (45.0, 60.0, 90.0, 60.0),
        "sixty-degree": (150.0, 180.0, 90.0, 60.0),
        "extended": (240.0, 300.0, 90.0, 60.0),
    }


@pytest.mark.parametrize("name", PROFILES)
def test_each_profile_is_within_the_ceiling_and_under_its_own_name(name: str) -> None:
    profile = PROFILES[name]
    fields = {
        "notice_s": profile.notice_s,
        "limit_s": profile.limit_s,
        "rest_s": profile.rest_s,
        "max_angle_deg": profile.max_angle_deg,
    }
    allowed = custom_profile(name, fields)
    assert profile.name == name
    assert profile.reason
    assert {field: getattr(allowed, field) for field in fields} == fields


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_each_profile_names_its_documents(profile: Profile) -> None:
    assert set(profile.source.split(", ")) <= set(DOCUMENTS)


def test_a_profile_longer_than_the_strictest_document_says_so() -> None:
    assert {p.name for p in PROFILES.values() if p.beyond} == {"sixty-degree", "extended"}


@pytest.mark.parametrize("device", DEVICES.values(), ids=lambda d: d.kind)
def test_each_device_names_its_reason_and_its_document(device: Device) -> None:
    assert DEVICES[device.kind] is device
    assert device.reason
    assert device.source in DOCUMENTS


def test_a_profile_of_ones_own_takes_what_it_leaves_out_from_standard() -> None:
    assert custom_profile("mine", {}) == Profile(
        "mine",
        notice_s=45.0,
        limit_s=60.0,
        rest_s=90.0,
        max_angle_deg=60.0,
        source="config",
        reason="the user's own",
    )


def test_a_notice_left_out_is_three_quarters_of_the_limit() -> None:
    assert custom_profile("mine", {"limit_s": 80.0}).notice_s == 60.0


@pytest.mark.parametrize(
    ("limit_s", "beyond"),
    [
        (60.0, ""),
        (60.01, "goes beyond MNT-hang's 1 minute"),
        (180.0, "goes beyond MNT-hang's 1 minute"),
        (180.01, "goes beyond MNT-hang's 1 minute and CC's 3 minutes at 60 degrees"),
        (300.0, "goes beyond MNT-hang's 1 minute and CC's 3 minutes at 60 degrees"),
    ],
)
def test_a_profile_of_ones_own_says_which_document_it_goes_beyond(
    limit_s: float, beyond: str
) -> None:
    assert custom_profile("mine", {"limit_s": limit_s}).beyond == beyond


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"limit_s": nextafter(300.0, inf)}, "limit_s"),
        ({"limit_s": 0.0}, "limit_s"),
        ({"limit_s": -1.0}, "limit_s"),
        ({"limit_s": nan}, "limit_s"),
        ({"limit_s": inf}, "limit_s"),
        ({"notice_s": 0.0}, "notice_s"),
        ({"notice_s": nextafter(60.0, inf)}, "notice_s"),
        ({"notice_s": 40.0, "limit_s": 30.0}, "notice_s"),
        ({"rest_s": nextafter(90.0, 0.0)}, "rest_s"),
        ({"max_angle_deg": nextafter(90.0, inf)}, "max_angle_deg"),
        ({"max_angle_deg": 0.0}, "max_angle_deg"),
        ({"limits": 5.0}, "limits"),
    ],
)
def test_a_value_beyond_the_ceiling_is_refused_with_its_field(
    fields: dict[str, float], refused: str
) -> None:
    with pytest.raises(LimitError) as error:
        custom_profile("mine", fields)
    assert error.value.field == refused
    assert str(error.value) == f"{refused} {error.value.problem}; allowed is {error.value.allowed}"


@pytest.mark.parametrize(
    "fields",
    [
        {"limit_s": 300.0, "notice_s": 300.0},
        {"rest_s": 90.0},
        {"max_angle_deg": 90.0},
        {"max_angle_deg": 0.1, "limit_s": 0.1},
    ],
)
def test_a_value_at_the_ceiling_is_taken(fields: dict[str, float]) -> None:
    profile = custom_profile("mine", fields)
    assert {name: getattr(profile, name) for name in fields} == fields


def test_a_chair_refuses_a_profile_steeper_than_it_reaches() -> None:
    steep = custom_profile("steep", {"max_angle_deg": 71.0})
    with pytest.raises(LimitError, match="is 71 on a chair; allowed is at most 70"):
        profile_for_device(steep, DEVICES[DeviceKind.CHAIR])


@pytest.mark.parametrize("kind", DeviceKind)
def test_every_device_takes_the_standard_profile(kind: DeviceKind) -> None:
    assert profile_for_device(STANDARD, DEVICES[kind]) is STANDARD


def test_only_boots_are_not_judged_by_their_angle() -> None:
    assert [d.kind for d in DEVICES.values() if not d.judges_angle] == [DeviceKind.BOOTS]
