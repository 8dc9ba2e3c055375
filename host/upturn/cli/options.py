# SPDX-License-Identifier: MIT
"""The flags that several commands share, and what they mean together."""

from __future__ import annotations

import argparse
import math

from upturn.config import Config
from upturn.core.limits import Profile

MAX_SPEED = math.inf
"""`--speed max`: as fast as the machine can."""


def add_common(parser: argparse.ArgumentParser, *, timed: bool = True) -> None:
    """Those of `add_config`, `--headless`, and `--speed` where time is simulated or replayed."""
    add_config(parser)
    parser.add_argument(
        "--headless", action="store_true", help="no dashboard: one readable line per event"
    )
    if timed:
        parser.add_argument(
            "--speed",
            type=speed,
            metavar="N|max",
            help="how many times as fast as the clock; max: as fast as this machine can",
        )


def add_config(parser: argparse.ArgumentParser) -> None:
    """The flags of every command that judges: `--profile`, `--config` and `--json`."""
    parser.add_argument("--profile", metavar="NAME", help="limits to judge by; see 'profiles'")
    parser.add_argument("--config", metavar="FILE", help="read this config, not your own")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def speed(text: str) -> float:
    """A factor above 0, or infinity for `max`."""
    if text == "max":
        return MAX_SPEED
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    if not (math.isfinite(factor) and factor > 0.0):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number above 0 nor 'max'")
    return factor


def resolve_profile(
    args: argparse.Namespace, trace_profile: str | None, config: Config, *, where: str = ""
) -> Profile:
    """The limits in force: `--profile`, else the trace's key (at `where`), else the config's.

    Raises:
        InputError: a name that nobody defined.
    """
    if args.profile is not None:
        return config.profile_named(args.profile, where="--profile")
    if trace_profile is not None:
        return config.profile_named(trace_profile, where=where)
    return config.profile_named(config.profile)
