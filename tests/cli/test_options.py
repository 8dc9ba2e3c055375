# SPDX-License-Identifier: MIT
"""The shared flags: what they accept, and which profile is in force."""

from __future__ import annotations

import argparse
import math

import pytest

from upturn.cli.commands import Parser
from upturn.cli.options import add_common, resolve_profile, speed
from upturn.config import Config
from upturn.core.limits import PROFILES, custom_profile
from upturn.errors import InputError

OWN = custom_profile("own", {"limit_s": 20.0})


def parsed(*words: str, timed: bool = True) -> argparse.Namespace:
    parser = Parser(prog="upturn demo")
    add_common(parser, timed=timed)
    return parser.parse_args(words)


def test_without_flags_nothing_is_said() -> None:
    assert parsed() == argparse.Namespace(
        profile=None, config=None, json=False, headless=False, speed=None
    )


def test_every_flag_is_understood() -> None:
    assert parsed(
        "--profile=own", "--config=a.toml", "--json", "--headless", "--speed=2.5"
    ) == argparse.Namespace(profile="own", config="a.toml", json=True, headless=True, speed=2.5)


def test_a_live_command_has_no_speed() -> None:
    with pytest.raises(InputError, match=r"^unrecognized arguments: --speed=2\. See 'upturn demo"):
        parsed("--speed=2", timed=False)


@pytest.mark.parametrize(
    ("text", "factor"), [("1", 1.0), ("0.25", 0.25), ("1e3", 1000.0), ("max", math.inf)]
)
def test_a_speed_is_a_factor_or_max(text: str, factor: float) -> None:
    assert speed(text) == factor


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "fast", "", "MAX", "1e999"])
def test_a_speed_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parsed(f"--speed={text}")
    assert str(caught.value) == (
        f"argument --speed: {text!r} is neither a number above 0 nor 'max'. "
        "See 'upturn demo --help'"
    )


@pytest.mark.parametrize(
    ("flag", "trace", "config", "name"),
    [
        ("own", "extended", "first-time", "own"),
        (None, "extended", "first-time", "extended"),
        (None, None, "first-time", "first-time"),
        (None, None, "standard", "standard"),
    ],
)
def test_the_flag_comes_before_the_trace_and_the_trace_before_the_config(
    flag: str | None, trace: str | None, config: str, name: str
) -> None:
    known = Config(profile=config, profiles={"own": OWN})
    expected = {**PROFILES, "own": OWN}[name]
    assert resolve_profile(argparse.Namespace(profile=flag), trace, known) == expected


@pytest.mark.parametrize(
    ("flag", "trace", "where"), [("none", None, "--profile"), (None, "none", "a.csv:3")]
)
def test_an_unknown_profile_is_refused_where_it_was_named(
    flag: str | None, trace: str | None, where: str
) -> None:
    with pytest.raises(InputError) as caught:
        resolve_profile(argparse.Namespace(profile=flag), trace, Config(), where="a.csv:3")
    assert str(caught.value) == (
        f"{where}: there is no profile 'none'. "
        "Known profiles: first-time, standard, sixty-degree, extended"
    )
