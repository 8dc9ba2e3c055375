# SPDX-License-Identifier: MIT
"""Messages among whatever comes over a serial line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import shared
from upturn.wire.crc24 import sealed
from upturn.wire.framing import MAX_MESSAGE, Deframer, wrap

FLAG, ESCAPE = 0x7E, 0x7D
BODIES = st.one_of(
    st.binary(min_size=1, max_size=MAX_MESSAGE - 3),
    st.lists(st.sampled_from([FLAG, ESCAPE, 0x5E, 0x5D, 0x20, 0]), min_size=1, max_size=60).map(
        bytes
    ),
)
NOISE = st.one_of(
    st.binary(max_size=40),
    st.lists(st.sampled_from([FLAG, ESCAPE, 0, 65]), max_size=20).map(bytes),
    st.just(b">>> import upturn_node\r\nTraceback (most recent call last):\r\n"),
    st.binary(min_size=480, max_size=600),
)


def found(data: bytes) -> tuple[list[bytes], int]:
    deframer = Deframer()
    return deframer.feed(data), deframer.bad


@pytest.mark.parametrize("vector", shared.ALL["from_node"], ids=shared.names("from_node"))
def test_a_node_s_line_gives_its_message(vector: dict[str, str]) -> None:
    assert found(bytes.fromhex(vector["line"])) == ([bytes.fromhex(vector["hex"])[:-3]], 0)


@pytest.mark.parametrize("vector", shared.ALL["from_node"], ids=shared.names("from_node"))
def test_a_node_escapes_flag_and_escape_only(vector: dict[str, str]) -> None:
    assert wrap(bytes.fromhex(vector["hex"]), escape_control=False).hex() == vector["line"]


@pytest.mark.parametrize("vector", shared.ALL["from_host"], ids=shared.names("from_host"))
def test_a_host_escapes_control_characters_too(vector: dict[str, str]) -> None:
    wire = wrap(bytes.fromhex(vector["hex"]))
    assert wire.hex() == vector["line"]
    assert min(wire) >= 0x20


@pytest.mark.parametrize(
    ("data", "messages", "bad"),
    [
        (b"", 0, 0),
        (b"~~~~", 0, 0),
        (b"~}~", 0, 1),
        (b"}~", 0, 1),
        (wrap(sealed(b"a"))[:-1] + b"}~", 0, 1),
        (wrap(sealed(b"")), 0, 1),
        (wrap(sealed(b"a")), 1, 0),
        (wrap(sealed(b"a")) * 2, 2, 0),
        (wrap(sealed(b"a"))[:-1] * 2 + b"~", 2, 0),
        (wrap(sealed(bytes(241))), 1, 0),
        (wrap(sealed(b"~" * 241)), 1, 0),
        (wrap(sealed(bytes(242))), 0, 1),
        (wrap(sealed(b"a" * 242), escape_control=False), 0, 1),
        (wrap(sealed(b"a" * 600)), 0, 1),
        (b"boot\r\n" + wrap(sealed(b"a")) + b">>> ", 1, 1),
    ],
    ids=str,
)
def test_pieces_at_their_limits(data: bytes, messages: int, bad: int) -> None:
    got, counted = found(data)
    assert (len(got), counted) == (messages, bad)


@given(st.lists(st.one_of(BODIES.map(sealed).map(wrap), NOISE)), st.data())
def test_how_the_bytes_are_cut_changes_nothing(pieces: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(pieces)
    deframer, got = Deframer(), []
    at = 0
    while at < len(whole):
        step = data.draw(st.integers(1, 300))
        got += deframer.feed(whole[at : at + step])
        at += step
    assert (got, deframer.bad) == found(whole)


@given(st.lists(st.tuples(NOISE, BODIES), min_size=1))
def test_noise_between_messages_costs_none_of_them(pieces: list[tuple[bytes, bytes]]) -> None:
    data = b"".join(noise + wrap(sealed(body)) for noise, body in pieces)
    assert found(data)[0] == [body for _, body in pieces]


@given(st.lists(BODIES, min_size=3, max_size=8), NOISE, st.data())
def test_noise_inside_messages_costs_those_that_it_overlaps(
    bodies: list[bytes], noise: bytes, data: st.DataObject
) -> None:
    lines = [wrap(sealed(body)) for body in bodies]
    first = data.draw(st.integers(0, len(lines) - 1))
    last = data.draw(st.integers(first, min(first + 1, len(lines) - 1)))
    begin = data.draw(st.integers(0, len(lines[first])))
    end = data.draw(st.integers(begin if last == first else 0, len(lines[last])))
    damaged = [*lines[:first], lines[first][:begin], noise, lines[last][end:], *lines[last + 1 :]]

    got = found(b"".join(damaged))[0]

    assert got[:first] == bodies[:first]
    rest = bodies[last + 1 :]
    assert got[len(got) - len(rest) :] == rest
    between = got[first : len(got) - len(rest)]
    assert all(body in bodies[first : last + 1] for body in between)


@given(st.lists(BODIES, min_size=1, max_size=4), st.data())
def test_no_single_damage_gives_a_message_that_was_not_sent(
    bodies: list[bytes], data: st.DataObject
) -> None:
    whole = b"".join(wrap(sealed(body)) for body in bodies)
    at = data.draw(st.integers(0, len(whole) - 1))
    new = data.draw(st.one_of(st.integers(0, 255), st.sampled_from([FLAG, ESCAPE, 0])))
    bit = data.draw(st.integers(0, 7))
    damaged = data.draw(
        st.sampled_from(
            [
                whole[:at] + bytes((new,)) + whole[at + 1 :],
                whole[:at] + bytes((whole[at] ^ 1 << bit,)) + whole[at + 1 :],
                whole[:at] + whole[at + 1 :],
                whole[:at] + bytes((new,)) + whole[at:],
            ]
        )
    )

    got = found(damaged)[0]

    assert len(got) >= len(bodies) - 2
    remaining = iter(bodies)
    assert all(any(body == sent for sent in remaining) for body in got), "sent, and in order"


@pytest.mark.parametrize("endless", [b"\0", b"}", b"}}", b"ab}c"], ids=repr)
@pytest.mark.parametrize("chunk", [1, 100, 5000])
def test_endless_bytes_without_a_flag_are_not_kept(endless: bytes, chunk: int) -> None:
    deframer = Deframer()
    for _ in range(20_000 // chunk):
        assert deframer.feed(endless * chunk) == []
        assert deframer.held <= 2 * MAX_MESSAGE
    assert deframer.bad == 1
    assert deframer.feed(b"~" + wrap(sealed(b"a"))) == [b"a"]
    assert deframer.bad == 1
