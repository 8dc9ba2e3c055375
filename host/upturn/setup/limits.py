# SPDX-License-Identifier: MIT
"""Step `limits`: the profile in force. The documents disagree, so a person chooses, by name."""

from __future__ import annotations

import textwrap

from upturn.cli.asking import choose
from upturn.cli.stored import store_path
from upturn.config import Config
from upturn.config.model import DEFAULT
from upturn.core.limits import PROFILES, Profile
from upturn.setup.config_file import set_node, set_values
from upturn.setup.place import Place
from upturn.setup.step import Outcome, Standing, State
from upturn.store.database import Store
from upturn.store.reading import sessions
from upturn.store.trouble import StoreError

WIDTH = 80
FIRST = "first-time"
SPOTTER = "a spotter has to be there"


def standing(place: Place) -> Standing:
    config, node = place.config(), place.node()
    if node is not None and node.profile is not None:
        return Standing(State.DONE, _words(config.profile_named(node.profile)))
    words = _words(config.profile_named(config.profile))
    if not _is_chosen(config):
        return Standing(State.TODO, f"nobody has chosen; unless you do: {words}")
    return Standing(State.DONE, words)


def run(place: Place) -> Outcome:
    config, node = place.config(), place.node()
    profiles = [*PROFILES.values(), *config.profiles.values()]
    own = node.profile if node is not None else None
    usual = own or (config.profile if _is_chosen(config) or _has_sessions(config) else FIRST)
    print("For one inversion, and for the sum of all without a full rest between them:")
    for profile in profiles:
        told = "; ".join(filter(None, (profile.reason, profile.beyond)))
        print(
            textwrap.fill(
                f"{profile.name}: {told} ({profile.source}).",
                WIDTH,
                initial_indent="  ",
                subsequent_indent="    ",
                break_on_hyphens=False,
            )
        )
    number = choose(
        "Which limits?",
        [_words(profile) for profile in profiles],
        unless_said=[profile.name for profile in profiles].index(usual),
    )
    if number is None:
        return Outcome.LEFT
    name = profiles[number].name
    if node is not None and own is not None:
        set_node(place.config_file, node.name, {"profile": name})
    else:
        set_values(place.config_file, None, {"profile": name})
    return Outcome.WENT


def _is_chosen(config: Config) -> bool:
    return config.origins.get("profile", DEFAULT) != DEFAULT


def _has_sessions(config: Config) -> bool:
    """Whether anybody is known to have inverted by the limits in force."""
    try:
        with Store.open(store_path(config), readonly=True) as store:
            return bool(sessions(store))
    except StoreError:
        return False


def _words(profile: Profile) -> str:
    words = (
        f"{profile.name}: {profile.limit_s:g} s, rest {profile.rest_s:g} s, "
        f"up to {profile.max_angle_deg:g} degrees"
    )
    return f"{words}, {SPOTTER}" if profile.needs_spotter else words
