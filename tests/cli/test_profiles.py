# SPDX-License-Identifier: MIT
"""`upturn profiles` shows every limit with its source, and which is in force."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from upturn.cli.main import main
from upturn.core.limits import DEVICES, PROFILES
from upturn.core.sources import DOCUMENTS

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "home.toml"
    file.write_text('profile = "long"\n[profiles.long]\nlimit_s = 200\nmax_angle_deg = 45\n')
    return str(file)


def shown(capsys: Capture, *flags: str) -> str:
    assert main(["profiles", *flags]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_every_profile_is_a_row_with_its_source_and_reason(capsys: Capture) -> None:
    out = shown(capsys)
    assert (
        "sixty-degree         150 s   180 s    90 s     60°   CC, MNT-hang\n"
        "    3 min at 60 degrees is what research favours\n"
        "    goes beyond MNT-hang's 1 minute\n"
    ) in out
    flat = " ".join(out.split())
    for profile in PROFILES.values():
        assert f"\n{profile.name} " in out
        assert f"{profile.source} {profile.reason}" in flat


def test_devices_ceilings_and_documents_are_told(capsys: Capture) -> None:
    out = shown(capsys)
    for device in DEVICES.values():
        assert f"\n{device.kind:<11}" in out
        assert out.count(device.reason) >= 1
    for document in DOCUMENTS.values():
        assert f"\n{document.key:<11}{document.title} ({document.publisher})\n" in out
    assert "limit_s        at most 300: no document goes beyond 5 minutes at a time (CC)" in out
    assert "(ITB) (ITB)" not in out


def test_every_source_of_a_profile_or_device_is_explained(capsys: Capture) -> None:
    out = shown(capsys)
    sources = [row.source for row in PROFILES.values()] + [row.source for row in DEVICES.values()]
    for source in ", ".join(sources).split(", "):
        assert f"\n{source:<11}{DOCUMENTS[source].title}" in out


def test_it_says_that_it_is_no_medical_device(capsys: Capture) -> None:
    assert shown(capsys).splitlines()[-1].endswith("not a medical device.")


def test_own_profiles_are_listed_and_the_one_in_force_is_marked(
    config: str, capsys: Capture
) -> None:
    assert (
        "long                 150 s   200 s    90 s     45°   config\n"
        "    the user's own\n"
        "    goes beyond MNT-hang's 1 minute and CC's 3 minutes at 60 degrees\n"
        f"    In force (from: {config}:1)\n"
    ) in shown(capsys, "--config", config)


def test_a_flag_comes_before_the_config(config: str, capsys: Capture) -> None:
    out = shown(capsys, "--config", config, "--profile", "extended")
    assert out.count("In force") == 1
    assert "In force (from: --profile)" in out


def test_which_profile_waits_for_a_spotter_is_said(capsys: Capture) -> None:
    out = shown(capsys)
    assert out.count("READY waits for the spotter's check-in") == 1


def test_json_has_every_field(config: str, capsys: Capture) -> None:
    lines = [json.loads(line) for line in shown(capsys, "--json", "--config", config).splitlines()]
    assert [line["kind"] for line in lines] == (
        ["profile"] * (len(PROFILES) + 1)
        + ["bound"] * 3
        + ["device"] * len(DEVICES)
        + ["document"] * len(DOCUMENTS)
    )
    assert lines[4] == {
        "kind": "profile",
        "name": "long",
        "notice_s": 150.0,
        "limit_s": 200.0,
        "rest_s": 90.0,
        "max_angle_deg": 45.0,
        "source": "config",
        "reason": "the user's own",
        "beyond": "goes beyond MNT-hang's 1 minute and CC's 3 minutes at 60 degrees",
        "needs_spotter": False,
        "in_force": True,
    }
    assert [line["device"] for line in lines if line["kind"] == "device"] == list(DEVICES)
