# SPDX-License-Identifier: MIT
"""The check: the published value, and the errors that it has to find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from upturn.wire.crc24 import crc24, is_sealed, sealed

BODIES = st.binary(min_size=1, max_size=241)


def test_the_crc_has_the_published_check_value() -> None:
    assert crc24(b"123456789") == 0x21CF02


def test_the_check_is_its_complement_most_significant_byte_first() -> None:
    assert sealed(b"123456789")[-3:].hex() == "de30fd"


@given(BODIES, st.integers(0, 241))
def test_it_may_be_computed_in_parts(body: bytes, cut: int) -> None:
    assert crc24(body[cut:], crc24(body[:cut])) == crc24(body)


@given(BODIES)
def test_what_is_sealed_is_known_as_such(body: bytes) -> None:
    assert is_sealed(sealed(body))


@given(BODIES, st.data())
def test_no_burst_of_up_to_24_bits_passes(body: bytes, data: st.DataObject) -> None:
    message = sealed(body)
    burst = data.draw(st.integers(1, (1 << 24) - 1))
    shift = data.draw(st.integers(0, 8 * len(message) - burst.bit_length()))
    damaged = int.from_bytes(message, "big") ^ (burst << shift)
    assert not is_sealed(damaged.to_bytes(len(message), "big"))


@given(BODIES, st.integers(1, 8))
def test_zeros_more_or_less_at_the_end_are_found(body: bytes, count: int) -> None:
    assert not is_sealed(sealed(body) + bytes(count))
    assert not is_sealed(sealed(body + bytes(count))[:-count])
