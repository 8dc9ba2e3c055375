# SPDX-License-Identifier: MIT
"""Whose a node is: every host reaches the same answer from the same messages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from upturn.sinks.mqtt.owner import UNHEARD_S, Claim


def claim_of(owner: str, *, up: bool | None = None) -> Claim:
    claim = Claim("here")
    claim.heard_owner(owner)
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
    assert not claim.free(1e6, fresh=True)


def test_the_node_of_a_host_that_is_gone_or_was_never_heard_of_is_free() -> None:
    assert claim_of("there", up=False).free(0.0, fresh=False)
    assert claim_of("there").free(0.0, fresh=False)


def test_a_node_that_only_we_hear_is_free_after_a_while() -> None:
    claim = claim_of("there", up=True)
    claim.heard_node(100.0, fresh=False)
    claim.heard_node(105.0, fresh=False)
    assert not claim.free(100.0 + UNHEARD_S - 0.01, fresh=True)
    assert not claim.free(100.0 + UNHEARD_S, fresh=False)
    assert claim.free(100.0 + UNHEARD_S, fresh=True)
    claim.heard_node(111.0, fresh=True)
    assert not claim.free(200.0, fresh=True)


def test_what_one_owner_did_not_hear_is_not_held_against_the_next() -> None:
    claim = claim_of("there", up=True)
    claim.heard_node(100.0, fresh=False)
    claim.heard_owner("elsewhere")
    claim.heard_host("elsewhere", up=True)
    assert not claim.free(200.0, fresh=True)


@given(st.lists(st.sampled_from(["here", "there"]), min_size=1))
def test_of_two_that_claim_at_once_the_broker_s_order_makes_one_the_owner(
    order: list[str],
) -> None:
    claims = {host: Claim(host) for host in ("here", "there")}
    for writer in order:
        for claim in claims.values():
            claim.heard_owner(writer)
    assert [host for host, claim in claims.items() if claim.mine] == [order[-1]]
