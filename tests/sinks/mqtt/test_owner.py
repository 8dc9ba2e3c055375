# SPDX-License-Identifier: MIT
"""Whose a node is: every host reaches the same answer from the same messages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from upturn.sinks.mqtt.owner import SILENT_S, STARTS_S, Claim


def claim_of(owner: str, *, up: bool | None = None) -> Claim:
    claim = Claim("here")
    claim.heard_owner(0.0, owner)
    if up is not None:
        claim.heard_host(owner, up=up)
    return claim


def test_nobodys_node_is_free() -> None:
    assert Claim("here").free(0.0, fresh=False)


def test_a_node_that_is_ours_is_not_claimed_again() -> None:
    claim = claim_of("here")
    assert claim.mine
    assert not claim.free(0.0, fresh=True)


def test_the_node_of_a_host_that_lives_is_left_to_it() -> None:
    claim = claim_of("there", up=True)
    assert (claim.mine, claim.other) == (False, "there")
    claim.heard_reading(1e6, "there")
    assert not claim.free(1e6 + SILENT_S - 0.01, fresh=True)


def test_the_node_of_a_host_that_is_gone_or_was_never_heard_of_is_free() -> None:
    assert claim_of("there", up=False).free(0.0, fresh=False)
    assert claim_of("there").free(0.0, fresh=False)


def test_a_node_of_which_its_owner_tells_nothing_is_free_for_who_hears_it() -> None:
    claim = claim_of("there", up=True)
    claim.heard_reading(100.0, "there")
    claim.heard_reading(105.0, "somebody else")
    assert not claim.free(100.0 + SILENT_S - 0.01, fresh=True)
    assert not claim.free(100.0 + SILENT_S, fresh=False)
    assert claim.free(100.0 + SILENT_S, fresh=True)
    claim.heard_reading(111.0, "there")
    assert not claim.free(112.0, fresh=True)


def test_a_new_owner_is_given_time_to_tell() -> None:
    claim = claim_of("there", up=True)
    claim.heard_owner(100.0, "elsewhere")
    claim.heard_host("elsewhere", up=True)
    assert not claim.free(100.0 + SILENT_S - 0.01, fresh=True)
    assert claim.free(100.0 + SILENT_S, fresh=True)


def test_a_host_that_may_not_hear_the_others_takes_nothing_from_them() -> None:
    claim = claim_of("there")
    claim.deaf = True
    assert not claim.free(1e6, fresh=True)
    claim.heard_owner(1e6, "")
    assert claim.free(1e6, fresh=True)


def test_a_host_that_has_just_claimed_is_given_time_to_say_that_it_is_online() -> None:
    claim = Claim("here")
    claim.heard_owner(100.0, "there", claimed_s=100.0)
    claim.heard_host("there", up=False, kept=True)
    assert not claim.free(100.0 + STARTS_S - 0.01, fresh=False)
    assert claim.free(100.0 + STARTS_S, fresh=False)


def test_a_node_that_is_given_up_is_free_at_once() -> None:
    claim = claim_of("there", up=True)
    claim.heard_owner(100.0, "", claimed_s=100.0)
    assert claim.free(100.0, fresh=False)


def test_a_host_that_dies_while_it_starts_is_gone_at_once() -> None:
    claim = Claim("here")
    claim.heard_owner(100.0, "there", claimed_s=100.0)
    claim.heard_host("there", up=False)
    assert claim.free(100.5, fresh=False)


@given(st.lists(st.sampled_from(["here", "there"]), min_size=1))
def test_of_two_that_claim_at_once_the_broker_s_order_makes_one_the_owner(
    order: list[str],
) -> None:
    claims = {host: Claim(host) for host in ("here", "there")}
    for writer in order:
        for claim in claims.values():
            claim.heard_owner(0.0, writer)
    assert [host for host, claim in claims.items() if claim.mine] == [order[-1]]
