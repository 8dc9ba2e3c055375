# SPDX-License-Identifier: MIT
"""The node's side of the wire, under MicroPython: the shared vectors, the heap, the noise."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.firmware import mpy
from upturn.wire.framing import Deframer

VECTORS = Path(__file__).parents[1] / "vectors" / "frames.json"


def test_the_nodes_codec_reads_and_writes_the_shared_vectors(bits: int) -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    kinds = ("from_node", "from_host", "refused_by_node")
    tried = " ".join(str(len(vectors[kind])) for kind in kinds)
    assert mpy.run(bits, "codec_vectors.py", VECTORS) == f"{tried}\n"


def test_no_sample_and_no_received_byte_costs_heap(bits: int) -> None:
    said = mpy.run(bits, "codec_heap.py").splitlines()
    assert [line.rpartition(" ")[2] for line in said] == 7 * ["0"], said


def test_both_deframers_find_the_same_in_the_same_noise(bits: int) -> None:
    """Messages, their damaged copies and text, thick with flags and escapes."""
    chance = random.Random(7)  # noqa: S311 - seeded, and no secret
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    lines = [bytes.fromhex(v["line"]) for v in vectors["from_host"] + vectors["from_node"]]
    pieces = []
    for _ in range(400):
        line = bytearray(chance.choice(lines))
        for _ in range(chance.choice((0, 0, 1, 2))):
            line[chance.randrange(len(line))] = chance.choice((0x7E, 0x7D, 0, 0xFF))
        pieces += [bytes(line), bytes(chance.choices((0x7E, 0x7D, 65, 0), k=chance.randrange(9)))]
        pieces.append(chance.randbytes(chance.choice((0, 3, 243, 244, 245, 600))))
    noise = b"".join(pieces) + b"\x7e"

    host = Deframer()
    found = [message.hex() for message in host.feed(noise)]

    *got, last = mpy.run(bits, "codec_noise.py", stdin=noise).splitlines()
    assert got == found
    assert len(found) > 100
    assert last == f"{host.bad} 244"


def test_a_reading_beyond_the_scale_stands_at_its_end_and_the_message_says_so(bits: int) -> None:
    code = """
from array import array
from upturn_node.frame import Measurement
m = Measurement(2, False)
m.add(0, array("i", [32767, -32768, 0, 0, 0, 0])); m.encode()
print(m.message[8] & 2, bytes(m.message[40:44]))
m.add(1, array("i", [32768, -32769, 0, 0, 0, 0])); m.encode()
print(m.message[8] & 2, bytes(m.message[47:51]))
m.clear(); m.encode()
print(m.message[8] & 2)
"""
    ends = r"b'\xff\x7f\x00\x80'"
    assert mpy.run(bits, code).splitlines() == [f"0 {ends}", f"2 {ends}", "0"]


def test_a_sample_that_does_not_fit_is_left_for_the_next_message(bits: int) -> None:
    code = """
from array import array
from upturn_node.frame import Measurement
out = array("i", 6 * [0])
m = Measurement(3, True)
print(m.add(9000, out), m.add(256, out), m.add(255, out), m.add(0, out), m.add(1, out), m.count)
print(m.message[39], m.message[52], m.message[65])
for n in (0, 16):
    try:
        Measurement(n, True)
    except ValueError as error:
        print(error)
"""
    assert mpy.run(bits, code).splitlines() == [
        "True False True True False 3",
        "0 255 1",
        *2 * ["1 to 15 samples go in a message"],
    ]


def test_an_angle_is_turned_into_its_range_and_nonsense_is_not_known(bits: int) -> None:
    code = """
from upturn_node.frame import Short
s = Short()
for s.angle_cdeg in (None, -32768, 18000, 18001, -17999, -18000, -18001, 22500, 36001, -36000):
    s.encode(); print(int.from_bytes(s.message[10:12], "little"), end=" ")
for s.battery_percent in (None, -1, 0, 100, 101, 300):
    s.encode(); print(s.message[15], end=" ")
"""
    unknown = 0x8000
    angles = (18000, -17999, -17999, 18000, 17999, -13500)
    told = [unknown, unknown, *(angle & 0xFFFF for angle in angles), unknown, unknown]
    assert mpy.run(bits, code).split() == [str(x) for x in [*told, 255, 255, 0, 100, 255, 255]]


def test_a_long_text_is_cut_between_its_letters(bits: int) -> None:
    code = """
from upturn_node.messages import answer, hello
profile = 1, 1, 90000, 1, "x" * 15 + "\u00fc"
said = hello(bytes(6), (0, 1, 0), 0, 0, 0, 0, 0, 50, 8, 0, 0, profile,
             ([0] * 9, [0] * 2), "b" * 17, "", "", 2, 4)
print(said[60:-3])
print(len(answer(1, 1, 3, "\u00fc" * 200)), len(answer(1, 1, 3, b"x" * 237)))
"""
    assert mpy.run(bits, code).splitlines() == [
        repr(b"\x10" + 16 * b"b" + b"\0\0" + b"\x0f" + 15 * b"x" + b"\2\4"),
        "243 244",
    ]


def test_a_message_that_is_no_command_is_nothing_to_answer(bits: int) -> None:
    code = """
from upturn_node.messages import parse_command
print([parse_command(bytearray([head, 1, 1]), 3) for head in (0x11, 0x19, 0x29, 0x1F)])
"""
    assert mpy.run(bits, code) == "[None, None, None, None]\n"
