# SPDX-License-Identifier: MIT
"""What a node advertises, against the vectors, and against anything that anybody may send."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import reference
from tests.vectors.cases import ADVERTISED
from tests.wire import shared
from upturn.core.events import Posture
from upturn.wire.advertisement import Advertised, advertised
from upturn.wire.gatt import SERVICE
from upturn.wire.vocabulary import POSTURES

BTHOME = "0000fcd2-0000-1000-8000-00805f9b34fb"
DATA = reference.advertisement(ADVERTISED)


def said(fields: dict[str, Any]) -> Advertised:
    return Advertised(
        node_id=fields["node_id"],
        posture=POSTURES[fields["posture"]],
        priority=fields["priority"],
        pairing=fields["pairing"],
        in_use=fields["in_use"],
        calibrated=fields["calibrated"],
        fault=fields["fault"],
        battery_low=fields["battery_low"],
        battery_percent=fields["battery_percent"],
    )


@pytest.mark.parametrize("vector", shared.ALL["advertisements"], ids=lambda vector: vector["name"])
def test_an_advertisement_says_what_its_vector_says(vector: dict[str, Any]) -> None:
    assert advertised({SERVICE: bytes.fromhex(vector["hex"])}) == said(vector["fields"])


@pytest.mark.parametrize(
    "vector", shared.ALL["refused_advertisements"], ids=lambda vector: vector["name"]
)
def test_an_impossible_advertisement_says_nothing(vector: dict[str, Any]) -> None:
    assert advertised({SERVICE: bytes.fromhex(vector["hex"])}) is None


def test_what_is_not_a_nodes_says_nothing() -> None:
    assert advertised({}) is None
    assert advertised({BTHOME: DATA}) is None


def test_a_nodes_state_is_found_beside_others_and_whatever_a_later_layout_adds() -> None:
    later = reference.advertisement(ADVERTISED | {"layout": 2}) + b"\x07\xff"
    assert advertised({BTHOME: b"\x40", SERVICE: later}) == said(ADVERTISED)


@given(
    st.fixed_dictionaries(
        {
            "layout": st.integers(1, 255),
            "posture": st.integers(0, 4),
            "priority": st.integers(0, 3),
            "node_id": st.binary(min_size=6, max_size=6).map(bytes.hex),
            "battery_percent": st.none() | st.integers(0, 100),
        }
        | {key: st.booleans() for key in reference.ADVERTISED_BITS}
    ),
    st.binary(max_size=8),
)
def test_whatever_a_node_advertises_is_read_as_it_was_meant(
    fields: dict[str, Any], more: bytes
) -> None:
    assert advertised({SERVICE: reference.advertisement(fields) + more}) == said(fields)


@given(
    st.dictionaries(st.sampled_from([SERVICE, BTHOME, "", "x"]), st.binary(max_size=64)),
)
def test_no_advertisement_whatever_raises(service_data: dict[str, bytes]) -> None:
    heard = advertised(service_data)
    if heard is not None:
        assert len(bytes.fromhex(heard.node_id)) == 6
        assert isinstance(heard.posture, Posture)
        assert 0 <= heard.priority <= 3
        assert heard.battery_percent is None or 0 <= heard.battery_percent <= 100


def test_the_state_fills_an_advertisement_and_no_more() -> None:
    """31 bytes: three of flags, and this."""
    assert len(reference.in_advertisement(DATA)) == 31 - 3
