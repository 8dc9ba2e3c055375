# SPDX-License-Identifier: MIT
"""`upturn profiles`: every limit that can be in force, with its source and reason."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.options import add_config
from upturn.config import Config, load_config
from upturn.core.limits import (
    ANGLE_CEILING_DEG,
    ANGLE_CEILING_REASON,
    DEVICES,
    LIMIT_CEILING_REASON,
    LIMIT_CEILING_S,
    PROFILES,
    REST_FLOOR_REASON,
    REST_FLOOR_S,
    Profile,
)
from upturn.core.sources import DOCUMENTS
from upturn.errors import EXIT_DONE

WIDTH = 80

BOUNDS: tuple[tuple[str, str, float, str], ...] = (
    ("limit_s", "at most", LIMIT_CEILING_S, LIMIT_CEILING_REASON),
    ("rest_s", "at least", REST_FLOOR_S, REST_FLOOR_REASON),
    ("max_angle_deg", "at most", ANGLE_CEILING_DEG, ANGLE_CEILING_REASON),
)


def add_parser(subparsers: Subparsers) -> None:
    add_config(command_parser(subparsers, "profiles"))


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    if args.profile is not None:
        config = config.with_profile(args.profile, "--profile")
    for line in _json(config) if args.json else _text(config):
        print(line)
    return EXIT_DONE


def _text(config: Config) -> Iterator[str]:
    yield "Limits hold for one inversion, and for the sum of all without a full rest between."
    yield ""
    yield f"{'PROFILE':<18}{'NOTICE':>8}{'LIMIT':>8}{'REST':>8}{'ANGLE':>8}   SOURCE"
    for profile in _profiles(config):
        yield (
            f"{profile.name:<18}{profile.notice_s:>6g} s{profile.limit_s:>6g} s"
            f"{profile.rest_s:>6g} s{profile.max_angle_deg:>7g}°   {profile.source}"
        )
        yield from _indented(profile.reason)
        if profile.beyond:
            yield from _indented(profile.beyond)
        if profile.needs_spotter:
            yield from _indented("READY waits for the spotter's check-in")
        if profile.name == config.profile:
            yield f"    In force (from: {config.origins['profile']})"
    yield ""
    yield "A profile of your own, [profiles.NAME] in the config, stays within:"
    for key, word, bound, reason in BOUNDS:
        yield f"  {key:<15}{word} {bound:g}: {reason}"
    yield ""
    yield "DEVICE     ANGLE LIMIT"
    for device in DEVICES.values():
        limit = "none" if device.max_angle_deg is None else f"up to {device.max_angle_deg:g}°"
        source = f"({device.source})"
        reason = device.reason if device.reason.endswith(source) else f"{device.reason} {source}"
        yield f"{device.kind:<11}{limit:<13}{reason}"
    yield ""
    yield "SOURCE     DOCUMENT"
    for document in DOCUMENTS.values():
        yield f"{document.key:<11}{document.title} ({document.publisher})"
    yield f"{'config':<11}Your own config"
    yield ""
    yield "Ask a doctor before you invert. Upturn is an aid, not a medical device."


def _json(config: Config) -> Iterator[str]:
    for profile in _profiles(config):
        in_force = profile.name == config.profile
        yield json.dumps({"kind": "profile", **asdict(profile), "in_force": in_force})
    for key, word, bound, reason in BOUNDS:
        yield json.dumps(
            {"kind": "bound", "key": key, "allowed": word, "value": bound, "reason": reason}
        )
    for device in DEVICES.values():
        fields = asdict(device)
        yield json.dumps({"kind": "device", "device": fields.pop("kind"), **fields})
    for document in DOCUMENTS.values():
        yield json.dumps({"kind": "document", **asdict(document)})


def _profiles(config: Config) -> Iterator[Profile]:
    yield from PROFILES.values()
    yield from config.profiles.values()


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="    ", subsequent_indent="    ")
