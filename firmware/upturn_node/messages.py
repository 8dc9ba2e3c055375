# SPDX-License-Identifier: MIT
"""The messages of now and then: commands are read, answers and news are written (`PROTOCOL.md`).

None of this runs for a sample, so plainness goes before heap.
"""

from math import sqrt
from struct import pack, unpack

from micropython import const

from upturn_node import vocabulary as v
from upturn_node.crc24 import CHECK_BYTES, seal
from upturn_node.framing import MAX_MESSAGE

_LAYOUT = const(2)
_Q14 = const(16384)
_MAX_LIMIT_MS = const(300000)
_MIN_REST_MS = const(90000)
_MAX_REST_MS = const(3600000)
_MAX_ANGLE_CDEG = const(9000)
_MAX_OFFSET_Q14 = const(4096)
_MAX_COSINE = 0.3  # no two rows closer to parallel than 72 degrees
_MIN_HINGE_COSINE = 0.9397  # 20 degrees


class RefusedError(ValueError):
    """A command that is not carried out: `result` for the answer; its text says why."""

    def __init__(self, result, reason, id=0, verb=0):
        super().__init__(reason)
        self.result = result
        self.reason = reason
        self.id = id
        self.verb = verb


def hello(
    node_id,
    firmware,
    reset,
    boots,
    epoch,
    t_hi,
    t_lo,
    rate_hz,
    range_g,
    traits,
    fault,
    profile,
    calibration,
    board,
    sensor,
    name,
    bthome,
    bonds,
):
    """HELLO; `profile` as from `profile_of`, `calibration` as from `calibration_of`."""
    notice_ms, limit_ms, rest_ms, max_angle_cdeg, profile_name = profile
    rows, offsets = calibration
    body = pack(
        "<BB6s3BBHBHHHBBBIIIh11h",
        v.VERSION << 4 | v.HELLO,
        _LAYOUT,
        node_id,
        firmware[0],
        firmware[1],
        firmware[2],
        reset,
        boots & 0xFFFF,
        epoch & 0xFF,
        t_lo & 0xFFFF,
        t_hi & 0xFFFF,
        rate_hz,
        range_g,
        traits,
        fault,
        notice_ms,
        limit_ms,
        rest_ms,
        max_angle_cdeg,
        *rows,
        *offsets,
    )
    texts = _text(board) + _text(sensor) + _text(name) + _text(profile_name)
    return _sealed(body + texts + bytes((bthome, bonds)))


def status(t_hi, t_lo, fault, overruns, skipped, bus_errors, bad_frames, dropped, heap_free):
    """STATUS."""
    return _sealed(
        pack(
            "<BHHBHHHHHI",
            v.VERSION << 4 | v.STATUS,
            t_lo & 0xFFFF,
            t_hi & 0xFFFF,
            fault,
            overruns & 0xFFFF,
            skipped & 0xFFFF,
            bus_errors & 0xFFFF,
            bad_frames & 0xFFFF,
            dropped & 0xFFFF,
            heap_free,
        )
    )


def goodbye(t_hi, t_lo, reason):
    """GOODBYE."""
    return _sealed(pack("<BHHB", v.VERSION << 4 | v.GOODBYE, t_lo & 0xFFFF, t_hi & 0xFFFF, reason))


def answer(id, verb, result, reason="", room=MAX_MESSAGE):
    """ANSWER in `room` bytes at most; of a long reason as much as there is room for."""
    head = pack("<4B", v.VERSION << 4 | v.ANSWER, id, verb, result)
    return _sealed(head + _cut(reason, room - CHECK_BYTES - len(head)))


def parse_command(message, length):
    """(id, verb, payload) of a COMMAND, or None where the message is none.

    Raises:
        RefusedError: it is of another version, or too short to be one; answer it and do nothing.
    """
    if message[0] & 0x0F != v.COMMAND:
        return None
    id = message[1] if length > 1 else 0
    verb = message[2] if length > 2 else 0
    version = message[0] >> 4
    if version != v.VERSION:
        raise RefusedError(
            v.BAD_VERSION, "version %d, this is %d" % (version, v.VERSION), id, verb
        )
    if length < 3:
        raise RefusedError(v.BAD_LENGTH, "no verb", id, verb)
    return id, verb, bytes(message[3:length])


def payload_of(verb, payload):
    """What a verb's payload says: the value of that verb's function below.

    Raises:
        RefusedError: unknown verb, wrong length, or an impossible value.
    """
    reader = PAYLOADS.get(verb)
    if reader is None:
        raise RefusedError(v.UNKNOWN_VERB, "unknown verb %d" % verb)
    return reader(payload)


def nothing_of(payload):
    """Of a verb that has no payload."""
    _need(payload, 0)


def heartbeat_of(payload):
    """(priority, paused)."""
    _need(payload, 2)
    if payload[0] > v.PRIORITY_HIGH:
        raise RefusedError(v.BAD_VALUE, "priority is 0 to 3")
    return payload[0], bool(payload[1] & 1)


def profile_of(payload):
    """(notice_ms, limit_ms, rest_ms, max_angle_cdeg, name)."""
    if len(payload) < 15:
        raise RefusedError(v.BAD_LENGTH, "the profile is cut short")
    limits = unpack("<IIIh", payload[:14])
    check_limits(*limits)
    name = text_of(payload[14:])
    return limits[0], limits[1], limits[2], limits[3], name


def calibration_of(payload):
    """(rows, offsets): nine and two numbers in 1/16384."""
    _need(payload, 22)
    values = unpack("<11h", payload)
    rows, offsets = values[:9], values[9:]
    check_calibration(rows, offsets)
    return rows, offsets


def test_priority_of(payload):
    """The priority to sound."""
    _need(payload, 1)
    if not v.PRIORITY_LOW <= payload[0] <= v.PRIORITY_HIGH:
        raise RefusedError(v.BAD_VALUE, "priority is 1 to 3")
    return payload[0]


def rate_of(payload):
    """Samples a second."""
    _need(payload, 2)
    rate_hz = payload[0] | payload[1] << 8
    if rate_hz not in v.RATES_HZ:
        raise RefusedError(v.BAD_VALUE, "rate is 50, 100 or 200")
    return rate_hz


def name_of(payload):
    """A name for the node."""
    name = text_of(payload)
    check_name(name)
    return name


def bthome_of(payload):
    """(mode, key), the key of 16 bytes with mode 2 and empty otherwise."""
    if not payload:
        raise RefusedError(v.BAD_LENGTH, "the mode is missing")
    mode = payload[0]
    if mode > v.BTHOME_ENCRYPTED:
        raise RefusedError(v.BAD_VALUE, "mode is 0 to 2")
    _need(payload, 1 + (v.BTHOME_KEY_BYTES if mode == v.BTHOME_ENCRYPTED else 0))
    return mode, payload[1:]


def text_of(payload):
    """The one text that is the whole payload."""
    if not payload or payload[0] != len(payload) - 1:
        raise RefusedError(v.BAD_LENGTH, "the text is not as long as it says")
    if payload[0] > v.MAX_TEXT_BYTES:
        raise RefusedError(v.BAD_VALUE, "a text has 16 bytes at most")
    try:
        text = str(payload[1:], "utf-8")
    except UnicodeError:
        raise RefusedError(v.BAD_VALUE, "the text is not UTF-8")
    for letter in text:
        if ord(letter) < 0x20 or 0x7F <= ord(letter) < 0xA0:
            raise RefusedError(v.BAD_VALUE, "the text has control characters")
    return text


PAYLOADS = {
    v.HEARTBEAT: heartbeat_of,
    v.READ_INFO: nothing_of,
    v.SET_PROFILE: profile_of,
    v.SET_CALIBRATION: calibration_of,
    v.CLEAR_CALIBRATION: nothing_of,
    v.IDENTIFY: nothing_of,
    v.ACKNOWLEDGE: nothing_of,
    v.TEST_ALARM: test_priority_of,
    v.SET_RATE: rate_of,
    v.SET_NAME: name_of,
    v.MAINTENANCE: nothing_of,
    v.POWER_OFF: nothing_of,
    v.SET_BTHOME: bthome_of,
    v.FORGET_HOSTS: nothing_of,
}


def check_limits(notice_ms, limit_ms, rest_ms, max_angle_cdeg):
    """Raises RefusedError for limits that no node takes."""
    if not 0 < notice_ms <= limit_ms:
        raise RefusedError(v.BAD_VALUE, "notice is above 0 and at most the limit")
    if limit_ms > _MAX_LIMIT_MS:
        raise RefusedError(v.BAD_VALUE, "limit is at most 300 s")
    if not _MIN_REST_MS <= rest_ms <= _MAX_REST_MS:
        raise RefusedError(v.BAD_VALUE, "rest is 90 to 3600 s")
    if max_angle_cdeg != v.ANGLE_NOT_JUDGED and not 0 < max_angle_cdeg <= _MAX_ANGLE_CDEG:
        raise RefusedError(v.BAD_VALUE, "angle limit is above 0 and at most 90 degrees")


def check_calibration(rows, offsets):
    """Raises RefusedError for what cannot be a mounting: nine and two numbers in 1/16384."""
    head, front, hinge = ([value / _Q14 for value in rows[at : at + 3]] for at in (0, 3, 6))
    for name, row in (("head", head), ("front", front), ("hinge", hinge)):
        if not 0.8 <= _length(row) <= 1.25:
            raise RefusedError(v.BAD_VALUE, name + " is not 0.8 to 1.25 long")
    for a, b in ((head, front), (front, hinge), (hinge, head)):
        if abs(_cosine(a, b)) > _MAX_COSINE:
            raise RefusedError(v.BAD_VALUE, "two rows are nearly parallel")
    square = [
        head[1] * front[2] - head[2] * front[1],
        head[2] * front[0] - head[0] * front[2],
        head[0] * front[1] - head[1] * front[0],
    ]
    if _cosine(hinge, square) < _MIN_HINGE_COSINE:
        raise RefusedError(v.BAD_VALUE, "hinge is not head x front")
    if max(abs(offset) for offset in offsets) > _MAX_OFFSET_Q14:
        raise RefusedError(v.BAD_VALUE, "an offset is over 0.25 g")


def check_name(name):
    """Raises RefusedError for a name that could not stand in a topic."""
    if not 1 <= len(name) <= v.MAX_TEXT_BYTES:
        raise RefusedError(v.BAD_VALUE, "a name has 1 to 16 letters")
    for letter in name:
        if not ("a" <= letter <= "z" or "A" <= letter <= "Z" or letter in "0123456789_-"):
            raise RefusedError(v.BAD_VALUE, "a name has only A-Z a-z 0-9 _ -")


def _need(payload, length):
    if len(payload) != length:
        raise RefusedError(v.BAD_LENGTH, "%d bytes, not %d" % (length, len(payload)))


def _length(row):
    return sqrt(row[0] * row[0] + row[1] * row[1] + row[2] * row[2])


def _cosine(a, b):
    return (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (_length(a) * _length(b))


def _sealed(body):
    message = bytearray(len(body) + CHECK_BYTES)
    message[: len(body)] = body
    seal(message, len(body))
    return bytes(message)


def _text(text):
    raw = _cut(text, v.MAX_TEXT_BYTES)
    return bytes((len(raw),)) + raw


def _cut(text, room):
    """Its UTF-8 in `room` bytes at most, no character broken."""
    raw = text.encode() if isinstance(text, str) else text
    if len(raw) <= room:
        return raw
    while raw[room] & 0xC0 == 0x80:
        room -= 1
    return raw[:room]
